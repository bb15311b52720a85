/**
 * What can be done to the lab's fleet, as commands for the host: no container holds the engine's socket, so the page
 * tells what to type.
 */
import type { TypedCommand } from '@fleetfall/report/live/live-page.ts';

const COMPOSE = 'docker compose -f docker/compose.yaml';

export const LAB_COMMANDS: readonly TypedCommand[] = [
  { does: 'grow past the limit: it falls', command: `${COMPOSE} up -d --no-recreate --scale frontend=14` },
  {
    does: 'take the addition back: it stays down',
    command: `${COMPOSE} up -d --no-recreate --scale frontend=10`,
  },
  { does: 'restart all: it comes back', command: `${COMPOSE} restart frontend` },
  { does: 'end it, with all that it kept', command: `${COMPOSE} down -v` },
];
