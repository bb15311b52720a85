/**
 * The second witness: reads the front-ends' kernel counters in the host's own cgroup files, where they are, at the
 * same pace as the observer does from inside. What the two say is compared by the claims.
 */
import type { ArmEntry } from '../method/recorder.ts';
import type { StartedMember } from '../runtime/runtime.ts';
import { HarnessError } from './attached.ts';

/**
 * Starts to read.
 * @param onBroken hears once that the counters cannot be read or the reading cannot be journalled; nothing is read
 * after.
 */
export function startWitness(
  frontEnds: () => readonly StartedMember[],
  record: (entry: ArmEntry) => void,
  intervalMs: number,
  onBroken: (error: HarnessError) => void,
): Disposable {
  function read(): void {
    const readings = frontEnds().flatMap((member) => {
      const reading = member.witness();
      return reading === null
        ? []
        : [{ memberId: member.spec.memberId, incarnation: member.incarnation, ...reading }];
    });
    if (readings.length > 0) record({ kind: 'witness', sampledAtMs: Date.now(), readings });
  }
  const timer = setInterval(() => {
    try {
      read();
    } catch (error) {
      // In a timer: thrown on, it would end the process with all that it has started.
      clearInterval(timer);
      const why = error instanceof Error ? error.message : String(error);
      onBroken(new HarnessError(`the host's witness broke off: ${why}`, { cause: error }));
    }
  }, intervalMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
