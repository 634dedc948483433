import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ServerProcess } from './process.js';
import { toolPath } from './tool-path.js';

/** A SeaweedFS of a test's own: a real S3 server, with signatures, conditional writes and checksums. */
export interface SeaweedFs {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Of somebody who may read and list, but neither write nor delete. */
  readonly readerCredentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Process id of the server, for tests that kill or pause it. */
  readonly pid: number;
  /** Makes a bucket, usable when the promise resolves. */
  createBucket(bucket: string): Promise<void>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'testtest' };
const READER_CREDENTIALS = { accessKeyId: 'reader', secretAccessKey: 'readerreader' };
const ACTIONS = ['Admin', 'Read', 'Write', 'List', 'Tagging'];
const READY_TIMEOUT_MS = 60_000;
const START_TRIES = 3;

/**
 * Starts a server on free ports of 127.0.0.1, with its data in a folder of its own. Needs the tool `seaweedfs`.
 *
 * @throws {Error} when the tool is missing or the server doesn't come up; the message carries its output
 */
export async function startSeaweedFs(): Promise<SeaweedFs> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      // Somebody may have taken a port between our look and the server's.
      if (attempt === START_TRIES) throw error;
    }
  }
}

async function start(): Promise<SeaweedFs> {
  const directory = await mkdtemp(join(tmpdir(), 'kafscale-seaweedfs-'));
  const identities = [identity('test', CREDENTIALS, ACTIONS), identity('reader', READER_CREDENTIALS, ['Read', 'List'])];
  await writeFile(join(directory, 's3.json'), JSON.stringify({ identities }));
  const ports = await freePortPairs(4);
  const server = new ServerProcess(join(toolPath('seaweedfs'), 'bin', 'weed'), serverArguments(directory, ports), {
    cwd: directory,
  });
  const stop = async () => {
    await server.kill('SIGKILL'); // an orderly end takes ten seconds, and the data is thrown away
    await rm(directory, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${ports[3]}`;
  try {
    await server.ready(() => answers(endpoint), READY_TIMEOUT_MS);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    endpoint,
    credentials: CREDENTIALS,
    readerCredentials: READER_CREDENTIALS,
    pid: server.pid,
    createBucket: (bucket) => createBucket(endpoint, bucket),
    stop,
  };
}

function identity(name: string, { accessKeyId, secretAccessKey }: typeof CREDENTIALS, actions: readonly string[]) {
  return { name, credentials: [{ accessKey: accessKeyId, secretKey: secretAccessKey }], actions };
}

function serverArguments(directory: string, [master, volume, filer, s3]: readonly number[]): string[] {
  return [
    'server',
    '-ip=127.0.0.1',
    '-ip.bind=127.0.0.1',
    `-dir=${directory}`,
    `-master.port=${master}`,
    `-volume.port=${volume}`,
    `-filer.port=${filer}`,
    '-volume.max=20',
    '-master.volumeSizeLimitMB=1024',
    '-s3',
    `-s3.port=${s3}`,
    `-s3.config=${join(directory, 's3.json')}`,
    // Otherwise it takes 8181 and 9101, and ends when they are in use.
    '-s3.port.iceberg=0',
    '-s3.port.lance=0',
    '-master.telemetry=false',
  ];
}

async function answers(endpoint: string): Promise<boolean> {
  const answer = await fetch(endpoint, { signal: AbortSignal.timeout(2_000) });
  await answer.arrayBuffer();
  return true;
}

/** Also waits until the first object can be stored: that takes a second after the port is open. */
async function createBucket(endpoint: string, bucket: string): Promise<void> {
  const client = new S3Client({ endpoint, region: 'us-east-1', credentials: CREDENTIALS, forcePathStyle: true });
  const object = { Bucket: bucket, Key: 'first' };
  try {
    await untilItWorks(async () => {
      try {
        await client.send(new CreateBucketCommand({ Bucket: bucket }));
      } catch (error) {
        if (!(error instanceof Error) || !error.name.startsWith('BucketAlready')) throw error;
      }
      await client.send(new PutObjectCommand({ ...object, Body: 'first' }));
    });
    await client.send(new DeleteObjectCommand(object));
  } finally {
    client.destroy();
  }
}

async function untilItWorks(action: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(100);
    }
  }
}

/**
 * Ports that are free together with port + 10000, where the server puts the gRPC twin of each. All are below the range
 * that the system gives to clients.
 */
async function freePortPairs(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = 10_000 + Math.floor(Math.random() * 10_000);
    if (!ports.includes(port) && (await isFree(port)) && (await isFree(port + 10_000))) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
