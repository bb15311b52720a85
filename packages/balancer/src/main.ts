/** The entry point of the balancer: the only file of the package that touches the process. */
import { runMember } from '@fleetfall/member/run-member.ts';
import type { BalancerBoot } from '@fleetfall/protocol/boot.ts';
import { startBalancer } from './balancer.ts';

process.exit(await runMember<BalancerBoot>(process, 'balancer', startBalancer));
