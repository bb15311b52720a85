import { expect, test } from 'vitest';
import { AnswerParser, type Bodies, fieldOf } from '../src/http/answer-parser.ts';

interface Read {
  readonly status: number;
  readonly body: string;
  readonly keepAlive: boolean;
}

function parserWithAnswers(bodies: Bodies = 'kept') {
  const answers: Read[] = [];
  const parser = new AnswerParser(bodies, ({ status, body, keepAlive }) =>
    answers.push({ status, body: body.toString('latin1'), keepAlive }),
  );
  return { parser, answers };
}

const ANSWERS: readonly (readonly [what: string, bytes: string, read: Read])[] = [
  [
    'a length',
    'HTTP/1.1 200 OK\r\nDate: today\r\nContent-Length: 5\r\n\r\nhello',
    { status: 200, body: 'hello', keepAlive: true },
  ],
  [
    'chunks with an extension and a trailer',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\nA\r\n, my world\r\n0\r\nx: y\r\n\r\n',
    { status: 200, body: 'hello, my world', keepAlive: true },
  ],
  ['no body', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, body: '', keepAlive: true }],
  [
    'an interim answer before it',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\nconnection: close\r\ncontent-length: 0\r\n\r\n',
    { status: 503, body: '', keepAlive: false },
  ],
];

test.each(ANSWERS)(
  'reads an answer with %s, in one piece, byte by byte, and two at once',
  (_what, bytes, read) => {
    const whole = parserWithAnswers();
    whole.parser.take(Buffer.from(bytes + bytes, 'latin1'));
    expect(whole.answers).toEqual([read, read]);

    const pieces = parserWithAnswers();
    const reused = Buffer.alloc(1);
    for (const byte of Buffer.from(bytes, 'latin1')) {
      reused[0] = byte;
      pieces.parser.take(reused);
    }
    expect(pieces.answers).toEqual([read]);
  },
);

test('reads an answer without a length up to the end of the connection', () => {
  const { parser, answers } = parserWithAnswers();
  parser.take(Buffer.from('HTTP/1.1 200 OK\r\n\r\nall '));
  parser.take(Buffer.from('of it'));
  expect(answers).toEqual([]);
  expect(parser.end()).toBe(false);
  expect(answers).toEqual([{ status: 200, body: 'all of it', keepAlive: false }]);
});

test('passes over bodies that nobody reads, however long, and goes on behind them', () => {
  const { parser, answers } = parserWithAnswers('passed-over');
  const piece = Buffer.alloc(1024 * 1024);
  parser.take(Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${20 * piece.length}\r\n\r\n`));
  for (let at = 0; at < 20; at += 1) parser.take(piece);
  parser.take(
    Buffer.from('HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n'),
  );
  expect(answers).toEqual([
    { status: 200, body: '', keepAlive: true },
    { status: 404, body: '', keepAlive: true },
  ]);
});

test('an answer to HEAD has no body, whatever length it tells', () => {
  const { parser, answers } = parserWithAnswers('none');
  parser.take(Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n'));
  expect(answers).toEqual([{ status: 200, body: '', keepAlive: true }]);
});

test('chunks count where a length is told beside them', () => {
  const { parser, answers } = parserWithAnswers();
  parser.take(
    Buffer.from(
      'HTTP/1.1 200 OK\r\ncontent-length: 3\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    ),
  );
  expect(answers).toEqual([{ status: 200, body: 'hello', keepAlive: true }]);
});

test('tells how long the server keeps an idle connection, and the head to those who ask', () => {
  const heard: (readonly [seconds: number, head: string])[] = [];
  const parser = new AnswerParser('kept', ({ idleSeconds, head }) => heard.push([idleSeconds, head]));
  parser.take(Buffer.from('HTTP/1.1 204 No Content\r\nKeep-Alive: max=9, timeout=5\r\n\r\n'));
  parser.take(Buffer.from('HTTP/1.1 204 No Content\nx: y\n\n'));
  expect(heard).toEqual([
    [5, 'HTTP/1.1 204 No Content\r\nKeep-Alive: max=9, timeout=5'],
    [-1, 'HTTP/1.1 204 No Content\nx: y'],
  ]);
});

test('tells an answer that the end of the connection cut short', () => {
  const { parser, answers } = parserWithAnswers();
  parser.take(Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'));
  expect(parser.end()).toBe(true);
  expect(answers).toEqual([]);
});

test.each([
  ['SSH-2.0-OpenSSH_9.2\r\n\r\n', 'begin as HTTP'],
  ['HTTP/1.1 abc\r\n\r\n', 'no status'],
  ['HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n', 'more than 16777216 bytes'],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n', 'a chunk has no length'],
  [`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(70_000)}`, 'bytes of head'],
])('refuses what is no answer (%#)', (bytes, why) => {
  expect(() => parserWithAnswers().parser.take(Buffer.from(bytes))).toThrow(why);
});

test.each([
  ['content-length: +5', 'no number of bytes'],
  ['content-length: -5', 'no number of bytes'],
  ['content-length: 5x', 'no number of bytes'],
  ['content-length: 5 5', 'no number of bytes'],
  ['content-length:', 'no number of bytes'],
  ['content-length: 5,', 'no number of bytes'],
  [`content-length: ${'9'.repeat(20)}`, 'no number of bytes'],
  ['Content-Length : 5', 'a blank follows the name of its content-length'],
  ['Transfer-Encoding\t: chunked', 'a blank follows the name of its transfer-encoding'],
  ['content-length: 5\r\nContent-Length: 3', 'two lengths'],
  ['content-length: 5, 3', 'two lengths'],
])('refuses an answer whose end is in doubt: %j', (fields, why) => {
  const { parser, answers } = parserWithAnswers('passed-over');
  expect(() => parser.take(Buffer.from(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\nhello`))).toThrow(why);
  expect(answers).toEqual([]);
});

test.each([
  'content-length:5',
  'content-length: \t5 \t',
  'content-length: 5, 5 ,05',
  'content-length: 5\r\nContent-Length: 5',
  'content-length: 5\r\ncontent-length-of-old : 3',
])('a length may be told more than once, with blanks around: %j', (fields) => {
  const { parser, answers } = parserWithAnswers();
  parser.take(Buffer.from(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\nhello`));
  parser.take(Buffer.from(`HTTP/1.1 200 OK\n${fields.replaceAll('\r', '')}\n\nhello`));
  const read = { status: 200, body: 'hello', keepAlive: true };
  expect(answers).toEqual([read, read]);
});

test('finds a field whatever its case, and not inside another', () => {
  const head = 'HTTP/1.1 200 OK\r\nX-Reason-Code: no\r\nX-Reason:  map-aged \r\nA: b';
  expect(fieldOf(head, 'x-reason')).toBe('map-aged');
  expect(fieldOf(head, 'a')).toBe('b');
  expect(fieldOf(head, 'reason')).toBeUndefined();
});
