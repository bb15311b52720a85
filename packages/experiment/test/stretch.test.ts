import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { layOut } from '../src/layout.ts';
import { readExperiment } from '../src/read-experiment.ts';
import { stretched, wantsStretchMeasured } from '../src/stretch.ts';

const TEXT = readFileSync(new URL('../../../experiments/kinesis-2020.yaml', import.meta.url), 'utf8');
const read = (flags: Readonly<Record<string, unknown>> = {}, size?: string) =>
  readExperiment({ file: 'kinesis-2020.yaml', text: TEXT, flags, size });

/** The times as the experiment has them, in ms. */
const { discoveryDelayMax, buildInterval, shardMapMaxAge } = read().experiment.fleet;

describe('the stretch of an experiment', () => {
  it('multiplies the times that go with one another, in every arm, and what is counted from them', () => {
    const { arms, timeScale } = layOut(stretched(read(), 2), 'seed');
    for (const { fleet } of arms) {
      expect(fleet.frontEnd).toMatchObject({
        discoveryDelayMaxMs: 2 * discoveryDelayMax,
        buildIntervalMs: 2 * buildInterval,
        shardMapMaxAgeMs: 2 * shardMapMaxAge,
      });
    }
    expect(timeScale).toBeCloseTo(3_600_000 / (2 * discoveryDelayMax));
  });

  it('is done once: a run that is resumed is not stretched again', () => {
    const once = stretched(read(), 2);
    expect(wantsStretchMeasured(once)).toBe(false);
    expect(stretched(once, 2).experiment.fleet).toEqual(once.experiment.fleet);
  });

  it('leaves times alone that the command line says', () => {
    const said = read({ discoveryDelayMax: '900ms' });
    expect(wantsStretchMeasured(said)).toBe(false);
    expect(stretched(said, 2).experiment.fleet).toMatchObject({ discoveryDelayMax: 900, buildInterval });
  });

  it('is what the command line says it is', () => {
    const said = read({ stretch: '1.5' });
    expect(wantsStretchMeasured(said)).toBe(false);
    expect(stretched(said, 4).experiment.fleet).toMatchObject({
      discoveryDelayMax: 1.5 * discoveryDelayMax,
      shardMapMaxAge: 1.5 * shardMapMaxAge,
    });
  });

  it('keeps a size as it is but for its times', () => {
    const { fleet } = stretched(read({}, 'small'), 3).experiment;
    expect(fleet).toMatchObject({
      frontEnds: 3,
      pidsMax: 15,
      discoveryDelayMax: 1_500,
      shardMapMaxAge: 3_600,
    });
  });

  it('compresses the hour less where a time scale is said', () => {
    const text = TEXT.replace('stretch: measured', 'stretch: 2\ntimeScale: 1800').replace(
      / {2}discoveryDelayMax: .*\n/,
      '',
    );
    const { timeScale, fleet } = stretched(readExperiment({ file: 'x.yaml', text }), 1).experiment;
    expect(timeScale).toBe(900);
    expect(fleet.buildInterval).toBe(2 * buildInterval);
  });
});
