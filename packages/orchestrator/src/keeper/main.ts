/**
 * Entry point of the keeper, which `keeper-host.ts` starts.
 */
import process from 'node:process';
import { runKeeper } from './keeper-main.ts';

process.exit(await runKeeper(process));
