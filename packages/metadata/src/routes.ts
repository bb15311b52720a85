/**
 * The store's HTTP interface: `METADATA_PATHS`, each answered with the protocol's shapes. Reads carry their version
 * as an ETag and answer 304 to whoever has it, so that a polling fleet costs next to nothing while nothing changes.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodyTooLargeError, readBody, sendJson } from '@fleetfall/member/listener.ts';
import { METADATA_PATHS, type MetadataErrorBody } from '@fleetfall/protocol/membership.ts';
import { readCreateStream, readHeartbeat, readLeave } from './read-request.ts';
import { REFUSAL_STATUS, RefusalError } from './refusal.ts';
import type { Registrar } from './registrar.ts';
import type { MetadataStore } from './store.ts';

/** Every request is a few short fields. */
const BODY_BYTES_MAX = 4 * 1024;

/** Answers one request, whatever it is. Throws what is no refusal: a fault of the store. */
export type MetadataRoutes = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function metadataRoutes(store: MetadataStore, registrar: Registrar): MetadataRoutes {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (`${request.method} ${request.url}`) {
      case `GET ${METADATA_PATHS.membership}`:
        return sendVersioned(request, response, store.membership());
      case `GET ${METADATA_PATHS.configuration}`:
        return sendVersioned(request, response, store.configuration());
      case `POST ${METADATA_PATHS.heartbeat}`:
        return sendJson(response, 200, registrar.heartbeat(readHeartbeat(await body(request))));
      case `POST ${METADATA_PATHS.leave}`:
        registrar.leave(readLeave(await body(request)));
        response.writeHead(204).end();
        return;
      case `POST ${METADATA_PATHS.streams}`:
        return sendJson(response, 201, registrar.createStream(readCreateStream(await body(request))));
      default:
        throw new RefusalError('NotFound', `There is no ${request.method} ${request.url} here`);
    }
  }

  return async (request, response) => {
    try {
      await answer(request, response);
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error;
      const { code, message } = error;
      sendJson(response, REFUSAL_STATUS[code], { code, message } satisfies MetadataErrorBody);
    }
  };
}

function sendVersioned(
  request: IncomingMessage,
  response: ServerResponse,
  view: { readonly version: number },
): void {
  const etag = `"${view.version}"`;
  if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
  else sendJson(response, 200, view, { etag });
}

async function body(request: IncomingMessage): Promise<Buffer> {
  try {
    return await readBody(request, BODY_BYTES_MAX);
  } catch (error) {
    if (!(error instanceof BodyTooLargeError)) throw error;
    throw new RefusalError('InvalidArgument', error.message, { cause: error });
  }
}
