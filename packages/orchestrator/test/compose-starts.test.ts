/**
 * Calls of compose that are cut off: a compose that never ends, and an engine that has what it is told to have.
 */
import { existsSync, mkdtempDisposableSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { REPOSITORY } from '../src/kit/entries.ts';
import { readLabFile } from '../src/runtime/compose/compose-document.ts';
import { type ComposeProject, composeStarts } from '../src/runtime/compose/compose-starts.ts';
import type { MemberSpec } from '../src/runtime/runtime.ts';
import { titleOf } from './fixtures/processes.ts';

const file = readLabFile(readFileSync(join(REPOSITORY, 'docker', 'compose.yaml')));
const WAITED_FOR = { timeout: 20_000 };
const FOREVER =
  'require("node:fs").writeFileSync(process.argv[1], String(process.pid)); setInterval(() => {}, 1000)';

function frontEnd(number: number): MemberSpec {
  return { memberId: `fe-0${number}`, role: 'front-end', pidsMax: 15, durable: false };
}
const isThere = (pid: number): boolean => titleOf(pid) !== '';

/** A project whose compose tells its process in a file and then hangs. */
function hangingProject(folder: string) {
  const pidFile = join(folder, 'pid');
  const containers: { Id: string; Labels: Record<string, string> }[] = [];
  const docker = {
    listContainers: async () => [...containers],
    getContainer: (id: string) => ({
      remove: async () =>
        void containers.splice(
          containers.findIndex(({ Id }) => Id === id),
          1,
        ),
    }),
  };
  const project = {
    ...{ engine: { docker, from: 'a test', forTools: {} }, file, project: 'p', image: 'i', labels: {} },
    tool: { command: [process.execPath, '-e', FOREVER, pidFile], version: '1.29.2' },
  } as unknown as ComposeProject;
  const started = () =>
    vi.waitUntil(() => existsSync(pidFile) && Number(readFileSync(pidFile, 'utf8')), WAITED_FOR);
  return { starts: composeStarts(project), containers, started };
}

it('a call is cut off when the last start that waits for it is aborted, and what comes of it still is removed', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'compose-'));
  const { starts, containers, started } = hangingProject(folder.path);
  const [one, other] = [new AbortController(), new AbortController()];
  const ends = Promise.allSettled([
    starts.bringUp(frontEnd(1), one.signal),
    starts.bringUp(frontEnd(2), other.signal),
  ]);
  const pid = await started();
  one.abort(new Error('enough'));
  expect(isThere(pid), 'the other still waits').toBe(true);
  other.abort(new Error('enough'));
  await vi.waitUntil(() => !isThere(pid), WAITED_FOR);
  containers.push({ Id: 'late', Labels: {} });
  await starts.quiet();
  expect(containers).toEqual([]);
  expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
