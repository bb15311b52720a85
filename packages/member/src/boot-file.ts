/**
 * A boot line from files, for members that nobody holds by their standard input: those of a compose lab. A template
 * says all but the member's own name and the fleet's secret. The secret lies in a folder in memory that the members
 * share; the one whose template says so makes it.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** A member that waits longer for the fleet's secret waits for nobody. */
const SECRET_WAIT_MS = 60_000;
const SECRET_POLL_MS = 100;
const SECRET_BYTES = 32;

interface BootTemplate {
  /** `{hostname}` stands for the container's own name, so that replicas of one service differ. */
  readonly memberId: string;
  readonly secretFile: string;
  /** Whether this member makes the secret when it is not there. */
  readonly makesSecret?: boolean;
}

/**
 * Reads a member's boot line from its template.
 * @returns the boot line, as it would have come on standard input.
 * @throws Error when the template is not JSON or the secret does not come.
 */
export async function bootLineFromFile(path: string, signal: AbortSignal): Promise<string> {
  const { secretFile, makesSecret, ...rest } = JSON.parse(readFileSync(path, 'utf8')) as BootTemplate;
  const memberId = rest.memberId.replace('{hostname}', hostname());
  if (makesSecret === true) makeSecret(secretFile);
  return JSON.stringify({ ...rest, memberId, secret: await readSecret(secretFile, signal) });
}

function makeSecret(file: string): void {
  if (secretIn(file) !== null) return;
  // Others must never read half of it.
  writeFileSync(`${file}.new`, randomBytes(SECRET_BYTES).toString('base64url'), { mode: 0o400 });
  renameSync(`${file}.new`, file);
}

async function readSecret(file: string, signal: AbortSignal): Promise<string> {
  const until = performance.now() + SECRET_WAIT_MS;
  for (;;) {
    const secret = secretIn(file);
    if (secret !== null) return secret;
    if (performance.now() > until)
      throw new Error(`no secret came to ${file} in ${SECRET_WAIT_MS / 1_000} s`);
    await delay(SECRET_POLL_MS, undefined, { signal });
  }
}

function secretIn(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
