/**
 * What the lab is started with: a template as the other members of a compose lab have, and the front-ends' own
 * template, so that what the journal says of their settings is what they run by.
 */
import { readFileSync } from 'node:fs';
import { bootLineFromFile } from '@fleetfall/member/boot-file.ts';
import type { Endpoint } from '@fleetfall/protocol/membership.ts';
import type { FrontEndSettings } from '@fleetfall/protocol/settings.ts';

export interface LabBoot {
  readonly role: 'lab';
  readonly runId: string;
  readonly memberId: string;
  readonly secret: string;
  readonly metadata: Endpoint;
  /** Where the journals of its sessions go, a folder each. */
  readonly dataDir: string;
  /** The template that the front-ends boot from. */
  readonly frontEndTemplate: string;
  readonly page: { readonly host: string; readonly port: number };
  readonly seed: string;
  readonly settings: {
    readonly shards: number;
    readonly ratePerSecond: number;
    readonly recordBytes: number;
    readonly sampleIntervalMs: number;
    readonly probeIntervalMs: number;
    /** A session ends by itself after so long: its journal and its load are bounded. */
    readonly sessionMaxMs: number;
  };
}

/** @throws Error when a file is not there or not JSON, is not of a lab, or no secret comes. */
export async function readLabBoot(
  path: string,
  signal: AbortSignal,
): Promise<{ readonly boot: LabBoot; readonly frontEnd: FrontEndSettings }> {
  const boot = JSON.parse(await bootLineFromFile(path, signal)) as LabBoot;
  if (boot.role !== 'lab') throw new Error(`'role' must be 'lab': current value is '${String(boot.role)}'`);
  const { settings } = JSON.parse(readFileSync(boot.frontEndTemplate, 'utf8')) as {
    settings: FrontEndSettings;
  };
  return { boot, frontEnd: settings };
}
