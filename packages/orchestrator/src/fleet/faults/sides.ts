/**
 * The two sides of a disturbance of the network, and who can ask whom whether it is there.
 */
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import type { FaultKind, MemberTargets } from '@fleetfall/protocol/faults.ts';
import type { MemberNetwork, Reach } from '../../runtime/member-network.ts';
import type { Crew, CrewMember } from '../crew.ts';
import { pickTargets } from '../targets.ts';

export interface Sides {
  readonly left: readonly string[];
  readonly right: readonly string[];
}

/** One member and those on the other side that it asks. */
interface Question {
  readonly from: string;
  readonly to: readonly string[];
}

/**
 * @param from the other side; without it every other member but the observer.
 * @throws SettingsError when nobody is left for the other side, or the observer is on it.
 */
export function sidesOf(
  kind: FaultKind,
  targets: readonly CrewMember[],
  from: MemberTargets | undefined,
  crew: Crew,
): Sides {
  const left = targets.map(({ memberId }) => memberId);
  const everyone = crew.all().filter(({ role, running }) => role !== 'observer' && running);
  const ids = everyone.map(({ memberId }) => memberId);
  const wanted = pickTargets(from ?? ids, from === undefined ? everyone : crew.all(), kind);
  if (wanted.includes('observer')) {
    throw new SettingsError(`${kind}: 'from' must not hold the observer: it is what a run sees with`);
  }
  const right = wanted.filter((id) => !left.includes(id) && ids.includes(id));
  if (right.length > 0) return { left, right };
  throw new SettingsError(`${kind}: 'from' must hold a running member that is no target`);
}

/**
 * Asks over from one side to the other: each target asks all that listen, and of the other side the first that
 * listens and all that do not ask back.
 */
export async function askAcross(
  { left, right }: Sides,
  tries: number,
  crew: Crew,
  network: MemberNetwork,
): Promise<Reach[]> {
  const listens = (id: string): boolean => {
    const member = crew.get(id);
    return member?.running === true && member.role !== 'load' && member.role !== 'observer';
  };
  const runs = (id: string): boolean => crew.get(id)?.running === true;
  const back = right.find(listens);
  const questions: Question[] = [
    ...left.map((from) => ({ from, to: right.filter(listens) })),
    ...right.filter((id) => id === back || !listens(id)).map((from) => ({ from, to: left.filter(listens) })),
  ].filter(({ from, to }) => runs(from) && to.length > 0);
  const reached: Reach[] = [];
  // One after another: what they take of the CPU is in what they measure.
  for (const { from, to } of questions) reached.push(...(await network.reach(from, to, tries)));
  return reached;
}

/** The way of a reach, as evidence names it. */
export const wayOf = ({ from, to }: Pick<Reach, 'from' | 'to'>): string => `${from} → ${to}`;
