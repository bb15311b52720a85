/**
 * The keeper: a process of its own that holds a named fleet between the calls of a shell, since members end with whoever
 * started them. It takes the name, listens, brings the fleet up, and then does what it is asked until it is to end: by
 * `down`, by a signal, or after its maximum life. Whatever ends it, everything that it started is taken down.
 */
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { startAccount } from '../cli/account.ts';
import { reportText } from '../cli/drill-text.ts';
import { journalOf } from '../cli/store.ts';
import { createDrill } from '../drill/drill.ts';
import type { EngineEnvironment } from '../runtime/engine-environment.ts';
import { type ClaimedFolder, claimFolder } from './fleet-folder.ts';
import { holdFleet } from './held-fleet.ts';
import type { KeeperOrder, KeeperWord } from './messages.ts';
import { refusalOf, serveVerbs } from './serve-verbs.ts';
import { createStory } from './story.ts';

const ENDED = 0;

/** Its time is over: a fleet that was forgotten must not run for ever. */
class LifeOverError extends Error {
  override readonly name = 'LifeOverError';
}

/** Runs the keeper to its end and returns its exit code. */
export async function runKeeper(proc: NodeJS.Process): Promise<number> {
  const ending = Promise.withResolvers<Error>();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    proc.on(name, () => ending.resolve(new Error(`ended by ${name}`)));
  }
  const order = await Promise.race([
    once(proc, 'message').then(([said]) => said as KeeperOrder),
    once(proc, 'disconnect').then(() => undefined),
  ]);
  // Whoever started it has gone before it said what to hold.
  if (order === undefined) return ENDED;
  proc.title = `fleetfall keeper of ${order.name}`;
  const life = setTimeout(
    () =>
      ending.resolve(
        new LifeOverError(`the ${order.lifeMs / 1_000} s that it was to be held for are over (--for)`),
      ),
    order.lifeMs,
  );
  const say = async (word: KeeperWord): Promise<void> => {
    // Whoever started it may be gone; then nobody waits for its word.
    if (!proc.connected) return;
    await new Promise<void>((resolve) => proc.send?.(word, undefined, {}, () => resolve()));
    proc.disconnect?.();
  };
  try {
    using folder = claim(order);
    await keep(order, {
      folder,
      log: proc.stdout,
      environment: proc.env,
      ending: ending.promise,
      onListening: () => say({ kind: 'listening' }),
    });
    return ENDED;
  } catch (error) {
    const refusal = refusalOf(error);
    proc.stderr.write(`${new Date().toISOString()} ${refusal.name}: ${refusal.message}\n`);
    await say({ kind: 'refused', ...refusal });
    return refusal.exitCode;
  } finally {
    clearTimeout(life);
  }
}

function claim({ fleetsFolder, name, layout, folder, log, lifeMs }: KeeperOrder): ClaimedFolder {
  const startedAtMs = Date.now();
  return claimFolder(fleetsFolder, {
    name,
    experiment: layout.experiment,
    startedAtMs,
    endsAtMs: startedAtMs + lifeMs,
    journal: journalOf(folder, 1, 1),
    log,
  });
}

interface Keeping {
  readonly folder: ClaimedFolder;
  readonly log: NodeJS.WritableStream;
  readonly environment: EngineEnvironment;
  /** Resolves with what ends the keeper from outside. */
  readonly ending: Promise<Error>;
  readonly onListening: () => Promise<void>;
}

async function keep(
  order: KeeperOrder,
  { folder, log, environment, ending, onListening }: Keeping,
): Promise<void> {
  const story = createStory();
  using _logged = story.subscribe((line) => void log.write(`${line}\n`), true);
  using account = startAccount({ write: story.write });
  const server = createServer();
  await listen(server, folder.socket);
  using drill = order.drill === null ? null : createDrill(order.drill, order.folder);
  const held = holdFleet(order, account, drill, environment);
  const verbs = serveVerbs(server, {
    held,
    drill,
    name: order.name,
    journal: journalOf(order.folder, 1, 1),
    release: () => folder[Symbol.dispose](),
    subscribe: story.subscribe,
  });
  await onListening();
  void ending.then(async (why) => {
    log.write(`${why.message}\n`);
    // A seal that nobody came to break is broken all the same, or nobody could ever check it. The fleet goes either way.
    try {
      const report = drill?.end() ?? null;
      if (report !== null) log.write(`${reportText(report)}\n`);
    } catch (error) {
      log.write(`the seal could not be broken: ${String(error)}\n`);
    }
    // What cannot be taken down is told by the same end, awaited below.
    await Promise.allSettled([held.end(why)]);
  });
  await held.over;
  await verbs.finish();
  // Idempotent: it tells what could not be taken down.
  await held.end();
}

async function listen(server: Server, socket: string): Promise<void> {
  server.listen(socket);
  await once(server, 'listening');
  chmodSync(socket, 0o600);
}
