/**
 * `fleetfall watch` as a test has it: started, its address read, ended by Ctrl-C.
 */
import { once } from 'node:events';
import { type RequestOptions, request } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { type LaunchOptions, startFleetfall } from './fleetfall.ts';

export async function watching(args: readonly string[], options: LaunchOptions = {}) {
  const watch = startFleetfall(['watch', ...args], options);
  const [line] = (await once(createInterface({ input: watch.stdout }), 'line')) as [string];
  return {
    url: line,
    async [Symbol.asyncDispose]() {
      watch.kill('SIGINT');
      expect((await watch).exitCode).toBe(130);
    },
  };
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A request as nobody's browser would make it: any header, any method. */
export function ask(url: string | URL, options: RequestOptions = {}, sent = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, options, (answer) => {
      const { statusCode: status, headers } = answer;
      text(answer).then((body) => resolve({ status, headers, body }), reject);
    });
    asked.on('error', reject);
    asked.end(sent);
  });
}
