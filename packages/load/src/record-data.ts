/**
 * What a record of the load holds: an id that no other record of the run has, padded to the size asked for. The
 * id is what a read-back finds a write by. Pure.
 */
import { createHash } from 'node:crypto';

const SERIAL_DIGITS = 10;
const WRITER_PATTERN = /^[0-9a-f]{8}$/;
const ID_PATTERN = /^ff-([0-9a-f]{8})-(\d{10})$/;
/** `ff-` + 8 hexadecimal digits of the writer + `-` + the serial number. */
const ID_BYTES = 3 + 8 + 1 + SERIAL_DIGITS;
/** Base64 carries 3 bytes in 4 characters: enough of them to hold an id. */
const ID_BASE64_CHARACTERS = Math.ceil(ID_BYTES / 3) * 4;

/** The smallest record that has room for its id. */
export const RECORD_BYTES_MIN = 32;

/**
 * A name for one start of a load process, so that ids of two of its lives cannot meet.
 * @param identity what tells this life from every other.
 */
export function writerOf(identity: string): string {
  return createHash('sha256').update(identity, 'utf8').digest('hex').slice(0, 8);
}

/**
 * The id of a write.
 * @param serial counts the writes of one history from 0.
 */
export function recordId(writer: string, serial: number): string {
  if (!WRITER_PATTERN.test(writer)) throw new RangeError(`Cannot make an id as '${writer}' is not a writer`);
  return `ff-${writer}-${String(serial).padStart(SERIAL_DIGITS, '0')}`;
}

/** A record's data in base64: its id, padded to `bytes`. (By way of a Buffer it takes four times as long: measured.) */
export function recordData(id: string, bytes: number): string {
  return btoa(id.padEnd(bytes, '.'));
}

/**
 * Finds the serial number in a record's data.
 * @param data base64, as GetRecords gives it.
 * @returns undefined for a record that this writer did not write.
 */
export function serialOf(writer: string, data: string): number | undefined {
  const head = Buffer.from(data.slice(0, ID_BASE64_CHARACTERS), 'base64').toString('latin1', 0, ID_BYTES);
  const match = ID_PATTERN.exec(head);
  return match !== null && match[1] === writer ? Number(match[2]) : undefined;
}
