/**
 * The version of this fleetfall, as `--version` and every journal say it.
 */
import manifest from '../package.json' with { type: 'json' };

export const FLEETFALL_VERSION: string = manifest.version;
