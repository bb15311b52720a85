import { junitXml } from '@fleetfall/report/junit.ts';
import { describe, expect, test } from 'vitest';
import { cutBefore, withRecords } from '../../claims/test/alter-journal.ts';
import { tellRun } from '../../claims/test/journal-builder.ts';
import { asTrial, reported } from './reported.ts';
import { elementsOf } from './well-formed.ts';

const ARMS = ['main', 'control-event-loop', 'control-high-limit'];
const told = tellRun({ arms: ARMS });
const withoutEnd = withRecords(told, ({ kind }) => kind !== 'end');

function suites(xml: string): Record<string, string>[] {
  return [...xml.matchAll(/<testsuite ([^>]*)>/g)].map(([, attributes = '']) =>
    Object.fromEntries([...attributes.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value])),
  );
}

const bodyOf = (xml: string): string => xml.slice(xml.indexOf('<testsuites'));

describe('a run as JUnit', () => {
  test('has a suite for the run and one for each arm, and nothing fails when all was as expected', () => {
    const xml = junitXml([reported(told)]);
    expect(suites(xml).map(({ name }) => name)).toEqual(['run', ...ARMS]);
    expect(suites(xml).every(({ failures, errors }) => failures === '0' && errors === '0')).toBe(true);
    expect(xml).toMatch(/<testcase name="limit-predicted" classname="kinesis-2020.main" time="0.000"\/>/);
    expect(xml).toMatch(/<property name="observed" value="14"\/>/);
  });

  test('counts in each suite what it holds', () => {
    const xml = junitXml([reported(tellRun({ arms: ARMS, pidsMax: 1_000, expect: outage('predicted') }))]);
    const bodies = xml.split('<testsuite ').slice(1);
    for (const [index, suite] of suites(xml).entries()) {
      const count = (tag: string): string => String(bodies[index]?.split(`<${tag}`).slice(1).length);
      expect(suite).toMatchObject({
        tests: count('testcase '),
        failures: count('failure '),
        errors: count('error '),
        skipped: count('skipped '),
      });
    }
  });

  test('a criterion that is unmet is a failure that says what was seen', () => {
    const xml = junitXml([reported(tellRun({ expect: { kind: 'healthy' } }))]);
    expect(xml).toMatch(
      /name="healthy"[^>]*><failure message="main: outage, not healthy[^>]*type="not-as-expected">/,
    );
  });

  test('a criterion of which nothing is known is an error, no failure', () => {
    const xml = junitXml([reported(tellRun({ predicts: false }))]);
    expect(xml).toMatch(
      /name="limit-predicted"[^>]*><error message="[^"]*no prediction was made" type="inconclusive"/,
    );
    expect(xml).not.toContain('<failure');
  });

  test('a run that was cut off is one error, and no criterion is held against it', () => {
    const xml = junitXml([reported(cutBefore(withoutEnd, 'outage'))]);
    expect(xml.split('<error ')).toHaveLength(2);
    expect(xml).toMatch(/name="gone-through"[^>]*><error message="the journal has no end/);
    expect(xml).not.toContain('<failure');
  });

  test('a run that a condition ended says so', () => {
    const stopped = [
      ...withoutEnd,
      { kind: 'end', how: 'stopped', reason: 'goodput < 10 %', monoMs: 1e6, atMs: 1e12 } as const,
    ];
    expect(junitXml([reported(stopped)])).toContain(
      '<error message="goodput &lt; 10 %" type="stopped">goodput &lt; 10 %</error>',
    );
  });

  test('several trials have a set of suites each, under names of their own', () => {
    const xml = junitXml([1, 2].map((number) => reported(asTrial(told, number, 2))));
    expect(suites(xml).map(({ id, name }) => `${id} ${name}`)).toEqual(
      [1, 2].flatMap((trial, at) => [
        `${at * 4} trial ${trial}`,
        ...ARMS.map((arm, index) => `${at * 4 + index + 1} trial ${trial}: ${arm}`),
      ]),
    );
  });

  test('what broke before there was a journal is an error of the command', () => {
    expect(junitXml([], { reason: 'no runtime', atMs: 0 })).toMatch(
      /name="command".*errors="1"[\s\S]*<error message="no runtime" type="broken">/,
    );
  });

  test('nothing in a journal can end an element, nor be what XML may not hold', () => {
    const evil = `"/></testsuite>&\u0000\ud800<x>`;
    const xml = junitXml([
      reported(
        told.map((record) => (record.kind === 'run' ? { ...record, seed: evil, experiment: evil } : record)),
      ),
    ]);
    expect(elementsOf(bodyOf(xml))).not.toContain('x');
    expect(xml).not.toContain('\u0000');
    expect(xml.isWellFormed()).toBe(true);
  });
});

function outage(atSize: 'predicted' | number) {
  return { kind: 'outage', signature: 'thread-refused', atSize } as const;
}
