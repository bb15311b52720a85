/**
 * Exit codes of every command, in one place.
 */
export const EXIT = {
  asExpected: 0,
  notAsExpected: 1,
  inconclusive: 2,
  /** A stop condition ended it. */
  stopped: 3,
  /** Something was left behind. */
  leftover: 4,
  /** Bad arguments or a bad file. */
  usage: 64,
  /** The harness itself broke. */
  harness: 70,
  interrupted: 130,
  /** Nobody reads the output any more. */
  pipeClosed: 141,
  terminated: 143,
} as const;

const CODE_OF = {
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
  SIGHUP: EXIT.terminated,
  SIGPIPE: EXIT.pipeClosed,
} as const;

/** Ended by a signal: Ctrl-C, or a supervisor. */
export class SignalledError extends Error {
  override readonly name = 'SignalledError';
  readonly exitCode: number;
  constructor(signal: keyof typeof CODE_OF) {
    super(`ended by ${signal}`);
    this.exitCode = CODE_OF[signal];
  }
}
