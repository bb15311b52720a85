/**
 * What `run --json` printed as the outputs of the action, a `name=value` on each line: verdict, journal, predicted and
 * observed. Of several trials the worst verdict, the run's folder, and the sizes of all. Nothing printed: `broken`.
 * Plain JavaScript, since it runs on whichever Node a machine has.
 */
import { readFileSync } from 'node:fs';

const WORST_FIRST = ['stopped', 'not-as-expected', 'inconclusive', 'as-expected'];

const [, , path] = process.argv;
if (path === undefined) {
  console.error('usage: node nightly/outputs.mjs verdict.json');
  process.exit(64);
}
const text = readFileSync(path, 'utf8').trim();
const told = text === '' ? null : JSON.parse(text);
const runs = told === null ? [] : (told.trials ?? [told]);

/** @param {readonly unknown[]} values */
const each = (values) => [...new Set(values.map((value) => value ?? 'none'))].join(',');
const outputs = {
  verdict: WORST_FIRST.find((word) => runs.some(({ verdict }) => verdict === word)) ?? 'broken',
  journal: told?.folder ?? told?.journal ?? '',
  predicted: each(runs.map(({ prediction }) => prediction?.size)),
  observed: each(runs.map(({ observed }) => observed.size)),
};
for (const [name, value] of Object.entries(outputs)) {
  // A line's end would begin another output.
  console.log(`${name}=${String(value).replace(/[\r\n]/g, ' ')}`);
}
