/**
 * `fleetfall load`: an open load on any HTTP address, without a fleet. Tells each second as it goes and a summary at
 * the end, one that was cut short included, and whether its own schedule was kept: when it was not, what it measured is void and the exit code is 2.
 */
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import { type ThresholdResult, watchThreshold } from '@fleetfall/journal/threshold-watch.ts';
import type { WindowRecord } from '@fleetfall/load/open-loop.ts';
import { runLoad } from '@fleetfall/load/standalone/generators.ts';
import { beginSummary, type JudgedThresholds, type LoadSummary } from '@fleetfall/load/standalone/summary.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT, SignalledError } from '../exit-codes.ts';
import type { LoadOptions } from './load-flags.ts';
import { readLoadOptions } from './load-options.ts';
import { secondLine, shownFigure, summaryText } from './load-text.ts';

const EXIT_OF: Readonly<Record<LoadSummary['verdict'], number>> = {
  valid: EXIT.asExpected,
  pass: EXIT.asExpected,
  fail: EXIT.notAsExpected,
  unknown: EXIT.inconclusive,
  invalid: EXIT.inconclusive,
};

/** @returns the exit code. @throws SettingsError, and the signal's reason when the command is ended. */
export async function loadCommand(options: LoadOptions, context: CommandContext): Promise<number> {
  const { plan, thresholds } = await readLoadOptions(options, context.environment);
  const out = options.json === true ? context.stderr : context.stdout;
  const watches = thresholds.map(watchThreshold);
  const total = beginSummary();
  const stopped = new AbortController();
  let elapsedMs = 0;

  const onSecond = (second: WindowRecord): void => {
    total.take(second);
    elapsedMs += second.windowMs;
    out.write(secondLine(second, elapsedMs));
    const failed = watches.map((watch) => watch.take(second)).some(({ status }) => status === 'fail');
    if (failed && options.stopOnFailure === true) stopped.abort();
  };
  const tell = (): LoadSummary => {
    const results = watches.map(({ result }) => result);
    const summary = total.summarise(judged(results));
    if (options.json === true) context.stdout.write(`${JSON.stringify(summary)}\n`);
    else out.write(summaryText(summary, results));
    return summary;
  };
  try {
    await runLoad(plan, onSecond, AbortSignal.any([context.signal, stopped.signal]));
  } catch (error) {
    if (error instanceof RangeError) throw new SettingsError(error.message, { cause: error });
    if (!stopped.signal.aborted || context.signal.aborted) {
      // Ctrl-C: what was measured until then is told, where anybody still reads it.
      if (error instanceof SignalledError && error.exitCode !== EXIT.pipeClosed) tell();
      throw error;
    }
  }
  const summary = tell();
  return stopped.signal.aborted && summary.verdict !== 'invalid' ? EXIT.stopped : EXIT_OF[summary.verdict];
}

/** All thresholds together: one that failed decides, then one of which nothing is known. */
function judged(results: readonly ThresholdResult[]): JudgedThresholds | null {
  if (results.length === 0) return null;
  const worst =
    results.find(({ status }) => status === 'fail') ?? results.find(({ status }) => status === 'unknown');
  if (worst === undefined) return { verdict: 'pass', reason: null };
  const { threshold, status, figure } = worst;
  const measured =
    figure === null ? 'nothing was measured' : `measured ${shownFigure(threshold.metric.kind, figure)}`;
  return { verdict: status, reason: `${threshold.text}: ${measured}` };
}
