/**
 * Entry point of the reaper, which `reaper-host.ts` starts.
 */
import process from 'node:process';
import { runReaper } from './reaper-main.ts';

process.exit(await runReaper(process));
