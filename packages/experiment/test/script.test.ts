/**
 * Fleets without a method: what a script or a command line gives is held to the same schema as an experiment file, with
 * the same messages.
 */
import { describe, expect, it } from 'vitest';
import { layOut } from '../src/layout.ts';
import { readExperiment } from '../src/read-experiment.ts';
import { layOutFlags, layOutFleetOf, layOutScript, readCondition, readStep } from '../src/script.ts';
import { SettingsError } from '../src/settings-error.ts';

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as SettingsError).message;
  }
  throw new Error('it was taken as it is');
}

const EXPERIMENT = `version: 1
name: mine
fleet: { frontEnds: 4, pidsMax: 17 }
method:
  - phase: growth
    steps: [grow: { by: 1, until: thread-refused, orTo: 6, settle: spread }]
  - phase: outage
    steps: [hold: 2s]
arms:
  main: { expect: outage }
  control: { expect: healthy }
`;

describe('the fleet of a script', () => {
  it('has the fields of an experiment, with the same defaults', () => {
    const { arms, runtime, seed } = layOutScript({ frontEnds: 4, pidsMax: 16, runtime: 'cgroup' }, 'new');
    const [{ fleet, method, predicts, expect: expected }] = arms;
    expect([runtime, seed, method, predicts, expected]).toEqual([
      'cgroup',
      'new',
      [],
      false,
      { kind: 'healthy' },
    ]);
    expect(fleet).toMatchObject({ frontEndsBefore: 4, pidsMax: 16, backEnds: 2, ratePerSecond: 300 });
  });

  it.each([
    [{ pidsMax: '16' }, "startFleet: pidsMax '16': must be a whole number from 1 to 4096"],
    [{ pidsMaz: 16 }, /^startFleet: pidsMaz: is no field: 'fleet' takes frontEnds, frontEndsMax, /],
    [{ load: { rate: 300 } }, /^startFleet: load\.rate '300': '300' is not a rate/],
    [
      { load: { rat: '1/s' } },
      "startFleet: load.rat: is no field: 'load' takes rate, over, spike, arrivals, recordSize, client, balance, through, batch, keys, reads, verify",
    ],
    [{ runtime: 'podman' }, "startFleet: runtime 'podman': must be one of auto, docker, compose, cgroup"],
    [{ pidsMax: 11 }, /^startFleet: pidsMax 11: must be at least 12: a front-end boots with 11 tasks/],
    [{ shardMapMaxAge: '1s' }, /^startFleet: shardMapMaxAge 1000ms: must be at least twice --build-interval/],
    [
      { frontEnds: 0, backEnds: 9 },
      "startFleet: frontEnds '0': must be a whole number from 3 to 100\nstartFleet: backEnds '9': must be a whole number from 1 to 8",
    ],
  ])('refuses %j', (given, message) => {
    const said = messageOf(() => layOutScript(given, 'seed'));
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
  });

  it('is described by flags as well, and errors name them', () => {
    const { experiment, arms } = layOutFlags({ pidsMax: '16', set: ['fleet.frontEnds=5'] }, 'seed');
    expect([experiment, arms[0].fleet.pidsMax, arms[0].fleet.frontEndsBefore]).toEqual(['fleet', 16, 5]);
    expect(messageOf(() => layOutFlags({ pidsMax: 'many' }, 'seed'))).toBe(
      "--pids-max 'many': must be a whole number from 1 to 4096",
    );
  });
});

describe('the fleet of an experiment', () => {
  const fleetOf = (...set: string[]) =>
    layOutFleetOf(readExperiment({ file: 'mine.yaml', text: EXPERIMENT, set }), 'seed');

  it('is laid out without what the experiment would do to it', () => {
    const { experiment, arms } = fleetOf('load.rate=50/s');
    expect(experiment).toBe('mine');
    expect(arms).toMatchObject([
      { method: [], rollback: [], predicts: false, fleet: { pidsMax: 17, ratePerSecond: 50 } },
    ]);
  });

  it('may have a limit at which the experiment itself would show nothing', () => {
    expect(fleetOf('fleet.pidsMax=400').arms[0].fleet.pidsMax).toBe(400);
    expect(messageOf(() => fleetOf('fleet.pidsMax=11'))).toMatch(
      /^--set fleet\.pidsMax 11: must be at least 12/,
    );
  });
});

describe('a step or a condition of a script', () => {
  it('is read as in an experiment', () => {
    expect(readStep({ grow: { by: 4 } }, 'grow')).toEqual({ verb: 'grow', args: { by: 4 } });
    expect(readCondition({ metric: 'goodput', is: '>= 99%' }, 'until')).toEqual({
      metric: 'goodput',
      is: { operator: '>=', value: 0.99, of: 'share' },
      for: 1_000,
      after: 0,
    });
  });

  it.each([
    [
      () => readStep({ grow: { by: 0 } }, 'script'),
      "script: grow.by '0': must be a whole number from 1 to 100",
    ],
    [() => readStep({ settle: 'soon' }, 'script'), /^script: settle 'soon': must be one of linked, spread, /],
    [() => readStep({ shrink: {} }, 'script'), 'script: shrink: must say which members'],
    [
      () => readCondition({ metric: 'luck', is: '> 1' }, 'until'),
      /^until: metric 'luck': must be one of goodput, /,
    ],
    [
      () => readCondition({ metric: 'tasks', is: 'high' }, 'until'),
      /^until: is 'high': 'high' is not a bound/,
    ],
  ])('is refused with the message of an experiment file: %#', (act, message) => {
    const said = messageOf(act);
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
  });
});

describe('a run that ends after a phase', () => {
  const laidOut = (...set: string[]) =>
    layOut(readExperiment({ file: 'mine.yaml', text: EXPERIMENT, set }), 'seed');

  it('goes through the method up to it, and runs no other arm', () => {
    const { arms } = laidOut('until=growth');
    expect(arms.map(({ name, method }) => [name, method.map(({ phase }) => phase)])).toEqual([
      ['main', ['growth']],
    ]);
    expect(laidOut('until=steady-state').arms[0].method).toEqual([]);
    expect(laidOut().arms).toHaveLength(2);
  });

  it('is refused when there is no such phase, or other arms are asked for', () => {
    expect(messageOf(() => laidOut('until=lunch'))).toBe(
      "--set until 'lunch': must be one of start, steady-state, growth, outage",
    );
    expect(messageOf(() => laidOut('until=growth', 'controls=true'))).toMatch(
      /^--set until 'growth': ends the run/,
    );
  });
});
