/**
 * Which runtime is taken, which engine is found, and what is said when there is none.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { chooseRuntime } from '../src/runtime/choose.ts';
import { findEngine } from '../src/runtime/docker/connect.ts';
import { RuntimeUnavailableError } from '../src/runtime/runtime.ts';
import { writeContext } from './fixtures/docker-context.ts';
import { makeProbeKit } from './fixtures/probe.ts';

const never = new AbortController().signal;
const onProgress = (): void => undefined;
const environment = process.env;

afterEach(() => void vi.unstubAllEnvs());

describe('without an engine', () => {
  beforeEach(() => void vi.stubEnv('DOCKER_HOST', 'unix:///nowhere/engine.sock'));

  test('docker that was asked for is refused, with the address that was tried', async () => {
    const choosing = chooseRuntime({
      wanted: 'docker',
      kit: await makeProbeKit(),
      onProgress,
      environment,
      signal: never,
    });
    await expect(choosing).rejects.toThrow(RuntimeUnavailableError);
    await expect(choosing).rejects.toThrow(/DOCKER_HOST.*\/nowhere\/engine\.sock/);
  });

  test('auto takes cgroups and says why, or says that neither is to be had', async () => {
    const choosing = chooseRuntime({
      wanted: 'auto',
      kit: await makeProbeKit(),
      onProgress,
      environment,
      signal: never,
    });
    const reason = await choosing.then(
      (runtime) => runtime.reason,
      (error: unknown) => (error as RuntimeUnavailableError).message,
    );
    expect(reason).toMatch(/cgroup/);
    expect(reason).toMatch(/\/nowhere\/engine\.sock/);
  });
});

test('an abort before the choice is heard', async () => {
  const signal = AbortSignal.abort(new Error('never mind'));
  await expect(chooseRuntime({ wanted: 'auto', onProgress, environment, signal })).rejects.toThrow(
    'never mind',
  );
});

describe('the engine', () => {
  let home: string;
  beforeEach(() => {
    vi.stubEnv('DOCKER_HOST', undefined);
    home = mkdtempSync(join(tmpdir(), 'docker-config-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const useContext = (name: string, host: string): void => writeContext(home, name, host);

  test('is the default one when the user chose none', async () => {
    expect((await findEngine({ DOCKER_CONFIG: home })).from).toBe('the default socket');
  });

  test('is the one of the current context', async () => {
    useContext('colima', 'unix:///home/someone/colima.sock');
    const { docker, from } = await findEngine({ DOCKER_CONFIG: home });
    expect(from).toBe("context 'colima'");
    expect(docker.modem).toMatchObject({ socketPath: '/home/someone/colima.sock' });
  });

  test('is found again, whatever context is used by then', async () => {
    const byDefault = await findEngine({ DOCKER_CONFIG: home });
    useContext('colima', 'unix:///home/someone/colima.sock');
    const byContext = await findEngine({ DOCKER_CONFIG: home });
    useContext('lab', 'tcp://192.0.2.1:2376');
    expect((await findEngine(byDefault.environment)).from).toBe('the default socket');
    expect((await findEngine(byContext.environment)).from).toBe("context 'colima'");
  });

  test('is the one that DOCKER_CONTEXT names before the current one', async () => {
    useContext('lab', 'tcp://192.0.2.1:2376');
    useContext('colima', 'unix:///home/someone/colima.sock');
    const chosen = (name: string) => findEngine({ DOCKER_CONFIG: home, DOCKER_CONTEXT: name });
    expect((await chosen('lab')).from).toBe("context 'lab'");
    expect((await chosen('default')).from).toBe('the default socket');
  });

  test('may be far away', async () => {
    useContext('lab', 'tcp://192.0.2.1:2376');
    const { docker } = await findEngine({ DOCKER_CONFIG: home });
    expect(docker.modem).toMatchObject({ host: '192.0.2.1', port: 2376 });
  });

  test('is the one of DOCKER_HOST before any context', async () => {
    useContext('colima', 'unix:///home/someone/colima.sock');
    vi.stubEnv('DOCKER_HOST', 'tcp://192.0.2.7:2375');
    const { docker, from } = await findEngine({ DOCKER_CONFIG: home });
    expect(from).toBe('DOCKER_HOST');
    expect(docker.modem).toMatchObject({ host: '192.0.2.7' });
  });

  test('of a context whose address cannot be used is refused', async () => {
    useContext('odd', 'gopher://192.0.2.1');
    await expect(findEngine({ DOCKER_CONFIG: home })).rejects.toThrow(
      /'odd': its address must be unix, npipe, tcp or ssh/,
    );
  });
});
