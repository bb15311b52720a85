/**
 * What an engine says of itself, and of the networks that it has room for. Asked before anything is started; the
 * engine's host need not be this one.
 */
import { hostname, release } from 'node:os';
import type { FoundEngine } from './connect.ts';
import { engineCall } from './engine-call.ts';

export interface EngineFacts {
  /** For people: which engine this is of those that there may be. */
  readonly from: string;
  readonly version: string;
  readonly kernel: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly cgroupVersion: string;
  readonly cgroupDriver: string;
  readonly limitsTasks: boolean;
  /** Whether its host is this one: then what is read here of limits and memory is true of it. */
  readonly isThisHost: boolean;
  /** Cgroups that it makes its containers' in, below the mount. */
  readonly cgroupParents: readonly string[];
  /** Networks of its own that the engine can still make, at most. */
  readonly addressPools: { readonly total: number; readonly used: number };
}

interface Info {
  readonly Name: string;
  readonly KernelVersion: string;
  readonly NCPU: number;
  readonly MemTotal: number;
  readonly ServerVersion: string;
  readonly CgroupVersion?: string;
  readonly CgroupDriver?: string;
  readonly PidsLimit?: boolean;
  readonly DefaultAddressPools?: readonly AddressPool[] | null;
}

interface AddressPool {
  readonly Base: string;
  readonly Size: number;
}

/** The engine's own pools when none are configured: moby's libnetwork/ipamutils. */
const DEFAULT_POOLS: readonly AddressPool[] = [
  ...Array.from({ length: 15 }, (_, index) => ({ Base: `172.${17 + index}.0.0/16`, Size: 16 })),
  { Base: '192.168.0.0/16', Size: 20 },
];

/** @throws RuntimeUnavailableError when the engine does not answer. */
export async function engineFacts({ docker, from }: FoundEngine): Promise<EngineFacts> {
  const [info, networks] = (await engineCall(
    'ask the engine what it is',
    Promise.all([docker.info(), docker.listNetworks()]),
  )) as [Info, readonly { readonly Driver?: string }[]];
  const driver = info.CgroupDriver ?? 'unknown';
  return {
    from,
    version: info.ServerVersion,
    kernel: info.KernelVersion,
    cores: info.NCPU,
    memoryBytes: info.MemTotal,
    cgroupVersion: info.CgroupVersion ?? 'unknown',
    cgroupDriver: driver,
    limitsTasks: info.PidsLimit !== false,
    isThisHost: isThisHost(info),
    cgroupParents: driver === 'systemd' ? ['system.slice'] : ['docker'],
    addressPools: {
      total: networksIn(info.DefaultAddressPools ?? DEFAULT_POOLS),
      used: networks.filter(({ Driver }) => Driver === 'bridge').length,
    },
  };
}

/** Whether an engine's host is this one, by its name and kernel. */
export function isThisHost({
  Name,
  KernelVersion,
}: {
  readonly Name: string;
  readonly KernelVersion: string;
}): boolean {
  return Name === hostname() && KernelVersion === release();
}

/** How many networks of a pool's size fit into its base. */
export function networksIn(pools: readonly AddressPool[]): number {
  return pools.reduce((sum, { Base, Size }) => sum + 2 ** Math.max(0, Size - Number(Base.split('/')[1])), 0);
}
