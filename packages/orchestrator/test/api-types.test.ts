/**
 * The types of the API: they say what the schema of experiment files allows, and refuse what it refuses.
 */
import type { conditionSchema } from '@fleetfall/experiment/condition.ts';
import type { assumptionFields, fleetSchema, loadSchema } from '@fleetfall/experiment/fleet-schema.ts';
import type { StepArgs } from '@fleetfall/experiment/steps.ts';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type ConditionFields,
  type DeployFields,
  type FleetFields,
  type FleetStatus,
  type GrowFields,
  type LoadFields,
  type RunningFleet,
  type Settling,
  type StartFleetOptions,
  startFleet,
} from '../src/index.ts';

/** What a schema takes, as it is written. */
type Written<Schema extends { readonly _zod: { readonly input: unknown } }> = Schema['_zod']['input'];

describe('the options of startFleet', () => {
  it('are the fields of an experiment file, all of them, as they are written there', () => {
    type FleetInput = Written<typeof fleetSchema>;
    expectTypeOf<keyof FleetFields>().toEqualTypeOf<keyof FleetInput>();
    expectTypeOf<FleetFields>().toExtend<FleetInput>();
    expectTypeOf<keyof LoadFields>().toEqualTypeOf<keyof Written<typeof loadSchema>>();
    expectTypeOf<LoadFields>().toExtend<Written<typeof loadSchema>>();
    expectTypeOf<ConditionFields>().toExtend<Written<typeof conditionSchema>>();
    expectTypeOf<keyof ConditionFields>().toEqualTypeOf<keyof Written<typeof conditionSchema>>();
    expectTypeOf<{ metric: 'latency'; is: '< 1s' }>().not.toExtend<ConditionFields>();
    expectTypeOf<{ metric: 'errors{ServiceUnavailable}'; is: '< 1%' }>().toExtend<ConditionFields>();
    expectTypeOf<Settling>().toEqualTypeOf<StepArgs<'settle'>>();
    expectTypeOf<keyof DeployFields>().toEqualTypeOf<keyof typeof assumptionFields | 'batch'>();
    expectTypeOf<keyof GrowFields>().toEqualTypeOf<Exclude<keyof StepArgs<'grow'>, 'as'>>();
  });

  it('need their units, and no field that there is not', () => {
    expectTypeOf<{ discoveryDelayMax: '800ms'; load: { rate: '50/s' } }>().toExtend<StartFleetOptions>();
    expectTypeOf<{ discoveryDelayMax: 800 }>().not.toExtend<StartFleetOptions>();
    expectTypeOf<{ load: { rate: 50 } }>().not.toExtend<StartFleetOptions>();
    expectTypeOf<{ peerLinks: 'threads' }>().not.toExtend<StartFleetOptions>();
    // @ts-expect-error no field of a fleet
    expectTypeOf(startFleet).toBeCallableWith({ frontends: 4 });
    expectTypeOf(startFleet).toBeCallableWith({ frontEnds: 4, pidsMax: 16, runtime: 'cgroup' });
  });
});

describe('a running fleet', () => {
  it('is disposed by await using, and tells what came of each call', () => {
    expectTypeOf(startFleet).returns.resolves.toEqualTypeOf<RunningFleet>();
    expectTypeOf<RunningFleet>().toExtend<AsyncDisposable>();
    expectTypeOf<RunningFleet['shrink']>().returns.resolves.toEqualTypeOf<readonly string[]>();
    expectTypeOf<RunningFleet['kill']>().returns.resolves.toHaveProperty('outcome');
    expectTypeOf<RunningFleet['goodput']>().returns.resolves.toHaveProperty('fraction');
    expectTypeOf<RunningFleet['status']>().returns.toEqualTypeOf<FleetStatus>();
    expectTypeOf<ReturnType<RunningFleet['phase']>>().resolves.toBeUnknown();
  });
});
