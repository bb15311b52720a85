/**
 * The compose lab in small, and what is scraped of it. At its shipped sizes: `long/lab.test.ts`.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fallsAndRecovers, LAB_LEFT_OUT, type Lab, openLab } from '../compose-lab.ts';
import { findTool } from '../tools.ts';

/** Under this limit the sixth front-end is the first that finds no thread left. */
const OVERRIDE = 'version: "2.4"\nservices:\n  frontend:\n    pids_limit: 16\n';
/** The system's Prometheus in the place of that of the registry, which not every machine reaches; all else is as shipped. */
const OWN_PROMETHEUS = `  prometheus:
    image: \${FLEETFALL_LAB_IMAGE}
    entrypoint: [/opt/prometheus]
    volumes: ["\${PROMETHEUS}:/opt/prometheus:ro"]
`;
const PROMETHEUS = findTool('prometheus', 'FLEETFALL_REQUIRE_PROMTOOL');
const BEFORE = 4;
const AFTER = 6;
const WAIT_MS = 60_000;

describe.skipIf(LAB_LEFT_OUT !== null)(
  `the compose lab${LAB_LEFT_OUT === null ? '' : ` (left out: ${LAB_LEFT_OUT})`}`,
  () => {
    let lab: Lab;

    beforeAll(async () => {
      const override = PROMETHEUS.path === null ? OVERRIDE : `${OVERRIDE}${OWN_PROMETHEUS}`;
      lab = await openLab(override, { PROMETHEUS: PROMETHEUS.path ?? '' });
    });
    afterAll(() => lab?.[Symbol.asyncDispose]());

    test('gives no container the engine, and publishes its ports on this machine alone', async () => {
      const config = await lab.compose('config');
      expect(config).not.toContain('docker.sock');
      const ports = config.match(/^ +ports:\n.*$/gm) ?? [];
      expect(ports).toContainEqual(expect.stringMatching(/127\.0\.0\.1::7480/));
      for (const each of ports) expect(each).toMatch(/- 127\.0\.0\.1:/);
    });

    test('falls when it is scaled up, stays down when it is scaled back, and recovers by a restart', () =>
      fallsAndRecovers(lab, { before: BEFORE, after: AFTER, waitMs: WAIT_MS }));

    test.skipIf(PROMETHEUS.leftOut !== null)(
      `is scraped by Prometheus, every front-end by the name of the service${PROMETHEUS.leftOut === null ? '' : ` (${PROMETHEUS.leftOut})`}`,
      async () => {
        await lab.compose('--profile', 'metrics', 'up', '-d', '--scale', `frontend=${BEFORE}`, 'prometheus');
        const address = (await lab.compose('port', 'prometheus', '9090')).trim();
        const query = async (expression: string): Promise<number> => {
          const url = `http://${address}/api/v1/query?query=${encodeURIComponent(expression)}`;
          // Until it listens and is ready this throws, and is asked again; what it threw last is told in the end.
          const answer = await fetch(url);
          if (answer.status !== 200)
            throw new Error(`Prometheus answered ${answer.status}: ${await answer.text()}`);
          const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
          return Number(data.result[0]?.value[1] ?? Number.NaN);
        };
        const soon = { timeout: WAIT_MS, interval: 500 };
        await expect.poll(() => query('sum(up{job="frontend"})'), soon).toBe(BEFORE);
        await expect.poll(() => query('sum(up{job=~"backend|metadata"})'), soon).toBe(3);
        expect(await query('max(fleet_threads_limit)')).toBe(16);
        // The rules are loaded: what they record is there.
        await expect.poll(() => query('count(fleet:threads_headroom)'), soon).toBe(BEFORE);
      },
    );
  },
);
