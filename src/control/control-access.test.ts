import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startControlServices } from '../../test/support/control-kit.js';
import { selfSigned } from '../../test/support/self-signed.js';
import { ControlTlsError, controlCredentials } from './control-credentials.js';

const logs = { all: () => [], opening: () => [], flush: () => Promise.resolve() };
const view = { selfId: 1 };

describe('the control token', () => {
  let broker: Awaited<ReturnType<typeof startControlServices>>;
  afterEach(() => broker.stop());

  const start = async (separateGrpcPort: boolean) => {
    broker = await startControlServices({
      logs,
      view,
      separateGrpcPort,
      environment: { KAFSCALE_CONTROL_TOKEN: 'open-sesame' },
    });
  };

  test.each([false, true])('is asked for by what changes something (a port of its own: %s)', async (separate) => {
    await start(separate);
    const unauthenticated = { code: status.UNAUTHENTICATED };
    await expect(broker.client.triggerFlush({ allAssigned: true })).rejects.toMatchObject(unauthenticated);
    for (const token of ['open-sesam', 'open-sesame1', '']) {
      await expect(broker.clientWith({ token }).triggerFlush({})).rejects.toMatchObject(unauthenticated);
    }
    expect(await broker.clientWith({ token: 'open-sesame' }).triggerFlush({})).toEqual({ flushed: [] });
  });

  test('is asked for by nothing else', async () => {
    await start(false);
    expect(await broker.client.getStatus()).toMatchObject({ brokerId: '1' });
    expect(await broker.client.listBrokers()).toEqual({ brokers: [] });
  });
});

describe('TLS on the control port', () => {
  const [server, client, stranger] = [selfSigned(), selfSigned(), selfSigned()];
  let folder: string;
  let environment: Record<string, string>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kafscale-tls-'));
    const file = async (name: string, content: string) => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    };
    environment = {
      KAFSCALE_CONTROL_TLS_CERT_FILE: await file('cert.pem', server.cert),
      KAFSCALE_CONTROL_TLS_KEY_FILE: await file('key.pem', server.key),
      KAFSCALE_CONTROL_TLS_CLIENT_CA_FILE: await file('ca.pem', client.cert),
    };
  });
  afterAll(() => rm(folder, { recursive: true }));

  const shown = ({ cert, key }: { cert: string; key: string }) => ({ cert: Buffer.from(cert), key: Buffer.from(key) });
  const ca = Buffer.from(server.cert);

  test('with an authority of clients: only those with its certificate are served', async () => {
    const broker = await startControlServices({ logs, view, environment, separateGrpcPort: true });
    try {
      expect(await broker.clientWith({ tls: { ca, ...shown(client) } }).getStatus()).toMatchObject({ brokerId: '1' });
      const unavailable = { code: status.UNAVAILABLE };
      for (const tls of [{ ca }, { ca, ...shown(stranger) }, shown(client), undefined]) {
        await expect(broker.clientWith({ tls }).getStatus()).rejects.toMatchObject(unavailable);
      }
      expect((await fetch(`http://127.0.0.1:${broker.httpPort}/livez`)).status).toBe(200);
    } finally {
      await broker.stop();
    }
  });

  test('without one: clients need no certificate', async () => {
    const oneSided = { ...environment, KAFSCALE_CONTROL_TLS_CLIENT_CA_FILE: '' };
    const broker = await startControlServices({ logs, view, environment: oneSided, separateGrpcPort: true });
    try {
      expect(await broker.clientWith({ tls: { ca } }).getStatus()).toMatchObject({ brokerId: '1' });
    } finally {
      await broker.stop();
    }
  });

  test('files that cannot be used stop the start', async () => {
    const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const absent = { certFile, keyFile: join(folder, 'absent.pem'), clientCaFile: undefined };
    expect(() => controlCredentials(absent)).toThrow(ControlTlsError);
    expect(() => controlCredentials(absent)).toThrow(/absent\.pem.*ENOENT/);
    await writeFile(join(folder, 'other.pem'), stranger.key);
    const unfit = { certFile, keyFile: join(folder, 'other.pem'), clientCaFile: undefined };
    expect(() => controlCredentials(unfit)).toThrow(ControlTlsError);
    expect(() => controlCredentials({ certFile: keyFile, keyFile, clientCaFile: undefined })).toThrow(ControlTlsError);
  });
});
