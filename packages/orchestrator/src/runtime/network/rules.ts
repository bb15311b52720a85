/**
 * The rules of nftables that a disturbance of the network is made of. Pure: from addresses to chains. Where members
 * share one network every packet leaves by `output` there; where each has its own, rules stand in one side's, for
 * what it sends and for what it gets.
 */
import { MEMBER_PORT } from '../runtime.ts';
import type { NftChain } from './nft.ts';

const OUTPUT = 'type filter hook output priority 0';
const INPUT = 'type filter hook input priority 0';
/** Where nftables expects destinations to be changed. */
const NAT_OUTPUT = 'type nat hook output priority -100';
const NAT_PREROUTING = 'type nat hook prerouting priority -100';
/** A random number below it is drawn for each packet. */
const SHARE_STEPS = 10_000;

/** Connections of `from` to `to` are turned to `port` of `from`. */
export interface Turn {
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

const setOf = (addresses: readonly string[]): string => `{ ${addresses.join(', ')} }`;
const between = (from: readonly string[], to: readonly string[]): string =>
  `ip saddr ${setOf(from)} ip daddr ${setOf(to)}`;

function dropped(share: number): string {
  const chance = share >= 1 ? '' : `numgen random mod ${SHARE_STEPS} < ${Math.round(share * SHARE_STEPS)} `;
  return `${chance}counter drop`;
}

/** Drops, in the network that all share, what passes between the two sides. */
export function dropInShared(left: readonly string[], right: readonly string[], share: number): NftChain[] {
  const rules = [between(left, right), between(right, left)].map((match) => `${match} ${dropped(share)}`);
  return [{ name: 'leaving', hook: OUTPUT, rules }];
}

/** Drops, in one member's own network, what passes between it and the others. */
export function dropInOwn(own: string, others: readonly string[], share: number): NftChain[] {
  return [
    { name: 'leaving', hook: OUTPUT, rules: [`${between([own], others)} ${dropped(share)}`] },
    { name: 'coming', hook: INPUT, rules: [`${between(others, [own])} ${dropped(share)}`] },
  ];
}

/** Turns connections that members make, root's excepted, and resets those that were made before. */
export function turnOutgoing(turns: readonly Turn[]): NftChain[] {
  const match = ({ from, to }: Turn): string =>
    `meta skuid != 0 ip saddr ${from} ip daddr ${to} tcp dport ${MEMBER_PORT}`;
  return [
    {
      name: 'turned',
      hook: NAT_OUTPUT,
      rules: turns.map((turn) => `${match(turn)} counter dnat ip to ${turn.from}:${turn.port}`),
    },
    {
      name: 'earlier',
      hook: OUTPUT,
      rules: turns.map((turn) => `${match(turn)} reject with tcp reset`),
    },
  ];
}

/** Turns connections that come to one member's own network, and resets those that came before. */
export function turnIncoming(own: string, others: readonly string[], port: number): NftChain[] {
  const match = `${between(others, [own])} tcp dport ${MEMBER_PORT}`;
  return [
    { name: 'coming', hook: NAT_PREROUTING, rules: [`${match} counter dnat ip to ${own}:${port}`] },
    { name: 'came', hook: INPUT, rules: [`${match} reject with tcp reset`] },
  ];
}
