/**
 * Keeps this member registered, and learns who the others are: the membership is read at boot and then at a
 * jittered interval of at most `discoveryDelayMaxMs`, which is why members learn of an addition late and not all
 * at once. Heartbeats renew the lease only; what they tell of versions is not used to learn sooner.
 */
import type { MetadataClient } from '@fleetfall/member/metadata-client.ts';
import { startRegistration } from '@fleetfall/member/registration.ts';
import type { Member, MembershipView } from '@fleetfall/protocol/membership.ts';
import type { Random } from '../jitter.ts';

export interface MembershipWatch extends AsyncDisposable {
  /** Other front-ends, as known here. */
  frontEnds(): readonly Member[];
  backEnds(): readonly Member[];
  version(): number;
  /** When each of the others was first heard of here, wall clock. */
  learnedAtMs(): Readonly<Record<string, number>>;
  /** How long another has been known in its present incarnation; 0 when it is not known. */
  knownForMs(memberId: string): number;
  registered(): boolean;
}

export interface MembershipWatchOptions {
  readonly client: MetadataClient;
  readonly self: Member;
  readonly discoveryDelayMaxMs: number;
  readonly random: Random;
  readonly onChange: () => void;
  readonly log: (message: string) => void;
}

/** Starts watching. Registration is under way when it returns, and goes on until it succeeds. */
export function watchMembership(options: MembershipWatchOptions): MembershipWatch {
  const { client, self, discoveryDelayMaxMs, random, onChange, log } = options;
  let view: MembershipView = { version: -1, members: [] };
  let learned: Record<string, number> = {};
  let known = new Map<string, { readonly incarnation: string; readonly sinceMs: number }>();
  let discovering = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function discover(): Promise<void> {
    try {
      const next = await client.membership(view.version);
      if (next !== undefined && !stopped) learn(next);
    } catch (error) {
      log(String(error));
    }
    if (!stopped) timer = setTimeout(discover, discoveryDelayMaxMs * (0.5 + random() / 2));
  }

  function learn(next: MembershipView): void {
    const now = Date.now();
    const sinceMs = performance.now();
    view = {
      version: next.version,
      members: next.members.filter(({ memberId }) => memberId !== self.memberId),
    };
    learned = Object.fromEntries(view.members.map(({ memberId }) => [memberId, learned[memberId] ?? now]));
    known = new Map(
      view.members.map(({ memberId, incarnation }) => {
        const before = known.get(memberId);
        return [memberId, before?.incarnation === incarnation ? before : { incarnation, sinceMs }];
      }),
    );
    onChange();
  }

  const registration = startRegistration({
    client,
    self,
    onHeartbeat: async () => {
      if (discovering) return;
      discovering = true;
      await discover();
    },
    log,
  });
  return {
    frontEnds: () => view.members.filter(({ role }) => role === 'front-end'),
    backEnds: () => view.members.filter(({ role }) => role === 'back-end'),
    version: () => view.version,
    learnedAtMs: () => learned,
    knownForMs(memberId) {
      const since = known.get(memberId)?.sinceMs;
      return since === undefined ? 0 : performance.now() - since;
    },
    registered: registration.registered,
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearTimeout(timer);
      await registration[Symbol.asyncDispose]();
    },
  };
}
