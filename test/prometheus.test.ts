/**
 * Alerts and dashboard against the metrics that front-ends and back-ends have, and against a recorded fall: what fires,
 * when, and how long before the kernel refuses the first thread.
 */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBackEndMetrics } from '@fleetfall/backend/metrics.ts';
import { createFrontEndMetrics } from '@fleetfall/frontend/metrics.ts';
import type { BackEndState, FrontEndState } from '@fleetfall/protocol/member-state.ts';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { OF_THE_RECORDED_RUN, recordedRun } from '../docker/prometheus/make.ts';
import { type Expected, ruleTests } from '../docker/prometheus/rule-tests.ts';
import { temporaryFolder } from './fleetfall.ts';
import { leftOutWithout } from './tools.ts';

const PROMETHEUS = join(import.meta.dirname, '../docker/prometheus');
const DASHBOARD = join(import.meta.dirname, '../docker/grafana/fleetfall.json');
const NO_PROMTOOL = leftOutWithout('promtool', 'FLEETFALL_REQUIRE_PROMTOOL');

function stateOf<Role extends 'front-end' | 'back-end'>(
  wanted: Role,
): Extract<FrontEndState | BackEndState, { role: Role }> {
  for (const record of recordedRun()) {
    if (record.kind !== 'observer' || record.record.kind !== 'sample') continue;
    const { state } = record.record;
    if (state.role === wanted) return state as Extract<FrontEndState | BackEndState, { role: Role }>;
  }
  throw new Error(`the recorded run has no state of a ${wanted}`);
}

async function metricsText(): Promise<{ frontEnd: string; backEnd: string }> {
  const frontEnd = stateOf('front-end');
  const routing = { ...frontEnd.routing, failed: { 'map-aged': 3, 'no-owner': 1 } };
  const load = { connections: 0, watchers: 0, inFlight: 0, truncatedBytes: 0 };
  return {
    frontEnd: await createFrontEndMetrics(() => ({ ...frontEnd, routing })).metrics(),
    backEnd: await createBackEndMetrics(
      () => stateOf('back-end'),
      () => load,
    ).metrics(),
  };
}

const namesIn = (text: string): string[] =>
  [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name as string);

/** The metrics that a query names: what is no function, keyword, label or duration. */
function metricsOf(query: string): string[] {
  const bare = query.replace(/\{[^}]*\}|\[[^\]]*\]|\b(?:by|without|on|ignoring) \([^)]*\)/g, ' ');
  return [...bare.matchAll(/[a-z_][\w:]*(?!\w*\s*\()/gi)]
    .map(([name]) => name)
    .filter((name) => /_|:/.test(name) && !name.startsWith('predict_linear'));
}

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly record?: string; readonly alert?: string; readonly expr: string }[];
  }[];
}
const rules = (parse(readFileSync(join(PROMETHEUS, 'rules.yml'), 'utf8')) as Rules).groups.flatMap(
  (group) => group.rules,
);

describe('what the metrics are called', () => {
  it('threads, their limit, refusals, the age of the map and what was not routed, by reason', async () => {
    const { frontEnd } = await metricsText();
    for (const line of [
      /^process_threads 11$/m,
      /^fleet_threads_limit 15$/m,
      /^fleet_pids_limit_hits_total 0$/m,
      /^fleet_shard_map_age_seconds \d/m,
      /^fleet_routing_failures_total\{reason="map-aged"\} 3$/m,
    ]) {
      expect(frontEnd).toMatch(line);
    }
  });

  it('counters end in _total and nothing else does; the one label is the reason', async () => {
    const { frontEnd, backEnd } = await metricsText();
    for (const [, name = '', type] of `${frontEnd}\n${backEnd}`.matchAll(/^# TYPE (\S+) (\w+)$/gm)) {
      expect({ name, isCounter: type === 'counter' }).toEqual({ name, isCounter: name.endsWith('_total') });
    }
    const labels = [...`${frontEnd}\n${backEnd}`.matchAll(/[{,](\w+)="/g)].map(([, label]) => label);
    expect(new Set(labels)).toEqual(new Set(['reason']));
  });
});

describe('the dashboard and the rules', () => {
  it('query metrics that there are, and nothing else', async () => {
    const { frontEnd, backEnd } = await metricsText();
    const known = new Set([
      ...namesIn(frontEnd),
      ...namesIn(backEnd),
      ...rules.flatMap(({ record }) => record ?? []),
    ]);
    const { panels } = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as {
      panels: { id: number; title: string; targets: { expr: string }[] }[];
    };
    expect(panels.length).toBeGreaterThan(5);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const queries = [...panels.flatMap(({ targets }) => targets), ...rules].map(({ expr }) => expr);
    for (const query of queries) {
      const named = metricsOf(query);
      expect(named, query).not.toEqual([]);
      expect(
        named.filter((name) => !known.has(name)),
        query,
      ).toEqual([]);
    }
  });
});

describe.skipIf(NO_PROMTOOL !== null)(`promtool${NO_PROMTOOL === null ? '' : `: ${NO_PROMTOOL}`}`, () => {
  const promtool = (...args: string[]) => execa('promtool', args, { reject: false });

  async function tested(expected: Expected): Promise<{ exitCode: number | undefined; told: string }> {
    using folder = await temporaryFolder();
    copyFileSync(join(PROMETHEUS, 'rules.yml'), join(folder.path, 'rules.yml'));
    const file = join(folder.path, 'rules.test.yml');
    writeFileSync(file, await ruleTests(recordedRun(), expected));
    const { exitCode, stdout, stderr } = await promtool('test', 'rules', file);
    return { exitCode, told: `${stdout}${stderr}` };
  }

  it('takes the rules, and finds them to say of the recorded fall what is expected', async () => {
    expect(await promtool('check', 'rules', join(PROMETHEUS, 'rules.yml'))).toMatchObject({ exitCode: 0 });
    const { exitCode, stdout, stderr } = await promtool('test', 'rules', join(PROMETHEUS, 'rules.test.yml'));
    expect({ exitCode, told: stdout + stderr }).toEqual({
      exitCode: 0,
      told: expect.stringContaining('SUCCESS'),
    });
  });

  it('is given a test file that is made of the recorded run as it is', async () => {
    expect(readFileSync(join(PROMETHEUS, 'rules.test.yml'), 'utf8')).toBe(
      await ruleTests(recordedRun(), OF_THE_RECORDED_RUN),
    );
  });

  it.each([15, -15])('fails when the lead is expected %i s longer', async (bySeconds) => {
    const leadSeconds = OF_THE_RECORDED_RUN.leadSeconds + bySeconds;
    const { exitCode, told } = await tested({ ...OF_THE_RECORDED_RUN, leadSeconds });
    expect(exitCode).toBe(1);
    expect(told).toMatch(/ThreadExhaustionPredicted/);
  });

  it('fails when the removal is expected to bring the fleet back', async () => {
    const { exitCode, told } = await tested({ ...OF_THE_RECORDED_RUN, atEndOfRemoval: {} });
    expect(exitCode).toBe(1);
    expect(told).toMatch(/ShardMapStale/);
  });

  it('finds no fault with the names of the metrics', async () => {
    const { frontEnd, backEnd } = await metricsText();
    for (const input of [frontEnd, backEnd]) {
      expect(await execa('promtool', ['check', 'metrics'], { input, reject: false })).toMatchObject({
        exitCode: 0,
      });
    }
  });
});
