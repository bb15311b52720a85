/**
 * Entry point of a back-end.
 */
import process from 'node:process';
import { runMember } from '@fleetfall/member/run-member.ts';
import type { BackEndBoot } from '@fleetfall/protocol/boot.ts';
import { startBackEnd } from './back-end.ts';

process.exit(await runMember<BackEndBoot>(process, 'back-end', startBackEnd));
