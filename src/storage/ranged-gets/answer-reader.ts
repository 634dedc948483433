import { BodyOfLength, BodyUntilEnd, ChunkedBody, type AnswerBody } from './answer-body.js';

/** What a server answered to a request. */
export interface Answer {
  readonly status: number;
  /** Names in lower case; the values of one that comes several times are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty when the body was announced to be longer than it may be. */
  readonly body: Buffer;
  /** Length of the body, also of one that was too long, bytes. */
  readonly bodyLength: number;
  /** Whether another request may follow on the connection. */
  readonly keepsConnection: boolean;
}

/** Most bytes of what comes before a body. */
export const HEAD_BYTES = 16 * 1024;
/** Most bytes of a body that tells what went wrong. */
const MAX_ERROR_BYTES = 64 * 1024;

const HEAD_END = '\r\n\r\n';

/**
 * Reads one answer of HTTP/1.1 (RFC 9112). It says where the next bytes of the socket are to go: a body of known length
 * arrives right where it stays, in memory of its size.
 */
export class AnswerReader {
  private headBytes = 0;
  private head: Pick<Answer, 'status' | 'headers' | 'keepsConnection'> | undefined;
  private body: AnswerBody | undefined;

  /**
   * @param scratch memory for what is not kept; its content may be replaced between two answers
   * @param maxBodyBytes most bytes of the body of an answer that is no error
   */
  constructor(
    private readonly scratch: Buffer,
    private readonly maxBodyBytes: number,
  ) {}

  /** Where the next bytes are to be put. */
  get room(): Buffer {
    if (this.head === undefined) return this.scratch.subarray(this.headBytes);
    return this.body?.room ?? this.scratch;
  }

  /**
   * @param count how many bytes were put into {@link room}, 1 or more
   * @returns the answer when these were its last
   * @throws Error when this is no answer that can be read
   */
  received(count: number): Answer | undefined {
    if (this.head === undefined) {
      this.headBytes += count;
      return this.readHead();
    }
    const { body } = this;
    if (body?.room === undefined) body?.take(this.scratch.subarray(0, count));
    else body.filled(count);
    return body?.isComplete === true ? this.answer(body.bytes) : undefined;
  }

  /**
   * The connection has ended.
   *
   * @returns the answer when that was its end
   */
  ended(): Answer | undefined {
    return this.body instanceof BodyUntilEnd ? this.answer(this.body.bytes) : undefined;
  }

  private readHead(): Answer | undefined {
    const end = this.scratch.subarray(0, this.headBytes).indexOf(HEAD_END);
    if (end < 0) {
      if (this.headBytes === this.scratch.length)
        throw new Error(`the server sent more than ${HEAD_BYTES} bytes of headers`);
      return undefined;
    }
    const head = parseHead(this.scratch.toString('latin1', 0, end));
    const rest = this.scratch.subarray(end + HEAD_END.length, this.headBytes);
    if (head.status < 200) {
      // Only an announcement: the answer follows.
      this.headBytes = rest.copy(this.scratch);
      return this.headBytes > 0 ? this.readHead() : undefined;
    }
    this.head = head;
    return this.startBody(head, rest);
  }

  private startBody({ status, headers }: Pick<Answer, 'status' | 'headers'>, rest: Buffer): Answer | undefined {
    const maxBytes = status < 300 ? this.maxBodyBytes : MAX_ERROR_BYTES;
    const isChunked = headers['transfer-encoding'] !== undefined;
    const length = isChunked ? undefined : lengthOf(status, headers);
    if (length !== undefined && length > maxBytes) {
      this.head = { ...(this.head as Answer), keepsConnection: false };
      return { ...(this.head as Answer), body: Buffer.alloc(0), bodyLength: length };
    }
    this.body =
      length !== undefined
        ? new BodyOfLength(length)
        : isChunked
          ? new ChunkedBody(maxBytes)
          : new BodyUntilEnd(maxBytes);
    if (rest.length > 0) this.body.take(rest);
    return this.body.isComplete ? this.answer(this.body.bytes) : undefined;
  }

  private answer(body: Buffer): Answer {
    const head = this.head as Answer;
    const keepsConnection = head.keepsConnection && !(this.body instanceof BodyUntilEnd);
    return { ...head, keepsConnection, body, bodyLength: body.length };
  }
}

/** @returns undefined when the headers don't tell */
function lengthOf(status: number, headers: Answer['headers']): number | undefined {
  if (status === 204 || status === 304) return 0;
  const announced = headers['content-length'];
  if (announced === undefined) return undefined;
  if (!/^\d{1,15}$/.test(announced)) throw new Error(`the server sent the Content-Length "${announced}"`);
  return Number(announced);
}

function parseHead(text: string): Pick<Answer, 'status' | 'headers' | 'keepsConnection'> {
  const [first = '', ...lines] = text.split('\r\n');
  const [, minor, code] = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(first) ?? [];
  if (code === undefined) throw new Error(`the server sent "${first.slice(0, 100)}", which is no HTTP/1.1`);
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) throw new Error(`the server sent the header "${line.slice(0, 100)}"`);
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  const keepsConnection = minor === '1' && !/\bclose\b/i.test(headers['connection'] ?? '');
  return { status: Number(code), headers: { ...headers }, keepsConnection };
}
