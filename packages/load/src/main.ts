/** The entry point of the load: the only file of the package that touches the process. */
import { runMember } from '@fleetfall/member/run-member.ts';
import type { LoadBoot } from '@fleetfall/protocol/boot.ts';
import { startLoad } from './load.ts';

process.exit(await runMember<LoadBoot>(process, 'load', startLoad));
