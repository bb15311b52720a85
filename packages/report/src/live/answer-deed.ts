/**
 * Takes what a live page asks to be done to its fleet: a POST of JSON from the page itself. Such a request cannot be
 * made by a form or a link of another page, and a browser asks first before it lets another page's script make it; it
 * is told no.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Deed, type FleetControl, readDeed } from './fleet-control.ts';
import { refuse } from './guard.ts';

/** A longer request is no deed. */
const DEED_BYTES_MAX = 1_024;

/** Answers a request that the guard has let through. */
export async function answerDeed(
  request: IncomingMessage,
  response: ServerResponse,
  control: FleetControl,
): Promise<void> {
  const { headers, method } = request;
  if (method !== 'POST') return refuse(response, 405, 'a fleet is changed by POST');
  // A browser names the page that a POST comes from: one that names none is no page of ours.
  if (headers.origin === undefined) return refuse(response, 403, 'a change must come from the page itself');
  if (headers['content-type'] !== 'application/json')
    return refuse(response, 415, 'a change must be sent as application/json');
  let deed: Deed;
  try {
    deed = readDeed(await bodyOf(request));
  } catch (error) {
    return refuse(response, 400, messageOf(error));
  }
  const hindrance = control.hindrance();
  if (hindrance !== null) return refuse(response, 409, hindrance);
  try {
    const told = await control.act(deed);
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(`${told}\n`);
  } catch (error) {
    refuse(response, 409, messageOf(error));
  }
}

/** @throws Error when it is too long, or breaks off. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > DEED_BYTES_MAX) throw new Error(`a change must have at most ${DEED_BYTES_MAX} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
