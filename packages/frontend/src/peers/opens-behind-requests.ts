/**
 * Imported first by a link's thread: gives the thread a lower priority than those that serve. Most of what a thread
 * costs is its start (some 40 ms of processor, MEASURED of a `ws` worker), and a fleet starts hundreds at once when it
 * grows: without this, requests and shard-maps wait for links. Once open a link hears about a message a second or less,
 * which needs no priority.
 *
 * On Linux a priority belongs to a thread, and 0 means the one that asks: Node's other threads keep theirs.
 */
import { getPriority, setPriority } from 'node:os';

/** So much nicer; each step takes about a fifth of the weight away. */
const BEHIND_REQUESTS = 5;
const NICEST = 19;

// Counted from where the process stands: a priority may be lowered by anybody, and raised by root alone.
setPriority(0, Math.min(NICEST, getPriority(0) + BEHIND_REQUESTS));
