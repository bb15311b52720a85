/**
 * A member in a running container: what can be asked of it and done to it, each a call to the engine.
 */
import type { Container, ContainerInspectInfo } from 'dockerode';
import { openHostWitness } from '../host-witness.ts';
import { MEMBER_PORT, type MemberRunState, type MemberSpec, type StartedMember } from '../runtime.ts';
import type { Attachment } from './attachment.ts';
import { engineCall, engineCallUnless, statusOf } from './engine-call.ts';
import { containerCgroup } from './host-cgroup.ts';

/** SIGKILL follows SIGTERM after this long. */
const STOP_GRACE_SECONDS = 2;

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
