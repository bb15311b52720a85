/** Reads a command line of the observer and says by name what is wrong with it. Pure. */
import type { ObserverCommand } from '@fleetfall/protocol/observer-stdio.ts';

const ROLES: readonly unknown[] = ['front-end', 'back-end', 'metadata'];

export type ReadCommand = { readonly command: ObserverCommand } | { readonly refusal: string };

export function readCommand(line: string): ReadCommand {
  let value: { readonly op?: unknown; readonly members?: unknown } | null;
  try {
    value = JSON.parse(line);
  } catch {
    value = null;
  }
  if (typeof value !== 'object' || value === null)
    return { refusal: 'Cannot read a command: a line must be one JSON object' };
  if (value.op === 'stop') return { command: { op: 'stop' } };
  if (value.op !== 'watch') return refusalOf('op', 'one of watch, stop', value.op);
  if (!Array.isArray(value.members)) return refusalOf('members', 'a list', value.members);
  for (const [index, member] of value.members.entries()) {
    const refusal = memberRefusal(`members[${index}]`, member);
    if (refusal !== undefined) return refusal;
  }
  return { command: value as ObserverCommand };
}

function memberRefusal(at: string, member: unknown): ReadCommand | undefined {
  if (typeof member !== 'object' || member === null) return refusalOf(at, 'an object', member);
  const { memberId, role, host, port } = member as Readonly<Record<string, unknown>>;
  if (typeof memberId !== 'string' || memberId === '')
    return refusalOf(`${at}.memberId`, 'a text that is not empty', memberId);
  if (typeof host !== 'string' || host === '')
    return refusalOf(`${at}.host`, 'a text that is not empty', host);
  if (!Number.isInteger(port) || (port as number) < 1 || (port as number) > 65_535)
    return refusalOf(`${at}.port`, 'a whole number from 1 to 65535', port);
  if (!ROLES.includes(role)) return refusalOf(`${at}.role`, `one of ${ROLES.join(', ')}`, role);
  return undefined;
}

function refusalOf(field: string, allowed: string, value: unknown): ReadCommand {
  const shown = JSON.stringify(value) ?? 'missing';
  return { refusal: `Cannot read a command as '${field}' must be ${allowed}: current value is ${shown}` };
}
