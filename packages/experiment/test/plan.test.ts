import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { costOf } from '../src/cost.ts';
import { layOut } from '../src/layout.ts';
import { planRun } from '../src/plan.ts';
import { readExperiment } from '../src/read-experiment.ts';

const TEXT = readFileSync(join(import.meta.dirname, '../../../experiments/kinesis-2020.yaml'), 'utf8');
type Flags = Readonly<Record<string, string | number | boolean>>;

const plan = ({ size, ...flags }: Flags & { readonly size?: string } = {}) =>
  planRun(layOut(readExperiment({ file: 'kinesis-2020.yaml', text: TEXT, size, flags }), 'seed'));
const small = (flags: Flags = {}) => plan({ size: 'small', ...flags });
const frontEnds = (of: ReturnType<typeof plan>, arm = 0) =>
  of.arms[arm]?.members.find(({ role }) => role === 'front-end');

describe('a planned run', () => {
  it('has an arm for the experiment and one for each control, grown as far', () => {
    const { arms } = plan();
    expect(arms.map(({ arm, breakingSize }) => [arm, breakingSize])).toEqual([
      ['main', 14],
      ['control-event-loop', null],
      ['control-high-limit', null],
    ]);
    for (const index of [0, 1, 2])
      expect(frontEnds(plan(), index)).toMatchObject({ atStart: 12, atMost: 16 });
    expect(plan({ controls: false }).arms).toHaveLength(1);
  });

  it('tells the threads of a front-end at each size, up to its limit, and from where on it is refused one', () => {
    expect(small().arms[0]?.tasksBySize).toEqual([
      { frontEnds: 3, tasks: 13, constructing: 14, refused: false },
      { frontEnds: 4, tasks: 14, constructing: 15, refused: false },
      { frontEnds: 5, tasks: 15, constructing: 15, refused: true },
      { frontEnds: 6, tasks: 15, constructing: 15, refused: true },
    ]);
  });

  it.each<[Flags, number]>([
    [{ pidsMax: 18, threadsPerPeer: 2 }, 5],
    [{ pidsMax: 15, uvThreads: 1 }, 8],
    [{ pidsMax: 20, uvThreads: 8 }, 6],
  ])('with %j breaks at %i', (options, size) => {
    const [main] = small(options).arms;
    expect(main?.breakingSize).toBe(size);
    expect(main?.tasksBySize.find(({ refused }) => refused)?.frontEnds).toBe(size);
  });

  it('that is to stay healthy grows to where the profile says and breaks nowhere', () => {
    const healthy = small({ expect: 'healthy', pidsMax: 512 });
    expect(healthy.arms[0]?.breakingSize).toBeNull();
    expect(frontEnds(healthy)?.atMost).toBe(6);
  });

  it('counts the threads of a link pool once, however large the fleet', () => {
    const pooled = small({ expect: 'healthy', peerLinks: 'thread-pool', linkPoolThreads: 3, pidsMax: 40 });
    expect(new Set(pooled.arms[0]?.tasksBySize.map(({ tasks }) => tasks))).toEqual(new Set([14]));
  });
});

describe('its cost', () => {
  it('is that of the largest arm in memory, and of all arms and trials in time', () => {
    const [once, thrice] = [costOf(plan(), 'cgroup'), costOf(plan({ trials: 3 }), 'cgroup')];
    expect(thrice).toEqual({ ...once, durationMs: 3 * once.durationMs });
    const alone = costOf(plan({ controls: false }), 'cgroup');
    expect(alone.durationMs).toBeLessThan(once.durationMs);
    expect(alone.memoryBytes).toBeLessThanOrEqual(once.memoryBytes);
  });

  it('is what was measured: half a minute and under 1 GB for a small run, about 3 GB for a standard one', () => {
    const cost = costOf(small(), 'cgroup');
    expect(cost.memoryBytes).toBeLessThan(1e9);
    expect(cost.durationMs).toBeGreaterThan(15_000);
    expect(cost.durationMs).toBeLessThan(30_000);
    const standard = costOf(plan({ controls: false }), 'cgroup').memoryBytes;
    expect(standard).toBeGreaterThan(2.2e9);
    expect(standard).toBeLessThan(3.6e9);
  });

  it('grows with what makes a fleet larger, and is more in containers', () => {
    const base = costOf(small(), 'cgroup');
    for (const options of [{ pidsMax: 17 }, { pidsMax: 18, threadsPerPeer: 2 }]) {
      const more = costOf(small(options), 'cgroup');
      expect(more.tasks).toBeGreaterThan(base.tasks);
      expect(more.memoryBytes).toBeGreaterThan(base.memoryBytes);
      expect(more.durationMs).toBeGreaterThan(base.durationMs);
    }
    const contained = costOf(small(), 'docker');
    expect(contained.tasks).toBeGreaterThan(base.tasks);
    expect(contained.memoryBytes).toBeGreaterThan(base.memoryBytes);
  });
});
