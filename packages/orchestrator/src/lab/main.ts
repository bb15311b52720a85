/**
 * Entry point of the lab: a member of the compose lab's fleet, started from a kit with the file to boot from.
 */
import process from 'node:process';
import { runLab } from './lab-main.ts';

process.exit(await runLab(process));
