import { Duplex } from 'node:stream';
import { castGrpcError, isRecoverableError, type IOptions } from 'etcd3';
import type { Clock } from '../time/clock.js';

/** While one is passed over the others do: much longer than the time that is lost when it is tried again too early. */
const PASS_OVER_MS = 60_000;

type FaultHandling = NonNullable<IOptions['faultHandling']>;
type Policy = NonNullable<FaultHandling['global']>;

/**
 * Which etcd endpoint a call goes to: one that failed lately is passed over while another one may do better.
 *
 * A call itself is never repeated here. etcd3 would by default, and a repeated transaction finds its own first try and
 * reports a conflict.
 */
export class EtcdEndpoints {
  private readonly brokenUntil = new Map<string, number>();

  constructor(
    private readonly endpoints: readonly string[],
    private readonly clock: Clock,
  ) {}

  faultHandling(): FaultHandling {
    return {
      global: policy((call) => call()),
      host: (endpoint) => policy((call) => this.callUnlessBroken(endpoint, call)),
    };
  }

  private async callUnlessBroken<T>(endpoint: string, call: () => PromiseLike<T> | T): Promise<T> {
    if (this.isBroken(endpoint) && !this.endpoints.every((other) => this.isBroken(other))) {
      throw new Error(`${endpoint} failed less than ${PASS_OVER_MS} ms ago`);
    }
    try {
      const result = await call();
      // That a stream could be opened says nothing yet, not even that there is a connection.
      if (result instanceof Duplex) result.once('error', (error) => this.failed(endpoint, castGrpcError(error)));
      else this.brokenUntil.delete(endpoint);
      return result;
    } catch (error) {
      this.failed(endpoint, error);
      throw error;
    }
  }

  private failed(endpoint: string, error: unknown): void {
    if (error instanceof Error && isRecoverableError(error))
      this.brokenUntil.set(endpoint, this.clock.monotonic() + PASS_OVER_MS);
  }

  private isBroken(endpoint: string): boolean {
    return (this.brokenUntil.get(endpoint) ?? -Infinity) > this.clock.monotonic();
  }
}

/** etcd3 uses of a policy `execute` alone. */
function policy(run: <T>(call: () => PromiseLike<T> | T) => PromiseLike<T> | T): Policy {
  const execute: Policy['execute'] = async (call, signal = new AbortController().signal) => run(() => call({ signal }));
  return { execute } as Policy;
}
