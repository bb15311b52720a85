import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fleetfall, temporaryFolder } from './fleetfall.ts';
import { DOCKER_LEFT_OUT } from './runtimes.ts';
import { findTool } from './tools.ts';

const COMPOSE_FILE = join(import.meta.dirname, '../docker/compose.yaml');
/** Under this limit the sixth front-end is the first that finds no thread left. */
const OVERRIDE = 'version: "2.4"\nservices:\n  frontend:\n    pids_limit: 16\n';
/** The system's Prometheus in the place of that of the registry, which not every machine reaches; all else is as shipped. */
const OWN_PROMETHEUS = `  prometheus:
    image: \${FLEETFALL_LAB_IMAGE}
    entrypoint: [/opt/prometheus]
    volumes: ["\${PROMETHEUS}:/opt/prometheus:ro"]
`;
const PROMETHEUS = findTool('prometheus', 'FLEETFALL_REQUIRE_PROMTOOL');
const BEFORE = 4;
const AFTER = 6;
/** Of anything that is waited for: the longest is a fall, after the discovery delay and the ageing of maps. */
const WAIT_MS = 60_000;

async function leftOut(): Promise<string | null> {
  if (DOCKER_LEFT_OUT !== null) return DOCKER_LEFT_OUT;
  const { failed } = await execa('docker-compose', ['version'], { reject: false });
  return failed && process.env.FLEETFALL_REQUIRE_DOCKER === undefined
    ? 'no docker-compose is installed'
    : null;
}
const LEFT_OUT = await leftOut();

/** The lab's journal, as its page is told of it. */
interface LabJournal extends Disposable {
  readonly records: readonly JournalRecord[];
  until(what: string, holds: () => boolean): Promise<void>;
}

async function followLab(address: string): Promise<LabJournal> {
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
        const late = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), WAIT_MS);
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

describe.skipIf(LEFT_OUT !== null)(
  `the compose lab${LEFT_OUT === null ? '' : ` (left out: ${LEFT_OUT})`}`,
  () => {
    let folder: Awaited<ReturnType<typeof temporaryFolder>>;
    let compose: (...args: readonly string[]) => Promise<string>;
    const project = `fleetfall-lab-test-${randomBytes(3).toString('hex')}`;

    beforeAll(async () => {
      folder = await temporaryFolder();
      const override = join(folder.path, 'override.yaml');
      writeFileSync(override, PROMETHEUS.path === null ? OVERRIDE : `${OVERRIDE}${OWN_PROMETHEUS}`);
      const image = await fleetfall('lab', 'image', '--json');
      expect([image.exitCode, image.stderr.includes('because')]).toEqual([0, false]);
      const { built } = JSON.parse(image.stdout) as { built: string };
      compose = async (...args) => {
        const { stdout } = await execa(
          'docker-compose',
          ['-p', project, '-f', COMPOSE_FILE, '-f', override, ...args],
          // Any port that is free.
          {
            env: {
              FLEETFALL_LAB_PORT: '',
              FLEETFALL_PROMETHEUS_PORT: '',
              FLEETFALL_LAB_IMAGE: built,
              PROMETHEUS: PROMETHEUS.path ?? '',
            },
          },
        );
        return stdout;
      };
    });
    afterAll(async () => {
      await compose?.('down', '-v', '--timeout', '3');
      folder?.[Symbol.dispose]();
      const label = `label=com.docker.compose.project=${project}`;
      for (const kind of [
        ['ps', '-a'],
        ['volume', 'ls'],
        ['network', 'ls'],
      ]) {
        expect((await execa('docker', [...kind, '-q', '--filter', label])).stdout).toBe('');
      }
    });

    test('gives no container the engine, and publishes its ports on this machine alone', async () => {
      const config = await compose('config');
      expect(config).not.toContain('docker.sock');
      const ports = config.match(/^ +ports:\n.*$/gm) ?? [];
      expect(ports).toContainEqual(expect.stringMatching(/127\.0\.0\.1::7480/));
      for (const each of ports) expect(each).toMatch(/- 127\.0\.0\.1:/);
    });

    test('falls when it is scaled up, stays down when it is scaled back, and recovers by a restart', async () => {
      await compose('up', '-d', '--scale', `frontend=${BEFORE}`);
      const address = (await compose('port', 'lab', '7480')).trim();
      using lab = await followLab(address);
      const { records } = lab;
      await lab.until('the fleet to serve', () => (goodput(records) ?? 0) > 0.95);
      expect(refused(records)).toEqual({ incumbent: 0, newcomer: 0 });
      expect(await compose('ps', '--services', '--filter', 'status=running')).not.toMatch(
        /prometheus|grafana/,
      );

      await compose('up', '-d', '--no-recreate', '--scale', `frontend=${AFTER}`);
      await lab.until('the fleet to fall', () => (goodput(records) ?? 1) < 0.5);
      await lab.until('threads to be refused to old and new', () => {
        const { incumbent, newcomer } = refused(records);
        return incumbent === BEFORE && newcomer === AFTER - BEFORE;
      });

      const down = records.length;
      await compose('up', '-d', '--no-recreate', '--scale', `frontend=${BEFORE}`);
      await lab.until('the removal to be seen', () => phases(records).at(-1) === 'removal');
      const removed = records.length;
      await lab.until('two windows behind it', () => goodput(records.slice(removed)) !== null);
      expect(goodput(records.slice(removed))).toBeLessThan(0.5);

      await compose('restart', '--timeout', '3', 'frontend');
      await lab.until('the fleet to recover', () => (goodput(records.slice(down)) ?? 0) > 0.95);
      expect(phases(records)).toEqual(['steady-state', 'addition', 'removal', 'restart']);
    });

    test.skipIf(PROMETHEUS.leftOut !== null)(
      `is scraped by Prometheus, every front-end by the name of the service${PROMETHEUS.leftOut === null ? '' : ` (${PROMETHEUS.leftOut})`}`,
      async () => {
        await compose('--profile', 'metrics', 'up', '-d', '--scale', `frontend=${BEFORE}`, 'prometheus');
        const address = (await compose('port', 'prometheus', '9090')).trim();
        const query = async (expression: string): Promise<number> => {
          const url = `http://${address}/api/v1/query?query=${encodeURIComponent(expression)}`;
          // Until it listens there is no answer.
          const answer = await fetch(url).catch(() => null);
          if (answer?.status !== 200) return Number.NaN;
          const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
          return Number(data.result[0]?.value[1] ?? Number.NaN);
        };
        const soon = { timeout: WAIT_MS, interval: 500 };
        await expect.poll(() => query('sum(up{job="frontend"})'), soon).toBe(BEFORE);
        await expect.poll(() => query('sum(up{job=~"backend|metadata"})'), soon).toBe(3);
        expect(await query('max(fleet_threads_limit)')).toBe(16);
        // The rules are loaded: what they record is there.
        await expect.poll(() => query('count(fleet:threads_headroom)'), soon).toBe(BEFORE);
      },
    );
  },
);
