/**
 * Who may talk to a listener of the fleet: only those who hold the run's secret, and never a browser. Pure; the
 * listener that asks is in the member package.
 */
import { timingSafeEqual } from 'node:crypto';

/** The header that carries the secret, on every request and upgrade. */
export const SECRET_HEADER = 'x-fleetfall-secret';

/** The header that a client of the fleet sends. */
export function accessHeaders(secret: string): Record<string, string> {
  return { [SECRET_HEADER]: secret };
}

/**
 * The secret as monitoring sends it, which has no header of its own to give: `Authorization: Bearer <secret>`.
 * @returns undefined when there is none.
 */
export function bearerOf(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}

/** What a listener looks at before it answers. */
export interface AccessClaim {
  readonly secret: string | undefined;
  readonly origin: string | undefined;
  readonly host: string | undefined;
}

/**
 * Decides whether a request may pass.
 * @param hosts the `Host` values under which the listener is known (with port); others hint at DNS rebinding.
 * @returns undefined when it may, else the reason for a 403.
 */
export function refusalOf(
  claim: AccessClaim,
  secret: string,
  hosts: ReadonlySet<string>,
): string | undefined {
  if (claim.origin !== undefined) return 'requests from browsers are not accepted';
  if (claim.host === undefined || !hosts.has(claim.host))
    return `the Host header is not one of this listener`;
  if (claim.secret === undefined || !sameSecret(claim.secret, secret))
    return `the ${SECRET_HEADER} header is not this run's`;
  return undefined;
}

/** How long the secret is, is no secret: all of a fleet are as long. */
function sameSecret(left: string, right: string): boolean {
  const [given, expected] = [Buffer.from(left), Buffer.from(right)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}
