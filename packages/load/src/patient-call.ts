/**
 * Calls that prepare and verify rather than measure: tried again, on whichever front-end's turn it is, until they
 * are answered or their time is over. Failures that no further try can change end them at once.
 */
import type { KinesisAction, KinesisActions, KinesisErrorName } from '@fleetfall/protocol/kinesis.ts';
import { waitUnlessAborted } from './abortable-wait.ts';
import type { KinesisAnswer, KinesisFailure } from './kinesis/answer.ts';
import type { Sender } from './sender.ts';
import type { TargetLink, Targets } from './targets.ts';

/** Longest wait for the answer of one try. */
const TRY_TIMEOUT_MS = 5_000;
const FIRST_WAIT_MS = 25;
const WAIT_MAX_MS = 500;

/** The fault is in the request. `ResourceNotFound` is not of these: a front-end may not have heard of the stream yet. */
const FINAL_FAILURES: ReadonlySet<string> = new Set<KinesisErrorName>([
  'ValidationException',
  'InvalidArgumentException',
  'ResourceInUseException',
  'ExpiredIteratorException',
  'SerializationException',
  'UnknownOperationException',
  'AccessDeniedException',
]);

/** A call that failed for good: `failure` is its last one, undefined when there was never anybody to ask. */
export class PatientCallError extends Error {
  override readonly name = 'PatientCallError';
  readonly failure: KinesisFailure | undefined;
  constructor(message: string, failure: KinesisFailure | undefined) {
    super(message);
    this.failure = failure;
  }
}

export interface PatientCaller {
  /**
   * Calls until it is answered.
   * @param choose names the front-end to ask, on each try anew; by default the one whose turn it is.
   * @throws PatientCallError on a failure that is final, and when `signal` aborts.
   */
  call<Action extends KinesisAction>(
    action: Action,
    input: KinesisActions[Action]['input'],
    signal: AbortSignal,
    choose?: () => TargetLink | undefined,
  ): Promise<KinesisActions[Action]['output']>;
}

/** What a try amounts to when the time is over before its answer is there. */
const GIVEN_UP: KinesisFailure = {
  ok: false,
  outcome: 'timeout',
  reason: null,
  definite: false,
  message: 'no answer in the time given',
};

export function createPatientCaller(targets: Targets, sender: Sender): PatientCaller {
  const tryOnce = <Action extends KinesisAction>(
    link: TargetLink,
    action: Action,
    input: KinesisActions[Action]['input'],
    signal: AbortSignal,
  ): Promise<KinesisAnswer<Action>> =>
    new Promise((resolve) => {
      const giveUp = (): void => resolve(GIVEN_UP);
      signal.addEventListener('abort', giveUp, { once: true });
      sender.send(link.pool, action, input, TRY_TIMEOUT_MS, (answer) => {
        signal.removeEventListener('abort', giveUp);
        resolve(answer);
      });
    });

  return {
    async call(action, input, signal, choose = targets.next) {
      let lastFailure: KinesisFailure | undefined;
      let lastAsked = 'no front-end';
      for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(2 * waitMs, WAIT_MAX_MS)) {
        const link = choose();
        if (link !== undefined) {
          const answer = await tryOnce(link, action, input, signal);
          if (answer.ok) return answer.output;
          // That the time is over says less than what was answered before.
          if (answer !== GIVEN_UP || lastFailure === undefined) {
            lastFailure = answer;
            lastAsked = link.target.memberId;
          }
          if (FINAL_FAILURES.has(answer.outcome)) break;
        }
        await waitUnlessAborted(waitMs, signal);
      }
      throw new PatientCallError(
        `${action} was not done: ${lastAsked} answered ${describe(lastFailure)}`,
        lastFailure,
      );
    },
  };
}

function describe(failure: KinesisFailure | undefined): string {
  if (failure === undefined) return 'nothing';
  const reason = failure.reason === null ? '' : ` (${failure.reason})`;
  return failure.message === ''
    ? `${failure.outcome}${reason}`
    : `${failure.outcome}${reason}, ${failure.message}`;
}
