/**
 * A chaos script, as a user writes one: it starts a real fleet, breaks it, and its journal is judged like a run's.
 */
import { judge } from '@fleetfall/claims/judge.ts';
import { readJournal } from '@fleetfall/journal/read.ts';
import { readHistory } from '@fleetfall/load/history-on-disk/reader.ts';
import { SettingsError, startFleet } from '@fleetfall/orchestrator/index.ts';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fleetfall.ts';
import { SMALL_FLEET } from '../small-fleet.ts';

describe('a chaos script', () => {
  it('grows a fleet past its limit, sees it fail, and leaves a journal that says so', async () => {
    using store = await temporaryFolder();
    let journal = '';
    {
      await using fleet = await startFleet({
        ...SMALL_FLEET,
        load: { rate: '60/s', recordSize: '128B', verify: true },
        steadyState: [{ metric: 'goodput', is: '>= 99%' }],
        expect: { outage: { signature: 'thread-refused' } },
        store: store.path,
      });
      journal = fleet.journal;
      expect((await fleet.goodput()).fraction).toBeGreaterThan(0.9);
      await fleet.phase('addition', async () => {
        await fleet.grow(2);
        await fleet.settle('ageing');
      });
      await fleet.phase('outage', () => fleet.until({ metric: 'goodput', is: '< 50%', for: '1s' }));
      const { frontEnds, tasksMost, refusals, members } = fleet.status();
      expect([frontEnds, tasksMost]).toEqual([5, 14]);
      expect(refusals.incumbent).toBeGreaterThan(0);
      expect(members.map(({ memberId }) => memberId)).toContain('fe-05');

      expect(await fleet.shrink({ cohort: 'newcomer' })).toEqual(['fe-04', 'fe-05']);
      await fleet.restart();
      await fleet.settle('linked');
      await fleet.until({ metric: 'goodput', is: '>= 95%' });
      const killed = await fleet.kill('fe-02');
      expect(killed.outcome).toBe('installed');
      expect(fleet.status().faults.map(({ faultId }) => faultId)).toEqual([killed.faultId]);
      expect(await fleet.heal()).toMatchObject([{ outcome: 'healed' }]);
      const { sent, ok, readBack, history } = await fleet.load.stop();
      expect(readBack).toEqual({ acknowledged: ok, lost: 0, duplicated: 0, outOfOrder: 0 });
      expect(ok).toBeLessThan(sent);
      const { writes, complete } = readHistory(history ?? '');
      const acknowledged = writes.filter(({ state }) => state === 'acknowledged');
      expect([complete, writes.length, acknowledged.length]).toEqual([true, sent, ok]);
      await expect(fleet.goodput()).rejects.toThrow(SettingsError);
      await expect(fleet.grow(30)).rejects.toThrow(/frontEndsMax is 24: must be at most 21/);
      await expect(fleet.resume('fe-01')).rejects.toThrow(/'fe-01' is not paused: no member is/);
    }
    const { run, records } = readJournal(journal);
    expect([run.kind, run.experiment, run.runtime]).toEqual(['run', 'script', 'cgroup']);
    expect(records.at(-1)).toMatchObject({ kind: 'end', how: 'complete' });
    const verdict = judge(records);
    expect(verdict.arms[0]?.readBack).toMatchObject({ result: { lost: 0 }, history: 'main.history' });
    expect(verdict.arms.map(({ arm, outcome }) => [arm, outcome])).toEqual([['main', 'outage']]);
  });

  it('is told what is wrong with its options before anything is started', async () => {
    using store = await temporaryFolder();
    await expect(startFleet({ ...SMALL_FLEET, pidsMax: 9, store: store.path })).rejects.toThrow(
      'startFleet: pidsMax 9: must be at least 12',
    );
  });
});
