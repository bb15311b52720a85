/**
 * When a change of front-ends has shown: what front-ends must say of themselves before a settle waits no longer.
 */
import type { FrontEndState } from '@fleetfall/protocol/member-state.ts';
import { describe, expect, test } from 'vitest';
import type { CrewMember } from '../src/fleet/crew.ts';
import { changeHasShown, linksAreTried } from '../src/method/change-shown.ts';

const SHARDS = 256;
const FRONT_ENDS = ['fe-01', 'fe-02'];
const OTHERS = ['be-1', 'observer'];

interface Word {
  readonly knows?: readonly string[];
  /** Links open of those wanted. @default both of 2 */
  readonly open?: number;
  /** @default 2 s, where both are open */
  readonly allOpenForMs?: number;
  readonly refusedThreads?: number;
  /** null: there is no map. @default 0.5 s */
  readonly ageMs?: number | null;
  readonly aged?: boolean;
  readonly completeness?: number;
  readonly shards?: number;
  readonly stopped?: boolean;
  /** Of the membership that it knows. @default 1 */
  readonly version?: number;
}

function stateOf(memberId: string, word: Word): FrontEndState {
  const knows = word.knows ?? [...FRONT_ENDS, 'be-1'].filter((id) => id !== memberId);
  const { open = 2, allOpenForMs = 2_000 } = word;
  const { ageMs = 500, aged = false, completeness = 1, shards = SHARDS, stopped = false } = word;
  return {
    role: 'front-end',
    memberId,
    incarnation: 'first',
    upMs: 60_000,
    kernel: null,
    membership: { version: word.version ?? 1, learnedAtMs: Object.fromEntries(knows.map((id) => [id, 0])) },
    links: {
      wanted: 2,
      open,
      allOpenForMs: open === 2 ? allOpenForMs : null,
      threads: 0,
      refusedThreads: word.refusedThreads ?? 0,
      lastRefusal: null,
    },
    shardMap: {
      ageMs,
      aged,
      completeness,
      shards,
      builds: {
        started: 0,
        finished: 0,
        failed: 0,
        refusedThreads: 0,
        stopped,
        lastFailure: null,
        lastDurationMs: null,
      },
    },
    routing: { routed: 0, failed: {} },
  };
}

const roleOf = (id: string): CrewMember['role'] =>
  id.startsWith('fe') ? 'front-end' : id.startsWith('be') ? 'back-end' : 'observer';

/** Two front-ends that are looked at: what each says next, and whether the change has then shown. */
function look() {
  const said = new Map<string, FrontEndState>();
  const members = [...FRONT_ENDS, ...OTHERS].map((memberId) => ({
    role: roleOf(memberId),
    member: { spec: { memberId } },
  })) as CrewMember[];
  const fleet: Parameters<typeof linksAreTried>[0] = {
    members: () => members,
    view: {
      seen(memberId) {
        const state = said.get(memberId);
        return state === undefined ? undefined : { state, sampledAtMs: 0 };
      },
    },
  };
  const tell = (words: Readonly<Record<string, Word>>): boolean => {
    for (const [memberId, word] of Object.entries(words)) said.set(memberId, stateOf(memberId, word));
    return changeHasShown(fleet, SHARDS);
  };
  return Object.assign(tell, { linksAreTried: () => linksAreTried(fleet) });
}

/** Whether it has shown at two, of which one has linked and then constructed, and the other says so or otherwise. */
const taken = (other: Word): boolean => look()({ 'fe-01': {}, 'fe-02': other });

test('a change has shown when every front-end has linked and then constructed a whole map', () => {
  expect(taken({})).toBe(true);
});

test('nobody has been heard of yet', () => {
  const tell = look();
  expect(tell({})).toBe(false);
  expect(tell({ 'fe-01': {} })).toBe(false);
});

describe('one that has not taken the fleet up is waited for', () => {
  test.each([
    ['its map was begun before it was linked', { ageMs: 2_500 }],
    ['it has no map', { ageMs: null }],
    ['its map is past its age', { aged: true }],
    ['its map lacks an owner', { completeness: 0.9 }],
    ['its map is of another stream', { shards: 1 }],
    ['a link is not open', { open: 1 }],
    ['a link was refused a thread, and it goes on constructing', { open: 1, refusedThreads: 3 }],
    ['it does not know the other yet', { knows: ['be-1'] }],
    ['it still knows one that was removed', { knows: ['be-1', 'fe-01', 'fe-03'] }],
    ['the other knows more than it', { version: 0 }],
    ['it knows more than the other', { version: 2 }],
    ['it has stopped constructing, and its map is not past its age yet', { stopped: true }],
  ])('%s', (_what, later) => {
    expect(taken(later)).toBe(false);
  });
});

describe('one that can take up nothing more', () => {
  const atRest: Word = { stopped: true, aged: true, open: 1, refusedThreads: 3 };

  test('is waited for no longer', () => {
    expect(taken(atRest)).toBe(true);
    expect(taken({ ...atRest, ageMs: null, aged: false })).toBe(true);
    expect(taken({ ...atRest, open: 2, refusedThreads: 0 })).toBe(true);
  });

  test.each([
    ['its map is not past its age yet', { aged: false, ageMs: 2_500 }],
    ['it has links to try', { refusedThreads: 0 }],
    ['it still knows one that was removed', { knows: ['be-1', 'fe-01', 'fe-03'] }],
    ['it goes on constructing', { stopped: false }],
  ])('not while %s', (_what, but) => {
    expect(taken({ ...atRest, ...but })).toBe(false);
  });
});

test('links are tried once they are open, or the kernel refuses one, at whoever knows the fleet as it is', () => {
  const tell = look();
  const triedBy = (word: Word): boolean => {
    tell({ 'fe-01': {}, 'fe-02': word });
    return tell.linksAreTried();
  };
  expect(tell.linksAreTried()).toBe(false);
  expect(triedBy({})).toBe(true);
  expect(triedBy({ open: 1 })).toBe(false);
  expect(triedBy({ open: 1, refusedThreads: 1 })).toBe(true);
  expect(triedBy({ version: 0 })).toBe(false);
});
