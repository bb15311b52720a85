/**
 * Kills members with SIGKILL. What lifts it is a start on what they had on disk; those that something else has
 * started or removed meanwhile are left as they are.
 */
import { seeAnswers } from './answers.ts';
import type { FaultMaker } from './fault-maker.ts';

export const kill: FaultMaker<'kill'> = {
  endsWithFleet: true,
  async install(_fault, members, wayBack, context) {
    const { crew } = context;
    const killed = members.filter(({ running }) => running).map(({ memberId }) => memberId);
    const stillIn = (): string[] => killed.filter((id) => crew.get(id) !== undefined);
    wayBack.defer(() => crew.restart(stillIn().filter((id) => !crew.get(id)?.running)));
    await crew.kill(killed);
    return {
      readBack: async (inForce) =>
        stillIn().map((id) => {
          const running = crew.get(id)?.running === true;
          const word = (runs: boolean): string => (runs ? 'running' : 'ended');
          return {
            of: id,
            reading: 'its process',
            before: word(inForce),
            after: word(running),
            holds: running !== inForce,
          };
        }),
      seeEffect: (inForce) => Promise.all(stillIn().map((id) => seeAnswers(id, inForce, context))),
    };
  },
};
