/** Kinesis calls as the commands of the AWS SDK, which takes data as bytes and encodes them itself. */
import type { KinesisCall } from '../kinesis/call.ts';

type Sdk = typeof import('@aws-sdk/client-kinesis');

/** @throws Error for an action that no load calls. */
export function sdkCommand(sdk: Sdk, { action, input }: KinesisCall) {
  switch (action) {
    case 'PutRecord': {
      const put = input as { StreamName: string; Data: string; PartitionKey: string };
      return new sdk.PutRecordCommand({ ...put, Data: Buffer.from(put.Data, 'base64') });
    }
    case 'PutRecords': {
      const put = input as { StreamName: string; Records: { Data: string; PartitionKey: string }[] };
      const Records = put.Records.map((record) => ({ ...record, Data: Buffer.from(record.Data, 'base64') }));
      return new sdk.PutRecordsCommand({ ...put, Records });
    }
    case 'GetRecords':
      return new sdk.GetRecordsCommand(input as { ShardIterator: string });
    case 'GetShardIterator':
      return new sdk.GetShardIteratorCommand(
        input as ConstructorParameters<Sdk['GetShardIteratorCommand']>[0],
      );
    default:
      throw new Error(`Cannot send ${action}: a load does not call it`);
  }
}
