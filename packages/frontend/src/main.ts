/**
 * Entry point of a front-end.
 */
import process from 'node:process';
import { runMember } from '@fleetfall/member/run-member.ts';
import type { FrontEndBoot } from '@fleetfall/protocol/boot.ts';
import { startFrontEnd } from './front-end.ts';

process.exit(await runMember<FrontEndBoot>(process, 'front-end', startFrontEnd));
