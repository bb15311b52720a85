/**
 * By what a partition is made where rules cannot be had: decided without a fleet, on a network that only keeps account.
 */
import type { Container } from 'dockerode';
import { expect, test } from 'vitest';
import type { CrewMember } from '../src/fleet/crew.ts';
import type { FaultContext } from '../src/fleet/faults/fault-maker.ts';
import { partition } from '../src/fleet/faults/partition.ts';
import { networkOf } from '../src/runtime/docker/container-network.ts';
import { NoMeansError } from '../src/runtime/member-network.ts';

function member(number: number, running = true): CrewMember {
  const endpoint = { host: `10.0.0.${number}`, port: 7400 };
  return { memberId: `fe-${number}`, role: 'front-end', running, member: { endpoint } } as CrewMember;
}

/** A fleet in which no rules can be had. */
function withoutRules(members: readonly CrewMember[], why: string) {
  const done: string[] = [];
  const network = {
    reach: async () => [],
    drop: async () => {
      throw new NoMeansError(why);
    },
    takeOut: async (memberId: string) => void done.push(`out ${memberId}`),
    bringBack: async (memberId: string) => void done.push(`back ${memberId}`),
  };
  const context = {
    crew: { all: () => members, get: (id: string) => members.find(({ memberId }) => memberId === id) },
    runtimeFleet: { network },
    faultId: 'partition-1',
    signal: new AbortController().signal,
  } as unknown as FaultContext;
  return { done, context };
}

const everybody = { kind: 'partition', targets: { role: 'front-end' } } as const;

test('a partition from everybody takes its targets out, and back by their addresses', async () => {
  const [two, ten, ...others] = [member(2), member(10), member(1)];
  const { done, context } = withoutRules([two, ten, ...others], 'there is no nft');
  const wayBack = new AsyncDisposableStack();
  const { means } = await partition.install(everybody, [ten, two], wayBack, context);
  expect(means).toMatch(/^taking them out of the network, .*: there is no nft$/);
  await wayBack.disposeAsync();
  expect(done).toEqual(['out fe-10', 'out fe-2', 'back fe-2', 'back fe-10']);
});

test('a partition from some takes nobody out, nor one of which a target does not run', async () => {
  const members = [member(1), member(2), member(3, false)];
  const [one, two, three] = members as [CrewMember, CrewMember, CrewMember];
  const { done, context } = withoutRules(members, "'fe-3' does not run");
  await using wayBack = new AsyncDisposableStack();
  const fromOne = { ...everybody, from: ['fe-1'] } as const;
  await expect(partition.install(fromOne, [two], wayBack, context)).rejects.toThrow(NoMeansError);
  await expect(partition.install(everybody, [one, three], wayBack, context)).rejects.toThrow(NoMeansError);
  expect(done).toEqual([]);
});

test('the network of a container that is gone is that of one that does not run', async () => {
  const gone = {
    inspect: () => Promise.reject(Object.assign(new Error('no such container'), { statusCode: 404 })),
  };
  const entering = networkOf(gone as unknown as Container, 'fe-1');
  await expect(entering).rejects.toThrow(new NoMeansError("'fe-1' does not run"));
});
