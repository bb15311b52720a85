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
    const silent = haveEngineDo('build it', async (signal) => answering(signal), never, { silenceMsMax: 30 });
    await expect(silent).rejects.toThrow('Cannot build it: the engine has said nothing for 30 ms');
    const unanswered = haveEngineDo(
      'build it',
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        }),
      never,
      { silenceMsMax: 30 },
    );
    await expect(unanswered).rejects.toThrow('Cannot build it: the engine has said nothing for 30 ms');
  });

  test('may be waited for longer on the way than for its first word', async () => {
    const late = haveEngineDo('pull it', async (signal) => answering(signal), never, {
      firstWordMsMax: 30,
      silenceMsMax: 60_000,
    });
    await expect(late).rejects.toThrow('Cannot pull it: the engine has said nothing for 30 ms');
    const speaking = haveEngineDo(
      'pull it',
      async (signal) => {
        const stream = answering(signal);
        stream.write('{"status":"Pulling"}\n');
        setTimeout(() => stream.end('{"status":"Done"}\n'), 100);
        return stream;
      },
      never,
      { firstWordMsMax: 30, silenceMsMax: 60_000 },
    );
    await expect(speaking).resolves.toBeUndefined();
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
