/**
 * A session of the lab: follows the membership, watches and loads whoever is there, and writes down what is seen. It
 * does nothing to the fleet; that is done with `docker compose`, and the lab sees it as any observer would.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { requestTimeoutMs } from '@fleetfall/experiment/load-fit.ts';
import { connectMetadata, MetadataError } from '@fleetfall/member/metadata-client.ts';
import { LOAD_LIMITS, type LoadCommand, type LoadRecord } from '@fleetfall/protocol/load-stdio.ts';
import type { ObserverCommand, ObserverRecord, WatchedMember } from '@fleetfall/protocol/observer-stdio.ts';
import type { FrontEndSettings } from '@fleetfall/protocol/settings.ts';
import { attach, type HarnessError } from '../fleet/attached.ts';
import { createFleetView } from '../fleet/fleet-view.ts';
import { areMeshed, STREAM } from '../method/service.ts';
import { startChild } from './child-member.ts';
import type { LabBoot } from './lab-boot.ts';
import { beginLabJournal, type LabJournal } from './lab-journal.ts';
import { makeRoster } from './lab-roster.ts';

/** How often the membership is asked for: a listing that did not change costs a 304. */
const POLL_INTERVAL_MS = 250;
/** A fleet that was started together is there when nobody has joined for so long. */
const QUIET_MS = 2_000;
const STREAM_TIMEOUT_MS = 30_000;
const ANSWER_SLACK_MS = 5_000;
/** Five seconds of the usual rate when every request hangs. */
const IN_FLIGHT_MAX = 1_000;
/** What is under way when the lab is stopped is not waited for longer: the engine kills it soon after. */
const STOP_TIMEOUT_MS = 1_500;

export interface LabSession {
  readonly boot: LabBoot;
  readonly frontEnd: FrontEndSettings;
  /** Where the kit lies: the roles' files. */
  readonly kitFolder: string;
  readonly journalPath: string;
  readonly version: string;
  /** Aborted when the session is to end, with an error that says why. */
  readonly signal: AbortSignal;
  readonly log: (message: string) => void;
}

/**
 * Goes through a session until its signal is aborted.
 * @throws HarnessError when observer or load broke off; JournalWriteError when the disk refused.
 */
export async function runSession(session: LabSession): Promise<void> {
  const { boot, frontEnd, kitFolder, signal, log } = session;
  const { secret, runId, settings, seed } = boot;
  const broken = new AbortController();
  const ending = AbortSignal.any([signal, broken.signal]);
  const onBroken = (error: HarnessError): void => broken.abort(error);
  const view = createFleetView();
  const roster = makeRoster();
  let journal: LabJournal | undefined;
  let changedAtMs = performance.now();
  let serves = false;

  await using cleanup = new AsyncDisposableStack();
  const metadata = cleanup.use(connectMetadata(boot.metadata, secret));
  const { sampleIntervalMs, probeIntervalMs } = settings;
  const observer = attach<ObserverCommand, ObserverRecord>(
    cleanup.use(
      startChild(join(kitFolder, 'observer.mjs'), {
        role: 'observer',
        runId,
        secret,
        memberId: 'observer',
        sampleIntervalMs,
        probeIntervalMs,
      }),
    ),
    (entry) => {
      view.heed(entry);
      if (entry.kind !== 'ready') journal?.record({ kind: 'observer', record: entry });
    },
    onBroken,
  );
  const load = attach<LoadCommand, LoadRecord>(
    cleanup.use(
      startChild(join(kitFolder, 'load.mjs'), { role: 'load', runId, secret, memberId: 'load', seed }),
    ),
    (entry) => {
      // No history of writes is asked for here.
      if (entry.kind !== 'ready' && entry.kind !== 'history')
        journal?.record({ kind: 'load', record: entry });
    },
    onBroken,
  );

  function tellWhoIsThere(): void {
    const watched = roster.present().map(
      ({ member: { memberId, role, host, port } }): WatchedMember => ({
        memberId,
        role,
        host,
        port,
      }),
    );
    observer.tell({
      op: 'watch',
      members: [{ memberId: 'metadata', role: 'metadata', ...boot.metadata }, ...watched],
    });
    const targets = roster.frontEnds().map(({ member: { memberId, host, port }, cohort }) => ({
      memberId,
      host,
      port,
      cohort: cohort ?? 'incumbent',
    }));
    load.tell({ op: 'targets', targets });
  }
  function beginWhenSeen(): void {
    for (const { kernel } of view.frontEnds()) {
      if (kernel === null || kernel.limit === null) continue;
      journal = beginLabJournal({
        path: session.journalPath,
        boot,
        frontEnd,
        roster,
        kernel: { ...kernel, limit: kernel.limit },
        version: session.version,
      });
      journal.failed.addEventListener('abort', () => broken.abort(journal?.failed.reason));
      return;
    }
  }
  async function follow(): Promise<void> {
    let version: number | undefined;
    let told = '';
    for (;;) {
      try {
        const listing = await metadata.membership(version);
        told = '';
        if (listing !== undefined) {
          version = listing.version;
          const changes = roster.heed(listing, serves ? 'newcomer' : 'incumbent');
          for (const { of } of changes) view.forget(of.member.memberId);
          if (changes.length > 0) {
            changedAtMs = performance.now();
            tellWhoIsThere();
            journal?.heed(changes);
          }
        }
      } catch (error) {
        // The store may be yet to come, or be restarted: it is asked again. Told once, not four times a second.
        if (!(error instanceof MetadataError)) throw error;
        if (told !== error.message) log(error.message);
        told = error.message;
      }
      if (journal === undefined) beginWhenSeen();
      await delay(POLL_INTERVAL_MS, undefined, { signal: ending });
    }
  }
  const ids = (): string[] => roster.frontEnds().map(({ member }) => member.memberId);
  const isThere = (): boolean =>
    journal !== undefined && performance.now() - changedAtMs > QUIET_MS && ids().length > 1;
  async function serve(): Promise<void> {
    for (;;) {
      await view.until(
        'the front-ends to be linked',
        () => isThere() && areMeshed(view, ids()),
        settings.sessionMaxMs,
        ending,
      );
      const timeoutMs = STREAM_TIMEOUT_MS;
      load.tell({ op: 'create-stream', stream: STREAM, shards: settings.shards, timeoutMs });
      const answer = await load.next(isStreamAnswer, timeoutMs + ANSWER_SLACK_MS, ending);
      if (answer.kind === 'stream-ready') break;
      log(`no stream yet: ${answer.message}`);
    }
    await view.until(
      'every front-end to have an owner for every shard',
      () =>
        view
          .frontEnds()
          .every(({ shardMap }) => shardMap.shards === settings.shards && shardMap.completeness === 1),
      settings.sessionMaxMs,
      ending,
    );
    const { ratePerSecond, recordBytes } = settings;
    load.tell({
      op: 'start',
      stream: STREAM,
      ratePerSecond,
      recordBytes,
      inFlightMax: IN_FLIGHT_MAX,
      timeoutMs: requestTimeoutMs(frontEnd),
      durationMaxMs: Math.min(
        settings.sessionMaxMs,
        Math.floor((LOAD_LIMITS.writesMax / ratePerSecond) * 1_000),
      ),
    });
    serves = true;
    journal?.served();
    log(`${ids().length} front-ends serve; from now on those that join are newcomers`);
  }

  try {
    await Promise.all([follow(), serve()]);
  } catch (error) {
    const isEnd = signal.aborted && !broken.signal.aborted;
    if (isEnd && serves) await stopLoad();
    journal?.end(isEnd ? 'complete' : 'failed', String((isEnd ? signal.reason : error) ?? 'ended'));
    if (!isEnd) throw broken.signal.reason ?? error;
  }

  /** The load says what it sent in all, where there is time for it. */
  async function stopLoad(): Promise<void> {
    load.tell({ op: 'stop' });
    const stopped = (record: LoadRecord): record is LoadRecord => record.kind === 'stopped';
    await load
      .next(stopped, STOP_TIMEOUT_MS, broken.signal)
      .catch((error: unknown) => log(`the load was cut off: ${String(error)}`));
  }
}

type StreamAnswer = Extract<LoadRecord, { kind: 'stream-ready' | 'failed' }>;
const isStreamAnswer = (record: LoadRecord): record is StreamAnswer =>
  record.kind === 'stream-ready' || (record.kind === 'failed' && record.op === 'create-stream');
