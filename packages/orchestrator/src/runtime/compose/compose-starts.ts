/**
 * Brings members up, as many as are asked for at once in one call of compose, one call at a time: compose counts a
 * service's containers and adds what is missing. Since it would also start again those that have ended, which would be
 * members that nobody drives, what has ended is removed before each call, and what ended during it behind it. Each
 * container is new, with counters of its own. A call that nobody waits for any more is cut off.
 */
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { Container } from 'dockerode';
import type { FoundEngine } from '../docker/connect.ts';
import { engineCall } from '../docker/engine-call.ts';
import type { Labels } from '../docker/labels.ts';
import { removeContainer } from '../docker/removal.ts';
import type { MemberSpec } from '../runtime.ts';
import { documentFor, FRONT_END_SERVICE, type LabFile, serviceOf } from './compose-document.ts';
import { type ComposeTool, composeUp } from './compose-tool.ts';

const PROJECT_LABEL = 'com.docker.compose.project';
const SERVICE_LABEL = 'com.docker.compose.service';
const NUMBER_LABEL = 'com.docker.compose.container-number';
/** What compose asked the engine for before it was cut off is there within a second on a busy engine. */
const QUIET_MS = 2_000;
const LOOK_INTERVAL_MS = 200;

export interface ComposeProject {
  readonly engine: FoundEngine;
  readonly tool: ComposeTool;
  readonly file: LabFile;
  readonly project: string;
  readonly image: string;
  readonly labels: Labels;
}

export interface ComposeStarts {
  /**
   * A new container of the member's service, running; it waits for its boot line. It is the member's until it is let go.
   * @throws the signal's reason; Error with compose's words; RuntimeUnavailableError.
   */
  bringUp(spec: MemberSpec, signal: AbortSignal): Promise<Container>;
  /** The container has ended, or is no member's: the next call may remove it. */
  letGo(container: Container): void;
  /** Resolves when no call is under way. Never rejects. */
  quiet(): Promise<void>;
}

interface Wish {
  readonly spec: MemberSpec;
  readonly signal: AbortSignal;
  readonly resolve: (container: Container) => void;
  readonly reject: (why: unknown) => void;
}

interface Seen {
  readonly id: string;
  readonly service: string;
  /** Of the container among those of its service, in the order in which they were made. */
  readonly number: number;
}

export function composeStarts({ engine, tool, file, project, image, labels }: ComposeProject): ComposeStarts {
  const { docker } = engine;
  const held = new Set<string>();
  let wishes: Wish[] = [];
  let queue: Promise<void> = Promise.resolve();

  async function listed(): Promise<Seen[]> {
    const filters = { label: [`${PROJECT_LABEL}=${project}`] };
    const listing = docker.listContainers({ all: true, filters });
    const containers = await engineCall(`list the containers of ${project}`, listing);
    return containers.map(({ Id, Labels }) => ({
      id: Id,
      service: Labels[SERVICE_LABEL] ?? '',
      number: Number(Labels[NUMBER_LABEL]),
    }));
  }

  /** Removes what is no member's. @returns what is left, and how many were removed. */
  async function sweep(): Promise<{ readonly left: Seen[]; readonly removed: number }> {
    const there = await listed();
    const nobodys = there.filter(({ id }) => !held.has(id));
    await Promise.all(nobodys.map(({ id }) => removeContainer(docker, id)));
    return { left: there.filter(({ id }) => held.has(id)), removed: nobodys.length };
  }

  /** Removes what is no member's until none has turned up for a while. */
  async function sweepUntilQuiet(): Promise<void> {
    let since = performance.now();
    while (performance.now() - since < QUIET_MS) {
      if ((await sweep()).removed > 0) since = performance.now();
      await delay(LOOK_INTERVAL_MS);
    }
  }

  /** Takes those out of the wishes that one document can say. */
  function takeAlike(): Wish[] {
    const [first] = wishes;
    if (first === undefined) return [];
    const firstFrontEnd = wishes.find(({ spec }) => spec.role === 'front-end')?.spec;
    const fits = ({ spec }: Wish): boolean =>
      spec.role !== 'front-end' ||
      (spec.pidsMax === firstFrontEnd?.pidsMax && spec.uvThreads === firstFrontEnd?.uvThreads);
    const alike = wishes.filter(fits);
    wishes = wishes.filter((wish) => !alike.includes(wish));
    return alike;
  }

  async function bringUpAll(wanted: readonly Wish[], cut: AbortSignal): Promise<void> {
    const { left: before } = await sweep();
    const specs = wanted.map(({ spec }) => spec);
    const frontEnds = [...before.map(({ service }) => service), ...specs.map(serviceOf)];
    const scale = {
      [FRONT_END_SERVICE]: frontEnds.filter((service) => service === FRONT_END_SERVICE).length,
    };
    const document = documentFor(file, specs, image, labels);
    await composeUp(tool, engine, { project, document, scale }, cut);
    const there = (await listed()).filter(({ id }) => !held.has(id));
    const isNew = ({ id }: Seen): boolean => before.every((each) => each.id !== id);
    const made = there.filter(isNew).toSorted((left, right) => left.number - right.number);
    const given = wanted.map((wish) => {
      const index = made.findIndex(({ service }) => service === serviceOf(wish.spec));
      const [container] = index === -1 ? [] : made.splice(index, 1);
      return { ...wish, container };
    });
    // One that ended or was removed during the call is started again, or made up for, by compose.
    const nobodys = [...made, ...there.filter((each) => !isNew(each))];
    await Promise.all(nobodys.map(({ id }) => removeContainer(docker, id)));
    for (const { spec, container, resolve, reject } of given) {
      if (container === undefined) {
        reject(
          new Error(`compose made no container of '${serviceOf(spec)}' on the engine of ${engine.from}`),
        );
        continue;
      }
      held.add(container.id);
      resolve(docker.getContainer(container.id));
    }
  }

  async function serve(): Promise<void> {
    // Those who ask in the same turn come up in the same call.
    await nextTurn();
    const taken = takeAlike();
    for (const { signal, reject } of taken) if (signal.aborted) reject(signal.reason);
    const wanted = taken.filter(({ signal }) => !signal.aborted);
    if (wanted.length === 0) return;
    const cut = whenAllAborted(wanted.map(({ signal }) => signal));
    try {
      await bringUpAll(wanted, cut);
    } catch (error) {
      const failures = [error];
      // What it made before it failed is nobody's.
      const swept = cut.aborted ? sweepUntilQuiet() : sweep();
      await swept.catch((failure: unknown) => failures.push(failure));
      const why = failures.map((each) => (each instanceof Error ? each.message : String(each))).join('; ');
      const told = failures.length === 1 ? error : new Error(why, { cause: error });
      for (const { reject } of wanted) reject(told);
    }
  }

  return {
    bringUp(spec, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<Container>();
      wishes.push({ spec, signal, resolve, reject });
      queue = queue.then(serve);
      return promise;
    },
    letGo: ({ id }) => void held.delete(id),
    quiet: () => queue,
  };
}

/** Aborts when the last of them has. */
function whenAllAborted(signals: readonly AbortSignal[]): AbortSignal {
  const all = new AbortController();
  const look = (): void => {
    if (signals.every(({ aborted }) => aborted)) all.abort(signals.at(-1)?.reason);
  };
  for (const signal of signals) signal.addEventListener('abort', look, { once: true });
  look();
  return all.signal;
}
