/**
 * What the package `fleetfall` offers to scripts: a run's journal and the verdict that the same journal always gives,
 * a load's history of writes, a fleet to drive. All that is exported here is public: its types ship with the package, and it changes by version only.
 */
export type {
  ClaimResult,
  ClaimVerdict,
  Evidence,
} from '@fleetfall/claims/claim.ts';
export type { Verdict } from '@fleetfall/claims/judge.ts';
export type { ReadJournal } from '@fleetfall/journal/read.ts';
export type {
  Arm,
  ArmRecord,
  ArmSettings,
  EndRecord,
  Expectation,
  HostFacts,
  JournalRecord,
  Phase,
  Prediction,
  RunRecord,
  Stamp,
  WitnessReading,
} from '@fleetfall/journal/records.ts';
export { JOURNAL_VERSION } from '@fleetfall/journal/records.ts';
export type { HistoryWrite, LoadHistory } from '@fleetfall/load/history-on-disk/reader.ts';
export { readHistory } from '@fleetfall/load/history-on-disk/reader.ts';
export * from '@fleetfall/orchestrator/index.ts';
export { judge, readJournal } from './journal.ts';
