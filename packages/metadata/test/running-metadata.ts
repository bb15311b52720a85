/**
 * A metadata store in this process, on a folder of its own, and requests to it as a member would send them.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessHeaders } from '@fleetfall/protocol/access.ts';
import type { Member } from '@fleetfall/protocol/membership.ts';
import { SECRET } from '../../member/test/running-program.ts';
import { type StartedMetadata, startMetadata } from '../src/metadata.ts';

/** A folder that is gone with its scope. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'fleetfall-metadata-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export function startStore(dataDir: string, memberLeaseMs = 60_000): Promise<StartedMetadata> {
  return startMetadata(
    {
      runId: 'test',
      memberId: 'metadata-1',
      role: 'metadata',
      secret: SECRET,
      listen: { host: '127.0.0.1', port: 0 },
      dataDir,
      settings: { memberLeaseMs },
    },
    {
      signal: new AbortController().signal,
      emit: () => undefined,
      unreadBytes: () => 0,
      log: () => undefined,
    },
  );
}

export function backEnd(memberId: string, incarnation = 'first'): Member {
  return { memberId, role: 'back-end', incarnation, host: '127.0.0.1', port: 7400 };
}

/** What the store answered. */
export interface Answered {
  readonly status: number;
  readonly etag: string | null;
  readonly body: unknown;
}

/** One request with the run's secret, or with other headers. */
export async function ask(
  store: StartedMetadata,
  method: 'GET' | 'POST',
  path: string,
  body?: string | object,
  headers: Record<string, string> = accessHeaders(SECRET),
): Promise<Answered> {
  const { host, port } = store.endpoint;
  const answer = await fetch(`http://${host}:${port}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    etag: answer.headers.get('etag'),
    body: text === '' ? undefined : JSON.parse(text),
  };
}
