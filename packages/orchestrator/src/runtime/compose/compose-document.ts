/**
 * What compose is told to bring up: the lab's own file, read and changed in what a run needs otherwise. Kept of it are
 * the network and how its members are locked in; a run sets the image, the limits on tasks and the labels by which all
 * is found again, gives members their boot line on standard input in the place of a file, and has no use for published
 * ports. Pure.
 */
import { parse } from 'yaml';
import { roleFile } from '../../kit/entries.ts';
import { DATA_FOLDER } from '../docker/container-options.ts';
import type { Labels } from '../docker/labels.ts';
import { type MemberSpec, precedenceOf, UNLIMITED_TASKS, uvPoolSize } from '../runtime.ts';

/** The service whose containers are the front-ends. */
export const FRONT_END_SERVICE = 'frontend';
/** The network that all members are on. */
export const NETWORK = 'fleet';

type Fields = Readonly<Record<string, unknown>>;

/** As far as it is gone by. */
export interface LabFile {
  /** The file format, by which `docker-compose` 1.29 reads it. */
  readonly version: string;
  readonly services: Readonly<Record<string, Fields>>;
  readonly networks: Readonly<Record<string, Fields>>;
}

export interface ComposeDocument {
  readonly version: string;
  readonly services: Readonly<Record<string, Fields>>;
  readonly networks: Readonly<Record<string, Fields>>;
  readonly volumes: Readonly<Record<string, Fields>>;
}

/** @throws Error when it has not the services and the network that a run goes by. */
export function readLabFile(content: Uint8Array): LabFile {
  const file = parse(new TextDecoder().decode(content), { merge: true }) as Partial<LabFile> | null;
  const { version, services, networks } = file ?? {};
  if (version === undefined || services?.[FRONT_END_SERVICE] === undefined || networks?.[NETWORK] == null) {
    throw new Error(
      `the lab's compose file must have a version, the service '${FRONT_END_SERVICE}' and the network '${NETWORK}'`,
    );
  }
  return { version, services, networks };
}

/** The service that a member is a container of. Front-ends share one, which is scaled. */
export function serviceOf({ memberId, role }: Pick<MemberSpec, 'memberId' | 'role'>): string {
  if (role === 'front-end') return FRONT_END_SERVICE;
  return role === 'back-end' ? memberId.replace(/^be-/, 'backend-') : memberId;
}

/**
 * What brings members up.
 * @param specs of front-ends any number, all under one limit and with one size of the libuv pool; others one by one.
 */
export function documentFor(
  file: LabFile,
  specs: readonly MemberSpec[],
  image: string,
  labels: Labels,
): ComposeDocument {
  const durable = specs.filter((spec) => spec.durable).map(serviceOf);
  return {
    version: file.version,
    services: Object.fromEntries(
      specs.map((spec) => [serviceOf(spec), serviceFor(file, spec, image, labels)]),
    ),
    networks: { [NETWORK]: { ...file.networks[NETWORK], labels } },
    volumes: Object.fromEntries(durable.map((volume) => [volume, { labels }])),
  };
}

/** What the file has no service for, such as the load of a run, is locked in as front-ends are. */
function serviceFor({ services }: LabFile, spec: MemberSpec, image: string, labels: Labels): Fields {
  const service = serviceOf(spec);
  const precedence = precedenceOf(spec);
  const {
    ports: _ports,
    profiles: _profiles,
    depends_on: _order,
    volumes: _templates,
    ...kept
  } = services[service] ?? (services[FRONT_END_SERVICE] as Fields);
  return {
    ...kept,
    image,
    command: [`/app/${roleFile(spec.role)}`],
    environment: uvPoolSize(spec),
    pids_limit: spec.pidsMax ?? UNLIMITED_TASKS,
    ...(precedence && { cpu_shares: precedence.cpuShares }),
    networks: [NETWORK],
    volumes: spec.durable ? [`${service}:${DATA_FOLDER}`] : [],
    labels,
    stdin_open: true,
    // Standard output is a stream of records to the orchestrator: a log of it would fill the engine's disk.
    logging: { driver: 'none' },
  };
}
