/**
 * The claims that a run is held against, in the order of the incident's own story: how threads grow, what breaks,
 * who fails and how, what brings service back. A claim that is not in this list is not judged.
 */
import { backEndStaysHealthy } from './claim/back-end-stays-healthy.ts';
import { cacheBuildFails } from './claim/cache-build-fails.ts';
import { failureIsDelayed } from './claim/failure-is-delayed.ts';
import { incumbentsFail } from './claim/incumbents-fail.ts';
import { limitPredicted } from './claim/limit-predicted.ts';
import { removalIsNotEnough } from './claim/removal-is-not-enough.ts';
import { restartRestores } from './claim/restart-restores.ts';
import { routingFailsAlive } from './claim/routing-fails-alive.ts';
import { threadsLinear } from './claim/threads-linear.ts';
import type { Claim } from './claim.ts';

export const CLAIMS: readonly Claim[] = [
  threadsLinear,
  limitPredicted,
  incumbentsFail,
  failureIsDelayed,
  cacheBuildFails,
  routingFailsAlive,
  backEndStaysHealthy,
  removalIsNotEnough,
  restartRestores,
];
