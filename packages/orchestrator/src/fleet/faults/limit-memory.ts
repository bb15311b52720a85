/**
 * Leaves members little more memory than they use. The kernel takes back what it can and kills what asks for more: a
 * front-end that dies of it is a part of what is observed. It ends with the member, so that a fleet's end lifts it.
 */
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import { NoMeansError } from '../../runtime/member-network.ts';
import type { StartedMember } from '../../runtime/runtime.ts';
import type { FaultMaker } from './fault-maker.ts';
import { type LimitOfMember, limitEach } from './limited.ts';

const ROOM_MAX_BYTES = 2 ** 40;
/** Limits are of whole pages; an engine takes none below 6 MB, and no member uses so little. */
const PAGE_BYTES = 4_096;
/** A member under load allocates between the reading and the writing: then it is given what it uses by then. */
const GIVE_TRIES_MAX = 50;

export const limitMemory: FaultMaker<'limit-memory'> = {
  endsWithFleet: true,
  async install({ roomBytes }, members, wayBack, context) {
    if (!Number.isInteger(roomBytes) || roomBytes < 0 || roomBytes > ROOM_MAX_BYTES) {
      throw new SettingsError(
        `limit-memory: roomBytes must be a whole number from 0 to ${ROOM_MAX_BYTES}: current value is ${roomBytes}`,
      );
    }
    return limitEach(withRoom(roomBytes), members, wayBack, context);
  },
};

const withRoom = (roomBytes: number): LimitOfMember => ({
  reading: 'limit on memory',
  unit: 'bytes',
  kills: true,
  async give(member) {
    let busy: unknown;
    for (let tries = 0; tries < GIVE_TRIES_MAX; tries += 1) {
      const usedBytes = usedBy(member);
      const limitBytes = Math.ceil((usedBytes + roomBytes) / PAGE_BYTES) * PAGE_BYTES;
      try {
        await member.limitMemory(limitBytes);
        return limitBytes;
      } catch (error) {
        if (error instanceof NoMeansError) throw error;
        busy = error;
      }
    }
    const why = busy instanceof Error ? busy.message : String(busy);
    throw new NoMeansError(`the memory of '${member.spec.memberId}' could not be limited: ${why}`);
  },
  lift: (member) => member.limitMemory(null),
  inForce: (member) => member.resources()?.memory?.limitBytes ?? null,
  hits: (member) => member.resources()?.memory?.limitHits ?? null,
});

function usedBy(member: StartedMember): number {
  const usedBytes = member.resources()?.memory?.usedBytes;
  if (usedBytes !== undefined) return usedBytes;
  throw new NoMeansError(`nothing here counts the memory of '${member.spec.memberId}'`);
}
