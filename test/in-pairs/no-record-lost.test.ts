/**
 * A back-end killed with SIGKILL under load, on a real fleet: what was acknowledged is there afterwards, in order,
 * once; and so says the history of all writes that the load told, as a script reads it.
 */
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layOut } from '@fleetfall/experiment/layout.ts';
import { readHistory } from '@fleetfall/load/history-on-disk/reader.ts';
import { loadExperiment } from '@fleetfall/orchestrator/cli/experiment-file.ts';
import { startFleet } from '@fleetfall/orchestrator/fleet/fleet.ts';
import { openHistoryKeeper } from '@fleetfall/orchestrator/method/history-keeper.ts';
import { hold } from '@fleetfall/orchestrator/method/hold.ts';
import type { ArmEntry } from '@fleetfall/orchestrator/method/recorder.ts';
import {
  createStream,
  meshed,
  STREAM,
  startLoad,
  stopLoad,
  streamKnown,
} from '@fleetfall/orchestrator/method/service.ts';
import { chooseRuntime } from '@fleetfall/orchestrator/runtime/choose.ts';
import type { LoadRecord } from '@fleetfall/protocol/load-stdio.ts';
import { describe, expect, it } from 'vitest';
import { drawnRuntimes } from '../runtimes.ts';

describe.each(drawnRuntimes('no-record-lost'))('a fleet on %s', (wanted) => {
  it('loses no acknowledged record when a back-end is killed under load, and leaves a history of all', async () => {
    const signal = AbortSignal.timeout(90_000);
    const healthy = { size: 'small', pidsMax: '64', expect: 'healthy', rate: '300/s' };
    const [{ fleet: layout }] = layOut(loadExperiment('kinesis-2020', healthy), 'seed').arms;
    await using runtime = await chooseRuntime({
      wanted,
      onProgress: () => undefined,
      environment: process.env,
      signal,
    });
    const records: ArmEntry[] = [];
    const record = (entry: ArmEntry): void => void records.push(entry);
    const runId = `t${process.pid.toString(16)}`;
    await using folder = await mkdtempDisposable(join(tmpdir(), 'no-record-lost-'));
    using history = openHistoryKeeper(join(folder.path, 'journal.ndjson'), 'main', record);
    await using fleet = await startFleet({
      runId,
      seed: 'seed',
      layout,
      runtimeFleet: await runtime.createFleet(runId, 'crash'),
      concurrentStarts: runtime.concurrentStarts,
      record,
      keepHistory: history.keep,
      signal,
    });
    await fleet.add(3, 'incumbent');
    await meshed(fleet, layout.frontEnd);
    await createStream(fleet, layout);
    await streamKnown(fleet, layout);
    startLoad(fleet, { ...layout, verifies: true });
    await hold(1_500, signal);
    await fleet.kill('be-1');
    await fleet.restart(['be-1']);
    await hold(4_000, signal);
    const { sent } = await stopLoad(fleet);

    fleet.load.tell({ op: 'read-back', stream: STREAM, timeoutMs: 20_000 });
    const readBack = await fleet.load.next(
      (each): each is Extract<LoadRecord, { kind: 'read-back' }> => each.kind === 'read-back',
      30_000,
      signal,
    );
    expect(readBack).toMatchObject({ lost: 0, duplicated: 0, outOfOrder: 0 });
    expect(readBack.acknowledged).toBeGreaterThan(500);

    const named = records.flatMap((entry) => (entry.kind === 'history' ? [entry.file] : []));
    expect(named).toEqual(['main.history']);
    const { writes, complete, stream } = readHistory(join(folder.path, 'main.history'));
    const states = Object.groupBy(writes, ({ state }) => state);
    expect([complete, stream, writes.length]).toEqual([true, STREAM, sent]);
    expect(states.acknowledged).toHaveLength(readBack.acknowledged);
    expect(states.unknown ?? []).toHaveLength(readBack.unknown ?? 0);
    expect(writes.every(({ key, writer }) => key !== '' && /^[0-9a-f]{8}$/.test(writer))).toBe(true);

    const failed = records.some(
      (entry) =>
        entry.kind === 'load' &&
        entry.record.kind === 'load' &&
        entry.record.outcomes.some(({ outcome }) => outcome !== 'ok'),
    );
    expect(failed, 'the crash was felt').toBe(true);
  });
});
