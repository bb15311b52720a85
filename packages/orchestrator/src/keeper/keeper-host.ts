/**
 * The shell's side of a keeper: starts one in a session of its own, and asks one by its fleet's name. A client holds
 * nothing: when it ends, what it asked for goes on.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import { ownerIsDead } from '../runtime/owner.ts';
import { findFleet, listFleets, type NamedFleet, socketOf } from './fleet-folder.ts';
import type { KeeperLine, KeeperOrder, KeeperWord, Refusal, VerbRequest } from './messages.ts';

/** Beside this file, in the clone as in a built package. */
const KEEPER_ENTRY = join(import.meta.dirname, `main${extname(import.meta.filename)}`);
/** A Node that has to load an engine's client on a busy machine. */
const LISTENING_TIMEOUT_MS = 30_000;

/** The keeper refused, or could not do, what it was asked. */
export class VerbRefusedError extends Error {
  override readonly name = 'VerbRefusedError';
  readonly exitCode: number;
  constructor({ message, exitCode }: Refusal) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The keeper of a fleet has died. The message says where its journal and log are. */
export class KeeperDiedError extends Error {
  override readonly name = 'KeeperDiedError';
  readonly fleet: NamedFleet;
  constructor(fleet: NamedFleet) {
    super(
      `the keeper of fleet '${fleet.name}' has died (process ${fleet.owner.pid}), and its members with it: ` +
        `its journal: ${fleet.journal}; its log: ${fleet.log}; to remove what is left: fleetfall down --name ${fleet.name}`,
    );
    this.fleet = fleet;
  }
}

/**
 * Starts the keeper of a fleet and waits until it can be asked. It then lives by itself.
 * @throws SettingsError when the name is taken; Error when it could not be started, with the place of its log.
 */
export async function startKeeper(order: KeeperOrder): Promise<void> {
  const log = openSync(order.log, 'a', 0o600);
  const child = spawn(process.execPath, [KEEPER_ENTRY], {
    // A session of its own: Ctrl-C in the terminal, or its end, is not for the fleet.
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const late = setTimeout(() => child.kill('SIGTERM'), LISTENING_TIMEOUT_MS);
  try {
    child.send(order);
    const word = await Promise.race([
      once(child, 'message').then(([said]) => said as KeeperWord),
      once(child, 'exit').then(
        ([code, signal]) => new Error(`it ended with ${signal ?? `exit code ${code}`}`),
      ),
    ]);
    if (word instanceof Error) {
      throw new Error(
        `Cannot start the keeper of fleet '${order.name}': ${word.message}; its log: ${order.log}`,
      );
    }
    if (word.kind === 'refused') throw errorOf(word);
  } finally {
    clearTimeout(late);
    if (child.connected) child.disconnect();
    child.unref();
  }
}

export interface Asking {
  readonly fleetsFolder: string;
  readonly name: string;
  /** Hears, line by line, what is told of the fleet meanwhile. */
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Asks a fleet's keeper and waits for its answer.
 * @throws SettingsError when there is no such fleet or the request is wrong; KeeperDiedError; VerbRefusedError; the
 * signal's reason when aborted, though what was asked for goes on.
 */
export async function askKeeper(request: VerbRequest, asking: Asking): Promise<unknown> {
  const { fleetsFolder, name, onProgress, signal } = asking;
  signal.throwIfAborted();
  const fleet = namedFleet(fleetsFolder, name);
  if (ownerIsDead(fleet.owner)) throw new KeeperDiedError(fleet);
  const socket = connect(socketOf(fleetsFolder, name));
  const abort = (): void => void socket.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    await once(socket, 'connect');
    const lines = createInterface({ input: socket });
    // A connection that breaks is one that ends: who died is told below.
    socket.on('error', () => undefined);
    socket.on('close', () => lines.close());
    socket.write(`${JSON.stringify(request)}\n`);
    for await (const text of lines) {
      const line = JSON.parse(text) as KeeperLine;
      if (line.kind === 'progress') onProgress(line.line);
      else if (line.kind === 'answer') return line.answer;
      else throw errorOf(line);
    }
  } catch (error) {
    if (error instanceof SettingsError || error instanceof VerbRefusedError) throw error;
    signal.throwIfAborted();
    if (ownerIsDead(fleet.owner)) throw new KeeperDiedError(fleet);
    throw new Error(`the keeper of fleet '${name}' does not answer; its log: ${fleet.log}`, { cause: error });
  } finally {
    signal.removeEventListener('abort', abort);
    socket.destroy();
  }
  signal.throwIfAborted();
  throw new KeeperDiedError(fleet);
}

/** @throws SettingsError when there is none, with those that there are. */
export function namedFleet(fleetsFolder: string, name: string): NamedFleet {
  const found = findFleet(fleetsFolder, name);
  if (found !== null) return found;
  const names = listFleets(fleetsFolder).map((fleet) => fleet.name);
  throw new SettingsError(
    `--name '${name}': there is no such fleet: ${names.length === 0 ? "there is none: 'fleetfall up' starts one" : `there are ${names.join(', ')}`}`,
  );
}

function errorOf(refusal: Refusal): Error {
  return refusal.name === 'SettingsError' || refusal.name === 'NameTakenError'
    ? new SettingsError(refusal.message)
    : new VerbRefusedError(refusal);
}
