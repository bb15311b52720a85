/**
 * The compose lab as it is shipped, at the sizes that its file and its page tell to type.
 */
import { describe, it } from 'vitest';
import { fallsAndRecovers, LAB_LEFT_OUT, openLab } from '../compose-lab.ts';

/** Fourteen front-ends that hold 22 tasks each take their time to come up, and to come back, on two busy cores. */
const WAIT_MS = 120_000;

describe.skipIf(LAB_LEFT_OUT !== null)(
  `the compose lab as shipped${LAB_LEFT_OUT === null ? '' : ` (left out: ${LAB_LEFT_OUT})`}`,
  () => {
    it('falls from 10 front-ends to 14, stays down at 10 again, and recovers by a restart', async () => {
      await using lab = await openLab();
      await fallsAndRecovers(lab, { before: 10, after: 14, waitMs: WAIT_MS });
    });
  },
);
