/**
 * The compose that is installed: `docker compose` (v2), else `docker-compose` (1.29), whose words are the same for all
 * that is asked here. It reads what is to be up from standard input, so that nothing is left lying about, and nothing
 * else: what a user keeps for compose projects of their own, in a `.env` or in variables, says nothing of a fleet.
 */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { ExecaError, execa } from 'execa';
import type { FoundEngine } from '../docker/connect.ts';
import { RuntimeUnavailableError } from '../runtime.ts';
import type { ComposeDocument } from './compose-document.ts';

/** It answers from its own binary. Python takes its second to start on a busy machine. */
const VERSION_DEADLINE_MS = 10_000;
/** Twelve containers take four seconds on two cores; whoever takes this long hangs. A teardown has less: it cuts a call off. */
const UP_DEADLINE_MS = 60_000;
const LAST_WORDS_LINES = 5;

const COMMANDS = [['docker', 'compose'], ['docker-compose']] as const satisfies readonly (readonly [
  string,
  ...string[],
])[];

/**
 * Compose reads the `.env` of the folder that it is called in, which may name another engine, and 1.29 takes no empty file
 * in its place. Where this Node lies there is none, in a clone and in a published package, which has no folder of this
 * module's own.
 */
const FOLDER = dirname(process.execPath);
/** Variables that change what is to be up: as if they were not set. How patient compose is stays the user's to say. */
const NOT_OURS = {
  COMPOSE_FILE: undefined,
  COMPOSE_PATH_SEPARATOR: undefined,
  COMPOSE_PROJECT_NAME: undefined,
  COMPOSE_PROFILES: undefined,
  COMPOSE_ENV_FILES: undefined,
  COMPOSE_COMPATIBILITY: undefined,
  COMPOSE_REMOVE_ORPHANS: undefined,
} as const;
/** The rest of the fleet is no orphan, though each call names only what it brings up. */
const OURS = { COMPOSE_DISABLE_ENV_FILE: 'true', COMPOSE_IGNORE_ORPHANS: 'true' } as const;

export interface ComposeTool {
  readonly command: readonly [string, ...string[]];
  readonly version: string;
}

/** What is to be up. */
export interface ComposeUp {
  /** Tells one fleet's containers, network and volumes from all others'. */
  readonly project: string;
  readonly document: ComposeDocument;
  /** How many containers its services are to have, those that run included. */
  readonly scale: Readonly<Record<string, number>>;
}

/** @throws RuntimeUnavailableError when there is none, or when one could not be asked. */
export async function findCompose(): Promise<ComposeTool> {
  const unasked: string[] = [];
  for (const command of COMMANDS) {
    const [file, ...args] = command;
    const asked = await execa(file, [...args, 'version', '--short'], {
      reject: false,
      cwd: FOLDER,
      env: { ...NOT_OURS, ...OURS },
      timeout: VERSION_DEADLINE_MS,
    });
    const version = /^v?(\d+\.\S+)$/.exec(asked.stdout?.trim() ?? '')?.[1];
    if (asked.exitCode === 0 && version !== undefined) return { command, version };
    if (asked.code !== undefined && !isMissing(asked.code)) unasked.push(asked.shortMessage ?? asked.code);
  }
  if (unasked.length > 0) {
    throw new RuntimeUnavailableError(`Compose could not be asked for its version: ${unasked.join('; ')}`);
  }
  throw new RuntimeUnavailableError(
    "There is no compose here: neither 'docker compose' nor 'docker-compose' answers",
  );
}

/** Whether there is no such program. A folder to start it in that is not there has the same code. */
const isMissing = (code: string): boolean => code === 'ENOENT' && existsSync(FOLDER);

/**
 * Brings services up to a number of containers, and leaves those that run as they are. What compose says of its work goes
 * into a pipe: where the orchestrator was killed, its next word ends it (SIGPIPE, seen with 1.29), so that the reaper
 * does not wait for all of its work.
 * @param signal ends it in the middle of its work: what it asked the engine for may still come.
 * @throws Error with compose's last words when it failed or did not end within a minute.
 */
export async function composeUp(
  { command: [file, ...before] }: ComposeTool,
  { forTools }: FoundEngine,
  { project, document, scale }: ComposeUp,
  signal: AbortSignal,
): Promise<void> {
  const services = Object.keys(document.services);
  const scales = services.flatMap((service) => ['--scale', `${service}=${scale[service] ?? 1}`]);
  // Order is the fleet's own affair, and a running member is never made anew.
  const args = ['-p', project, '-f', '-', 'up', '-d', '--no-deps', '--no-recreate', ...scales, ...services];
  signal.throwIfAborted();
  try {
    await execa(file, [...before, ...args], {
      input: JSON.stringify(document),
      cwd: FOLDER,
      env: { ...NOT_OURS, ...OURS, ...forTools },
      timeout: UP_DEADLINE_MS,
      cancelSignal: signal,
    });
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    const said = String(error.stderr ?? '').trim();
    const words = said === '' ? error.shortMessage : said.split('\n').slice(-LAST_WORDS_LINES).join('; ');
    throw new Error(`compose could not bring up ${services.join(', ')}: ${words}`, { cause: error });
  }
}
