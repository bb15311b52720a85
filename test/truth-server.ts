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
}

export async function startTruthServer(kind: string): Promise<TruthServer> {
  const child = execa(process.execPath, [ENTRY, kind], { reject: false, stdin: 'pipe', buffer: false });
  const lines = createInterface({ input: child.stdout });
  const next = async (): Promise<Record<string, number>> => {
    const [line] = (await once(lines, 'line')) as [string];
    return JSON.parse(line);
  };
  const { port } = await next();
  return {
    url: `http://127.0.0.1:${port}/`,
    async end() {
      const told = next();
      child.stdin.end();
      const { requests } = await told;
      await child;
      return requests ?? Number.NaN;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await child;
    },
  };
}
