/**
 * What the clients of the benchmark are held against: a server that answers each request at once and counts it. By
 * hand on sockets, so that it is never what is slow. Asked over IPC how many requests came.
 */
import { createServer } from 'node:net';
import process from 'node:process';

const BODY = '{"ShardId":"s","SequenceNumber":"1234"}';
const ANSWER = Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`);
const HEAD_END = Buffer.from('\r\n\r\n');
let requests = 0;

const server = createServer({ noDelay: true }, (socket) => {
  /** Of a request whose body is still on its way. */
  let missing = 0;
  let held: Buffer | undefined;
  socket.on('data', (chunk: Buffer) => {
    let bytes = held === undefined ? chunk : Buffer.concat([held, chunk]);
    held = undefined;
    while (bytes.length > 0) {
      if (missing > 0) {
        const taken = Math.min(missing, bytes.length);
        missing -= taken;
        bytes = bytes.subarray(taken);
        if (missing > 0) return;
      } else {
        const end = bytes.indexOf(HEAD_END);
        if (end === -1) {
          held = bytes;
          return;
        }
        missing = Number(/content-length: *(\d+)/i.exec(bytes.toString('latin1', 0, end))?.[1] ?? 0);
        bytes = bytes.subarray(end + HEAD_END.length);
        if (missing > 0) continue;
      }
      requests += 1;
      socket.write(ANSWER);
    }
  });
  socket.on('error', () => socket.destroy());
});
process.on('message', () => process.send?.({ requests }));
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }));
