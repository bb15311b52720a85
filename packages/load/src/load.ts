/**
 * The load: what the fleet's users would be. Commands come in, records go out; a schedule runs beside whatever
 * else is asked, since the list of front-ends has to follow the fleet while requests are under way.
 */
import type { MemberContext, StartedMember } from '@fleetfall/member/run-member.ts';
import type { LoadBoot } from '@fleetfall/protocol/boot.ts';
import { LOAD_LIMITS, type LoadCommand, type LoadRecord } from '@fleetfall/protocol/load-stdio.ts';
import { readCommand } from './commands.ts';
import { createHistory, type WriteHistory } from './history.ts';
import { tellBlocks } from './history-on-disk/tell-blocks.ts';
import { type HistoryWriter, writeHistory } from './history-on-disk/writer.ts';
import { createPatientCaller } from './patient-call.ts';
import { readStream } from './read-back.ts';
import { compareWith } from './read-comparison.ts';
import { writerOf } from './record-data.ts';
import { type RunningPuts, startPuts, writesAtMost } from './scheduled-puts.ts';
import { createSender } from './sender.ts';
import { loadSdkKinesis, type MakeSdkSender } from './senders/sdk-kinesis.ts';
import { listShards } from './shards.ts';
import { makeStreamReady } from './stream-setup.ts';
import { openTargets } from './targets.ts';

/** What whoever drives the load has not read yet: a history is given up rather than kept for one who does not read. */
const UNREAD_BYTES_MAX = 32 * 1024 * 1024;
/** Readying a load that reads: a few pages, with tries again. */
const LIST_SHARDS_TIMEOUT_MS = 10_000;

type CommandOf<Op extends LoadCommand['op']> = Extract<LoadCommand, { op: Op }>;

/** Starts a load that waits for commands; says `ready` when it does. */
export async function startLoad(boot: LoadBoot, context: MemberContext): Promise<StartedMember> {
  const emit = (record: LoadRecord): void => context.emit(record);
  const begunMs = performance.now();
  const targets = openTargets(boot.secret, boot.callFrom);
  const sender = createSender(boot.secret, context.log);
  const caller = createPatientCaller(targets, sender);
  const writer = writerOf(`${boot.runId}/${boot.memberId}/${Date.now()}`);
  const histories = new Map<string, WriteHistory>();
  const toldHistories = new Map<string, HistoryWriter>();
  const leaving = new AbortController();
  const signal = AbortSignal.any([context.signal, leaving.signal]);
  const jobs = new Map<LoadCommand['op'], Promise<void>>();
  let puts: RunningPuts | undefined;
  /** Once all that is told of its writes was. */
  let putsSettled: Promise<void> | undefined;
  /** While a schedule waits for the SDK to be loaded, or the shards that it reads to be listed. */
  let starting: Promise<void> | undefined;

  const historyOf = (stream: string): WriteHistory => {
    const history = histories.get(stream) ?? createHistory();
    histories.set(stream, history);
    return history;
  };

  /** What is told of a stream's writes from now on; once it is, of those of all later schedules too. */
  const toldHistoryOf = (stream: string): HistoryWriter => {
    const told =
      toldHistories.get(stream) ??
      writeHistory(
        tellBlocks((bytes) => {
          if (context.unreadBytes() > UNREAD_BYTES_MAX) return false;
          emit({ kind: 'history', stream, bytes: bytes.toString('base64') });
          return true;
        }, context.log),
        { stream, writer, begunAtMs: Date.now() },
        historyOf(stream).count,
      );
    toldHistories.set(stream, told);
    return told;
  };

  /**
   * Does what takes its time beside the commands that follow; one of a kind at once. It is over before its record
   * goes out, since whoever reads that may ask for the next at once.
   */
  const inBackground = (op: LoadCommand['op'], job: () => Promise<LoadRecord>): void => {
    if (jobs.has(op)) {
      emit(failure(op, 'the one before is still under way'));
      return;
    }
    const done = job()
      .catch((error: unknown) => failure(op, error instanceof Error ? error.message : String(error)))
      .then((record) => {
        jobs.delete(op);
        emit(record);
      });
    jobs.set(op, done);
  };

  const within = (timeoutMs: number): AbortSignal =>
    AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);

  async function createStream(command: CommandOf<'create-stream'>): Promise<LoadRecord> {
    const startedMs = performance.now();
    await makeStreamReady(command, targets, caller, within(command.timeoutMs));
    const tookMs = Math.round(performance.now() - startedMs);
    return { kind: 'stream-ready', stream: command.stream, tookMs };
  }

  function start(command: CommandOf<'start'>): void {
    const history = historyOf(command.stream);
    const planned = writesAtMost(command);
    const room = LOAD_LIMITS.writesMax - history.count;
    if (puts?.running || starting !== undefined) {
      emit(failure('start', `the schedule on stream '${puts?.stream ?? command.stream}' is still running`));
      return;
    }
    if (planned > room) {
      emit(
        failure(
          'start',
          `'ratePerSecond' over 'durationMaxMs' must be at most ${room} writes, what the history has room for: ` +
            `current value is ${planned}`,
        ),
      );
      return;
    }
    const isTold = command.history === true || toldHistories.has(command.stream);
    const begin = (shardIds: readonly string[], sdk: MakeSdkSender | null): void => {
      const told = isTold ? toldHistoryOf(command.stream) : null;
      puts = startPuts(
        command,
        {
          targets,
          secret: boot.secret,
          history,
          told,
          writer,
          seed: boot.seed,
          nowMs: () => Math.floor(performance.now() - begunMs),
          onWindow: emit,
        },
        shardIds,
        sdk,
      );
      putsSettled = puts.over.then(() => told?.settle());
    };
    const reads = (command.readFraction ?? 0) > 0;
    if (command.client !== 'sdk' && !reads) {
      begin([], null);
      return;
    }
    starting = Promise.all([
      reads ? listShards(caller, command.stream, within(LIST_SHARDS_TIMEOUT_MS)) : [],
      command.client === 'sdk' ? loadSdkKinesis() : null,
    ])
      .then(([shards, sdk]) => {
        if (!leaving.signal.aborted)
          begin(
            shards.map(({ ShardId }) => ShardId),
            sdk,
          );
      })
      .catch((error: unknown) => emit(failure('start', String(error))))
      .finally(() => {
        starting = undefined;
      });
  }

  async function stop(): Promise<LoadRecord> {
    await starting;
    if (puts === undefined) throw new Error('no schedule was started');
    const totals = await puts.stop();
    await putsSettled;
    return { kind: 'stopped', ...totals };
  }

  async function readBack({ stream, timeoutMs }: CommandOf<'read-back'>): Promise<LoadRecord> {
    await jobs.get('stop');
    if (puts?.running) throw new Error(`the schedule on stream '${puts.stream}' is still running`);
    const comparison = compareWith(historyOf(stream), writer);
    await readStream(stream, caller, comparison, within(timeoutMs));
    return { kind: 'read-back', ...comparison.result() };
  }

  emit({ kind: 'ready' });
  return {
    command(line) {
      const read = readCommand(line);
      if ('refusal' in read) {
        emit({ kind: 'failed', op: read.op, message: read.refusal });
        return;
      }
      const { command } = read;
      switch (command.op) {
        case 'targets':
          targets.replace(command.targets);
          break;
        case 'create-stream':
          inBackground(command.op, () => createStream(command));
          break;
        case 'start':
          start(command);
          break;
        case 'stop':
          inBackground(command.op, stop);
          break;
        case 'read-back':
          inBackground(command.op, () => readBack(command));
          break;
      }
    },
    async [Symbol.asyncDispose]() {
      leaving.abort();
      puts?.[Symbol.dispose]();
      for (const told of toldHistories.values()) told[Symbol.dispose]();
      targets[Symbol.dispose]();
      await Promise.all(jobs.values());
    },
  };
}

function failure(op: LoadCommand['op'], why: string): LoadRecord {
  return { kind: 'failed', op, message: `Cannot ${op}: ${why}` };
}
