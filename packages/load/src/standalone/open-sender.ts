/** Makes the sender that a plan asks for, with what it holds open: connections, and a history of writes. */

import { peakOf } from '@fleetfall/protocol/rate-profile.ts';
import { appendBlocks } from '../history-on-disk/append-blocks.ts';
import { historyPathOf } from '../history-on-disk/format.ts';
import { type HistoryWriter, keepNothing, writeHistory } from '../history-on-disk/writer.ts';
import { HttpPool } from '../http/pool.ts';
import { authorityOf } from '../http/request-text.ts';
import { kinesisRequests } from '../kinesis/requests.ts';
import { kinesisWorkload } from '../kinesis/workload.ts';
import type { Launch } from '../open-loop.ts';
import { writerOf } from '../record-data.ts';
import { bodiesOf, plainHttp } from '../senders/plain-http.ts';
import { type Route, rawKinesis } from '../senders/raw-kinesis.ts';
import { loadSdkKinesis } from '../senders/sdk-kinesis.ts';
import type { GeneratorPlan, KinesisPlan } from './generator-plan.ts';

/** Connections for so many seconds of the peak rate are open when the schedule begins: answers are not slower than that. */
const WARM_SECONDS = 0.005;

/** Disposal cuts all connections, and closes the history. */
export interface OpenSender extends Disposable {
  readonly launch: Launch;
}

/** @throws RangeError when a request cannot be sent as it is; Error when the history cannot be written. */
export async function openSender(plan: GeneratorPlan): Promise<OpenSender> {
  const { load } = plan;
  const connectionsMax = Math.max(1, Math.ceil(load.connectionsMax / load.generators));
  const bodies = 'method' in load.request ? bodiesOf(load.request.method) : 'kept';
  const targets = load.targets.map((target) => ({
    pool: new HttpPool(target, { connectionsMax, connectTimeoutMs: load.timeoutMs, bodies }),
    path: target.path,
  }));
  const warm = Math.ceil((peakOf(load.profile) * WARM_SECONDS) / load.generators / targets.length);
  if ('method' in load.request || load.request.client === 'raw')
    for (const { pool } of targets) pool.warm(warm);
  const closePools = (): void => {
    for (const { pool } of targets) pool.destroy();
  };
  if ('method' in load.request)
    return { launch: plainHttp(targets, load.request), [Symbol.dispose]: closePools };

  const routes = targets.map(({ pool }): Route => {
    const memberId = authorityOf(pool.origin.host, pool.origin.port);
    return { pool, recipient: { memberId, cohort: 'incumbent' } };
  });
  let turn = plan.generator;
  const nextRoute = (): Route | undefined => {
    turn += 1;
    return routes[turn % routes.length];
  };
  const { history, nextCall } = openWorkload(plan, load.request);
  const { client, fields, signing, attemptsMax } = load.request;
  if (client === 'raw') {
    return {
      launch: rawKinesis(nextRoute, kinesisRequests(fields, signing), nextCall),
      [Symbol.dispose]() {
        closePools();
        history?.[Symbol.dispose]();
      },
    };
  }
  if (signing === null) throw new RangeError('Cannot use the SDK without credentials: it signs all requests');
  const makeSender = await loadSdkKinesis();
  const sdk = makeSender(nextRoute, { signing, fields, connectionsMax, attemptsMax }, nextCall);
  return {
    launch: sdk.launch,
    [Symbol.dispose]() {
      sdk[Symbol.dispose]();
      history?.[Symbol.dispose]();
    },
  };
}

/** Each generator draws its own keys, and its writes have its own name. */
function openWorkload({ load, generator, beginAtMs, shardIds }: GeneratorPlan, request: KinesisPlan) {
  const { workload, historyPath } = request;
  const writer = writerOf(`${workload.writer}/${generator}/${beginAtMs}`);
  const header = { stream: workload.stream, writer, begunAtMs: beginAtMs };
  const history: HistoryWriter | undefined =
    historyPath === null
      ? undefined
      : writeHistory(appendBlocks(historyPathOf(historyPath, generator)), header);
  const own = { ...workload, writer, shardIds, seed: `${load.seed}/${generator}` };
  return { history, nextCall: kinesisWorkload(own, history ?? keepNothing()) };
}
