/**
 * A real fleet behind one endpoint, as clients have it: it serves, it falls, and while nobody can route the balancer
 * keeps everybody in its rotation, since they are alive and say that they are ready.
 */
import { judge } from '@fleetfall/claims/judge.ts';
import { readJournal } from '@fleetfall/journal/read.ts';
import { startFleet } from '@fleetfall/orchestrator/index.ts';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../fleetfall.ts';
import { SMALL_FLEET } from '../small-fleet.ts';

it('a fleet behind a balancer serves through it, and falls behind it', async () => {
  using store = await temporaryFolder();
  let journal = '';
  {
    await using fleet = await startFleet({
      ...SMALL_FLEET,
      load: { rate: '60/s', through: 'balancer' },
      steadyState: [{ metric: 'goodput', is: '>= 99%' }],
      expect: { outage: { signature: 'thread-refused' } },
      store: store.path,
    });
    journal = fleet.journal;
    expect(fleet.status().members.map(({ role }) => role)).toContain('balancer');
    await fleet.phase('addition', async () => {
      await fleet.grow(2);
      await fleet.settle('ageing');
    });
    await fleet.phase('outage', () => fleet.until({ metric: 'goodput', is: '< 50%' }));
    await fleet.load.stop();
  }
  const { records } = readJournal(journal);
  const asked = records.flatMap((record) =>
    record.kind === 'load' && record.record.kind === 'load' ? record.record.outcomes : [],
  );
  expect(new Set(asked.map(({ memberId }) => memberId))).toEqual(new Set(['balancer']));
  const rotation = new Map<string, boolean>();
  for (const record of records)
    if (record.kind === 'balancer') rotation.set(record.record.memberId, record.record.ready);
  expect([...rotation.keys()].toSorted()).toEqual(['fe-01', 'fe-02', 'fe-03', 'fe-04', 'fe-05']);
  expect([...rotation.values()]).toEqual([true, true, true, true, true]);
  const { arms, firstFailedRequest } = judge(records);
  expect(arms[0]?.outcome).toBe('outage');
  expect(firstFailedRequest?.cohort ?? null).toBeNull();
});
