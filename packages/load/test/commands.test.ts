import { expect, test } from 'vitest';
import { readCommand } from '../src/commands.ts';
import { startLoadUnderTest } from './fake-fleet.ts';

const START = {
  op: 'start',
  stream: 'orders',
  ratePerSecond: 500,
  recordBytes: 1_024,
  inFlightMax: 256,
  timeoutMs: 2_000,
  durationMaxMs: 60_000,
};

test.each([
  [
    { ...START, ratePerSecond: 0 },
    "'ratePerSecond' must be a number above 0 and at most 10000: current value is 0",
  ],
  [
    { ...START, recordBytes: 8 },
    "'recordBytes' must be a whole number from 32 to 1048576: current value is 8",
  ],
  [
    { ...START, inFlightMax: 1.5 },
    "'inFlightMax' must be a whole number from 1 to 10000: current value is 1.5",
  ],
  [
    { ...START, timeoutMs: '2s' },
    `'timeoutMs' must be a whole number from 1 to 60000: current value is "2s"`,
  ],
  [
    { ...START, stages: [{ durationMs: 0, fromPerSecond: 1, toPerSecond: 1 }] },
    "'stages' must be a list of at most 1000 stages, each with a durationMs above 0 and rates up to 10000",
  ],
  [{ ...START, keys: { kind: 'hot', fraction: 2 } }, "'keys' must be {kind: 'uniform'}, "],
  [{ ...START, readFraction: 1.5 }, "'readFraction' must be a number from 0 to 1: current value is 1.5"],
  [{ op: 'read-back', stream: '', timeoutMs: 1 }, "'stream' must be a text of 1 to 128 letters"],
  [
    { op: 'create-stream', stream: 's', timeoutMs: 1 },
    "'shards' must be a whole number from 1 to 10000: current value is missing",
  ],
])('refuses a bad field with its name, its value and what is allowed (%#)', (command, expected) => {
  const read = readCommand(JSON.stringify(command));
  expect('refusal' in read && read.refusal).toContain(expected);
});

test('names the entry of a bad target', () => {
  const good = { memberId: 'fe-1', host: '127.0.0.1', port: 7400, cohort: 'incumbent' };
  const targets = (second: object) => readCommand(JSON.stringify({ op: 'targets', targets: [good, second] }));
  expect(targets({ ...good, memberId: 'fe-2', cohort: 'new' })).toEqual({
    op: 'targets',
    refusal: `Cannot targets: 'targets[1].cohort' must be 'incumbent' or 'newcomer': current value is "new"`,
  });
  expect(targets(good)).toMatchObject({ refusal: expect.stringContaining('must be in the list once') });
  expect(targets({ ...good, memberId: 'fe-2' })).toHaveProperty('command');
});

test('answers a line that is no command with a failure that names none', async () => {
  await using load = await startLoadUnderTest();
  load.command({ op: 'pause' });
  expect(await load.next('failed')).toEqual({
    kind: 'failed',
    op: null,
    message: `Cannot read a command as 'op' must be one of targets, create-stream, start, stop, read-back: current value is "pause"`,
  });
});

test('fails a stop without a start, a start beside a running one, and a schedule beyond the history', async () => {
  await using load = await startLoadUnderTest();
  load.command({ op: 'stop' });
  expect((await load.next('failed')).message).toBe('Cannot stop: no schedule was started');
  load.command({ ...START, ratePerSecond: 10_000, durationMaxMs: 3_600_000 });
  expect((await load.next('failed')).message).toContain('must be at most 4000000 writes');
  load.command(START);
  load.command(START);
  expect((await load.next('failed')).message).toContain("stream 'orders' is still running");
});
