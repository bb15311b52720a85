/**
 * Serves the live page of one journal, and the run as it is written: what was until now in one piece, then what is
 * appended, a few times a second. It reads the journal's file and nothing else, so that no run ever waits for it; what
 * is asked to be done to the fleet goes to whoever was named for that, if anybody was.
 */
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { judge } from '@fleetfall/claims/judge.ts';
import { readJournal } from '@fleetfall/journal/read.ts';
import { clientAsset } from '../page/client-asset.ts';
import type { LooseRecord } from '../page/model/loose-records.ts';
import { encodeRun, heedRecord, makeRun, type RunModel } from '../page/model/run-model.ts';
import { momentsOf } from '../page/moments.ts';
import type { LiveEvents } from '../page/page-data.ts';
import { armsSection } from '../page/sections/arms.ts';
import { uncountedOf } from '../page/uncounted.ts';
import { answerDeed } from './answer-deed.ts';
import type { FleetControl } from './fleet-control.ts';
import { followFile } from './follow-file.ts';
import { addressOf, refusalOf, refuse } from './guard.ts';
import { livePage, type TypedCommand, tooLongMarkup, verdictMarkup } from './live-page.ts';

/** Four looks a second: as often as members are sampled. */
const LOOK_INTERVAL_MS = 250;
/** How often it is asked whether anything can be done to the fleet. */
const CONTROL_INTERVAL_MS = 1_000;
/** Pages that are open at once. */
const FOLLOWERS_MAX = 16;
/** A page that reads no faster than this lags is cut off; its browser asks again and is told the whole anew. */
const UNREAD_BYTES_MAX = 16 * 1024 * 1024;
/** A longer journal is not judged here: that takes some ten times its size of memory, and `judge` does it too. */
const JUDGED_BYTES_MAX = 256 * 1024 * 1024;

export interface LiveServerOptions {
  /** The journal; it may not be there yet. */
  readonly journal: string;
  /** For people: which run. */
  readonly name: string;
  readonly listen: { readonly host: string; readonly port: number };
  /** What a request has to carry as `token` in its query; null where only this machine reaches the listener. */
  readonly token: string | null;
  readonly commands: readonly TypedCommand[];
  /** Does what the page asks for; null where nothing can ever be done from it. */
  readonly control: FleetControl | null;
}

export interface LiveServer extends AsyncDisposable {
  readonly port: number;
  /** Rejects when the journal, or the fleet's standing, can no longer be read; never resolves. */
  readonly failed: Promise<never>;
}

/** @throws Error when it cannot listen there, or the journal is not one. */
export async function startLiveServer(options: LiveServerOptions): Promise<LiveServer> {
  const asset = await clientAsset();
  const file = followFile(options.journal);
  const model = makeRun();
  const followers = new Set<ServerResponse>();
  const failing = Promise.withResolvers<never>();
  // It may fail before anyone waits for it: that is then told to whoever awaits `failed`, and is no unhandled rejection.
  failing.promise.catch(() => undefined);
  let verdict: LiveEvents['verdict'] | null = null;
  const { control } = options;
  let hindrance = control?.hindrance() ?? null;

  function look(): void {
    let records: LooseRecord[];
    do {
      records = file.next();
      for (const record of records) heedRecord(model, record);
      if (records.length > 0) tellAll('records', records);
    } while (records.length > 0);
    if (model.end !== null && verdict === null) {
      verdict = judged(options.journal, model);
      tellAll('verdict', verdict);
    }
  }
  function lookAtControl(): void {
    const now = control?.hindrance() ?? null;
    if (now === hindrance) return;
    hindrance = now;
    tellAll('control', { hindrance });
  }
  function tellAll<Name extends keyof LiveEvents>(name: Name, data: LiveEvents[Name]): void {
    const text = eventOf(name, data);
    for (const follower of followers) {
      follower.write(text);
      if (follower.writableLength > UNREAD_BYTES_MAX) follower.destroy();
    }
  }
  function follow(response: ServerResponse): void {
    if (followers.size >= FOLLOWERS_MAX) {
      refuse(response, 503, `${FOLLOWERS_MAX} pages are open already`);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const { moments, uncounted } = verdict ?? { moments: [], uncounted: {} };
    response.write(eventOf('snapshot', { run: encodeRun(model), moments, uncounted }));
    if (control !== null) response.write(eventOf('control', { hindrance }));
    if (verdict !== null) response.write(eventOf('verdict', verdict));
    followers.add(response);
    response.on('close', () => followers.delete(response));
    // A browser that goes away is no error of the server's.
    response.on('error', () => response.destroy());
  }
  function answer(request: IncomingMessage, response: ServerResponse): void {
    const refusal = refusalOf(request, options.token);
    if (refusal !== null) {
      refuse(response, 403, refusal);
      return;
    }
    const pathname = addressOf(request.url)?.pathname;
    if (pathname === '/deeds' && control !== null) {
      answerDeed(request, response, control).catch((error: unknown) => refuse(response, 500, String(error)));
    } else if (request.method !== 'GET') refuse(response, 405, 'this page can only be read');
    else if (pathname === '/events') follow(response);
    else if (pathname === '/') {
      const nonce = randomBytes(16).toString('base64');
      const query = options.token === null ? '' : `?token=${options.token}`;
      const deedsPath = control === null ? null : `/deeds${query}`;
      const page = livePage({ ...options, eventsPath: `/events${query}`, deedsPath, nonce }, asset);
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'content-security-policy': `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
      response.end(page);
    } else refuse(response, 404, 'there is nothing here');
  }

  look();
  const server = createServer(answer);
  await listening(server, options.listen);
  const repeatedly = (act: () => void, intervalMs: number): (() => void) => {
    const timer = setInterval(() => {
      try {
        act();
      } catch (error) {
        clearInterval(timer);
        failing.reject(error);
      }
    }, intervalMs);
    return () => clearInterval(timer);
  };
  const stopLooking = [repeatedly(look, LOOK_INTERVAL_MS), repeatedly(lookAtControl, CONTROL_INTERVAL_MS)];
  return {
    port: (server.address() as AddressInfo).port,
    failed: failing.promise,
    async [Symbol.asyncDispose]() {
      for (const stop of stopLooking) stop();
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function judged(journal: string, model: RunModel): LiveEvents['verdict'] {
  if (statSync(journal).size > JUDGED_BYTES_MAX)
    return { markup: tooLongMarkup(), armsMarkup: '', moments: [], uncounted: {} };
  const { records } = readJournal(journal);
  const verdict = judge(records);
  return {
    markup: verdictMarkup(verdict),
    armsMarkup: armsSection(verdict, model)?.markup ?? '',
    moments: momentsOf(records, verdict),
    uncounted: uncountedOf(verdict),
  };
}

function eventOf<Name extends keyof LiveEvents>(name: Name, data: LiveEvents[Name]): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function listening(
  server: ReturnType<typeof createServer>,
  { host, port }: LiveServerOptions['listen'],
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const what = error.code === 'EADDRINUSE' ? 'the port is taken' : error.message;
      reject(new Error(`Cannot listen on ${host}:${port}: ${what}`, { cause: error }));
    });
    server.listen(port, host, () => resolve());
  });
}
