import { rootCertificates } from 'node:tls';
import { Etcd3, type IOptions } from 'etcd3';
import type { Clock } from '../time/clock.js';
import { EtcdEndpoints } from './etcd-endpoints.js';

export interface EtcdOptions {
  /** `host:port`, or with `http://` or `https://` before it; all of one kind. */
  readonly endpoints: readonly string[];
  /** Before every key; given a `/` at its end when it has none. */
  readonly prefix: string;
  readonly credentials?: { readonly username: string; readonly password: string };
  /** PEM files' contents. Without `ca`, the system's authorities are trusted. */
  readonly tls?: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
  /** After how long a call without an answer fails, ms. */
  readonly callTimeoutMs?: number;
}

export const DEFAULT_CALL_TIMEOUT_MS = 5_000;

/** An etcd3 client on which every call has a deadline and is tried once. */
export function createEtcdClient(options: EtcdOptions, clock: Clock): Etcd3 {
  const hosts = options.endpoints.map((endpoint) => endpoint.replace(/\/+$/, ''));
  const timeoutMs = options.callTimeoutMs ?? DEFAULT_CALL_TIMEOUT_MS;
  const settings: IOptions = {
    hosts,
    defaultCallOptions: ({ isStream }) => (isStream ? {} : { deadline: Date.now() + timeoutMs }),
    faultHandling: new EtcdEndpoints(hosts, clock).faultHandling(),
    grpcOptions: {
      // Finds connections whose other end vanished; etcd refuses pings that come more often than every 5 s.
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': 5_000,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1_000,
      // Otherwise a new channel waits out the back-off of those before it.
      'grpc.use_local_subchannel_pool': 1,
      'grpc.enable_retries': 0,
      'grpc.service_config_disable_resolution': 1,
      // The default of 4 MiB would cap the number of topics.
      'grpc.max_receive_message_length': -1,
    },
  };
  if (options.credentials !== undefined) settings.auth = { ...options.credentials };
  if (options.tls !== undefined) settings.credentials = tlsCredentials(options.tls);
  return new Etcd3(settings);
}

function tlsCredentials({ ca, cert, key }: NonNullable<EtcdOptions['tls']>): NonNullable<IOptions['credentials']> {
  return {
    rootCertificate: ca ?? Buffer.from(rootCertificates.join('\n')),
    ...(key === undefined ? {} : { privateKey: key }),
    ...(cert === undefined ? {} : { certChain: cert }),
  };
}
