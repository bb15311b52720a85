/**
 * Whether runs can be compared at all: what they ran on, in which version and configuration. A figure that differs
 * between two machines or two configurations says nothing about what changed in between, so every difference is
 * named, and what can still be read is said.
 */
import type { ArmSettings } from '@fleetfall/journal/records.ts';
import { type FrontEndSettings, UV_THREADS_OTHERWISE } from '@fleetfall/protocol/settings.ts';
import type { ComparedRun } from './compared-run.ts';

export interface BaselineDifference {
  readonly of: 'machine' | 'version' | 'configuration' | 'completeness';
  /** A path, such as `host.kernel` or `frontEnd.threadsPerPeer`. */
  readonly field: string;
  /** The values that the runs of each side have, by the number of runs that have it. */
  readonly before: string;
  readonly after: string;
}

/** What stands in the way of comparing; none when nothing does. Runs of one side that differ do so as well. */
export function baselineDifferences(
  before: readonly ComparedRun[],
  after: readonly ComparedRun[],
): BaselineDifference[] {
  const [factsBefore, factsAfter] = [before.map(factsOf), after.map(factsOf)];
  const fields = [...new Set([...factsBefore, ...factsAfter].flatMap((facts) => [...facts.keys()]))];
  return fields.flatMap((field) => {
    const values = [factsBefore, factsAfter].map((side) => side.map((facts) => facts.get(field)?.value));
    if (new Set(values.flat()).size === 1) return [];
    const of = [...factsBefore, ...factsAfter].find((facts) => facts.has(field))?.get(field)?.of;
    const [told, toldAfter] = values.map(distinct) as [string, string];
    return of === undefined ? [] : [{ of, field, before: told, after: toldAfter }];
  });
}

/**
 * That a side is short of trials, whatever the other is: those that broke off may be those that were not as they should be.
 * @param before how many of how many there are.
 */
export function shortOfTrials(
  before: readonly [number, number],
  after: readonly [number, number],
): BaselineDifference[] {
  if (before[0] === before[1] && after[0] === after[1]) return [];
  const told = ([there, planned]: readonly [number, number]): string => `${there} of ${planned}`;
  return [{ of: 'completeness', field: 'trials', before: told(before), after: told(after) }];
}

/** What the differences leave to be read, a sentence each. */
export function stillReadable(differences: readonly BaselineDifference[]): string[] {
  const has = (...kinds: BaselineDifference['of'][]): boolean =>
    differences.some(({ of }) => kinds.includes(of));
  const told: string[] = [];
  if (has('machine')) {
    told.push(
      'sizes and claims are counts and can still be read side by side; shares, latencies and times cannot be told from the machine’s',
    );
  }
  if (has('version')) told.push('each side is what its version measured; a change may be the version’s');
  if (has('configuration'))
    told.push('each side answers for its own configuration; a change may be the configuration’s');
  if (has('completeness')) told.push('what was cut short can be read up to where it ended');
  return told;
}

type Facts = ReadonlyMap<string, { readonly of: BaselineDifference['of']; readonly value: string }>;

function factsOf({ run, expect, settings, cutShort }: ComparedRun): Facts {
  const facts = new Map<string, { of: BaselineDifference['of']; value: string }>();
  const note = (of: BaselineDifference['of'], field: string, value: unknown): void =>
    void facts.set(field, { of, value: String(value ?? 'none') });
  for (const [name, value] of Object.entries(run.host)) {
    note(name === 'node' ? 'version' : 'machine', `host.${name}`, value);
  }
  note('version', 'fleetfall', run.fleetfall);
  note('version', 'journal', run.version);
  note('configuration', 'experiment', run.experiment);
  note('configuration', 'runtime', run.runtime);
  note('configuration', 'expect', JSON.stringify(expect));
  for (const [part, digest] of Object.entries(run.digests ?? {})) note('configuration', part, digest);
  if (settings !== undefined) {
    for (const [path, value] of leaves(whole(settings))) note('configuration', path, value);
  }
  note('completeness', 'end', cutShort ?? 'reached');
  return facts;
}

/** Settings with what journals did not say before it could be set. */
function whole(settings: ArmSettings): object {
  const frontEnd: Partial<FrontEndSettings> = settings.frontEnd;
  return { ...settings, frontEnd: { uvThreads: UV_THREADS_OTHERWISE, ...frontEnd } };
}

function leaves(value: object, path = ''): (readonly [string, unknown])[] {
  return Object.entries(value).flatMap(([name, inner]) =>
    inner !== null && typeof inner === 'object'
      ? leaves(inner, `${path}${name}.`)
      : [[`${path}${name}`, inner] as const],
  );
}

function distinct(values: readonly (string | undefined)[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value ?? 'not there', (counts.get(value ?? 'not there') ?? 0) + 1);
  if (counts.size === 1) return [...counts.keys()].join('');
  return [...counts].map(([value, count]) => `${value} (${count} of ${values.length})`).join(', ');
}
