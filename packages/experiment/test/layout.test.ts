import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layOut } from '../src/layout.ts';
import { type ExperimentSource, readExperiment } from '../src/read-experiment.ts';
import { SettingsError } from '../src/settings-error.ts';

const TEXT = readFileSync(join(import.meta.dirname, '../../../experiments/kinesis-2020.yaml'), 'utf8');

const lay = (flags: ExperimentSource['flags'] = {}, more: Partial<ExperimentSource> = {}) =>
  layOut(readExperiment({ file: 'kinesis-2020.yaml', text: TEXT, flags, ...more }), 'seed');

describe('a run laid out', () => {
  it('is the standard outage with its controls when nothing is said', () => {
    const layout = lay();
    expect(layout).toMatchObject({
      size: 'standard',
      runtime: 'auto',
      seed: 'seed',
      trials: 1,
      timeScale: 3_600 / 0.7,
    });
    expect(layout.arms.map(({ name, expect: { kind } }) => [name, kind])).toEqual([
      ['main', 'outage'],
      ['control-event-loop', 'healthy'],
      ['control-high-limit', 'healthy'],
    ]);
    expect(layout.arms[0].fleet).toMatchObject({ pidsMax: 24, frontEndsBefore: 12 });
  });

  it('has no controls when nothing is to break, unless they are asked for', () => {
    expect(lay({ expect: 'healthy' }).arms).toHaveLength(1);
    expect(lay({ expect: 'healthy', controls: true }).arms).toHaveLength(3);
    expect(lay({ controls: false }).arms).toHaveLength(1);
  });

  it('starts with so few front-ends that there is room to grow, whatever the limit', () => {
    for (let pidsMax = 14; pidsMax <= 32; pidsMax += 1) {
      for (const { fleet } of lay({ pidsMax: String(pidsMax) }).arms) {
        expect(fleet.frontEndsBefore).toBeGreaterThanOrEqual(3);
        expect(fleet.frontEndsBefore).toBeLessThan(pidsMax - 10);
      }
    }
  });

  it('takes durations with their unit, and every assumption by its flag', () => {
    const [{ fleet }] = lay({ discoveryDelayMax: '1.5s', agedMap: 'serve', onBuildFailure: 'retry' }).arms;
    expect(fleet.frontEnd).toMatchObject({
      discoveryDelayMaxMs: 1_500,
      agedMap: 'serve',
      onBuildFailure: 'retry',
    });
  });

  it('compresses the hour of discovery as timeScale says', () => {
    const text = TEXT.replace(/ {2}discoveryDelayMax.*\n/, '');
    const layout = lay({}, { text, set: ['timeScale=3600'] });
    expect(layout.arms[0].fleet.frontEnd.discoveryDelayMaxMs).toBe(1_000);
    expect(() => lay({}, { set: ['timeScale=3600'] })).toThrow(/fleet.discoveryDelayMax says the same/);
  });

  it('has controls that differ from it in what they set', () => {
    const [main, eventLoop, highLimit] = lay().arms;
    expect(eventLoop?.fleet).toEqual({
      ...main.fleet,
      frontEnd: { ...main.fleet.frontEnd, peerLinks: 'event-loop' },
    });
    expect(highLimit?.fleet).toEqual({ ...main.fleet, pidsMax: 512 });
  });

  it('is the same again when it is read from what it was run as', () => {
    const first = lay({ pidsMax: '18', expect: 'outage' }, { size: 'small', set: ['load.rate=50/s'] });
    const again = layOut(
      readExperiment({ file: 'experiment.yaml', text: JSON.stringify(first.effective) }),
      'another seed',
    );
    expect(again).toEqual(first);
  });

  it.each<[Record<string, string>, string]>([
    [{ pidsMax: '13' }, '--pids-max 13: must be at least 14'],
    [{ pidsMax: '15', threadsPerPeer: '2' }, '--pids-max 15: must be at least 16'],
    [
      { pidsMax: '15', uvThreads: '8' },
      '--pids-max 15: must be at least 18: a front-end boots with 15 tasks',
    ],
    [{ pidsMax: '40', uvThreads: '8' }, 'would first break at 26: use at most 38'],
    [
      { pidsMax: '36' },
      '--pids-max 36: growth stops at 24 front-ends and would first break at 26: use at most 34',
    ],
    [{ peerLinks: 'thread-pool' }, '--peer-links thread-pool: takes no thread for a peer'],
    [{ peerLinks: 'thread-pool', expect: 'healthy', pidsMax: '15' }, '--pids-max 15: must be at least 16'],
    [{ frontEnds: '14' }, '--front-ends 14: a fleet under --pids-max 24 breaks at 14: use at most 13'],
    [{ frontEnds: '30', expect: 'healthy', pidsMax: '512' }, '--front-ends 30: growth stops at 24'],
    [
      { discoveryDelayMax: '10m' },
      '--discovery-delay-max 600000ms: must be at most 59000ms together with --shard-map-max-age and --build-interval (now 610800ms)',
    ],
    [{ rate: '10000/s', discoveryDelayMax: '48200ms' }, '--rate 10000/s: must be at most'],
    [{ rate: '10001/s' }, "--rate '10001/s': must be"],
    [{ shards: '10001' }, "--shards '10001': must be"],
    [{ shardMapMaxAge: '500ms' }, '--shard-map-max-age 500ms: must be at least twice --build-interval'],
  ])('that contradicts itself as %j is refused', (flags, message) => {
    expect(() => lay(flags)).toThrow(message);
    expect(() => lay(flags)).toThrow(SettingsError);
  });
});
