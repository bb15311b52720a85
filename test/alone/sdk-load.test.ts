/**
 * The AWS SDK as the client of a real fleet, reads among its puts: it is served as any client is, and in the fall its
 * own retries ask more of the service than users do.
 */
import { goodputOf, loadWindows } from '@fleetfall/claims/goodput.ts';
import { readJournal } from '@fleetfall/journal/read.ts';
import { startFleet } from '@fleetfall/orchestrator/index.ts';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../fleetfall.ts';
import { SMALL_FLEET } from '../small-fleet.ts';

it('a fleet under the SDK serves, and falls under its retries', async () => {
  using store = await temporaryFolder();
  let journal = '';
  {
    await using fleet = await startFleet({
      ...SMALL_FLEET,
      load: { rate: '60/s', arrivals: 'poisson', client: 'sdk', reads: '20%', keys: 'zipf:1.1' },
      steadyState: [
        { metric: 'goodput', is: '>= 99%' },
        { metric: 'errors{no-target}', is: '== 0%' },
      ],
      expect: { outage: { signature: 'thread-refused' } },
      store: store.path,
    });
    journal = fleet.journal;
    await fleet.phase('serving', () => fleet.until({ metric: 'goodput', is: '>= 99%', for: '2s' }));
    await fleet.phase('addition', async () => {
      await fleet.grow(2);
      await fleet.settle('ageing');
    });
    await fleet.phase('outage', () => fleet.until({ metric: 'errors{ServiceUnavailable}', is: '> 50%' }));
    await fleet.load.stop();
  }
  const { records } = readJournal(journal);
  const operations = loadWindows(records, 'main').flatMap(({ load }) =>
    load.outcomes.filter(({ outcome }) => outcome === 'ok').map(({ operation }) => operation),
  );
  expect(operations).toEqual(expect.arrayContaining(['PutRecord', 'GetShardIterator', 'GetRecords']));
  expect(goodputOf(records, 'main', 'serving')?.fraction).toBeGreaterThanOrEqual(0.99);
  expect(goodputOf(records, 'main', 'outage')?.fraction).toBeLessThan(0.5);
  // The retries come with the first failures; then the SDK's token bucket is empty, and it tries once a call.
  const falling = goodputOf(records, 'main', 'addition')?.attemptsPerRequest;
  expect(falling).toBeGreaterThan(1.05);
  expect(falling).toBeLessThanOrEqual(3);
});
