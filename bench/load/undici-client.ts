/** A closed loop by undici's dispatch, its leanest way: so many connections, each sends again when it was answered. */
import process from 'node:process';
import { Pool } from 'undici';

const [url = '', connections = '16', seconds = '10'] = process.argv.slice(2);
const pool = new Pool(url, { connections: Number(connections), pipelining: 1 });
const endAtMs = performance.now() + Number(seconds) * 1_000;

function send(): void {
  if (performance.now() > endAtMs) return;
  pool.dispatch(
    { method: 'GET', path: '/' },
    {
      onRequestStart: () => undefined,
      onResponseStart: () => undefined,
      onResponseData: () => undefined,
      onResponseEnd: send,
      onResponseError: (_controller, error) => {
        throw error;
      },
    },
  );
}
for (let connection = 0; connection < Number(connections); connection += 1) send();
setTimeout(() => void pool.close(), Number(seconds) * 1_000);
