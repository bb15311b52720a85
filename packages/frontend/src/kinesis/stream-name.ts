/**
 * Which stream a request is about: by its name, or by its ARN where the API takes that too. There is one account in one
 * region here, so an ARN of another names a stream that is not there.
 */
import { streamArnOf } from '@fleetfall/protocol/kinesis.ts';
import { KinesisError } from './api-error.ts';
import { type Fields, matching, optional } from './fields.ts';

const NAME_LENGTH_MAX = 128;
const NAME_PATTERN = /^[a-zA-Z0-9_.-]+$/;
const ARN_LENGTH_MAX = 2_048;
const ARN_PATTERN = /^arn:aws.*:kinesis:.*:\d{12}:stream\/\S+$/;

/** The name in `StreamName`. @throws KinesisError */
export function streamName(fields: Fields): string {
  return matching(fields, 'StreamName', NAME_LENGTH_MAX, NAME_PATTERN);
}

/** The stream that `StreamName` or `StreamARN` names, or both together. @throws KinesisError */
export function namedStream(fields: Fields): string {
  const byArn = streamOfArn(fields);
  if (byArn === undefined) return streamName(fields);
  const byName = optional(fields, 'StreamName', streamName);
  if (byName !== undefined && byName !== byArn) {
    throw new KinesisError(
      'InvalidArgumentException',
      `StreamName '${byName}' and StreamARN '${String(fields.StreamARN)}' name different streams: they must name one`,
    );
  }
  return byArn;
}

/** The stream that `StreamARN` names; undefined when the field is not there. @throws KinesisError */
export function streamOfArn(fields: Fields): string | undefined {
  const arn = optional(fields, 'StreamARN', () => matching(fields, 'StreamARN', ARN_LENGTH_MAX, ARN_PATTERN));
  if (arn === undefined) return undefined;
  const name = arn.slice(arn.indexOf('/') + 1);
  if (arn !== streamArnOf(name))
    throw new KinesisError('ResourceNotFoundException', `Stream ${arn} not found`);
  return name;
}
