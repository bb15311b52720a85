/**
 * Entry point of the metadata store.
 */
import process from 'node:process';
import { runMember } from '@fleetfall/member/run-member.ts';
import type { MetadataBoot } from '@fleetfall/protocol/boot.ts';
import { startMetadata } from './metadata.ts';

process.exit(await runMember<MetadataBoot>(process, 'metadata', startMetadata));
