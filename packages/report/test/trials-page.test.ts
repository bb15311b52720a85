import { judge } from '@fleetfall/claims/judge.ts';
import { overTrials } from '@fleetfall/claims/statistics/over-trials.ts';
import { trialsPageOf } from '@fleetfall/report/page/trials-page.ts';
import { expect, test } from 'vitest';
import { tellRun } from '../../claims/test/journal-builder.ts';

const outage = judge(tellRun());
const healthy = judge(tellRun({ threadsPerPeer: 0 }));
const verdicts = [outage, outage, outage, healthy];
const arms = overTrials(
  verdicts.map((verdict, index) => ({
    trial: index + 1,
    arm: 'main',
    seed: `seed-${index + 1}`,
    claims: verdict.claims,
    predictedSize: verdict.prediction?.size ?? null,
    observedSize: verdict.observed.size,
    goodput: {
      before: verdict.goodput.before?.fraction ?? null,
      during: verdict.goodput.during?.fraction ?? null,
      after: verdict.goodput.after?.fraction ?? null,
    },
  })),
  'seed',
);
const page = trialsPageOf(
  {
    experiment: 'kinesis-2020',
    trials: verdicts.map((verdict, index) => ({
      number: index + 1,
      seed: index === 0 ? '<b>' : `seed-${index + 1}`,
      verdict,
      report: `trial-00${index + 1}/report.html`,
    })),
    arms,
  },
  'body{}',
);

test('has a row for each trial, which leads to its report', () => {
  expect(page).toContain('3 of 4 trials as expected');
  expect([...page.matchAll(/<a href="(trial-00\d\/report\.html)">/g)].map(([, href]) => href)).toEqual(
    [1, 2, 3, 4].map((number) => `trial-00${number}/report.html`),
  );
});

test('tells every figure with its interval and every claim with how often it held', () => {
  expect(page).toMatch(/<td>14 \(14 to 14\)<svg/);
  const held = arms[0]?.claims.find(({ id }) => id === 'incumbents-fail');
  expect(page).toMatch(
    new RegExp(
      `incumbents-fail</code></th><td class="${held?.verdict}">.*?<td>${held?.held}</td><td>${held?.refuted}</td>`,
    ),
  );
});

test('nothing in a journal becomes part of it, and it fetches nothing', () => {
  expect(page).toContain('&lt;b&gt;');
  expect(page).not.toMatch(/<script|src=|@import/);
});
