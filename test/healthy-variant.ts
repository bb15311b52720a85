/**
 * The control that is run as an experiment of its own: the same growth over links that take no thread.
 */
import { expect } from 'vitest';
import { claimOf, smallRun } from './fleetfall.ts';

/** Runs it and holds it against what it has to show. */
export async function staysHealthyWithoutLinkThreads(runtime: string): Promise<void> {
  const { exitCode, verdict } = await smallRun(
    '--runtime',
    runtime,
    '--peer-links',
    'event-loop',
    '--expect',
    'healthy',
  );
  expect(exitCode).toBe(0);
  expect(verdict.prediction.size).toBeNull();
  expect(verdict.observed.size).toBeNull();
  expect(verdict.goodput.during?.fraction).toBeGreaterThan(0.99);
  expect(claimOf(verdict, 'incumbents-fail')).toBe('refuted');
  expect(claimOf(verdict, 'cache-build-fails')).toBe('refuted');
}
