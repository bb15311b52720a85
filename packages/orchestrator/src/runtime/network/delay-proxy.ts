/**
 * The fault proxy: a process in a member's network that takes connections turned to it, hands them on to where they
 * were going, and holds each piece of what the caller sends for a while. For kernels that cannot delay packets
 * themselves. It runs as root, which is how the rules that turn connections tell its own from the members', and ends
 * with its standard input, so that it never outlives the orchestrator.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { NoMeansError } from '../member-network.ts';
import { type NetworkNamespace, saidOf } from './namespace.ts';

/** What one connection may have under way before its caller is made to wait. */
const HELD_BYTES_MAX = 4 * 1024 * 1024;

/** Connections to a port of `at` go on to `to`. */
export interface ProxyRoute {
  readonly at: string;
  readonly to: { readonly host: string; readonly port: number };
}

export interface DelayProxy extends AsyncDisposable {
  /** The port of each route, in their order. */
  readonly ports: readonly number[];
  running(): boolean;
}

interface ProxyPlan {
  readonly routes: readonly ProxyRoute[];
  readonly delayMs: number;
  readonly heldBytesMax: number;
}

/** @throws NoMeansError with the process's last words when it cannot listen there. */
export async function startDelayProxy(
  { enter }: NetworkNamespace,
  routes: readonly ProxyRoute[],
  delayMs: number,
): Promise<DelayProxy> {
  const plan: ProxyPlan = { routes, delayMs, heldBytesMax: HELD_BYTES_MAX };
  const program = `(${proxy.toString()})(${JSON.stringify(plan)})`;
  const [file, ...rest] = [...enter, process.execPath, '-e', program] as string[] as [string, ...string[]];
  // A session of its own: Ctrl-C in the terminal is for the orchestrator, which lifts faults in order.
  const subprocess = execa(file, rest, { reject: false, buffer: { stdout: false }, detached: true });
  let running = true;
  const ended = subprocess.then(({ stderr }) => {
    running = false;
    return saidOf(String(stderr));
  });
  const lines = createInterface({ input: subprocess.stdout });
  const first = await Promise.race([once(lines, 'line') as Promise<[string]>, ended]);
  if (typeof first === 'string') throw new NoMeansError(`the fault proxy did not start: ${first}`);
  return {
    ports: JSON.parse(first[0]) as number[],
    running: () => running,
    async [Symbol.asyncDispose]() {
      subprocess.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs in a process of its own: it may use nothing from around it. */
function proxy({ routes, delayMs, heldBytesMax }: ProxyPlan): void {
  const net = process.getBuiltinModule('node:net');
  const end = (): boolean => process.kill(process.pid, 'SIGKILL');
  process.stdin.on('end', end).on('error', end).resume();

  function hold(caller: import('node:net').Socket, { at, to }: ProxyRoute): void {
    const callee = net.connect({ ...to, localAddress: at, noDelay: true });
    let held = 0;
    caller.setNoDelay(true);
    caller.on('data', (piece) => {
      held += piece.length;
      if (held > heldBytesMax) caller.pause();
      setTimeout(() => {
        held -= piece.length;
        callee.write(piece);
        if (caller.isPaused()) caller.resume();
      }, delayMs);
    });
    caller.on('end', () => setTimeout(() => callee.end(), delayMs));
    callee.pipe(caller);
    // An error is followed by its close, and a connection that is gone on one side is of no use on the other.
    for (const [one, other] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      one.on('error', () => undefined).on('close', () => setTimeout(() => other.destroy(), delayMs));
    }
  }

  const listening = routes.map(
    (route) =>
      new Promise<number>((resolve, reject) => {
        const server = net.createServer((caller) => hold(caller, route));
        server.on('error', reject);
        server.listen(0, route.at, () => resolve((server.address() as import('node:net').AddressInfo).port));
      }),
  );
  void Promise.all(listening).then((ports) => process.stdout.write(`${JSON.stringify(ports)}\n`));
}
