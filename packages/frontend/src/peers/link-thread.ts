/**
 * A peer link's own thread: what the incident's front-ends had one or more of for every other front-end. It holds
 * one connection, listens for as long as it lives, and is ended by its parent.
 */
import './opens-behind-requests.ts';
import { parentPort, workerData } from 'node:worker_threads';
import { openPeerSession } from './session.ts';
import type { LinkTarget } from './thread-messages.ts';

openPeerSession(workerData as LinkTarget, (event) => parentPort?.postMessage(event));
