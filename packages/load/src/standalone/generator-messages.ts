/** What crosses between a load and the threads of its generators. */
import type { WindowRecord } from '../open-loop.ts';

/** What a generator's thread says. */
export type GeneratorMessage = { readonly window: WindowRecord } | { readonly over: true };

/** Any message to a thread says that the load is cut short: it waits so long for what is under way, and ends. */
export const CUT_SHORT_MS = 1_000;
