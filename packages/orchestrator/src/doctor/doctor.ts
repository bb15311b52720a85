/**
 * Looks this host over: every check in the order in which one would look, the throw-away fleets last, since they
 * take seconds and need what the others find. No check stops another.
 */
import { type Check, fail, warn } from '../host/check.ts';
import { pruneFleets } from '../keeper/prune-fleets.ts';
import type { EngineEnvironment } from '../runtime/engine-environment.ts';
import { type EngineLook, lookAtEngine } from '../runtime/look.ts';
import { prune } from '../runtime/prune.ts';
import type { RuntimeName } from '../runtime/runtime.ts';
import { leftoversCheck, nodeCheck, roomChecks } from './host-checks.ts';
import {
  cgroupCheck,
  composeCheck,
  engineChecks,
  throwAwayChecks,
  throwAwayFailure,
} from './runtime-checks.ts';
import { tryThrowAway } from './throw-away.ts';

export interface DoctorOptions {
  /** `auto` looks at docker and at cgroups and is content with one. */
  readonly wanted: 'auto' | RuntimeName;
  /** In which the engine is looked for. */
  readonly environment: EngineEnvironment;
  /** Where this user's named fleets are. */
  readonly fleetsFolder: string;
  readonly onProgress: (message: string) => void;
  /** Hears of each check as it is made. */
  readonly onCheck: (check: Check) => void;
  readonly signal: AbortSignal;
}

/** @throws the signal's reason when aborted, with all that was started gone. */
export async function examine(options: DoctorOptions): Promise<readonly Check[]> {
  const { wanted, environment, signal } = options;
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
    const look = await lookAtEngine(environment);
    signal.throwIfAborted();
    note(...engineChecks(look, missing));
    engine = look.facts;
    if (engine?.limitsTasks && wanted !== 'compose') there.push('docker');
  }
  if (wanted === 'compose') {
    const check = await composeCheck();
    signal.throwIfAborted();
    note(check);
    if (engine?.limitsTasks && check.standing === 'ok') there.push('compose');
  }
  if (wanted === 'auto' || wanted === 'cgroup') {
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
  note(await leftovers(options));
  for (const runtime of there) {
    signal.throwIfAborted();
    note(...(await throwAway(runtime, options)));
  }
  return checks;
}

/** What is left of dead runs and of named fleets. */
async function leftovers({ environment, fleetsFolder }: DoctorOptions): Promise<Check> {
  try {
    const found = await prune({ check: true, environment });
    return leftoversCheck([...found, ...pruneFleets(fleetsFolder, true)]);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail(
      'leftovers',
      `it could not be told what is left: ${why}`,
      "'fleetfall prune --check' asks again",
    );
  }
}

async function throwAway(
  runtime: RuntimeName,
  { environment, onProgress, signal }: DoctorOptions,
): Promise<Check[]> {
  onProgress(`starting a throw-away fleet on ${runtime}`);
  try {
    return throwAwayChecks(runtime, await tryThrowAway({ runtime, environment, onProgress, signal }));
  } catch (error) {
    signal.throwIfAborted();
    return [throwAwayFailure(runtime, error)];
  }
}
