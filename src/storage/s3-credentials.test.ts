import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { crc32c } from '../checksum/crc32c.js';
import type { S3Options } from './s3-client.js';
import { S3ObjectStore } from './s3-object-store.js';

/** Where credentials come from when the settings have none, and what of them reaches S3: one server plays AWS. */
interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const EMPTY_LISTING = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';
const HOUR_MS = 3_600_000;
const ROLE = 'arn:aws:iam::123456789012:role/kafscale';
const KMS_KEY = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';

let server: Server;
let seen: Seen[];
/** How long credentials that the server gives are good for, ms. */
let lifetimeMs: number;
let given: number;
let directory: string;
let environment: NodeJS.ProcessEnv;
const stores: S3ObjectStore[] = [];

beforeEach(async () => {
  seen = [];
  lifetimeMs = HOUR_MS;
  given = 0;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, headers, body });
      response.end(answerTo(url, body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  directory = await mkdtemp(join(tmpdir(), 'kafscale-credentials-'));
  environment = process.env;
  // Neither this machine's profile nor its instance role may decide anything here.
  process.env = Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('AWS_')));
  Object.assign(process.env, {
    AWS_CONFIG_FILE: join(directory, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(directory, 'credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_REGION: 'eu-central-1',
  });
});

afterEach(async () => {
  process.env = environment;
  await Promise.all(stores.splice(0).map((store) => store.close()));
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true, force: true });
});

const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const open = (options: Partial<S3Options> = {}) => {
  const store = new S3ObjectStore({ bucket: 'bucket', endpoint: `${origin()}/s3`, ...options });
  stores.push(store);
  return store;
};
const requestsTo = (part: string) => seen.filter(({ url }) => url.includes(part));
/** Access key and session token of the last request to S3. */
const signer = () => {
  const { headers } = requestsTo('/s3/').at(-1) as Seen;
  return [/Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1], headers['x-amz-security-token']];
};

function answerTo(url: string, body: string): string {
  const expiration = new Date(Date.now() + lifetimeMs).toISOString();
  given += url.startsWith('/s3/') ? 0 : 1;
  if (url.startsWith('/s3/')) return EMPTY_LISTING;
  if (body.includes('Action=AssumeRoleWithWebIdentity')) {
    return (
      '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>' +
      `<Credentials><AccessKeyId>STS${given}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>` +
      `<SessionToken>token-${given}</SessionToken><Expiration>${expiration}</Expiration></Credentials>` +
      '</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>'
    );
  }
  if (url === '/latest/api/token') return 'imds-token';
  if (url.endsWith('/security-credentials/')) return 'kafscale-role';
  return JSON.stringify({
    Code: 'Success',
    AccessKeyId: `ROLE${given}`,
    SecretAccessKey: 'secret',
    Token: `token-${given}`,
    Expiration: expiration,
  });
}

describe('credentials', () => {
  test('of the settings win, with their session token', async () => {
    process.env['AWS_ACCESS_KEY_ID'] = 'OTHER';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'other';
    await open({ credentials: { accessKeyId: 'KEY', secretAccessKey: 's', sessionToken: 'session' } }).check();
    expect(signer()).toEqual(['KEY', 'session']);
  });

  test('of the environment', async () => {
    const variables = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 'session' };
    Object.assign(process.env, variables);
    await open().check();
    expect(signer()).toEqual(['ENV', 'session']);
  });

  test('of a service account in Kubernetes (web identity): a role is assumed with its token', async () => {
    const tokenFile = join(directory, 'token');
    await writeFile(tokenFile, 'jwt-of-the-pod');
    Object.assign(process.env, {
      AWS_ROLE_ARN: ROLE,
      AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
      AWS_ROLE_SESSION_NAME: 'broker-0',
      AWS_ENDPOINT_URL_STS: `${origin()}/sts`,
    });
    await open().check();
    expect(signer()).toEqual(['STS1', 'token-1']);
    const [{ body }] = requestsTo('/sts') as [Seen];
    const asked = new URLSearchParams(body);
    expect([asked.get('RoleArn'), asked.get('WebIdentityToken')]).toEqual([ROLE, 'jwt-of-the-pod']);
  });

  test('of a container (ECS, or EKS pod identity)', async () => {
    process.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] = `${origin()}/container`;
    process.env['AWS_CONTAINER_AUTHORIZATION_TOKEN'] = 'authorised';
    await open().check();
    expect(signer()).toEqual(['ROLE1', 'token-1']);
    expect(requestsTo('/container')[0]?.headers.authorization).toBe('authorised');
  });

  test("of the instance's role, by the second version of its metadata service", async () => {
    delete process.env['AWS_EC2_METADATA_DISABLED'];
    process.env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] = origin();
    await open().check();
    expect(signer()).toEqual(['ROLE3', 'token-3']);
    expect(requestsTo('/latest/api/token')[0]?.method).toBe('PUT');
    expect(requestsTo('/security-credentials/kafscale-role')[0]?.headers['x-aws-ec2-metadata-token']).toBe(
      'imds-token',
    );
  });

  test('that are about to expire are renewed, others are asked for once', async () => {
    process.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] = `${origin()}/container`;
    lifetimeMs = 10_000;
    const store = open();
    await store.check();
    expect(signer()).toEqual(['ROLE1', 'token-1']);
    lifetimeMs = HOUR_MS;
    while (signer()[0] === 'ROLE1') await store.check();
    for (let i = 0; i < 5; i += 1) await store.check();
    expect(signer()).toEqual(['ROLE2', 'token-2']);
    expect(requestsTo('/container')).toHaveLength(2);
  });

  test('nowhere: the error says where they were looked for', async () => {
    await expect(open().check()).rejects.toThrow(
      'no credentials found, neither in the settings nor by the AWS default chain',
    );
  });
});

describe('encryption with a KMS key', () => {
  test.each([
    ['a small', [Buffer.from('123456789')]],
    ['an empty', []],
    ['a large, streamed', Array.from({ length: 8 }, (_, i) => Buffer.alloc(256 * 1024, i))],
  ])('%s object is created with it, create-only and with its checksum as ever', async (_what, body) => {
    const credentials = { accessKeyId: 'KEY', secretAccessKey: 's' };
    const store = open({ credentials, kmsKeyArn: KMS_KEY });
    const checksum = crc32c(Buffer.concat(body));
    await store.create('ns/k', body, { crc32c: checksum });
    const { headers } = seen.find(({ method }) => method === 'PUT') as Seen;
    const expected = Buffer.alloc(4);
    expected.writeUInt32BE(checksum);
    expect(headers).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': KMS_KEY,
      'x-amz-checksum-crc32c': expected.toString('base64'),
      'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
      'if-none-match': '*',
    });
    // What is not signed could be taken out on the way.
    const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';');
    expect(signed).toEqual(
      expect.arrayContaining(['if-none-match', 'x-amz-checksum-crc32c', 'x-amz-server-side-encryption-aws-kms-key-id']),
    );
  });

  test('reads need no header for it', async () => {
    const store = open({ credentials: { accessKeyId: 'KEY', secretAccessKey: 's' }, kmsKeyArn: KMS_KEY });
    await store.check();
    expect(Object.keys((seen.at(-1) as Seen).headers).filter((name) => name.includes('encryption'))).toEqual([]);
  });
});
