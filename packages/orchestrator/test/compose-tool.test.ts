/**
 * How compose is called, by a program in its place that tells what it was called with: no engine is needed.
 */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../test/fleetfall.ts';
import { composeUp, findCompose } from '../src/runtime/compose/compose-tool.ts';
import type { FoundEngine } from '../src/runtime/docker/connect.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Puts a compose into a folder that tells what it was called with. */
function tellingCompose(folder: string): string {
  const told = join(folder, 'told');
  const script = `#!/bin/sh
if [ "$1" = version ]; then echo 1.29.2; exit; fi
{ pwd; [ -e .env ] && echo 'a .env is here'; env; printf 'stdin '; cat; } > '${told}'
`;
  writeFileSync(join(folder, 'docker-compose'), script, { mode: 0o755 });
  writeFileSync(join(folder, 'docker'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
  return told;
}

test('goes by what it is told alone, whatever a user keeps for compose projects of their own', async () => {
  using folder = await temporaryFolder();
  const told = tellingCompose(folder.path);
  const theirs = join(folder.path, 'theirs');
  mkdirSync(theirs);
  writeFileSync(join(theirs, '.env'), 'DOCKER_HOST=tcp://elsewhere:1\nCOMPOSE_PROJECT_NAME=theirs\n');
  vi.spyOn(process, 'cwd').mockReturnValue(theirs);
  vi.stubEnv('COMPOSE_FILE', 'theirs.yaml');
  vi.stubEnv('COMPOSE_PROFILES', 'theirs');
  vi.stubEnv('COMPOSE_REMOVE_ORPHANS', 'true');
  vi.stubEnv('COMPOSE_HTTP_TIMEOUT', '300');
  const tool = await findCompose();
  const document = { version: '2.4', services: { frontend: {} }, networks: {}, volumes: {} };
  const engine = { forTools: { DOCKER_CONTEXT: 'default' } } as unknown as FoundEngine;
  await composeUp(
    tool,
    engine,
    { project: 'ours', document, scale: { frontend: 2 } },
    new AbortController().signal,
  );
  const text = readFileSync(told, 'utf8');
  // A folder that a published package has too.
  expect(text.split('\n')[0]).toBe(dirname(process.execPath));
  expect(text).not.toMatch(/theirs|elsewhere|a \.env is here|REMOVE_ORPHANS/);
  expect(text).toContain('COMPOSE_IGNORE_ORPHANS=true\n');
  expect(text).toContain('DOCKER_CONTEXT=default\n');
  expect(text).toContain('COMPOSE_HTTP_TIMEOUT=300\n');
  expect(text).toContain(`stdin ${JSON.stringify(document)}`);
});

test('is not there where no program has its names', async () => {
  using folder = await temporaryFolder();
  vi.stubEnv('PATH', folder.path);
  await expect(findCompose()).rejects.toThrow('There is no compose here');
});

test('is not said to be missing when it could not be started', async () => {
  using folder = await temporaryFolder();
  tellingCompose(folder.path);
  chmodSync(join(folder.path, 'docker-compose'), 0o644);
  vi.stubEnv('PATH', folder.path);
  await expect(findCompose()).rejects.toThrow(
    /^Compose could not be asked for its version: .*docker-compose version --short.*EACCES/s,
  );
});
