/**
 * What of a blind drill is decided without a fleet: the draw and its commitment, what is done to the layout, and what
 * is shown while the cause is sealed.
 */
import { createHash } from 'node:crypto';
import { layOutScript } from '@fleetfall/experiment/script.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { DRILL_CAUSES } from '@fleetfall/protocol/drill.ts';
import { describe, expect, test } from 'vitest';
import { drawCause, readCauses } from '../src/drill/draw.ts';
import { layOutDrill } from '../src/drill/drill-layout.ts';
import { shownRecord } from '../src/drill/seal.ts';
import { deathText } from '../src/fleet/death-text.ts';

const stamp = { monoMs: 1, atMs: 1, arm: 'main' } as const;

describe('a draw', () => {
  test('is told beforehand by a hash that its seed and cause give again', () => {
    const { cause, sealedSeed, commitment } = drawCause(DRILL_CAUSES, 'a seed');
    expect(createHash('sha256').update(`${sealedSeed} ${cause}`).digest('hex')).toBe(commitment);
    expect(drawCause(DRILL_CAUSES, 'a seed').cause).toBe(cause);
  });

  test('comes to every cause, over seeds, and to none that is not among those given', () => {
    const draws = Array.from({ length: 200 }, (_, seed) => drawCause(DRILL_CAUSES, String(seed)).cause);
    expect(new Set(draws)).toEqual(new Set(DRILL_CAUSES));
    expect(drawCause(['cpu'], 'any').cause).toBe('cpu');
  });

  test('is made among causes that are named in any order, and a name that is none is refused', () => {
    expect(readCauses('cpu, threads', '--blind')).toEqual(['threads', 'cpu']);
    expect(() => readCauses('threads,disk', '--blind')).toThrow(
      "--blind 'disk': must be one of threads, memory, cpu, partition",
    );
  });
});

describe('the layout of a drill', () => {
  const fleet = { frontEnds: 3, pidsMax: 15, frontEndsMax: 12 };

  test('starts every fleet out of reach of a limit, and grows it past the one that threads would meet', () => {
    const { layout, plan } = layOutDrill(layOutScript(fleet, 'seed'), DRILL_CAUSES);
    expect(layout.arms[0].fleet.pidsMax).toBe(256);
    expect(plan).toEqual({ among: DRILL_CAUSES, pidsMax: 15, added: 3 });
  });

  test('leaves threads out where the fleet has none for its peers, and refuses to draw from nothing else', () => {
    const without = layOutScript({ ...fleet, peerLinks: 'event-loop' }, 'seed');
    expect(layOutDrill(without, DRILL_CAUSES).plan.among).toEqual(['memory', 'cpu', 'partition']);
    expect(() => layOutDrill(without, ['threads'])).toThrow('--blind threads: this fleet starts at 3');
  });
});

describe('what is shown of a drill', () => {
  test('has no faults and no witness of the kernel', () => {
    const fault = { ...stamp, kind: 'fault', faultId: 'limit-cpu-1' } as unknown as JournalRecord;
    const witness = { ...stamp, kind: 'witness', sampledAtMs: 1, readings: [] } as const;
    expect([shownRecord(fault), shownRecord(witness)]).toEqual([null, null]);
  });

  test('has of a death how it ended, without what the member said last', () => {
    const exit = { lastWords: 'Error: the kernel refused a thread: ERR_WORKER_INIT_FAILED: EAGAIN' };
    const shownDeath = (detail: string): unknown =>
      shownRecord({ ...stamp, kind: 'member', event: 'died', memberId: 'fe-01', detail } as JournalRecord);
    const died = { kind: 'member', event: 'died', memberId: 'fe-01' };
    expect([
      shownDeath(deathText({ ...exit, code: 1, signal: null })),
      shownDeath(deathText({ ...exit, code: null, signal: 'SIGKILL' })),
      shownDeath('killed on purpose'),
    ]).toEqual([
      { ...stamp, ...died, detail: 'exit code 1' },
      { ...stamp, ...died, detail: 'SIGKILL' },
      { ...stamp, ...died, detail: 'killed on purpose' },
    ]);
  });

  test('has of a front-end what its health check and its map tell, without threads refused', () => {
    const state = {
      role: 'front-end',
      memberId: 'fe-01',
      kernel: { tasks: 15, limit: 15, limitHits: 3 },
      links: { wanted: 5, open: 3, threads: 3, refusedThreads: 2, lastRefusal: 'EAGAIN' },
      shardMap: { ageMs: 9_000, aged: true, builds: { failed: 2, refusedThreads: 2, lastFailure: 'EAGAIN' } },
    };
    const sample = { kind: 'sample', sampledAtMs: 1, state };
    const shown = shownRecord({ ...stamp, kind: 'observer', record: sample } as unknown as JournalRecord);
    expect(shown).toMatchObject({
      record: { state: { kernel: null, links: { open: 3, refusedThreads: 0 }, shardMap: { aged: true } } },
    });
    expect(JSON.stringify(shown)).not.toContain('EAGAIN');
  });
});
