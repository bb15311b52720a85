/**
 * What a chaos script imports.
 */
export { SettingsError } from '@fleetfall/experiment/settings-error.ts';
export type { FaultOutcome, MemberTargets } from '@fleetfall/protocol/faults.ts';
export type {
  ConditionFields,
  DeployFields,
  Duration,
  ExpectationFields,
  FleetFields,
  FrontEndFields,
  GrowFields,
  LoadFields,
  Rate,
  Settling,
  Size,
  StartFleetOptions,
} from './api/fleet-options.ts';
export { startFleet } from './api/main.ts';
export {
  ConditionTimeoutError,
  type FleetLoad,
  type FleetStatus,
  InvalidLoadError,
  type LoadTotals,
  type MemberStatus,
  type RunningFleet,
  type SlowFields,
} from './api/running-fleet.ts';
export { StoppedError, UnsteadyError } from './method/endings.ts';
