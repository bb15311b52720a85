/**
 * The back-end serves throughout. AWS: it was not what broke. The observer appends to every back-end directly,
 * past all front-ends, from the steady state on; the hold at full size must be among what was probed.
 */
import { absent } from '../absent-phase.ts';
import { nearlyAll } from '../arm-outcome.ts';
import { isWithin, observationsOf, phaseSpan } from '../arm-timeline.ts';
import { type Claim, unknownSince } from '../claim.ts';
import { counted, percent } from '../figures.ts';

export const backEndStaysHealthy: Claim = {
  id: 'back-end-stays-healthy',
  statement: 'the back-end serves direct probes throughout',
  from: 'A',
  measure({ records, arm }) {
    const beginMs = phaseSpan(records, arm, 'steady-state')?.beginMs ?? Number.POSITIVE_INFINITY;
    const hold = phaseSpan(records, arm, 'outage');
    const probes = observationsOf(records, arm, 'probe').filter(({ monoMs }) => monoMs >= beginMs);
    const inHold = probes.filter(({ monoMs }) => hold !== undefined && isWithin(hold, monoMs)).length;
    if (inHold === 0) {
      return unknownSince(absent(records, arm, 'outage', 'no back-end was probed at full size'));
    }
    const failures = probes.filter(({ record }) => !record.ok);
    const slowestMs = Math.max(...probes.map(({ record }) => record.tookMs));
    const okShare = 1 - failures.length / probes.length;
    const reason = failures[0]?.record.reason;
    const because = typeof reason === 'string' ? ` (the first failure: ${reason})` : '';
    return {
      verdict: nearlyAll(probes.length - failures.length, probes.length) ? 'held' : 'refuted',
      account: `${percent(okShare)} of ${counted(probes.length, 'direct probe')} were acknowledged${because}; the slowest took ${Math.round(slowestMs)} ms`,
      evidence: {
        probes: probes.length,
        probesInHold: inHold,
        probesFailed: failures.length,
        okShare,
        slowestMs,
        backEnds: new Set(probes.map(({ record }) => record.memberId)).size,
      },
    };
  },
};
