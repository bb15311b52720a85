/**
 * A run of one fleet without a method: its folder, journal and runtime opened, its service brought up, its end
 * recorded. Who drives it then, a script or a shell, is not known here.
 */
import { randomBytes } from 'node:crypto';
import type { RunLayout } from '@fleetfall/experiment/layout.ts';
import { type Journal, JournalWriteError, openJournal } from '@fleetfall/journal/append.ts';
import { readJournal } from '@fleetfall/journal/read.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { foldStatus, type FleetStatus as StatusLine } from '../cli/fleet-status.ts';
import { claimRun } from '../cli/run-owner.ts';
import { journalOf } from '../cli/store.ts';
import { type ArmSession, openArm } from '../method/arm-session.ts';
import { watchForStop } from '../method/conditions.ts';
import { recordEarlyEnd, recordHead } from '../method/run-head.ts';
import { startReaper, whereabouts } from '../reaper/reaper-host.ts';
import { chooseRuntime } from '../runtime/choose.ts';
import type { EngineEnvironment } from '../runtime/engine-environment.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { FLEETFALL_VERSION } from '../version.ts';

export interface OpenRunOptions {
  /** Its first arm is the run's fleet. */
  readonly layout: RunLayout;
  /** The run's folder: the journal is made in it. */
  readonly folder: string;
  /** Where the journal goes. @default `journal.ndjson` in the folder */
  readonly journalPath?: string | undefined;
  readonly onProgress: (line: string) => void;
  readonly onRecord?: (record: JournalRecord) => void;
  /** In which the engine is looked for. */
  readonly environment: EngineEnvironment;
  readonly signal: AbortSignal;
}

export interface OpenRun extends AsyncDisposable {
  readonly layout: RunLayout;
  readonly folder: string;
  readonly runId: string;
  readonly runtime: Runtime;
  readonly journal: Journal;
  readonly arm: ArmSession;
  /** Where the fleet stands, by the journal so far. */
  readonly standing: StatusLine;
  /**
   * Takes everything down and records how the run ended. Idempotent: the first call's reason counts.
   * @param why what ended it early. @default the fleet's own reason, where it has one
   */
  end(why?: unknown): Promise<void>;
}

/**
 * Starts a fleet but for its front-ends.
 * @throws SettingsError, RuntimeUnavailableError, and what kept it from starting, after it was recorded and everything
 * was taken down.
 */
export async function openRun(options: OpenRunOptions): Promise<OpenRun> {
  const { layout, folder, signal } = options;
  const runId = randomBytes(4).toString('hex');
  await using opened = new AsyncDisposableStack();
  // Before anything is made: from here on this process may be killed at any moment.
  const reaper = await startReaper(runId, options.onProgress);
  let leftBehind = false;
  // Where the teardown failed the reaper goes on with it once this process has ended.
  opened.defer(async () => {
    if (!leftBehind) await reaper.dismiss();
  });
  opened.use(claimRun(folder));
  const runtime = await chooseRuntime({
    wanted: layout.runtime,
    onProgress: options.onProgress,
    environment: options.environment,
    signal,
  });
  opened.defer(async () => {
    leftBehind = true;
    await runtime[Symbol.asyncDispose]();
    leftBehind = false;
  });
  reaper.note({ ...whereabouts(runtime), folder });
  const journal = opened.use(openJournal(options.journalPath ?? journalOf(folder, 1, 1)));
  const fold = foldStatus();
  opened.use(
    journal.subscribe((record) => {
      if ('arm' in record) fold.heed(record);
      options.onRecord?.(record);
    }),
  );
  recordHead({
    runId,
    layout,
    trial: { number: 1, of: 1 },
    seed: layout.seed,
    runtime,
    journal,
    version: FLEETFALL_VERSION,
  });
  const [main] = layout.arms;
  const watch = opened.use(watchForStop(layout.stopWhen, main.name, journal));
  const arm = await openArm({
    runtime,
    runId,
    seed: layout.seed,
    layout: main,
    journal,
    // Asked once, for a prediction. Such a run may last for hours: nothing of it is kept in memory.
    records: () => readJournal(journal.path).records,
    grownBy: new Map(),
    signal,
    stop: watch.signal,
  }).catch((error: unknown) => {
    recordEarlyEnd(journal, error);
    throw error;
  });
  const cleanup = opened.move();
  let ending: Promise<void> | undefined;

  async function takeDown(why: unknown): Promise<void> {
    await using _rest = cleanup;
    const reason = why ?? (arm.signal.aborted ? arm.signal.reason : undefined);
    const [taken] = await Promise.allSettled([arm[Symbol.asyncDispose]()]);
    try {
      if (reason === undefined) journal.append({ kind: 'end', how: 'complete', reason: null });
      else recordEarlyEnd(journal, reason);
    } catch (refusal) {
      // That something is left on the host is more for its user to know than that the journal lacks its end.
      if (taken.status === 'fulfilled' || !(refusal instanceof JournalWriteError)) throw refusal;
    }
    if (taken.status === 'rejected') throw taken.reason;
  }
  const end = (why?: unknown): Promise<void> => {
    ending ??= takeDown(why);
    return ending;
  };
  return {
    layout,
    folder,
    runId,
    runtime,
    journal,
    arm,
    standing: fold.status,
    end,
    [Symbol.asyncDispose]: () => end(),
  };
}
