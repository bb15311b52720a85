/**
 * The keeper's end of the socket: takes one request for a connection, does it, answers. What changes the fleet is done
 * one at a time, in the order in which it came; a status and the end do not wait for them.
 */
import type { Server, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import type { DrillCause } from '@fleetfall/protocol/drill.ts';
import { ConditionTimeoutError, type RunningFleet } from '../api/running-fleet.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { readCause } from '../drill/draw.ts';
import type { Drill } from '../drill/drill.ts';
import { StoppedError, UnsteadyError, UntriedError } from '../method/endings.ts';
import { TeardownError } from '../runtime/take-down.ts';
import { doVerb, type VerbAnswer } from './do-verb.ts';
import { NameTakenError } from './fleet-folder.ts';
import type { HeldFleet } from './held-fleet.ts';
import {
  type DownAnswer,
  type KeeperLine,
  REQUEST_BYTES_MAX,
  type Refusal,
  type VerbRequest,
} from './messages.ts';

/** Changes that wait for one another; a script that asks for more is not waiting for answers. */
const WAITING_MAX = 16;
/** A client writes its request in the same turn in which it connects. */
const REQUEST_TIMEOUT_MS = 5_000;
/** Answers are short, and whoever asked is reading. */
const FLUSH_TIMEOUT_MS = 2_000;

export interface VerbServerOptions {
  readonly held: HeldFleet;
  /** null for a fleet that is in none. */
  readonly drill: Drill | null;
  readonly name: string;
  readonly journal: string;
  /** Gives the fleet's name free; called when nothing of the fleet is left, before that is told. */
  readonly release: () => void;
  /** Hears what is told of the fleet as it happens, from the beginning. */
  readonly subscribe: (hear: (line: string) => void, fromStart: boolean) => Disposable;
}

export interface VerbServer {
  /** Waits until every request under way is answered, and closes what is open. */
  finish(): Promise<void>;
}

export function serveVerbs(server: Server, options: VerbServerOptions): VerbServer {
  const { held, drill, name, journal } = options;
  const sockets = new Set<Socket>();
  const underWay = new Set<Promise<void>>();
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  async function inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    if (waiting >= WAITING_MAX)
      throw new SettingsError(`${WAITING_MAX} verbs wait already: wait for their answers`);
    waiting += 1;
    const turn = last.then(act);
    // Whoever asked hears how it ended, from `turn`; the next in line only waits for that.
    last = Promise.allSettled([turn]);
    try {
      return await turn;
    } finally {
      waiting -= 1;
    }
  }

  async function upOrReleased(): Promise<RunningFleet> {
    try {
      return await held.up;
    } catch (error) {
      options.release();
      throw error;
    }
  }

  async function answer(request: VerbRequest): Promise<unknown> {
    switch (request.verb) {
      case 'down': {
        const report = drill?.end() ?? null;
        await held.end();
        options.release();
        return { name, journal, ...(report === null ? {} : { drill: report }) } satisfies DownAnswer;
      }
      case 'reveal':
        if (drill === null) throw new SettingsError(`reveal: fleet '${name}' is in no drill (run --blind)`);
        return drill.reveal(name, guessOf(request));
      case 'await-up':
        return shown(await doVerb(name, await upOrReleased(), request));
      case 'status':
        return shown(await doVerb(name, await held.running(), request));
      default:
        return inTurn(async () => {
          const fleet = await held.running();
          drill?.note(request);
          return shown(await doVerb(name, fleet, request));
        });
    }
  }

  const shown = (done: VerbAnswer): VerbAnswer => (drill === null ? done : drill.shown(done));

  async function serve(socket: Socket): Promise<void> {
    const send = (line: KeeperLine): void => void socket.write(`${JSON.stringify(line)}\n`);
    try {
      const request = await readRequest(socket);
      using _progress = options.subscribe(
        (line) => send({ kind: 'progress', line }),
        request.verb === 'await-up',
      );
      send({ kind: 'answer', answer: await answer(request) });
    } catch (error) {
      send({ kind: 'refused', ...refusalOf(error) });
    }
    socket.end();
  }

  server.on('connection', (socket) => {
    sockets.add(socket);
    // Whoever asked has gone: what was asked for goes on, and nobody hears the answer.
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    const serving = serve(socket).finally(() => underWay.delete(serving));
    underWay.add(serving);
  });

  return {
    async finish() {
      server.close();
      await Promise.all(underWay);
      const late = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, FLUSH_TIMEOUT_MS);
      await Promise.all(
        [...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
      );
      clearTimeout(late);
    },
  };
}

function guessOf({ guess }: Extract<VerbRequest, { verb: 'reveal' }>): DrillCause | undefined {
  return guess === undefined ? undefined : readCause(guess, '--guess');
}

async function readRequest(socket: Socket): Promise<VerbRequest> {
  socket.setTimeout(REQUEST_TIMEOUT_MS, () => socket.destroy());
  let bytes = 0;
  socket.on('data', (chunk) => {
    bytes += chunk.length;
    if (bytes > REQUEST_BYTES_MAX) socket.destroy();
  });
  const lines = createInterface({ input: socket });
  socket.on('close', () => lines.close());
  for await (const line of lines) {
    socket.setTimeout(0);
    return JSON.parse(line) as VerbRequest;
  }
  throw new Error('the connection ended without a request');
}

/** What an error is to the command that asked. */
export function refusalOf(error: unknown): Refusal {
  const message = error instanceof Error ? error.message : String(error);
  const why = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return { name: error instanceof Error ? error.name : 'Error', message, exitCode: exitCodeOf(why) };
}

function exitCodeOf(error: unknown): number {
  if (error instanceof SettingsError || error instanceof NameTakenError) return EXIT.usage;
  if (error instanceof ConditionTimeoutError) return EXIT.notAsExpected;
  if (error instanceof UnsteadyError || error instanceof UntriedError) return EXIT.inconclusive;
  if (error instanceof TeardownError) return EXIT.leftover;
  if (error instanceof StoppedError) return EXIT.stopped;
  return EXIT.harness;
}
