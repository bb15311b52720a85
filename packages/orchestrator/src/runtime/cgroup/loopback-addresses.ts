/**
 * Addresses for the members of one fleet, out of 127.0.0.0/8, all of which is this host. Each fleet has a subnet of
 * 254 picked by its run and name, so that two fleets of one host hardly ever meet.
 */
import { createHash } from 'node:crypto';
import { StartError } from '../runtime.ts';

/** Well away from 127.0.0.0/16 and 127.1.0.0/16, where resolvers and the like listen. */
const SECOND_BYTE_MIN = 64;
const SECOND_BYTES = 128;
const HOSTS_MAX = 254;

export interface LoopbackAddresses {
  /**
   * The address of a member: the same each time it is asked for.
   * @throws StartError beyond 254 members.
   */
  of(memberId: string): string;
}

export function loopbackAddresses(runId: string, fleet: string): LoopbackAddresses {
  const [first, second] = createHash('sha256').update(`${runId} ${fleet}`).digest() as unknown as [
    number,
    number,
  ];
  const subnet = `127.${SECOND_BYTE_MIN + (first % SECOND_BYTES)}.${second}`;
  const numbers = new Map<string, number>();
  return {
    of(memberId) {
      const number = numbers.get(memberId) ?? numbers.size + 1;
      if (number > HOSTS_MAX) {
        throw new StartError(
          `Cannot start '${memberId}': a fleet on this host must have at most ${HOSTS_MAX} members`,
        );
      }
      numbers.set(memberId, number);
      return `${subnet}.${number}`;
    },
  };
}
