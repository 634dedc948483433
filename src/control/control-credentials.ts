import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { ServerCredentials } from '@grpc/grpc-js';
import type { ControlTlsConfig } from '../config/broker-config.js';

/** The files of the control port's TLS cannot be used: the broker must not start. */
export class ControlTlsError extends Error {
  override readonly name = 'ControlTlsError';
}

/**
 * What the control port demands of connections: nothing without `tls`; else TLS, and with an authority of clients a
 * certificate that it has signed.
 *
 * @throws ControlTlsError
 */
export function controlCredentials(tls: ControlTlsConfig | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const [cert, key] = [readPem(tls.certFile), readPem(tls.keyFile)];
  const clientCa = tls.clientCaFile === undefined ? null : readPem(tls.clientCaFile);
  try {
    // gRPC itself would take files that don't fit, and fail with each connection.
    createSecureContext({ cert, key, ...(clientCa !== null && { ca: clientCa }) });
    return ServerCredentials.createSsl(clientCa, [{ cert_chain: cert, private_key: key }], clientCa !== null);
  } catch (error) {
    throw new ControlTlsError(`the TLS files of the control port cannot be used: ${messageOf(error)}`);
  }
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ControlTlsError(`the TLS file ${file} of the control port cannot be read: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
