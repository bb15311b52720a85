/**
 * The network between the members of real fleets, cut and slowed by real means: what was in force is gone after the
 * heal, and after the fleet.
 */
import { readFileSync } from 'node:fs';
import type { FleetLayout } from '@fleetfall/experiment/layout.ts';
import type { Fleet } from '@fleetfall/orchestrator/fleet/fleet.ts';
import { meshed } from '@fleetfall/orchestrator/method/service.ts';
import { HOST_NAMESPACE } from '@fleetfall/orchestrator/runtime/network/namespace.ts';
import { listTables } from '@fleetfall/orchestrator/runtime/network/nft.ts';
import type { Fault, FaultOutcome } from '@fleetfall/protocol/faults.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type HealthyFleet, startHealthyFleet } from '../healthy-fleet.ts';
import { DOCKER_LEFT_OUT, drawnRuntimes } from '../runtimes.ts';

if (DOCKER_LEFT_OUT !== null) it.skipIf(true)(`docker is left out: ${DOCKER_LEFT_OUT}`, () => undefined);

describe.each(drawnRuntimes('network-faults'))('the network of a fleet on %s', (wanted) => {
  const runId = `n${process.pid.toString(16)}`;
  let healthy: HealthyFleet;
  let records: HealthyFleet['records'];
  let fleet: Fleet;
  let layout: FleetLayout;

  beforeAll(async () => {
    healthy = await startHealthyFleet(wanted, runId, 'net');
    ({ fleet, layout, records } = healthy);
    await fleet.add(3, 'incumbent');
    await meshed(fleet, layout.frontEnd);
  });
  afterAll(() => healthy?.[Symbol.asyncDispose]());

  afterEach(() => void vi.unstubAllEnvs());

  const addressOf = (memberId: string): string =>
    fleet.members().find((each) => each.memberId === memberId)?.member.endpoint.host ?? '';
  const ways = ({ evidence }: FaultOutcome): unknown[] =>
    evidence.filter(({ of }) => of.includes(' → ')).map(({ of, after }) => `${of}: ${after}`);

  /** Puts a fault into force; a host without the means leaves the test out, and says why. */
  async function injected(fault: Fault, skip: (why: string) => void): Promise<FaultOutcome> {
    const outcome = await fleet.inject(fault);
    if (/^this host has no|took no rules/.test(outcome.reason ?? '')) skip(`${outcome.reason}`);
    return outcome;
  }

  // Containers have a network each: there no member could call from another's address.
  if (wanted === 'cgroup') {
    it('has no member that calls from an address of another', () => {
      // proc(5): addresses are in hexadecimal. 127.0.0.1 is what the kernel would choose, 1CE8 the members' port, 01 a
      // connection.
      const subnet = addressOf('fe-01').split('.').slice(0, 3).toReversed();
      const inHex = subnet.map((part) => Number(part).toString(16).padStart(2, '0')).join('');
      const toMember = new RegExp(`:[0-9A-F]{4} [0-9A-F]{2}${inHex}:1CE8 01 `, 'i');
      const connections = readFileSync('/proc/net/tcp', 'utf8').split('\n');
      const calls = connections.filter((line) => toMember.test(line));
      expect(calls.length).toBeGreaterThan(5);
      expect(calls.filter((line) => line.includes(': 0100007F:'))).toEqual([]);
    });
  }

  it('is cut between a front-end and a back-end, and whole after the heal', async ({ skip }) => {
    const cut = await injected({ kind: 'partition', targets: ['fe-01'], from: ['be-1'] }, skip);
    expect(cut).toMatchObject({ outcome: 'installed', reason: null });
    expect(ways(cut)).toEqual(['fe-01 → be-1: timeout', 'be-1 → fe-01: timeout']);
    const [healed] = await fleet.heal(cut.faultId);
    expect(healed).toMatchObject({ outcome: 'healed', reason: null });
    expect(ways(healed as FaultOutcome)).toEqual(['fe-01 → be-1: answered', 'be-1 → fe-01: answered']);
  });

  it('is cut around a front-end: nobody reaches it but the observer', async ({ skip }) => {
    const cut = await injected({ kind: 'partition', targets: ['fe-03'] }, skip);
    expect(cut).toMatchObject({ outcome: 'installed', reason: null });
    expect(ways(cut)).toContain('load → fe-03: timeout');
    expect(ways(cut)).toContain('fe-03 → metadata: timeout');
    await fleet.view.until(
      'the others to lose fe-03 as a member, and it to answer the observer still',
      () => {
        const state = fleet.view.seen('fe-01')?.state;
        return state?.role === 'front-end' && state.links.wanted === 1 && isAnswering('fe-03');
      },
      30_000,
      fleet.signal,
    );
    expect(await fleet.heal('all')).toMatchObject([{ outcome: 'healed' }]);
    await meshed(fleet, layout.frontEnd);
  });

  it('is slow by what was asked for, and quick again after the heal', async ({ skip }) => {
    const slowed = await injected(
      { kind: 'slow', targets: ['fe-02'], from: ['fe-01', 'be-1'], delayMs: 200 },
      skip,
    );
    expect(slowed).toMatchObject({ outcome: 'installed', reason: null });
    expect(slowed.means).toMatch(
      wanted === 'docker'
        ? /^netem$|^a fault proxy, since there is no (queue for )?netem: ./
        : /^a fault proxy, since a queue on the host's loopback would be in everybody's way$/,
    );
    const roundTrips = slowed.evidence.filter(({ reading }) => reading === 'median round trip, ms');
    expect(roundTrips.map(({ of }) => of)).toEqual(['fe-02 → be-1', 'fe-02 → fe-01', 'be-1 → fe-02']);
    await meshed(fleet, layout.frontEnd);
    expect(await fleet.heal(slowed.faultId)).toMatchObject([{ outcome: 'healed', reason: null }]);
    await meshed(fleet, layout.frontEnd);
  });

  it('loses packets by chance, which the kernel counts', async ({ skip }) => {
    const fault: Fault = { kind: 'slow', targets: ['fe-02'], from: ['fe-01'], lossPercent: 10 };
    const lossy = await injected(fault, skip);
    expect(lossy).toMatchObject({ outcome: 'installed', reason: null });
    expect(await fleet.heal('all')).toMatchObject([{ outcome: 'healed' }]);
  });

  it('loses a front-end altogether where no rules can be had, if its runtime can do that', async () => {
    vi.stubEnv('PATH', '');
    const fromOne = await fleet.inject({ kind: 'partition', targets: ['fe-02'], from: ['be-1'] });
    expect(fromOne).toMatchObject({
      outcome: 'skipped',
      reason: expect.stringMatching(/^this host has no '/),
    });
    const out = await fleet.inject({ kind: 'partition', targets: ['fe-01', 'fe-02'] });
    if (wanted === 'cgroup') {
      const reason = expect.stringMatching(/this host has no 'nft'; 'fe-0.' is in the host's own network/);
      expect(out).toMatchObject({ outcome: 'skipped', reason });
      return;
    }
    // First of all, in the order of their addresses, which is that of their starts.
    const seen = ({ evidence }: FaultOutcome) =>
      evidence
        .map(({ of, reading, after }) => `${of}: ${reading}: ${after}`)
        .slice(0, 2)
        .toSorted();
    expect(out).toMatchObject({ outcome: 'installed', reason: null });
    expect(out.means).toMatch(/^taking them out of the network, .*: this host has no 'nsenter'$/);
    expect(seen(out)).toEqual([
      'fe-01: its address by the engine: none',
      'fe-02: its address by the engine: none',
    ]);
    const [healed] = await fleet.heal(out.faultId);
    expect(healed).toMatchObject({ outcome: 'healed', reason: null });
    expect(seen(healed as FaultOutcome)).toEqual([
      `fe-01: its address by the engine: ${addressOf('fe-01')}`,
      `fe-02: its address by the engine: ${addressOf('fe-02')}`,
    ]);
    await meshed(fleet, layout.frontEnd);
  });

  it('cannot be cut from the observer, or from nobody', async () => {
    const cut = (from: readonly string[]) => fleet.inject({ kind: 'partition', targets: ['fe-01'], from });
    await expect(cut(['observer'])).rejects.toThrow(/'from' must not hold the observer/);
    await expect(cut(['fe-01'])).rejects.toThrow(/'from' must hold a running member that is no target/);
    await expect(fleet.inject({ kind: 'slow', targets: ['fe-01'], delayMs: 0 })).rejects.toThrow(
      /delayMs must be from 1 to 60000: current value is 0/,
    );
  });

  it('is whole when the fleet is gone, whatever was in force', async ({ skip }) => {
    await injected({ kind: 'partition', targets: ['fe-01'], from: ['fe-02'] }, skip);
    await injected({ kind: 'slow', targets: ['fe-01'], from: ['fe-03'], delayMs: 50 }, skip);
    await fleet[Symbol.asyncDispose]();
    expect((await listTables(HOST_NAMESPACE)).filter((name) => name.includes(runId))).toEqual([]);
    expect(records.filter(({ kind }) => kind === 'fault').slice(-2)).toMatchObject([
      { kind: 'fault', event: 'heal', outcome: 'healed', fault: { kind: 'slow' } },
      { kind: 'fault', event: 'heal', outcome: 'healed', fault: { kind: 'partition' } },
    ]);
  });

  const isAnswering = (memberId: string): boolean => fleet.view.lastHeard(memberId)?.unanswered === null;
});
