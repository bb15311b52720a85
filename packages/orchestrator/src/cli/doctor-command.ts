/**
 * `fleetfall doctor`: tells how this host stands, check by check as each is made, with a remedy for what is not well.
 */
import type { RuntimeName } from '@fleetfall/protocol/runtimes.ts';
import { examine } from '../doctor/doctor.ts';
import { checksText } from './checks-text.ts';
import type { CommandContext } from './command-context.ts';
import { EXIT } from './exit-codes.ts';

/** @returns 0 when runs can be had, 1 when a check failed.  */
export async function doctorCommand(
  { runtime: wanted = 'auto', json }: { readonly runtime?: 'auto' | RuntimeName; readonly json?: boolean },
  { stdout, stderr, environment, fleetsFolder, signal }: CommandContext,
): Promise<number> {
  const coloured = stdout.isTTY === true;
  const checks = await examine({
    wanted,
    environment,
    fleetsFolder,
    signal,
    onProgress: (message) => stderr.write(`${message}\n`),
    onCheck: (check) => {
      if (json !== true) stdout.write(`${checksText([check], coloured).join('\n')}\n`);
    },
  });
  const count = (standing: string): number => checks.filter((check) => check.standing === standing).length;
  const healthy = count('fail') === 0;
  if (json === true) stdout.write(`${JSON.stringify({ healthy, checks })}\n`);
  else stdout.write(`\n ${count('ok')} ok, ${count('warn')} to heed, ${count('fail')} failed\n`);
  return healthy ? EXIT.asExpected : EXIT.notAsExpected;
}
