/** One call of a Kinesis client: what is asked, and who hears of its end. */
import type { KinesisAction, KinesisActions } from '@fleetfall/protocol/kinesis.ts';
import type { KinesisAnswer } from './answer.ts';

/** How a call ended. */
export interface Settled {
  /** `ok`, or a name; of a batch that was not taken whole, the error of most of its failed records. */
  readonly outcome: string;
  /** The front-end's routing failure, where it told one, or `partial-failure` of a batch without. */
  readonly reason: string | null;
}

/** One call. */
export interface KinesisCall<Action extends KinesisAction = KinesisAction> {
  readonly action: Action;
  readonly input: KinesisActions[Action]['input'];
  /** Hears the answer, or that there was none in time; not at all when the load is cut off before. */
  readonly settle: (answer: KinesisAnswer<Action>) => Settled;
}

const OK: Settled = { outcome: 'ok', reason: null };

/** A call ends as its answer says. */
export function settledAs(answer: KinesisAnswer<KinesisAction>): Settled {
  return answer.ok ? OK : answer;
}
