/**
 * Kinesis calls as HTTP requests: JSON 1.1 over POST, the action in a header, signed where there are credentials.
 * Heads are put together once for each server and action; a signature is worked out for each request.
 */
import { AMZ_JSON, type KinesisAction, TARGET_PREFIX } from '@fleetfall/protocol/kinesis.ts';
import type { HttpPool } from '../http/pool.ts';
import { authorityOf, type Fields, requestHead, requestText } from '../http/request-text.ts';
import { type Credentials, createSigner, fieldsToSign, type SignedFields, tokenField } from './sigv4.ts';

/** Puts a call into the request that goes to a pool's server. @param body JSON in ASCII. */
export type KinesisRequests = (pool: HttpPool, action: KinesisAction, body: string) => string;

/** Who signs, and for which region. */
export interface Signing {
  readonly credentials: Credentials;
  readonly region: string;
}

interface Head {
  readonly text: string;
  readonly signed: SignedFields;
}

/**
 * @param fields what every request carries besides; not signed.
 * @param signing null for requests that are not signed.
 */
export function kinesisRequests(fields: Fields, signing: Signing | null = null): KinesisRequests {
  const signer = signing === null ? null : createSigner(signing.credentials, signing.region, 'kinesis');
  const heads = new WeakMap<HttpPool, Map<KinesisAction, Head>>();

  const makeHead = (pool: HttpPool, action: KinesisAction): Head => {
    const authority = authorityOf(pool.origin.host, pool.origin.port);
    const own = {
      'content-type': AMZ_JSON,
      'x-amz-target': TARGET_PREFIX + action,
      ...(signing === null ? {} : tokenField(signing.credentials)),
    };
    return {
      text: requestHead('POST', '/', authority, { ...own, ...fields }),
      signed: fieldsToSign({ host: authority, ...own }),
    };
  };

  return (pool, action, body) => {
    let ofPool = heads.get(pool);
    if (ofPool === undefined) {
      ofPool = new Map();
      heads.set(pool, ofPool);
    }
    let head = ofPool.get(action);
    if (head === undefined) {
      head = makeHead(pool, action);
      ofPool.set(action, head);
    }
    if (signer === null) return requestText(head.text, body);
    return requestText(head.text + signer.sign('POST', '/', head.signed, body, Date.now()), body);
  };
}
