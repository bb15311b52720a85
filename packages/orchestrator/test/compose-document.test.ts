/**
 * What compose is told, of the lab's own file: without an engine.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from '../src/kit/entries.ts';
import { documentFor, readLabFile, serviceOf } from '../src/runtime/compose/compose-document.ts';
import type { MemberSpec } from '../src/runtime/runtime.ts';

const content = readFileSync(join(REPOSITORY, 'docker', 'compose.yaml'));
const file = readLabFile(content);
const LABELS = { 'fleetfall.run': 'r1' };

function frontEnd(number: number, rest: Partial<MemberSpec> = {}): MemberSpec {
  return { memberId: `fe-0${number}`, role: 'front-end', pidsMax: 15, uvThreads: 3, durable: false, ...rest };
}
const told = (...specs: MemberSpec[]) => documentFor(file, specs, 'fleetfall:abc', LABELS);

describe('what compose is told to bring up', () => {
  it('is the one service of all front-ends, under the limit of the run', () => {
    const { services, volumes } = told(frontEnd(1), frontEnd(2));
    expect(Object.keys(services)).toEqual(['frontend']);
    expect(services.frontend).toMatchObject({
      image: 'fleetfall:abc',
      command: ['/app/front-end.mjs'],
      environment: { UV_THREADPOOL_SIZE: '3' },
      pids_limit: 15,
      stdin_open: true,
    });
    expect(volumes).toEqual({});
  });

  it("keeps how the lab's file locks members in, and its network", () => {
    const locked = { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges'] };
    expect(file.services.frontend).toMatchObject(locked);
    const load: MemberSpec = { memberId: 'load', role: 'load', pidsMax: null, durable: false };
    const { services, networks } = told(frontEnd(1), load);
    expect(services.frontend).toMatchObject(locked);
    expect(services.load).toMatchObject({ ...locked, networks: ['fleet'], command: ['/app/load.mjs'] });
    expect(networks).toEqual({ fleet: { ...file.networks.fleet, labels: LABELS } });
    expect(networks.fleet).toMatchObject({ internal: true });
  });

  it('lets what measures the fleet stand before it at the processor', () => {
    const instrument = (role: 'load' | 'observer'): MemberSpec => ({
      memberId: role,
      role,
      pidsMax: null,
      durable: false,
    });
    const { services } = told(frontEnd(1), instrument('load'), instrument('observer'));
    expect([services.load, services.observer]).toMatchObject([{ cpu_shares: 9_548 }, { cpu_shares: 9_548 }]);
    expect(services.frontend).not.toHaveProperty('cpu_shares');
    expect(file.services.lab).toMatchObject({ cpu_shares: 9_548 });
  });

  it('gives no member a boot file, a secret on a disk or a port, and whoever keeps data a volume', () => {
    const metadata: MemberSpec = { memberId: 'metadata', role: 'metadata', pidsMax: null, durable: true };
    const backEnd: MemberSpec = { memberId: 'be-2', role: 'back-end', pidsMax: null, durable: true };
    const { services, volumes } = told(metadata, backEnd, frontEnd(1));
    expect(services.metadata).toMatchObject({ volumes: ['metadata:/data'], pids_limit: 256 });
    expect(services['backend-2']).toMatchObject({ volumes: ['backend-2:/data'] });
    expect(services.frontend).toMatchObject({ volumes: [] });
    expect(volumes).toEqual({ metadata: { labels: LABELS }, 'backend-2': { labels: LABELS } });
    for (const service of Object.values(services)) {
      expect(service).not.toHaveProperty('ports');
      expect(service).not.toHaveProperty('depends_on');
      expect(service.labels).toEqual(LABELS);
    }
  });

  it('has the services of the file by their names there', () => {
    for (const [memberId, role] of [
      ['metadata', 'metadata'],
      ['be-1', 'back-end'],
      ['be-2', 'back-end'],
      ['fe-07', 'front-end'],
    ] as const) {
      expect(file.services).toHaveProperty(serviceOf({ memberId, role }));
    }
  });

  it('is not made of a file without the services and the network that it goes by', () => {
    const without = (what: RegExp) => Buffer.from(content.toString().replace(what, '  other:'));
    expect(() => readLabFile(without(/^ {2}frontend:/m))).toThrow(/the service 'frontend'/);
    expect(() => readLabFile(without(/^ {2}fleet:/m))).toThrow(/the network 'fleet'/);
    expect(() => readLabFile(Buffer.from(''))).toThrow(/must have a version/);
  });
});
