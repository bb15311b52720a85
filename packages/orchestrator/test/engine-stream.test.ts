import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { haveEngineDo } from '../src/kit/image/engine-stream.ts';

/** An engine's answer that breaks off when it is given up, with an error that names nobody, as its client does. */
function answering(abortSignal: AbortSignal): PassThrough {
  const stream = new PassThrough();
  abortSignal.addEventListener('abort', () => stream.destroy(new Error('aborted')), { once: true });
  return stream;
}
const never = new AbortController().signal;

describe('what an engine is to do', () => {
  test('ends with the reason of who ended it', async () => {
    const ending = new AbortController();
    const building = haveEngineDo('build it', async (signal) => answering(signal), ending.signal);
    ending.abort(new Error('ended by SIGINT'));
    await expect(building).rejects.toThrow('ended by SIGINT');
  });

  test('is given up when the engine falls silent, before it answers or after', async () => {
    const silent = haveEngineDo('build it', async (signal) => answering(signal), never, 30);
    await expect(silent).rejects.toThrow('Cannot build it: the engine has said nothing for 30 ms');
    const unanswered = haveEngineDo(
      'build it',
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        }),
      never,
      30,
    );
    await expect(unanswered).rejects.toThrow('Cannot build it: the engine has said nothing for 30 ms');
  });

  test('fails with what the engine says', async () => {
    const failing = async (): Promise<PassThrough> => {
      const stream = new PassThrough();
      stream.end('{"stream":"Step 1"}\n{"error":"no such instruction"}\n');
      return stream;
    };
    await expect(haveEngineDo('build it', failing, never)).rejects.toThrow('no such instruction');
  });
});
