/**
 * Finds the Docker engine that the user's own `docker` would talk to. DOCKER_HOST and its companions are read by
 * dockerode; what it does not know are contexts (`docker context use`), which Colima, rootless engines and Docker
 * Desktop rely on: those are read here, from the files in which the docker CLI keeps them.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import type { EngineEnvironment } from '../engine-environment.ts';
import { RuntimeUnavailableError } from '../runtime.ts';

export interface FoundEngine {
  readonly docker: Docker;
  /** For people: «DOCKER_HOST», «context 'colima'» or «the default socket». */
  readonly from: string;
  /** In which the same engine is found again, whatever context is used by then. */
  readonly environment: EngineEnvironment;
  /** What tools that read the docker CLI's variables, and not all of its contexts, find the same engine by. */
  readonly forTools: Readonly<Record<string, string>>;
}

interface ContextMeta {
  readonly Endpoints?: { readonly docker?: { readonly Host?: string } };
}

/** The default context is the one that goes by DOCKER_HOST, set or not. */
const NO_CONTEXT = { DOCKER_CONTEXT: 'default' } as const;

/** dockerode's socket on Windows when DOCKER_HOST is not set; elsewhere it is a function that looks for one. */
const DEFAULT_PIPE = '//./pipe/docker_engine';

/**
 * Finds the engine; whether it answers is not asked here. Its client is loaded only now: a quarter of a command's start,
 * for which those that ask no engine need not wait.
 * @param environment the process's own, as far as the docker CLI heeds it and dockerode does not.
 * @throws RuntimeUnavailableError when the current context is not to be read, or its address cannot be used.
 */
export async function findEngine(environment: EngineEnvironment): Promise<FoundEngine> {
  const { default: Engine } = await import('dockerode');
  const { DOCKER_CONFIG: folder = join(homedir(), '.docker'), DOCKER_CONTEXT: chosen } = environment;
  const docker = new Engine();
  const { host, socketPath } = docker.modem as { host?: string; socketPath?: unknown };
  const byEnvironment = host !== undefined || (typeof socketPath === 'string' && socketPath !== DEFAULT_PIPE);
  const again = (context: string): EngineEnvironment => ({ DOCKER_CONFIG: folder, DOCKER_CONTEXT: context });
  if (byEnvironment)
    return { docker, from: 'DOCKER_HOST', environment: again(chosen ?? 'default'), forTools: NO_CONTEXT };
  const context = isNamed(chosen) ? chosen : currentContext(folder);
  if (context === null || chosen === 'default')
    return { docker, from: 'the default socket', environment: again('default'), forTools: NO_CONTEXT };
  const { address, tls } = endpointOf(folder, context);
  return {
    docker: new Engine(contextOptions(context, address, tls)),
    from: `context '${context}'`,
    environment: again(context),
    forTools: {
      ...NO_CONTEXT,
      DOCKER_HOST: address,
      ...(tls === null ? {} : { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: tls }),
    },
  };
}

/** Name of the context in use; null for the default one. */
function currentContext(folder: string): string | null {
  const path = join(folder, 'config.json');
  if (!existsSync(path)) return null;
  const { currentContext: name } = readJson(path) as { currentContext?: string };
  return isNamed(name) ? name : null;
}

const isNamed = (name: string | undefined): name is string =>
  name !== undefined && name !== '' && name !== 'default';

/** A context's address, and the folder of its certificates where it has any. */
function endpointOf(
  folder: string,
  context: string,
): { readonly address: string; readonly tls: string | null } {
  // The CLI names a context's folders by the hash of its name.
  const id = createHash('sha256').update(context).digest('hex');
  const meta = join(folder, 'contexts', 'meta', id, 'meta.json');
  const address = (readJson(meta) as ContextMeta).Endpoints?.docker?.Host;
  if (address === undefined) throw unusable(context, 'it names no Docker endpoint');
  const tls = join(folder, 'contexts', 'tls', id, 'docker');
  return { address, tls: existsSync(tls) ? tls : null };
}

function contextOptions(context: string, address: string, tls: string | null): Docker.DockerOptions {
  if (address.startsWith('unix://')) return { socketPath: address.slice('unix://'.length) };
  if (address.startsWith('npipe://')) return { socketPath: address.slice('npipe://'.length) };
  const { protocol, hostname, port, username } = new URL(address);
  const at = { host: hostname, port: port === '' ? defaultPort(protocol) : Number(port) };
  if (protocol === 'ssh:') return { ...at, protocol: 'ssh', username };
  if (protocol !== 'tcp:' && protocol !== 'http:' && protocol !== 'https:') {
    throw unusable(context, `its address must be unix, npipe, tcp or ssh: current value is '${address}'`);
  }
  if (tls === null) return { ...at, protocol: protocol === 'https:' ? 'https' : 'http' };
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => {
    const path = join(tls, name);
    return existsSync(path) ? readFileSync(path) : undefined;
  });
  return { ...at, protocol: 'https', ca, cert, key };
}

const defaultPort = (protocol: string): number => (protocol === 'ssh:' ? 22 : 2375);

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new RuntimeUnavailableError(`Cannot find the Docker engine: ${path} is not to be read`, {
      cause: error,
    });
  }
}

function unusable(context: string, why: string): RuntimeUnavailableError {
  return new RuntimeUnavailableError(`Cannot use Docker context '${context}': ${why}`);
}
