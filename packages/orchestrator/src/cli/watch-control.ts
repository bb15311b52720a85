/**
 * What `fleetfall watch` can do to the fleet that it shows: it asks the keeper that holds it, found by the journal that
 * the keeper writes. A plain run has no keeper and goes its own way, whoever watches.
 */
import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Deed, FleetControl } from '@fleetfall/report/live/fleet-control.ts';
import type { VerbAnswer } from '../keeper/do-verb.ts';
import { listFleets, type NamedFleet } from '../keeper/fleet-folder.ts';
import { askKeeper } from '../keeper/keeper-host.ts';
import type { VerbRequest } from '../keeper/messages.ts';
import { ownerIsDead } from '../runtime/owner.ts';
import type { CommandContext } from './command-context.ts';
import { answerText } from './verb-text.ts';

const NOT_HELD =
  "No keeper holds this fleet: a run goes its own way. 'fleetfall up', or 'fleetfall run … --keep', holds one for these buttons and for the verbs of the shell.";

export function controlOf(
  journal: string,
  { fleetsFolder, signal }: Pick<CommandContext, 'fleetsFolder' | 'signal'>,
): FleetControl {
  const own = placeOf(journal);
  const held = (): NamedFleet | undefined =>
    listFleets(fleetsFolder).find((fleet) => placeOf(fleet.journal) === own && !ownerIsDead(fleet.owner));
  return {
    hindrance: () => (held() === undefined ? NOT_HELD : null),
    async act(deed) {
      const fleet = held();
      if (fleet === undefined) throw new Error(NOT_HELD);
      const asking = { fleetsFolder, name: fleet.name, onProgress: () => undefined, signal };
      return answerText((await askKeeper(requestOf(deed), asking)) as VerbAnswer).trim();
    },
  };
}

function requestOf(deed: Deed): VerbRequest {
  switch (deed.verb) {
    case 'grow':
      return { verb: 'grow', grow: { by: deed.count } };
    case 'shrink':
      return { verb: 'shrink', which: deed.count };
    case 'restart':
      return { verb: 'restart', which: undefined };
    case 'set-limit':
      return { verb: 'set-limit', pidsMax: deed.pidsMax, which: undefined };
  }
}

/** A journal's place, by whatever links it was named; the file itself may be yet to come. */
function placeOf(journal: string): string | null {
  try {
    return join(realpathSync(dirname(journal)), basename(journal));
  } catch (error) {
    // The folder of another fleet's run that was removed meanwhile.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
