/**
 * Draws the README's picture and its sample of output from a journal, so that both are of a run that happened:
 * `npm run docs -- store/kinesis-2020/latest/journal.ndjson`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge } from '@fleetfall/claims/judge.ts';
import { readJournal } from '@fleetfall/journal/read.ts';
import { startAccount } from '@fleetfall/orchestrator/cli/account.ts';
import { verdictText } from '@fleetfall/orchestrator/cli/verdict-text.ts';
import { drawFall } from '@fleetfall/report/fall-picture.ts';

const ROOT = join(import.meta.dirname, '..');
const SAMPLE = /<!-- sample:begin -->[\s\S]*<!-- sample:end -->/;
const COLUMNS = 118;

const path = process.argv[2];
if (path === undefined)
  throw new Error('Cannot draw: name a journal, such as store/kinesis-2020/latest/journal.ndjson');
const { records } = readJournal(path);
writeFileSync(join(ROOT, 'docs/fall.svg'), drawFall(records));

let told = '';
const pipe = { columns: COLUMNS, write: (text: string) => (told += text) };
using account = startAccount(pipe);
for (const record of records) account.heed(record);
const verdict = verdictText(judge(records), records, 'store/kinesis-2020/latest/journal.ndjson', pipe);
const sample = `<!-- sample:begin -->\n\`\`\`\n${(told + verdict).trimEnd()}\n\`\`\`\n<!-- sample:end -->`;
const readme = join(ROOT, 'README.md');
writeFileSync(
  readme,
  readFileSync(readme, 'utf8').replace(SAMPLE, () => sample),
);
