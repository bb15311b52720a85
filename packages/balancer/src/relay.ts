/**
 * Carries one client's connection to a front-end, byte for byte: layer 4, it reads nothing. A front-end that takes no
 * connection is passed over for the next, as long as nothing was sent to it; one that ends takes its client's
 * connection with it.
 */
import { connect, type Socket } from 'node:net';
import type { Endpoint } from '@fleetfall/protocol/membership.ts';

const CONNECT_TIMEOUT_MS = 1_000;

/**
 * @param endpoints where the connection may go, in the order in which they are tried.
 * @param callFrom the local address that connections come from; the kernel's choice without one.
 * @returns the sockets as they are opened, for who has to end them.
 */
export function relay(
  client: Socket,
  endpoints: readonly Endpoint[],
  callFrom: string | undefined,
  onSocket: (socket: Socket) => void,
): void {
  const [first, ...others] = endpoints;
  if (first === undefined || client.destroyed) {
    client.resetAndDestroy();
    return;
  }
  const upstream = connect({
    host: first.host,
    port: first.port,
    noDelay: true,
    ...(callFrom === undefined ? {} : { localAddress: callFrom }),
  });
  onSocket(upstream);
  const leave = (): void => void upstream.destroy();
  let connected = false;
  const late = setTimeout(() => upstream.destroy(new Error('no connection in time')), CONNECT_TIMEOUT_MS);
  upstream.once('connect', () => {
    connected = true;
    clearTimeout(late);
    upstream.pipe(client);
    client.pipe(upstream);
  });
  // What went wrong shows in the close that follows, which both ends are told of.
  upstream.on('error', () => undefined);
  upstream.once('close', (hadError) => {
    clearTimeout(late);
    client.off('close', leave);
    if (!connected) relay(client, others, callFrom, onSocket);
    else if (hadError) client.resetAndDestroy();
    else client.destroy();
  });
  client.once('close', leave);
}
