/**
 * Asks from where a member is whether others answer: a process of the host in the member's network, calling from the
 * member's address, as another user than root, since a fault may spare root. What it asks needs no secret: that a
 * listener refuses it is an answer.
 */
import { NoMeansError, type Reach } from '../member-network.ts';
import { MEMBER_PORT } from '../runtime.ts';
import { type NetworkNamespace, runIn } from './namespace.ts';

/** An answer comes in a millisecond; lost packets are sent again after 200 ms and 1 s. */
const TRY_TIMEOUT_MS = 1_500;
/** `nobody`. */
const PROBE_USER = 65534;

export interface ReachFrom {
  readonly memberId: string;
  readonly address: string;
  readonly namespace: NetworkNamespace;
}

export interface ReachTo {
  readonly memberId: string;
  readonly address: string;
}

interface Question {
  readonly from: string;
  readonly to: readonly string[];
  readonly port: number;
  readonly tries: number;
  readonly timeoutMs: number;
  readonly user: number;
}

interface Answered {
  readonly roundTripsMs: readonly number[];
  readonly failures: readonly string[];
}

/** @throws NoMeansError when nobody can ask from there. */
export async function reachFrom(
  from: ReachFrom,
  to: readonly ReachTo[],
  tries: number,
): Promise<readonly Reach[]> {
  const question: Question = {
    from: from.address,
    to: to.map(({ address }) => address),
    port: MEMBER_PORT,
    tries,
    timeoutMs: TRY_TIMEOUT_MS,
    user: PROBE_USER,
  };
  const program = `(${ask.toString()})(${JSON.stringify(question)})`;
  const { ok, stdout, failure } = await runIn(from.namespace, [process.execPath, '-e', program]);
  if (!ok) throw new NoMeansError(`nobody can ask from where ${from.memberId} is: ${failure}`);
  const answers = JSON.parse(stdout) as Answered[];
  return to.map(({ memberId }, index) => {
    const { roundTripsMs, failures } = answers[index] as Answered;
    return {
      from: from.memberId,
      to: memberId,
      roundTripMs: roundTripsMs.toSorted((a, b) => a - b)[Math.floor(roundTripsMs.length / 2)] ?? null,
      failure: failures[0] ?? null,
    };
  });
}

/** Runs in a process of its own: it may use nothing from around it. */
function ask({ from, to, port, tries, timeoutMs, user }: Question): void {
  const http = process.getBuiltinModule('node:http');
  if (process.getuid?.() === 0) {
    process.setgroups?.([]);
    process.setgid?.(user);
    process.setuid?.(user);
  }
  const askOnce = (host: string): Promise<number | string> =>
    new Promise((resolve) => {
      let sentMs = 0;
      // Over all of it: a request's own time-out begins only when its connection is there.
      const late = setTimeout(() => end('timeout'), timeoutMs);
      const end = (result: number | string): void => {
        clearTimeout(late);
        resolve(result);
        request.destroy();
      };
      const request = http.get({ host, port, localAddress: from, agent: false, path: '/healthz' }, () =>
        end(performance.now() - sentMs),
      );
      // The connection first, then the round trip: what delays a path delays both.
      request.on('socket', (socket) => {
        socket.on('connect', () => {
          sentMs = performance.now();
        });
      });
      request.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    });
  const askOne = async (host: string) => {
    const roundTripsMs: number[] = [];
    const failures: string[] = [];
    for (let count = 0; count < tries; count += 1) {
      const result = await askOnce(host);
      if (typeof result === 'number') roundTripsMs.push(result);
      else failures.push(result);
    }
    return { roundTripsMs, failures };
  };
  void Promise.all(to.map(askOne)).then((answers) => process.stdout.write(JSON.stringify(answers)));
}
