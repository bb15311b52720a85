/**
 * What can be done to a running fleet, on real ones: each verb is seen in the fleet, and credited in the journal
 * with its evidence.
 */
import type { FleetLayout } from '@fleetfall/experiment/layout.ts';
import type { Fleet } from '@fleetfall/orchestrator/fleet/fleet.ts';
import { meshed } from '@fleetfall/orchestrator/method/service.ts';
import type { FaultOutcome } from '@fleetfall/protocol/faults.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HealthyFleet, startHealthyFleet } from '../healthy-fleet.ts';
import { DOCKER_LEFT_OUT, drawnRuntimes } from '../runtimes.ts';

if (DOCKER_LEFT_OUT !== null) it.skipIf(true)(`docker is left out: ${DOCKER_LEFT_OUT}`, () => undefined);

describe.each(drawnRuntimes('fleet-verbs'))('a fleet on %s', (wanted) => {
  let healthy: HealthyFleet;
  let records: HealthyFleet['records'];
  let fleet: Fleet;
  let layout: FleetLayout;

  beforeAll(async () => {
    healthy = await startHealthyFleet(wanted, `v${process.pid.toString(16)}`, 'verbs');
    ({ fleet, layout, records } = healthy);
    await fleet.add(2, 'incumbent');
    await fleet.add(2, 'newcomer');
    await meshed(fleet, layout.frontEnd);
  });
  afterAll(() => healthy?.[Symbol.asyncDispose]());

  const journalled = (faultId: string): unknown[] =>
    records.flatMap((entry) =>
      entry.kind === 'fault' && entry.faultId === faultId ? [[entry.event, entry.outcome]] : [],
    );
  const readings = ({ evidence }: FaultOutcome): unknown[] =>
    evidence.map(({ of, reading, after, holds }) => [of, reading, after, holds]);
  const ids = (): string[] => fleet.frontEnds().map(({ member }) => member.spec.memberId);

  it('pauses a front-end: it stands still and answers nobody until it is healed', async () => {
    const paused = await fleet.pause('fe-02');
    expect(paused).toMatchObject({ faultId: 'pause-1', members: ['fe-02'], outcome: 'installed' });
    expect(readings(paused)).toEqual([
      ['fe-02', 'its state by the kernel or the engine', 'paused', true],
      ['fe-02', 'answers to the observer', 'timeout', true],
    ]);
    expect(fleet.faults()).toEqual([paused]);
    const [healed] = await fleet.heal(paused.faultId);
    expect(healed).toMatchObject({ event: 'heal', outcome: 'healed', reason: null });
    expect(fleet.faults()).toEqual([]);
    expect(journalled('pause-1')).toEqual([
      ['inject', 'installed'],
      ['heal', 'healed'],
    ]);
  });

  it('pauses the metadata store and a back-end at once, and the fleet is whole again afterwards', async () => {
    const paused = await fleet.pause(['metadata', 'be-1']);
    expect(paused).toMatchObject({ members: ['metadata', 'be-1'], outcome: 'installed' });
    expect(await fleet.heal('all')).toMatchObject([{ outcome: 'healed' }]);
    await meshed(fleet, layout.frontEnd);
  });

  it('sets a limit that the kernel and the members then read, and puts the old one back', async () => {
    const limited = await fleet.setLimit(48, { cohort: 'newcomer' });
    expect(limited).toMatchObject({ members: ['fe-03', 'fe-04'], outcome: 'installed' });
    expect(new Set(limited.evidence.map(({ before, after }) => `${before} → ${after}`))).toEqual(
      new Set(['64 → 48']),
    );
    await fleet.restart(['fe-04']);
    expect(fleet.view.seen('fe-04')?.state.kernel?.limit).toBe(48);
    expect(await fleet.heal(limited.faultId)).toMatchObject([{ outcome: 'healed' }]);
    expect(fleet.view.seen('fe-04')?.state.kernel?.limit).toBe(64);
  });

  it('sets a limit for those to come too, and lifts it of those that came meanwhile', async () => {
    const limitOf = (id: string) => fleet.view.seen(id)?.state.kernel?.limit;
    const limited = await fleet.setLimit(40);
    await fleet.add(1, 'newcomer');
    expect(limitOf('fe-05')).toBe(40);
    expect(await fleet.heal(limited.faultId)).toMatchObject([{ outcome: 'healed' }]);
    await fleet.add(1, 'newcomer');
    expect(limitOf('fe-06')).toBe(64);
    await fleet.view.until('fe-05 to read it', () => limitOf('fe-05') === 64, 10_000, fleet.signal);
    await fleet.shrink(2);
  });

  it('kills a front-end, which stays a member that is down until it is started again', async () => {
    const killed = await fleet.kill('fe-01');
    expect(killed).toMatchObject({ outcome: 'installed', reason: null });
    expect(fleet.members().find(({ memberId }) => memberId === 'fe-01')?.running).toBe(false);
    expect(ids()).toContain('fe-01');
    await fleet.restart(['fe-01']);
    expect(fleet.view.lastHeard('fe-01')?.unanswered).toBeNull();
    expect(await fleet.heal(killed.faultId)).toMatchObject([{ outcome: 'healed' }]);
  });

  it('kills the metadata store, and heals it by starting it on what it had on disk', async () => {
    expect(await fleet.kill('metadata')).toMatchObject({ outcome: 'installed' });
    expect(await fleet.heal('all')).toMatchObject([{ outcome: 'healed' }]);
    await meshed(fleet, layout.frontEnd);
  });

  it('restarts one front-end alone, and a paused one too', async () => {
    const incarnations = () => fleet.frontEnds().map(({ member }) => member.incarnation);
    const before = incarnations();
    const paused = await fleet.pause('fe-02');
    await fleet.restart(['fe-02']);
    expect(incarnations().map((now, index) => now - (before[index] ?? 0))).toEqual([0, 1, 0, 0]);
    expect(await fleet.heal(paused.faultId)).toMatchObject([
      { outcome: 'skipped', reason: expect.stringMatching(/started again/) },
    ]);
  });

  it('shrinks by its newest, or by name', async () => {
    expect(await fleet.shrink(1)).toEqual(['fe-04']);
    expect(await fleet.shrink(['fe-01'])).toEqual(['fe-01']);
    expect(ids()).toEqual(['fe-02', 'fe-03']);
    const removed = records.flatMap((entry) =>
      entry.kind === 'member' && entry.event === 'removed' ? [[entry.memberId, entry.frontEnds]] : [],
    );
    expect(removed.slice(-2)).toEqual([
      ['fe-04', 3],
      ['fe-01', 2],
    ]);
  });

  it('says what is wrong with a verb that cannot be done, and does nothing', async () => {
    await expect(fleet.shrink(3)).rejects.toThrow(
      /from 1 to 2, the front-ends there are: current value is 3/,
    );
    await expect(fleet.shrink(['be-1'])).rejects.toThrow(/'be-1' is no front-end/);
    await expect(fleet.kill('fe-99')).rejects.toThrow(/no member 'fe-99': the members are observer, load/);
    await expect(fleet.pause('observer')).rejects.toThrow(/'observer' is what the run measures with/);
    await expect(fleet.setLimit(5)).rejects.toThrow(
      /pidsMax must be a whole number from 11.*current value is 5/,
    );
    await expect(fleet.heal('pause-99')).rejects.toThrow(
      /no fault 'pause-99': there is none|those in force are/,
    );
    expect(await fleet.pause({ role: 'front-end', cohort: 'incumbent', count: 1 })).toMatchObject({
      members: ['fe-02'],
    });
    expect(await fleet.kill({ cohort: 'incumbent', role: 'back-end' })).toMatchObject({
      outcome: 'skipped',
      reason: 'no member fits the description of its targets',
    });
  });

  it('lifts what is left in force when it is taken down', async () => {
    expect(fleet.faults()).toMatchObject([{ fault: { kind: 'pause' }, members: ['fe-02'] }]);
    await fleet[Symbol.asyncDispose]();
    expect(records.findLast(({ kind }) => kind === 'fault')).toMatchObject({
      event: 'heal',
      outcome: 'healed',
      members: ['fe-02'],
    });
  });
});
