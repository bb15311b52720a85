/**
 * Reads what an engine streams while it pulls, imports or builds: one JSON object a line, an error among them
 * although the HTTP status was 200.
 */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** An engine that says nothing for so long while it imports or builds hangs: it packs 100 MB in some seconds. */
const SILENCE_MS_MAX = 120_000;

/** How long an engine may say nothing. */
interface Patience {
  /** @default {@link SILENCE_MS_MAX} */
  readonly silenceMsMax?: number;
  /** Before its first word. @default silenceMsMax */
  readonly firstWordMsMax?: number;
}

/**
 * Has an engine do what takes long, for as long as it says something now and then.
 * @param what for the error: «build fleetfall:12ab».
 * @param start begins it; given up when the signal that it is handed is aborted.
 * @throws the signal's reason when aborted; Error with the engine's own message, or that it fell silent.
 */
export async function haveEngineDo(
  what: string,
  start: (abortSignal: AbortSignal) => Promise<NodeJS.ReadableStream>,
  signal: AbortSignal,
  { silenceMsMax = SILENCE_MS_MAX, firstWordMsMax = silenceMsMax }: Patience = {},
): Promise<void> {
  signal.throwIfAborted();
  const silence = new AbortController();
  const waitFor = (ms: number): NodeJS.Timeout =>
    setTimeout(
      () => silence.abort(new Error(`Cannot ${what}: the engine has said nothing for ${ms} ms`)),
      ms,
    );
  let timer = waitFor(firstWordMsMax);
  const until = AbortSignal.any([signal, silence.signal]);
  try {
    await readEngineStream(await start(until), () => {
      clearTimeout(timer);
      timer = waitFor(silenceMsMax);
    });
  } catch (error) {
    // The engine's client has an error of its own for an abort, which does not say whose it was.
    until.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

interface EngineEvent {
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

/**
 * Reads the stream to its end.
 * @param heard is called for every event: the engine is at work.
 * @throws Error with the engine's own message when it reports one, or when the stream breaks off.
 */
export async function readEngineStream(stream: NodeJS.ReadableStream, heard?: () => void): Promise<void> {
  const broken = Promise.withResolvers<never>();
  stream.once('error', broken.reject);
  const ended = readEvents(stream, heard);
  await Promise.race([ended, broken.promise]);
}

async function readEvents(stream: NodeJS.ReadableStream, heard?: () => void): Promise<void> {
  for await (const line of createInterface({ input: stream as Readable })) {
    if (line.trim() === '') continue;
    heard?.();
    const event = JSON.parse(line) as EngineEvent;
    if (event.error !== undefined) throw new Error(event.errorDetail?.message ?? event.error);
  }
}
