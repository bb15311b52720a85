/**
 * AWS Signature Version 4 for requests with a body and no query, as Kinesis takes them («Create a signed AWS API
 * request», AWS General Reference). What does not change within a day or a second is worked out once. Pure.
 */
import { createHmac, hash } from 'node:crypto';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
}

export interface Signer {
  /**
   * The lines to add to a request's head, each with its line end.
   * @param fields what is signed besides the date: names in lower case and ascending order, `host` among them.
   * @param atMs wall clock.
   */
  sign(method: string, path: string, fields: SignedFields, body: string, atMs: number): string;
}

/** Fields of a request as they are signed, put together once for many requests. */
export interface SignedFields {
  /** Those before `x-amz-date` in the alphabet, a line each, and those behind it. */
  readonly before: string;
  readonly after: string;
  /** All names with `x-amz-date`, between semicolons. */
  readonly names: string;
}

const DATE = 'x-amz-date';
const TOKEN = 'x-amz-security-token';

/** @param fields what a request carries; all of it is signed. */
export function fieldsToSign(fields: Readonly<Record<string, string>>): SignedFields {
  const sorted = Object.entries(fields)
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, ' ')] as const)
    .toSorted(([left], [right]) => (left < right ? -1 : 1));
  const lines = (part: typeof sorted): string => part.map(([name, value]) => `${name}:${value}\n`).join('');
  return {
    before: lines(sorted.filter(([name]) => name < DATE)),
    after: lines(sorted.filter(([name]) => name > DATE)),
    names: [...sorted.map(([name]) => name), DATE].toSorted().join(';'),
  };
}

/** @param service as it stands in the credential's scope. */
export function createSigner(credentials: Credentials, region: string, service: string): Signer {
  let second = Number.NaN;
  let time = '';
  let scope = '';
  let key: Buffer = Buffer.alloc(0);
  const tick = (atMs: number): void => {
    const now = Math.floor(atMs / 1000);
    if (now === second) return;
    second = now;
    time = new Date(now * 1000).toISOString().replace(/[:-]|\.\d{3}/g, '');
    const day = time.slice(0, 8);
    if (scope.startsWith(day)) return;
    scope = `${day}/${region}/${service}/aws4_request`;
    key = [day, region, service, 'aws4_request'].reduce<Buffer>(
      (under, text) => createHmac('sha256', under).update(text).digest(),
      Buffer.from(`AWS4${credentials.secretAccessKey}`),
    );
  };
  return {
    sign(method, path, { before, after, names }, body, atMs) {
      tick(atMs);
      const canonical = `${method}\n${path}\n\n${before}${DATE}:${time}\n${after}\n${names}\n${hash('sha256', body)}`;
      const signature = createHmac('sha256', key)
        .update(`AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash('sha256', canonical)}`)
        .digest('hex');
      return (
        `${DATE}: ${time}\r\nauthorization: AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, ` +
        `SignedHeaders=${names}, Signature=${signature}\r\n`
      );
    },
  };
}

/** What temporary credentials add to the fields of a request. */
export function tokenField({ sessionToken }: Credentials): Record<string, string> {
  return sessionToken === undefined ? {} : { [TOKEN]: sessionToken };
}
