import { readFileSync } from 'node:fs';
import { status, type ServiceError } from '@grpc/grpc-js';
import { controlTokenFromProcess } from '../../config/control-token.js';
import { ControlClient, type ControlClientTls } from '../../control/control-client.js';
import { calls } from './admin-calls.js';
import type { AdminOptions } from './admin-options.js';
import type { CallOptions } from './call.js';
import { watch } from './watch.js';

/** Runs one of the commands and sets the exit code: 1 when it fails, or when something is left to be done. */
export async function runAdmin(name: string, options: AdminOptions & CallOptions): Promise<void> {
  let client: ControlClient | undefined;
  try {
    client = new ControlClient({
      server: options.server,
      token: options.token ?? controlTokenFromProcess(),
      tls: tlsOf(options),
    });
    if (name === 'watch') {
      await watch(client, options, options.json === true);
      return;
    }
    const call = calls[name];
    if (call === undefined) throw new Error(`there is no command ${name}`);
    const { json, text, incomplete } = await call(client, options);
    process.stdout.write(options.json === true ? `${JSON.stringify(json, null, 2)}\n` : text);
    if (incomplete === true) process.exitCode = 1;
  } catch (error) {
    process.stderr.write(`${explain(error, options.server)}\n`);
    process.exitCode = 1;
  } finally {
    client?.close();
  }
}

/** Any of the options asks for TLS. */
function tlsOf({ tls, ca, cert, key }: AdminOptions): ControlClientTls | undefined {
  if (tls !== true && ca === undefined && cert === undefined && key === undefined) return undefined;
  if ((cert === undefined) !== (key === undefined)) throw new Error('--cert and --key belong together');
  const read = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file));
  return { ca: read(ca), cert: read(cert), key: read(key) };
}

/** For people: what gRPC says, and what to do about it. */
function explain(error: unknown, server: string): string {
  if (!(error instanceof Error)) return String(error);
  const { code, details } = error as Partial<ServiceError>;
  if (code === undefined || details === undefined) return error.message;
  switch (code) {
    case status.UNAVAILABLE:
      return `${server} does not answer, or cannot do it now: ${details}`;
    case status.UNAUTHENTICATED:
      return `${server} asks for a token: set KAFSCALE_CONTROL_TOKEN, or give --token`;
    case status.UNIMPLEMENTED:
      return `${server} does not know this command: its version is too old`;
    case status.DEADLINE_EXCEEDED:
      return `${server} has not answered in time`;
    default:
      return `${server}: ${details}`;
  }
}
