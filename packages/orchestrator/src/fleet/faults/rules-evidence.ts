/**
 * Reads back what the kernel has of a fault's rules.
 */
import type { FaultEvidence } from '@fleetfall/protocol/faults.ts';
import type { NetworkRules } from '../../runtime/member-network.ts';

export async function readRules(
  name: string,
  rules: NetworkRules,
  inForce: boolean,
): Promise<FaultEvidence[]> {
  const found = (await rules.read())?.rules ?? 0;
  return [
    {
      of: name,
      reading: 'rules in the kernel',
      before: inForce ? 0 : 'some',
      after: found,
      holds: found > 0 === inForce,
    },
  ];
}
