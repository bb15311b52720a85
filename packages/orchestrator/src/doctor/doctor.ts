/**
 * Looks this host over: every check in the order in which one would look, the throw-away fleets last, since they
 * take seconds and need what the others find. No check stops another.
 */
import { type Check, fail, warn } from '../host/check.ts';
import { type EngineLook, lookAtEngine } from '../runtime/look.ts';
import { prune } from '../runtime/prune.ts';
import type { RuntimeName } from '../runtime/runtime.ts';
import { leftoversCheck, nodeCheck, roomChecks } from './host-checks.ts';
import { cgroupCheck, engineChecks, throwAwayChecks, throwAwayFailure } from './runtime-checks.ts';
import { tryThrowAway } from './throw-away.ts';

export interface DoctorOptions {
  /** `auto` looks at both runtimes and is content with one. */
  readonly wanted: 'auto' | RuntimeName;
  readonly onProgress: (message: string) => void;
  /** Hears of each check as it is made. */
  readonly onCheck: (check: Check) => void;
  readonly signal: AbortSignal;
}

/** @throws the signal's reason when aborted, with all that was started gone. */
export async function examine(options: DoctorOptions): Promise<readonly Check[]> {
  const { wanted, signal } = options;
  const checks: Check[] = [];
  const note = (...made: readonly Check[]): void => {
    for (const check of made) options.onCheck(check);
    checks.push(...made);
  };

  const missing = wanted === 'auto' ? warn : fail;
  note(nodeCheck(process.execPath, process.versions.node));
  const there: RuntimeName[] = [];
  let engine: EngineLook['facts'] = null;
  if (wanted !== 'cgroup') {
    const look = await lookAtEngine();
    signal.throwIfAborted();
    note(...engineChecks(look, missing));
    engine = look.facts;
    if (engine?.limitsTasks) there.push('docker');
  }
  if (wanted !== 'docker') {
    const check = cgroupCheck(missing);
    note(check);
    if (check.standing === 'ok') there.push('cgroup');
  }
  const [first] = there;
  if (first === undefined) {
    note(fail('runtime', 'no runtime is to be had', 'make one of the above answer'));
    return checks;
  }
  note(...roomChecks(first, engine));
  note(leftoversCheck(await prune({ check: true })));
  for (const runtime of there) {
    signal.throwIfAborted();
    note(...(await throwAway(runtime, options)));
  }
  return checks;
}

async function throwAway(runtime: RuntimeName, { onProgress, signal }: DoctorOptions): Promise<Check[]> {
  onProgress(`starting a throw-away fleet on ${runtime}`);
  try {
    return throwAwayChecks(runtime, await tryThrowAway({ runtime, onProgress, signal }));
  } catch (error) {
    signal.throwIfAborted();
    return [throwAwayFailure(runtime, error)];
  }
}
