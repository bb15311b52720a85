import { expect, test } from 'vitest';
import type { HarnessError } from '../src/fleet/attached.ts';
import { startWitness } from '../src/fleet/witness.ts';
import type { StartedMember } from '../src/runtime/runtime.ts';

/** A member of which only the host's counters are asked. */
const member = (witness: StartedMember['witness']): StartedMember =>
  ({ spec: { memberId: 'fe-1' }, incarnation: 1, witness }) as unknown as StartedMember;

test.each<[string, StartedMember['witness'], () => void]>([
  [
    'counters that cannot be read',
    () => {
      throw new Error('EACCES: pids.current');
    },
    () => undefined,
  ],
  [
    'a journal that cannot be written to',
    () => ({ kernel: {} as never, ancestorAtLimit: false }),
    () => {
      throw new Error('EACCES: journal');
    },
  ],
])('the witness tells of %s once, and reads no further', async (_what, witness, record) => {
  let reads = 0;
  const broken: HarnessError[] = [];
  const counted: StartedMember['witness'] = () => {
    reads += 1;
    return witness();
  };
  using _witness = startWitness(
    () => [member(counted)],
    record,
    1,
    (error) => broken.push(error),
  );
  await expect.poll(() => broken.length).toBe(1);
  expect(broken[0]?.message).toMatch(/^the host's witness broke off: EACCES/);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([broken.length, reads]).toEqual([1, 1]);
});
