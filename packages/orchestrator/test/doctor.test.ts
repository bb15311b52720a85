/**
 * What the doctor makes of what it finds: each bad sign is told with its remedy.
 */
import { writeFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leftoversCheck, nodeCheck } from '../src/doctor/host-checks.ts';
import { engineChecks, throwAwayChecks, throwAwayFailure } from '../src/doctor/runtime-checks.ts';
import type { ThrowAway } from '../src/doctor/throw-away.ts';
import { fail, warn } from '../src/host/check.ts';
import type { EngineFacts } from '../src/runtime/docker/engine-facts.ts';
import type { Leftover } from '../src/runtime/runtime.ts';

const FACTS: EngineFacts = {
  from: 'the default socket',
  version: '29.1.0',
  kernel: '6.18',
  cores: 2,
  memoryBytes: 8e9,
  cgroupVersion: '2',
  cgroupDriver: 'systemd',
  limitsTasks: true,
  isThisHost: true,
  cgroupParents: ['system.slice'],
  addressPools: { total: 31, used: 2 },
};
const engine = (facts: Partial<EngineFacts>, id: string) =>
  engineChecks({ facts: { ...FACTS, ...facts }, why: null }, fail).find((check) => check.id === id);

describe('an engine', () => {
  it('that is well is told with its version, cgroup version and driver', () => {
    expect(engine({}, 'engine')).toMatchObject({ standing: 'ok', seen: expect.stringContaining('29.1.0') });
    expect(engine({}, 'engine-cgroup')?.seen).toMatch(/cgroup v2, driver systemd/);
  });

  it('that does not answer fails where it was asked for, and is to be heeded where cgroups would do', () => {
    const look = { facts: null, why: 'connect ENOENT' } as const;
    expect(engineChecks(look, fail)).toMatchObject([
      { id: 'engine', standing: 'fail', seen: 'connect ENOENT' },
    ]);
    expect(engineChecks(look, warn)).toMatchObject([
      { standing: 'warn', remedy: expect.stringMatching(/start one/) },
    ]);
  });

  it('that cannot limit tasks fails', () => {
    expect(engine({ limitsTasks: false }, 'engine-cgroup')?.standing).toBe('fail');
  });

  it.each([
    [28, 'ok'],
    [29, 'warn'],
    [31, 'fail'],
    [40, 'fail'],
  ])('with %i of 31 networks made is %s', (used, standing) => {
    expect(engine({ addressPools: { total: 31, used } }, 'address-pools')).toMatchObject({ standing });
  });
});

describe('a throw-away fleet', () => {
  const kernel = {
    tasks: 12,
    limit: 12,
    limitHits: 2,
    peak: 12,
    hitsAreLocal: true,
    cgroupVersion: 2,
  } as const;
  const tried = (rest: Partial<ThrowAway> = {}): ThrowAway => ({
    pidsMax: 12,
    own: kernel,
    seenByHost: kernel,
    ancestorAtLimit: false,
    node: '26.10.0',
    tookMs: 1_200,
    ...rest,
  });

  it('that read its limit back and was refused a thread is well, with or without the host as a witness', () => {
    for (const seenByHost of [kernel, null]) {
      expect(throwAwayChecks('docker', tried({ seenByHost }))).toMatchObject([
        {
          id: 'throw-away-docker',
          standing: 'ok',
          seen: expect.stringMatching(/read 12 back.*refused a thread/),
        },
      ]);
    }
  });

  it.each<[string, Partial<ThrowAway>]>([
    ['read another limit back', { own: { ...kernel, limit: 100 } }],
    ['read none back', { own: { ...kernel, limit: null } }],
    ['was refused below a cgroup at its own limit', { ancestorAtLimit: true }],
  ])('that %s fails', (_, rest) => {
    expect(throwAwayChecks('cgroup', tried(rest))).toMatchObject([{ standing: 'fail' }]);
  });

  it('that did not come up fails with the reason', () => {
    expect(throwAwayFailure('cgroup', new Error('setpriv is missing')).seen).toContain('setpriv is missing');
  });
});

describe('leftovers', () => {
  const leftover = (keptBecause: string | null): Leftover => ({
    runtime: 'docker',
    kind: 'container',
    name: 'x',
    dead: keptBecause === null,
    keptBecause,
  });

  it('of dead runs are to be heeded, those of living runs are not', () => {
    expect(leftoversCheck([leftover('its run is alive')]).standing).toBe('ok');
    expect(leftoversCheck([leftover(null), leftover('its run is alive')])).toMatchObject({
      standing: 'warn',
      seen: expect.stringMatching(/^1 .*container/),
      remedy: expect.stringContaining('fleetfall prune'),
    });
  });
});

describe('the Node of the members', () => {
  it('is the one that runs this, or fails when it is too old or not to be run', async () => {
    expect(nodeCheck(process.execPath, '26.1.0').standing).toBe('ok');
    expect(nodeCheck(process.execPath, '24.9.0')).toMatchObject({ standing: 'fail' });
    await using folder = await mkdtempDisposable(join(tmpdir(), 'test-of-fleetfall-'));
    const file = join(folder.path, 'node');
    writeFileSync(file, '', { mode: 0o600 });
    expect(nodeCheck(file, '26.1.0')).toMatchObject({
      standing: 'fail',
      remedy: expect.stringMatching(/npm ci/),
    });
  });
});
