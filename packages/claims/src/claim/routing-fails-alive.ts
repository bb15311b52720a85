/**
 * Front-ends stay alive and answer health checks while they cannot route. AWS: shard-maps were useless and
 * requests could not be routed; that the processes lived on is our inference from the slow diagnosis. Health is
 * asked by the observer, routing is seen by the load.
 */
import type { RoutingFailure } from '@fleetfall/protocol/kinesis.ts';
import { absent } from '../absent-phase.ts';
import { nearlyAll, OUTAGE_BELOW } from '../arm-outcome.ts';
import { cohorts, frontEndEvents, isWithin, observationsOf, phaseSpan } from '../arm-timeline.ts';
import { type Claim, unknownSince } from '../claim.ts';
import { counted, percent } from '../figures.ts';
import { goodputOf, invalidLoad } from '../goodput.ts';

/** Answers that say that the front-end itself could not route; a back-end that fails is not among them. */
const UNROUTABLE: ReadonlySet<string> = new Set<RoutingFailure>(['map-missing', 'map-aged', 'no-owner']);

export const routingFailsAlive: Claim = {
  id: 'routing-fails-alive',
  statement: 'front-ends stay alive and answer health checks while they cannot route',
  from: 'A/I',
  measure({ records, arm }) {
    const hold = phaseSpan(records, arm, 'outage');
    const goodput = goodputOf(records, arm, 'outage', 'settled');
    if (hold === undefined || goodput === null) {
      const invalid = invalidLoad(records, arm, 'outage', 'settled');
      return unknownSince(invalid ?? absent(records, arm, 'outage', 'there is no load window at full size'));
    }
    const frontEnds = cohorts(records, arm);
    const checks = observationsOf(records, arm, 'health').filter(
      ({ monoMs, record }) => isWithin(hold, monoMs) && frontEnds.has(record.memberId),
    );
    if (checks.length === 0) {
      return { verdict: 'unknown', account: 'no health check was made at full size', evidence: {} };
    }
    const alive = checks.filter(({ record }) => record.alive).length;
    const aliveShare = alive / checks.length;
    const died = frontEndEvents(records, arm).filter(
      ({ event, monoMs }) => event === 'died' && monoMs <= hold.endMs,
    ).length;
    const failed = goodput.errors.reduce((sum, { count }) => sum + count, 0);
    const unroutable = goodput.errors.reduce(
      (sum, { reason, count }) => sum + (reason !== null && UNROUTABLE.has(reason) ? count : 0),
      0,
    );
    const cannotRoute = goodput.fraction < OUTAGE_BELOW && unroutable * 2 > failed;
    return {
      verdict: cannotRoute && nearlyAll(alive, checks.length) && died === 0 ? 'held' : 'refuted',
      account: `${percent(aliveShare)} of ${counted(checks.length, 'health check')} were answered and ${counted(died, 'front-end')} died, while ${percent(goodput.fraction)} of requests were served; ${unroutable} of ${counted(failed, 'failure')} were answers that the front-end could not route`,
      evidence: {
        healthChecks: checks.length,
        aliveShare,
        died,
        goodputFraction: goodput.fraction,
        requestsFailed: failed,
        requestsUnroutable: unroutable,
      },
    };
  },
};
