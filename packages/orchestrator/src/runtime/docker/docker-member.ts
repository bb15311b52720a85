/**
 * A member in a running container: what can be asked of it and done to it, each a call to the engine.
 */
import type { Container, ContainerInspectInfo } from 'dockerode';
import { openHostWitness } from '../host-witness.ts';
import { NoMeansError } from '../member-network.ts';
import { controllersOf, NO_LIMIT_BYTES, type ResourceCgroups, readResources } from '../resources.ts';
import { MEMBER_PORT, type MemberRunState, type MemberSpec, type StartedMember } from '../runtime.ts';
import type { Attachment } from './attachment.ts';
import { engineCall, engineCallUnless, statusOf } from './engine-call.ts';
import { containerCgroup, containerResources } from './host-cgroup.ts';

/** SIGKILL follows SIGTERM after this long. */
const STOP_GRACE_SECONDS = 2;

/** The kernel's own period. */
const CPU_PERIOD_US = 100_000;
/** How the engine is told that there is to be none. */
const NO_CPU_QUOTA = -1;

/** Statuses with which the engine says that a container runs no more. */
const ENDED = [304, 404, 409];

export function dockerMember(
  spec: MemberSpec,
  incarnation: number,
  container: Container,
  { lines, send, exited }: Attachment,
  inspected: ContainerInspectInfo,
): StartedMember {
  const { memberId } = spec;
  const [network] = Object.values(inspected.NetworkSettings.Networks);
  const cgroup = containerCgroup(container.id, inspected.State.Pid);
  const resources = containerResources(container.id, inspected.State.Pid);
  async function readState(): Promise<MemberRunState> {
    try {
      const { State } = await engineCall(`inspect container ${memberId}`, container.inspect());
      return State.Paused ? 'paused' : State.Running ? 'running' : 'ended';
    } catch (error) {
      if (statusOf(error) === 404) return 'ended';
      throw error;
    }
  }
  return {
    spec,
    incarnation,
    endpoint: { host: network?.IPAddress ?? memberId, port: MEMBER_PORT },
    lines,
    send,
    exited,
    witness: cgroup === null ? () => null : openHostWitness(cgroup),
    async stop() {
      const stopping = container.stop({ t: STOP_GRACE_SECONDS });
      await engineCallUnless(ENDED, `stop container ${memberId}`, stopping);
      return exited;
    },
    async kill() {
      const killing = container.kill({ signal: 'SIGKILL' });
      await engineCallUnless(ENDED, `kill container ${memberId}`, killing);
      return exited;
    },
    async setLimit(pidsMax) {
      await engineCall(`set the limit of ${memberId}`, container.update({ PidsLimit: pidsMax }));
    },
    limitable: resources === null ? [] : controllersOf(resources),
    async limitMemory(limitBytes) {
      assertSeen(resources, 'memory', memberId);
      // Swap as well: a limit that the engine were to spill over into it would not be one.
      // The engine takes no word for «none» once there is a limit.
      const limit = limitBytes ?? NO_LIMIT_BYTES;
      const updating = container.update({ Memory: limit, MemorySwap: limit });
      await engineCall(`limit the memory of ${memberId}`, updating);
    },
    async limitCpu(cores) {
      assertSeen(resources, 'cpu', memberId);
      const quota = cores === null ? NO_CPU_QUOTA : Math.round(cores * CPU_PERIOD_US);
      const updating = container.update({ CpuPeriod: CPU_PERIOD_US, CpuQuota: quota });
      await engineCall(`limit the CPU of ${memberId}`, updating);
    },
    resources: () => (resources === null ? null : readResources(resources)),
    async pause() {
      if ((await readState()) === 'paused') return;
      await engineCall(`pause container ${memberId}`, container.pause());
    },
    async resume() {
      if ((await readState()) !== 'paused') return;
      // Ended, or resumed by another, since it was asked.
      await engineCallUnless([...ENDED, 500], `resume container ${memberId}`, container.unpause());
    },
    readState,
  };
}

/** A limit that nobody can see bite is none that could be credited. */
function assertSeen(resources: ResourceCgroups | null, name: 'memory' | 'cpu', memberId: string): void {
  if (resources?.[name] != null) return;
  throw new NoMeansError(
    `the ${name} cgroup of '${memberId}' is not there to be read: its engine is on another host, or its kernel has no such controller`,
  );
}
