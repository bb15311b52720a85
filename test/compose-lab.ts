/**
 * The compose lab, driven as a user drives it: by docker-compose alone, and watched by what its page is told.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { execa } from 'execa';
import { expect } from 'vitest';
import { fleetfall, temporaryFolder } from './fleetfall.ts';
import { DOCKER_LEFT_OUT } from './runtimes.ts';

const COMPOSE_FILE = join(import.meta.dirname, '../docker/compose.yaml');

async function leftOut(): Promise<string | null> {
  if (DOCKER_LEFT_OUT !== null) return DOCKER_LEFT_OUT;
  const { failed } = await execa('docker-compose', ['version'], { reject: false });
  return failed && process.env.FLEETFALL_REQUIRE_DOCKER === undefined
    ? 'no docker-compose is installed'
    : null;
}
/** Why tests of the lab are left out; null when they run. */
export const LAB_LEFT_OUT = await leftOut();

/** A lab as a project of its own: commands of docker-compose on it. Its disposal takes it down and looks that nothing is left. */
export interface Lab extends AsyncDisposable {
  compose(...args: readonly string[]): Promise<string>;
}

/**
 * Makes the lab's image; nothing is up yet.
 * @param override a compose file besides the shipped one.
 * @param env what the compose files ask the environment for, besides the shipped one's.
 */
export async function openLab(
  override: string | null = null,
  env: Readonly<Record<string, string>> = {},
): Promise<Lab> {
  const project = `fleetfall-lab-test-${randomBytes(3).toString('hex')}`;
  const image = await fleetfall('lab', 'image', '--json');
  expect([image.exitCode, image.stderr.includes('because')]).toEqual([0, false]);
  const { built } = JSON.parse(image.stdout) as { built: string };
  await using cleanup = new AsyncDisposableStack();
  const folder = cleanup.use(await temporaryFolder());
  const files = [COMPOSE_FILE];
  if (override !== null) {
    files.push(join(folder.path, 'override.yaml'));
    writeFileSync(files.at(-1) as string, override);
  }
  async function compose(...args: readonly string[]): Promise<string> {
    const { stdout } = await execa(
      'docker-compose',
      ['-p', project, ...files.flatMap((file) => ['-f', file]), ...args],
      // Any port that is free.
      { env: { FLEETFALL_LAB_PORT: '', FLEETFALL_PROMETHEUS_PORT: '', FLEETFALL_LAB_IMAGE: built, ...env } },
    );
    return stdout;
  }
  cleanup.defer(async () => {
    await compose('down', '-v', '--timeout', '3');
    const label = `label=com.docker.compose.project=${project}`;
    for (const kind of [
      ['ps', '-a'],
      ['volume', 'ls'],
      ['network', 'ls'],
    ]) {
      expect((await execa('docker', [...kind, '-q', '--filter', label])).stdout).toBe('');
    }
  });
  const opened = cleanup.move();
  return { compose, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** The lab's journal, as its page is told of it. */
interface LabJournal extends Disposable {
  readonly records: readonly JournalRecord[];
  until(what: string, holds: () => boolean): Promise<void>;
}

/** @param waitMs of anything that is waited for. */
async function followLab(address: string, waitMs: number): Promise<LabJournal> {
  const asked = get(`http://${address}/events`);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  expect(answer.statusCode).toBe(200);
  const records: JournalRecord[] = [];
  let heard = (): void => undefined;
  let name = '';
  createInterface({ input: answer }).on('line', (line) => {
    if (line.startsWith('event: ')) name = line.slice('event: '.length);
    if (name !== 'records' || !line.startsWith('data: ')) return;
    records.push(...(JSON.parse(line.slice('data: '.length)) as JournalRecord[]));
    heard();
  });
  return {
    records,
    until(what, holds) {
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), waitMs);
        heard = () => {
          if (!holds()) return;
          clearTimeout(late);
          heard = () => undefined;
          resolve();
        };
        heard();
      });
    },
    [Symbol.dispose]: () => void answer.destroy(),
  };
}

/** Share of requests that ended well in the last two windows of a part of the journal; null without any. */
function goodput(records: readonly JournalRecord[]): number | null {
  const windows = records.flatMap((record) =>
    record.kind === 'load' && record.record.kind === 'load' ? [record.record.outcomes] : [],
  );
  const ended = windows.slice(-2).flat();
  const all = ended.reduce((sum, { count }) => sum + count, 0);
  const ok = ended.reduce((sum, { count, outcome }) => sum + (outcome === 'ok' ? count : 0), 0);
  return windows.length < 2 || all === 0 ? null : ok / all;
}

/** Front-ends to which the kernel refused threads, by cohort. */
function refused(records: readonly JournalRecord[]): Record<string, number> {
  const cohorts = new Map<string, string>();
  const hit = new Set<string>();
  for (const record of records) {
    if (record.kind === 'load' && record.record.kind === 'load')
      for (const { memberId, cohort } of record.record.outcomes) cohorts.set(memberId, cohort);
    if (record.kind !== 'observer' || record.record.kind !== 'sample') continue;
    const { memberId, kernel } = record.record.state;
    if ((kernel?.limitHits ?? 0) > 0) hit.add(memberId);
  }
  const counts: Record<string, number> = { incumbent: 0, newcomer: 0 };
  for (const memberId of hit) {
    const cohort = cohorts.get(memberId);
    if (cohort !== undefined) counts[cohort] = (counts[cohort] ?? 0) + 1;
  }
  return counts;
}

/** The phases since the fleet served: what was before may be in the snapshot that the page began with. */
const phases = (records: readonly JournalRecord[]): string[] =>
  records.flatMap((record) =>
    record.kind === 'phase' && record.event === 'begin' && record.phase !== 'start' ? [record.phase] : [],
  );

/**
 * Brings the lab up, scales it past its limit and back, restarts it, and sees it serve, fall, stay down and recover.
 * @param waitMs of anything that is waited for: the longest is a fall, after the discovery delay and the ageing of maps.
 */
export async function fallsAndRecovers(
  { compose }: Lab,
  { before, after, waitMs }: { readonly before: number; readonly after: number; readonly waitMs: number },
): Promise<void> {
  await compose('up', '-d', '--scale', `frontend=${before}`);
  const address = (await compose('port', 'lab', '7480')).trim();
  using lab = await followLab(address, waitMs);
  const { records } = lab;
  await lab.until('the fleet to serve', () => (goodput(records) ?? 0) > 0.95);
  expect(refused(records)).toEqual({ incumbent: 0, newcomer: 0 });
  expect(await compose('ps', '--services', '--filter', 'status=running')).not.toMatch(/prometheus|grafana/);

  await compose('up', '-d', '--no-recreate', '--scale', `frontend=${after}`);
  await lab.until('the fleet to fall', () => (goodput(records) ?? 1) < 0.5);
  await lab.until('threads to be refused to old and new', () => {
    const { incumbent, newcomer } = refused(records);
    return incumbent === before && newcomer === after - before;
  });

  const down = records.length;
  await compose('up', '-d', '--no-recreate', '--scale', `frontend=${before}`);
  await lab.until('the removal to be seen', () => phases(records).at(-1) === 'removal');
  const removed = records.length;
  await lab.until('two windows behind it', () => goodput(records.slice(removed)) !== null);
  expect(goodput(records.slice(removed))).toBeLessThan(0.5);

  await compose('restart', '--timeout', '3', 'frontend');
  await lab.until('the fleet to recover', () => (goodput(records.slice(down)) ?? 0) > 0.95);
  expect(phases(records)).toEqual(['steady-state', 'addition', 'removal', 'restart']);
}
