/**
 * Keeps a load on this machine unless its user says that the target is theirs: a load on somebody else's server is an
 * attack. Names are looked up once, here, and the load goes to the address that was looked at.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** The target is not on this machine. */
export class ForeignTargetError extends Error {
  override readonly name = 'ForeignTargetError';
}

/**
 * Finds the address of a host.
 * @param owned whether the user said that a target beyond this machine is theirs.
 * @throws ForeignTargetError when it is not an address of this machine and not `owned`; Error when it has none.
 */
export async function addressOfTarget(host: string, owned: boolean): Promise<string> {
  const bare = host.replace(/^\[|\]$/g, '');
  const address = isIP(bare) > 0 ? bare : (await lookup(bare)).address;
  if (owned || isOwnAddress(address)) return address;
  const resolved = address === bare ? '' : ` (${address})`;
  throw new ForeignTargetError(`${bare}${resolved} is not an address of this machine`);
}

function isOwnAddress(address: string): boolean {
  const v4 = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (/^127\./.test(v4) || address === '::1') return true;
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some((own) => own.address === v4);
}
