/**
 * What a member's container may do: as little as will run it. A limit on tasks, no capability, no way to more
 * rights, nothing to write to but `/tmp` and its data, no network but its fleet's, no port on the host.
 */
import type { ContainerCreateOptions } from 'dockerode';
import { roleFile } from '../../kit/entries.ts';
import { type MemberSpec, precedenceOf, UNLIMITED_TASKS, uvPoolSize } from '../runtime.ts';
import type { Labels } from './labels.ts';

/** Where a durable member keeps its data, in its container. */
export const DATA_FOLDER = '/data';

export interface ContainerPlan {
  readonly spec: MemberSpec;
  readonly name: string;
  readonly image: string;
  readonly network: string;
  /** Named volume for {@link DATA_FOLDER}; null for a member that keeps nothing. */
  readonly volume: string | null;
  readonly labels: Labels;
}

export function containerOptions(plan: ContainerPlan): ContainerCreateOptions {
  const { spec, network, volume } = plan;
  const precedence = precedenceOf(spec);
  return {
    name: plan.name,
    Image: plan.image,
    Cmd: [`/app/${roleFile(spec.role)}`],
    Hostname: spec.memberId,
    User: '65532:65532',
    Env: Object.entries(uvPoolSize(spec)).map(([name, value]) => `${name}=${value}`),
    Labels: { ...plan.labels },
    // Input stays open for as long as the orchestrator is attached; its end ends the member.
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      PidsLimit: spec.pidsMax ?? UNLIMITED_TASKS,
      ...(precedence && { CpuShares: precedence.cpuShares }),
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      NetworkMode: network,
      Tmpfs: { '/tmp': 'rw,nosuid,nodev,noexec,size=64m,mode=1777' },
      Mounts: volume === null ? [] : [{ Type: 'volume', Source: volume, Target: DATA_FOLDER }],
      // Standard output is a stream of records to the orchestrator: a log of it would fill the engine's disk.
      LogConfig: { Type: 'none', Config: {} },
      RestartPolicy: { Name: 'no' },
    },
    NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [spec.memberId] } } },
  };
}
