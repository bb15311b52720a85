/**
 * Asks a front-end again and again whether it is ready, and keeps what its answers come to. No answer in time, or
 * another than 200, is a no.
 */
import { type ClientRequest, get } from 'node:http';
import { accessHeaders } from '@fleetfall/protocol/access.ts';
import type { BalancedFrontEnd } from '@fleetfall/protocol/balancer-stdio.ts';
import { READY_PATH } from '@fleetfall/protocol/member-state.ts';
import { afterCheck, type Health, UNASKED } from './health.ts';

/** As often as it is asked it may also take to answer, so that one question is under way. */
const CHECK_INTERVAL_MS = 500;
const CHECK_TIMEOUT_MS = 500;

export interface FrontEndCheck extends Disposable {
  readonly frontEnd: BalancedFrontEnd;
  readonly ready: boolean;
}

export interface CheckOptions {
  readonly secret: string;
  readonly callFrom: string | undefined;
  /** Hears when it is ejected, and when it returns. */
  readonly onChange: (frontEnd: BalancedFrontEnd, ready: boolean) => void;
}

export function checkFrontEnd(frontEnd: BalancedFrontEnd, options: CheckOptions): FrontEndCheck {
  let health: Health = UNASKED;
  let asking: ClientRequest | undefined;
  let disposed = false;

  function hear(passed: boolean): void {
    asking = undefined;
    if (disposed) return;
    const before = health.ready;
    health = afterCheck(health, passed);
    if (health.ready !== before) options.onChange(frontEnd, health.ready);
  }

  function ask(): void {
    if (asking !== undefined) return;
    const { host, port } = frontEnd;
    let heard = false;
    const once = (passed: boolean): void => {
      if (heard) return;
      heard = true;
      clearTimeout(late);
      hear(passed);
    };
    const request = get(
      {
        host,
        port,
        path: READY_PATH,
        headers: accessHeaders(options.secret),
        agent: false,
        ...(options.callFrom === undefined ? {} : { localAddress: options.callFrom }),
      },
      (response) => {
        response.resume();
        once(response.statusCode === 200);
      },
    );
    // Every way of not answering is the same no; destroying it below comes here too.
    request.on('error', () => once(false));
    const late = setTimeout(() => request.destroy(new Error('no answer in time')), CHECK_TIMEOUT_MS);
    asking = request;
  }

  const checks = setInterval(ask, CHECK_INTERVAL_MS);
  ask();
  return {
    frontEnd,
    get ready() {
      return health.ready;
    },
    [Symbol.dispose]() {
      disposed = true;
      clearInterval(checks);
      asking?.destroy();
    },
  };
}
