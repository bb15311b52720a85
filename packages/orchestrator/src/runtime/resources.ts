/**
 * Memory and CPU of one member by the files of its cgroups, v1 and v2: limits set and read back, and the kernel's own
 * count of how often each was run into. Which cgroup is whose, and what a count is worth, is decided elsewhere.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a member's counters are, or will be; null for a controller that there is none of. */
export interface ResourceCgroups {
  readonly version: 1 | 2;
  readonly memory: string | null;
  readonly cpu: string | null;
}

export type ResourceName = 'memory' | 'cpu';

export interface MemoryReading {
  /** null when there is none. */
  readonly limitBytes: number | null;
  readonly usedBytes: number;
  /** How often the limit was run into (v1 `memory.failcnt`, v2 `max` of `memory.events`). */
  readonly limitHits: number;
  /** Processes that the kernel killed for want of memory. */
  readonly kills: number;
}

export interface CpuReading {
  /** In cores; null when there is none. */
  readonly quotaCores: number | null;
  /** Periods in which it was kept from running (`nr_throttled` of `cpu.stat`). */
  readonly throttledPeriods: number;
}

export interface ResourceReading {
  readonly memory: MemoryReading | null;
  readonly cpu: CpuReading | null;
}

/** The kernel's own default: a quota is of so much at a time. */
const CPU_PERIOD_US = 100_000;
/** How ready v1 is to swap, by the kernel's default. */
const V1_SWAPPINESS = '60';
/** The kernel takes no quota below this. */
const CPU_QUOTA_MIN_US = 1_000;
/** From here on it is none: without a limit, v1 reads a number near 2⁶³ back. */
export const NO_LIMIT_BYTES = 2 ** 62;
/** A cgroup's files vanish with it, at any moment between two reads. */
const GONE = new Set(['ENOENT', 'ENODEV']);

/** The controllers that there are. */
export const controllersOf = (cgroups: ResourceCgroups): readonly ResourceName[] =>
  (['memory', 'cpu'] as const).filter((name) => cgroups[name] !== null);

/** @returns null once the cgroups are gone, and for CPU while no quota was ever set. */
export function readResources({ version, memory, cpu }: ResourceCgroups): ResourceReading | null {
  try {
    return {
      memory: memory === null ? null : version === 1 ? readMemoryV1(memory) : readMemoryV2(memory),
      cpu: cpu === null || !existsSync(cpu) ? null : readCpu(cpu, version),
    };
  } catch (error) {
    if (GONE.has((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

/**
 * Limits memory, without swap to spill over into where the kernel lets a cgroup have none.
 * @param limitBytes null for none.
 * @throws EBUSY on v1 when more is in use than can be taken back.
 */
export function writeMemoryLimit(folder: string, version: 1 | 2, limitBytes: number | null): void {
  const swap = join(folder, version === 1 ? 'memory.swappiness' : 'memory.swap.max');
  if (existsSync(swap))
    writeFileSync(swap, limitBytes !== null ? '0' : version === 1 ? V1_SWAPPINESS : 'max');
  const file = version === 1 ? 'memory.limit_in_bytes' : 'memory.max';
  writeFileSync(
    join(folder, file),
    limitBytes === null ? (version === 1 ? '-1' : 'max') : String(limitBytes),
  );
}

/** @param cores null for no quota. */
export function writeCpuQuota(folder: string, version: 1 | 2, cores: number | null): void {
  const quotaUs = cores === null ? null : Math.max(CPU_QUOTA_MIN_US, Math.round(cores * CPU_PERIOD_US));
  if (version === 2) {
    writeFileSync(join(folder, 'cpu.max'), `${quotaUs ?? 'max'} ${CPU_PERIOD_US}`);
    return;
  }
  if (quotaUs !== null) writeFileSync(join(folder, 'cpu.cfs_period_us'), String(CPU_PERIOD_US));
  writeFileSync(join(folder, 'cpu.cfs_quota_us'), String(quotaUs ?? -1));
}

function readMemoryV1(folder: string): MemoryReading {
  const limitBytes = Number(readIn(folder, 'memory.limit_in_bytes'));
  return {
    limitBytes: asLimit(limitBytes),
    usedBytes: Number(readIn(folder, 'memory.usage_in_bytes')),
    limitHits: Number(readIn(folder, 'memory.failcnt')),
    kills: counterIn(folder, 'memory.oom_control', 'oom_kill'),
  };
}

const asLimit = (bytes: number): number | null => (bytes >= NO_LIMIT_BYTES ? null : bytes);

function readMemoryV2(folder: string): MemoryReading {
  const limit = readIn(folder, 'memory.max');
  return {
    limitBytes: limit === 'max' ? null : asLimit(Number(limit)),
    usedBytes: Number(readIn(folder, 'memory.current')),
    limitHits: counterIn(folder, 'memory.events', 'max'),
    kills: counterIn(folder, 'memory.events', 'oom_kill'),
  };
}

function readCpu(folder: string, version: 1 | 2): CpuReading {
  if (version === 2 && !existsSync(join(folder, 'cpu.max'))) return { quotaCores: null, throttledPeriods: 0 };
  const [quota, period] =
    version === 2
      ? readIn(folder, 'cpu.max').split(' ')
      : [readIn(folder, 'cpu.cfs_quota_us'), readIn(folder, 'cpu.cfs_period_us')];
  const isNone = quota === 'max' || quota === '-1';
  return {
    quotaCores: isNone ? null : Number(quota) / Number(period),
    throttledPeriods: counterIn(folder, 'cpu.stat', 'nr_throttled'),
  };
}

const readIn = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8').trim();

/** A line of a flat-keyed file: `nr_throttled 12`. Kernels before 4.13 count no kills. */
function counterIn(folder: string, file: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(readIn(folder, file))?.[1] ?? 0);
}
