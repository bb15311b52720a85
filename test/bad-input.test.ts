/**
 * Bad input: every message names the field, the value and what is allowed, the exit code says whose fault it is,
 * and nothing is started.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fleetfall, temporaryFolder } from './fleetfall.ts';

const USAGE = 64;

describe('bad input', () => {
  it.each([
    [['run', 'kinesis-2021'], /experiment 'kinesis-2021'.*must be one of .*kinesis-2020/],
    [['run'], /missing required argument 'experiment'/],
    [['run', 'kinesis-2020', '--pid-max', '20'], /unknown option '--pid-max'[\s\S]*--pids-max/],
    [['run', 'kinesis-2020', '--pids-max', 'many'], /--pids-max 'many': must be a whole number from 1 to/],
    [
      ['run', 'kinesis-2020', '--pids-max', '5'],
      /--pids-max 5: must be at least \d+: a front-end boots with \d+ tasks/,
    ],
    [
      ['run', 'kinesis-2020', '--pids-max', '512'],
      /--pids-max 512: growth stops at 24 .* 502: use at most \d+, raise --front-ends-max, or add --expect healthy/,
    ],
    [
      ['run', 'kinesis-2020', '--pids-max', '20', '--front-ends', '10'],
      /--front-ends 10: a fleet under --pids-max 20 breaks at 10: use at most 9/,
    ],
    [
      ['run', 'kinesis-2020', '--peer-links', 'event-loop'],
      /--peer-links event-loop: .*add --expect healthy/,
    ],
    [
      ['run', 'kinesis-2020', '--peer-links', 'threads'],
      /--peer-links 'threads': must be one of thread-per-peer, thread-pool, event-loop/,
    ],
    [
      ['run', 'kinesis-2020', '--discovery-delay-max', '5'],
      /--discovery-delay-max '5': '5' is not a duration/,
    ],
    [
      ['run', 'kinesis-2020', '--shard-map-max-age', '1s', '--build-interval', '1s'],
      /--shard-map-max-age 1000ms: must be at least twice --build-interval/,
    ],
    [['run', 'kinesis-2020', '--size', 'huge'], /--size 'huge': must be one of standard, small/],
    [
      ['run', 'kinesis-2020', '--runtime', 'podman'],
      /--runtime 'podman': must be one of auto, docker, compose, cgroup/,
    ],
    [['judge', '/nowhere'], /journal '\/nowhere': must be a journal/],
    [
      ['compare', '/nowhere', '/nowhere'],
      /'\/nowhere': must be a journal of fleetfall or a folder of journals/,
    ],
    [['plan', 'kinesis-2021'], /experiment 'kinesis-2021'.*must be one of .*kinesis-2020/],
    [['fly'], /unknown command 'fly'/],
  ])('%j is refused', async (args, message) => {
    const { exitCode, stdout, stderr } = await fleetfall(...args);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(exitCode).toBe(USAGE);
  });

  it('an experiment file that is no text in UTF-8 is refused, and not said again', async () => {
    using folder = await temporaryFolder();
    const path = join(folder.path, 'mine.yaml');
    for (const bytes of [
      Buffer.from('title: café\n', 'latin1'),
      Buffer.from('\ufeffversion: 1\n', 'utf16le'),
    ]) {
      writeFileSync(path, bytes);
      const { exitCode, stderr } = await fleetfall('plan', path);
      expect(stderr).toMatch(/mine\.yaml': must be a text file that can be read, in UTF-8: .*$/);
      expect(exitCode).toBe(USAGE);
    }
  });

  it('--help of every command shows an example or what it keeps its hands off', async () => {
    for (const [args, shown] of [
      [['--help'], /run.*judge.*prune/s],
      [['run', '--help'], /Examples:[\s\S]*Exit codes:/],
      [['judge', '--help'], /Examples?:/],
      [['prune', '--help'], /never touched/],
      [['plan', '--help'], /--pids-max[\s\S]*Examples:[\s\S]*Exit codes:/],
      [['doctor', '--help'], /Examples:[\s\S]*Exit codes:/],
      [['compare', '--help'], /Examples:[\s\S]*no baseline/],
    ] as const) {
      const { exitCode, stdout } = await fleetfall(...args);
      expect(stdout).toMatch(shown);
      expect(exitCode).toBe(0);
    }
  });
});
