/** Starts servers of which the truth is known, each in a process of its own. */
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';

const ENTRY = join(import.meta.dirname, 'fixtures/truth-server/main.ts');

export interface TruthServer extends AsyncDisposable {
  readonly url: string;
  /** Ends it. @returns how many requests came to it. */
  end(): Promise<number>;
  /** How late it answered at the most, by its own clock; known once it has ended. */
  readonly latestMs: number;
}

export async function startTruthServer(kind: string): Promise<TruthServer> {
  const child = execa(process.execPath, [ENTRY, kind], { reject: false, stdin: 'pipe', buffer: false });
  const lines = createInterface({ input: child.stdout });
  const next = async (): Promise<Record<string, number>> => {
    const [line] = (await once(lines, 'line')) as [string];
    return JSON.parse(line);
  };
  const { port } = await next();
  let latestMs = Number.NaN;
  return {
    url: `http://127.0.0.1:${port}/`,
    async end() {
      const told = next();
      child.kill('SIGCONT');
      child.stdin.end();
      const { requests, latestMs: late } = await told;
      latestMs = late ?? Number.NaN;
      await child;
      return requests ?? Number.NaN;
    },
    get latestMs() {
      return latestMs;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await child;
    },
  };
}
