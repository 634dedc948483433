import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AnswerReader, HEAD_BYTES, type Answer } from './answer-reader.js';

const MAX_BODY_BYTES = 100;

/** Gives a reader what a socket reads, in pieces of at most these sizes, over and over. */
function readInPieces(text: string, sizes: readonly number[] = [65536]): Answer | undefined {
  const bytes = Buffer.from(text, 'latin1');
  const reader = new AnswerReader(Buffer.alloc(HEAD_BYTES), MAX_BODY_BYTES);
  for (let at = 0, piece = 0; at < bytes.length; piece += 1) {
    const { room } = reader;
    expect(room.length).toBeGreaterThan(0);
    const count = bytes.copy(room, 0, at, at + (sizes[piece % sizes.length] ?? 1));
    at += count;
    const answer = reader.received(count);
    if (answer === undefined) continue;
    // Only an answer whose body is too long leaves something behind.
    if (answer.body.length === answer.bodyLength) expect(at).toBe(bytes.length);
    return answer;
  }
  return reader.ended();
}

const answerOf = (head: string, body = '') => `HTTP/1.1 ${head}\r\n\r\n${body}`;
const BODY = 'body with\r\n\r\nempty lines';
const SIZED = answerOf(`206 Partial Content\r\nContent-Length: ${BODY.length}\r\nETag: "x"`, BODY);
const CHUNKED = answerOf(
  '404 Not Found\r\nTransfer-Encoding: chunked',
  `4\r\n${BODY.slice(0, 4)}\r\n0f;ext=1\r\n${BODY.slice(4, 19)}\r\n5\r\n${BODY.slice(19)}\r\n0\r\nTrailer: t\r\n\r\n`,
);
const UNTIL_END = answerOf('200 OK\r\nServer: s', BODY);

describe('an answer', () => {
  test('has its status, headers and body', () => {
    expect(readInPieces(SIZED)).toEqual({
      status: 206,
      headers: { 'content-length': String(BODY.length), etag: '"x"' },
      body: Buffer.from(BODY),
      bodyLength: BODY.length,
      keepsConnection: true,
    });
  });

  test('is the same however the network cuts it', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom(SIZED, CHUNKED, UNTIL_END), sizes, (text, pieces) => {
        const answer = readInPieces(text, pieces);
        expect(answer?.body.toString()).toBe(BODY);
        expect(answer).toEqual(readInPieces(text));
      }),
    );
  });

  test('without a length ends with the connection, which cannot be used again', () => {
    expect(readInPieces(UNTIL_END)).toMatchObject({ status: 200, body: Buffer.from(BODY), keepsConnection: false });
  });

  test('that is cut short is none', () => {
    expect(readInPieces(SIZED.slice(0, -1))).toBeUndefined();
    expect(readInPieces(CHUNKED.slice(0, -1))).toBeUndefined();
    expect(readInPieces('HTTP/1.1 200 OK\r\nContent-')).toBeUndefined();
  });

  test('may come after announcements', () => {
    const text = answerOf('103 Early Hints\r\nLink: <x>') + answerOf('100 Continue') + SIZED;
    for (const sizes of [[65536], [1], [7, 90]]) expect(readInPieces(text, sizes)).toEqual(readInPieces(SIZED));
  });

  test.each([
    ['204 No Content', '', true],
    ['304 Not Modified\r\nContent-Length: 9', '', true],
    ['200 OK\r\nContent-Length: 0', '', true],
    ['200 OK\r\nContent-Length: 1\r\nConnection: Close', 'x', false],
    ['200 OK\r\nContent-Length: 1\r\nConnection: keep-alive', 'x', true],
  ])('%j', (head, body, keepsConnection) => {
    expect(readInPieces(answerOf(head, body))).toMatchObject({ body: Buffer.from(body), keepsConnection });
  });

  test('has the values of a header that is there twice', () => {
    const answer = readInPieces(answerOf('200 OK\r\nA: 1\r\nContent-Length: 0\r\na:2\r\n__proto__: x'));
    expect(answer?.headers['a']).toBe('1, 2');
  });
});

describe('a body that is too long', () => {
  test('of a known length is not read', () => {
    const answer = readInPieces(answerOf('200 OK\r\nContent-Length: 1000000000', 'x'.repeat(200)));
    expect(answer).toMatchObject({ body: Buffer.alloc(0), bodyLength: 1e9, keepsConnection: false });
  });

  test('of unknown length ends the reading', () => {
    const long = 'x'.repeat(MAX_BODY_BYTES + 1);
    expect(() => readInPieces(answerOf('200 OK', long))).toThrow('more than 100 bytes');
    const chunk = `${long.length.toString(16)}\r\n${long}\r\n0\r\n\r\n`;
    expect(() => readInPieces(answerOf('200 OK\r\nTransfer-Encoding: chunked', chunk))).toThrow('more than 100 bytes');
  });

  test('is longer for errors, which tell what is wrong', () => {
    const body = '<Error/>'.repeat(1000);
    expect(readInPieces(answerOf(`503 Slow Down\r\nContent-Length: ${body.length}`, body))?.body.toString()).toBe(body);
  });
});

test.each([
  ['HTTP/2 200\r\n\r\n', 'which is no HTTP/1.1'],
  ['SSH-2.0-OpenSSH_9.6\r\n\r\n', 'which is no HTTP/1.1'],
  [answerOf('200 OK\r\nno colon'), 'the header "no colon"'],
  [answerOf('200 OK\r\nContent-Length: -1'), 'the Content-Length "-1"'],
  [answerOf('200 OK\r\nContent-Length: 1, 1'), 'the Content-Length "1, 1"'],
  [answerOf('200 OK\r\nContent-Length: 1', 'xx'), 'more than it announced'],
  [answerOf('200 OK\r\nTransfer-Encoding: chunked', 'zz\r\n'), '"zz" as the size of a chunk'],
  [answerOf('200 OK\r\nTransfer-Encoding: chunked', '0\r\n\r\nx'), 'more than its last chunk'],
  [answerOf('200 OK\r\nTransfer-Encoding: chunked', 'f'.repeat(2000)), 'no size of a chunk'],
  [`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(5000)}`, `more than ${HEAD_BYTES} bytes of headers`],
])('%j is refused', (text, message) => {
  expect(() => readInPieces(text)).toThrow(message);
});
