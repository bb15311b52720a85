import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { METRICS_PATH } from '@fleetfall/protocol/member-state.ts';
import { Counter, Gauge, Registry } from '@prometheus-io/client';
import { describe, expect, it } from 'vitest';
import { metricsFormat } from '../src/metrics-format.ts';
import { stateRoutes } from '../src/state-routes.ts';

const OPEN = Registry.OPENMETRICS_CONTENT_TYPE;
const TEXT = Registry.PROMETHEUS_CONTENT_TYPE;

describe('the format of metrics', () => {
  it.each([
    ['by who says nothing', undefined, TEXT],
    ['by a browser', 'text/html,application/xhtml+xml,*/*;q=0.8', TEXT],
    ['by whoever takes anything', '*/*', TEXT],
    [
      'by Prometheus 2',
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      OPEN,
    ],
    [
      'by Prometheus 3',
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
      OPEN,
    ],
    ['by whoever names no version', 'application/openmetrics-text', OPEN],
    ['by whoever knows an earlier version alone', 'application/openmetrics-text; version=0.0.1', TEXT],
    ['by whoever likes the older better', 'application/openmetrics-text;q=0.2, text/plain;q=0.9', TEXT],
    ['by whoever will not have it', 'application/openmetrics-text;q=0, text/plain;q=0', TEXT],
    ['by whoever says no weight that can be read', 'application/openmetrics-text;q=much', TEXT],
  ])('asked for %s', (_, accept, format) => {
    expect(metricsFormat(accept)).toBe(format);
  });

  it('changes how counters are told, scrape after scrape, and nothing that is told', async () => {
    const routes = stateRoutes({
      state: () => {
        throw new Error('not asked for here');
      },
      ready: () => true,
      metrics: (format) => {
        const registry = new Registry(format);
        const registers = [registry];
        new Counter({ name: 'fleet_things_total', help: 'Things.', registers }).inc(3);
        new Gauge({ name: 'fleet_size', help: 'Size.', registers }).set(2);
        return registry;
      },
    });
    await using server = createServer((request, response) => void routes(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const scrape = async (accept: string) => {
      const answer = await fetch(`http://127.0.0.1:${port}${METRICS_PATH}`, { headers: { accept } });
      return [answer.headers.get('content-type'), await answer.text()];
    };
    const open = [
      '# HELP fleet_things Things.',
      '# TYPE fleet_things counter',
      'fleet_things_total 3',
      '# HELP fleet_size Size.',
      '# TYPE fleet_size gauge',
      'fleet_size 2',
      '# EOF',
      '',
    ];
    for (let times = 0; times < 2; times += 1) {
      expect(await scrape('application/openmetrics-text;version=1.0.0')).toEqual([OPEN, open.join('\n')]);
      const [type, text] = await scrape('text/plain');
      expect(type).toBe(TEXT);
      expect(text).toContain('# TYPE fleet_things_total counter\nfleet_things_total 3\n');
      expect(text).not.toContain('# EOF');
    }
  });
});
