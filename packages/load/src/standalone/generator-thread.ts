/**
 * The entry of a generator's thread: its plan comes with it, its windows and its end go out as messages. Any message to
 * it means that the load is cut short: it tells its last window, closes what it holds and ends.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { startGenerator } from './generator.ts';
import { CUT_SHORT_MS, type GeneratorMessage } from './generator-messages.ts';
import type { GeneratorPlan } from './generator-plan.ts';

const post = (message: GeneratorMessage): void => parentPort?.postMessage(message);

const generator = await startGenerator(workerData as GeneratorPlan, (window) => post({ window }));
const cutShort = new Promise<'cut short'>((resolve) =>
  parentPort?.once('message', () => resolve('cut short')),
);
const ended = await Promise.race([generator.loop.over, cutShort]);
if (ended === 'cut short') await generator.loop.cutShort(CUT_SHORT_MS);
generator[Symbol.dispose]();
if (ended !== 'cut short') post({ over: true });
parentPort?.close();
