import { UndiciHttpHandler, type UndiciHttpHandlerOptions } from '@smithy/undici-http-handler';
import { ConnectionPool, type PoolOptions } from './connection-pool.js';
import type { Origin } from './http-connection.js';
import { WholeBody } from './whole-body.js';

type Request = Parameters<UndiciHttpHandler['handle']>[0];
type Options = Parameters<UndiciHttpHandler['handle']>[1];
type Handled = Awaited<ReturnType<UndiciHttpHandler['handle']>>;

/**
 * Sends the SDK's requests: those for a range of an object by connections of our own, which read it right into one
 * buffer, all others by undici. What comes in the chunks of a stream costs twice as much CPU (docs/benchmarks.md).
 */
export class RangedGetHandler extends UndiciHttpHandler {
  private readonly pools = new Map<string, ConnectionPool>();

  /** @param pool of the connections for ranges */
  constructor(
    others: UndiciHttpHandlerOptions,
    private readonly pool: PoolOptions,
  ) {
    super(others);
  }

  override async handle(request: Request, options: Options = {}): Promise<Handled> {
    const maxBodyBytes = request.method === 'GET' ? requestedBytes(request.headers['range']) : undefined;
    if (maxBodyBytes === undefined) return super.handle(request, options);
    const signal = options.abortSignal as AbortSignal | undefined;
    const { status, headers, body, bodyLength } = await this.poolOf(request).send(
      headOf(request),
      maxBodyBytes,
      signal,
    );
    return { response: { statusCode: status, headers, body: new WholeBody(body, bodyLength) } };
  }

  override destroy(): void {
    for (const pool of this.pools.values()) pool.destroy();
    super.destroy();
  }

  private poolOf({ protocol, hostname, port }: Request): ConnectionPool {
    const isSecure = protocol === 'https:';
    const origin: Origin = { isSecure, host: hostname.replace(/^\[|\]$/g, ''), port: port ?? (isSecure ? 443 : 80) };
    const key = `${protocol}//${origin.host}:${origin.port}`;
    const pool = this.pools.get(key) ?? new ConnectionPool(origin, this.pool);
    this.pools.set(key, pool);
    return pool;
  }
}

/** @returns undefined when the request is not for one range whose length is known */
function requestedBytes(range: string | undefined): number | undefined {
  const [, start, last] = /^bytes=(\d*)-(\d+)$/.exec(range ?? '') ?? [];
  if (last === undefined) return undefined;
  return start === '' ? Number(last) : Number(last) - Number(start) + 1;
}

/** A request without a body, up to the empty line. */
function headOf({ method, path, query, headers }: Request): string {
  const parameters = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => (one === null ? encode(name) : `${encode(name)}=${encode(one)}`)),
  );
  const target = parameters.length === 0 ? path : `${path}?${parameters.join('&')}`;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  for (const line of [target, ...lines]) {
    if (/[\r\n\0]/.test(line)) throw new TypeError('a request to S3 has a line break in its head');
  }
  return [`${method} ${target} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}

/** As the SDK encodes what it signs. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
