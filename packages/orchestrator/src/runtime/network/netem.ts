/**
 * The kernel's own delay, tc-netem(8), in one member's network: what it sends to the others waits in a queue of its own,
 * and so each round trip takes longer, over connections that are there already too. Many kernels lack it; whoever asks
 * has another means then.
 */
import { NoMeansError, type RuleCounts } from '../member-network.ts';
import { type NetworkNamespace, runIn } from './namespace.ts';

/** What is under way at most: netem drops what comes beyond. */
const QUEUED_PACKETS_MAX = 100_000;
/** The queue, its device, or the network with both, is gone. */
const NOT_THERE = /No such file or directory|Cannot find device|handle of zero|Invalid handle/;

interface Interface {
  readonly ifname: string;
  readonly addr_info: readonly { readonly local?: string }[];
}

interface Queue {
  readonly kind: string;
  readonly packets?: number;
}

/** Two bands of packets: all go into the first. For tc(8). */
export const bandsOn = (device: string): readonly string[] =>
  ['tc', 'qdisc', 'add', 'dev', device, 'root', 'handle', '1:', 'prio', 'bands', '2', 'priomap'].concat(
    Array.from({ length: 16 }, () => '0'),
  );

/** What goes to these addresses goes into the second band, and is delayed there. For `tc -batch`. */
export function delayOn(device: string, to: readonly string[], delayMs: number): string {
  const lines = [
    `qdisc add dev ${device} parent 1:2 handle 20: netem delay ${delayMs}ms limit ${QUEUED_PACKETS_MAX}`,
    ...to.map(
      (address) =>
        `filter add dev ${device} parent 1: protocol ip prio 1 u32 match ip dst ${address}/32 flowid 1:2`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * Delays what leaves `address` for the others.
 * @returns the device that it leaves by.
 * @throws NoMeansError when the kernel has no such queue, or another stands there; nothing is left then.
 */
export async function addNetem(
  namespace: NetworkNamespace,
  address: string,
  to: readonly string[],
  delayMs: number,
): Promise<string> {
  const device = await deviceOf(namespace, address);
  const bands = await runIn(namespace, bandsOn(device));
  if (!bands.ok) throw new NoMeansError(`there is no queue for netem: ${bands.failure}`);
  const { ok, failure } = await runIn(namespace, ['tc', '-batch', '-'], delayOn(device, to, delayMs));
  if (ok) return device;
  await removeNetem(namespace, device);
  throw new NoMeansError(`there is no netem: ${failure}`);
}

/** @returns null when it is gone; `hits` are the packets that were delayed. */
export async function readNetem(namespace: NetworkNamespace, device: string): Promise<RuleCounts | null> {
  const show = ['tc', '-s', '-j', 'qdisc', 'show', 'dev', device];
  const { ok, stdout, failure } = await runIn(namespace, show);
  if (!ok && NOT_THERE.test(failure)) return null;
  if (!ok) throw new Error(`Cannot read the queues of ${device}: ${failure}`);
  return netemIn(stdout);
}

/** Reads tc's JSON. */
export function netemIn(listing: string): RuleCounts | null {
  const queue = (JSON.parse(listing) as Queue[]).find(({ kind }) => kind === 'netem');
  return queue === undefined ? null : { rules: 1, hits: queue.packets ?? 0 };
}

/** One that is gone, or went with its network, is removed. */
export async function removeNetem(namespace: NetworkNamespace, device: string): Promise<void> {
  const { ok, failure } = await runIn(namespace, ['tc', 'qdisc', 'del', 'dev', device, 'root']);
  if (!ok && !NOT_THERE.test(failure)) throw new Error(`Cannot remove the queues of ${device}: ${failure}`);
}

async function deviceOf(namespace: NetworkNamespace, address: string): Promise<string> {
  const { ok, stdout, failure } = await runIn(namespace, ['ip', '-j', '-4', 'address', 'show']);
  if (!ok) throw new NoMeansError(`its network cannot be looked at: ${failure}`);
  const has = ({ addr_info: addresses }: Interface): boolean =>
    addresses.some(({ local }) => local === address);
  const found = (JSON.parse(stdout) as Interface[]).find(has);
  if (found === undefined) throw new NoMeansError(`no device has the address ${address}`);
  return found.ifname;
}
