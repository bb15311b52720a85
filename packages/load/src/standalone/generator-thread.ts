/**
 * The entry of a generator's thread: its plan comes with it, its windows and its end go out as messages. Any message to
 * it means that the load was cut short: it closes what it holds and ends.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { startGenerator } from './generator.ts';
import type { GeneratorPlan } from './generator-plan.ts';
import type { GeneratorMessage } from './generators.ts';

const post = (message: GeneratorMessage): void => parentPort?.postMessage(message);

const generator = await startGenerator(workerData as GeneratorPlan, (window) => post({ window }));
const cutShort = new Promise<'cut short'>((resolve) =>
  parentPort?.once('message', () => resolve('cut short')),
);
const ended = await Promise.race([generator.loop.over, cutShort]);
generator[Symbol.dispose]();
if (ended !== 'cut short') post({ over: true });
parentPort?.close();
