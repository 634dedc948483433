import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { BucketProbe, MissingPermissionError } from '../../src/storage/bucket-probe.js';
import type { S3Options } from '../../src/storage/s3-client.js';
import { S3ObjectStore } from '../../src/storage/s3-object-store.js';
import { selfSigned, type Certificate } from '../support/self-signed.js';
import { startSeaweedFs, type SeaweedFs } from '../support/seaweedfs.js';
import { startTlsProxy, type TlsProxy } from '../support/tls-proxy.js';
import { describeWithTools } from '../support/tools.js';

/** A real server on a busy machine takes its time. */
jest.setTimeout(60_000);

const BUCKET = 'records';

describeWithTools(['seaweedfs'], 'an S3 server over TLS, with rights', () => {
  let server: SeaweedFs;
  let proxy: TlsProxy;
  let certificate: Certificate;
  beforeAll(async () => {
    certificate = selfSigned();
    server = await startSeaweedFs();
    proxy = await startTlsProxy(Number(new URL(server.endpoint).port), certificate);
    await server.createBucket(BUCKET);
  }, 120_000);
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });

  /** Runs the probe of a start, and tells what it leaves in the bucket. */
  const probe = async (options: Partial<S3Options>) => {
    const endpoint = `https://127.0.0.1:${proxy.port}`;
    const { credentials } = server;
    const store = new S3ObjectStore({ bucket: BUCKET, endpoint, credentials, namespace: 'ns', ...options });
    try {
      await new BucketProbe(store, BUCKET, 'ns', 'probe-1').run();
      const left: string[] = [];
      for await (const { key } of store.list('ns/')) left.push(key);
      return left;
    } finally {
      await store.close();
    }
  };

  test('whoever has its CA and all rights can use it, and leaves nothing behind', async () => {
    expect(await probe({ caCertificates: certificate.cert })).toEqual([]);
  });

  test('without its CA, or with that of another server, nothing is sent', async () => {
    await expect(probe({})).rejects.toThrow('self-signed');
    await expect(probe({ caCertificates: selfSigned().cert })).rejects.toThrow('self-signed');
  });

  test('who may not write is told which permission is missing, and where', async () => {
    const outcome = probe({ caCertificates: certificate.cert, credentials: server.readerCredentials });
    await expect(outcome).rejects.toThrow(MissingPermissionError);
    await expect(outcome).rejects.toThrow('missing permission: s3:PutObject on arn:aws:s3:::records/ns/*');
  });
});
