import { fileURLToPath } from 'node:url';
import { credentials, loadPackageDefinition, type Client, type ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const PROTO = fileURLToPath(new URL('../../../proto/control.proto', import.meta.url));
/** Of the call, beyond the deadline that the broker is given. */
const MARGIN_MS = 5_000;

interface DrainAnswer {
  readonly drained?: readonly unknown[];
  readonly pending?: readonly unknown[];
}

interface BrokerControl extends Client {
  drainPartitions(
    request: { readonly reason: string; readonly deadlineSeconds: number },
    options: { readonly deadline: number },
    callback: (error: ServiceError | null, answer?: DrainAnswer) => void,
  ): void;
}

interface Services {
  readonly kafscale: {
    readonly control: { readonly BrokerControl: new (address: string, security: unknown) => BrokerControl };
  };
}

const services = loadPackageDefinition(loadSync(PROTO)) as unknown as Services;

/** A client of a broker's control service. */
export interface ControlClient {
  /** Drains all partitions and group slots. @returns how many partitions were drained, and how many were not */
  drain(reason: string, deadlineSeconds: number): Promise<{ readonly drained: number; readonly pending: number }>;
  close(): void;
}

/** @param address `host:port` of the broker's HTTP and gRPC */
export function controlClient(address: string): ControlClient {
  const client = new services.kafscale.control.BrokerControl(address, credentials.createInsecure());
  return {
    drain: (reason, deadlineSeconds) =>
      new Promise((resolve, reject) => {
        const deadline = Date.now() + deadlineSeconds * 1000 + MARGIN_MS;
        client.drainPartitions({ reason, deadlineSeconds }, { deadline }, (error, answer) => {
          if (error !== null) reject(error);
          else resolve({ drained: answer?.drained?.length ?? 0, pending: answer?.pending?.length ?? 0 });
        });
      }),
    close: () => client.close(),
  };
}
