import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Client, credentials, status, type ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startControlServices } from '../../test/support/control-kit.js';
import { PROTO_OPTIONS, protoFile } from './proto-files.js';

const logs = { all: () => [], opening: () => [], flush: () => Promise.resolve() };
const view = { selfId: 1 };

let broker: Awaited<ReturnType<typeof startControlServices>>;
let client: Client;
beforeAll(async () => {
  broker = await startControlServices({ logs, view });
  client = new Client(`127.0.0.1:${broker.rpcPort}`, credentials.createInsecure());
});
afterAll(async () => {
  client.close();
  await broker.stop();
});

describe('grpc.health.v1', () => {
  const { Check: check, Watch: watch } = loadSync(protoFile('health.proto'), PROTO_OPTIONS)[
    'grpc.health.v1.Health'
  ] as ServiceDefinition;

  const ask = (service: string) =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        check!.path,
        check!.requestSerialize,
        check!.responseDeserialize,
        { service },
        (error, response) => (error === null ? resolve(response) : reject(error)),
      );
    });
  const follow = (service: string) =>
    client.makeServerStreamRequest(watch!.path, watch!.requestSerialize, watch!.responseDeserialize, { service });

  test('serving is the same as ready, for every service and every change', async () => {
    const states = follow('')[Symbol.asyncIterator]();
    expect((await states.next()).value).toEqual({ status: 'NOT_SERVING' });
    expect(await ask('')).toEqual({ status: 'NOT_SERVING' });
    broker.readiness.serving();
    expect((await states.next()).value).toEqual({ status: 'SERVING' });
    for (const service of ['', 'kafscale.control.BrokerControl', 'kafscale.control.AssignmentStream']) {
      expect(await ask(service)).toEqual({ status: 'SERVING' });
    }
    broker.readiness.stopping();
    expect((await states.next()).value).toEqual({ status: 'NOT_SERVING' });
    await states.return?.();
  }, 30_000);

  test('of services that are not there', async () => {
    await expect(ask('no.such.Service')).rejects.toMatchObject({ code: status.NOT_FOUND });
    const states = follow('no.such.Service')[Symbol.asyncIterator]();
    expect((await states.next()).value).toEqual({ status: 'SERVICE_UNKNOWN' });
    await states.return?.();
  });
});

describe.each(['v1', 'v1alpha'])('reflection, %s', (version) => {
  const library = dirname(createRequire(import.meta.url).resolve('@grpc/reflection'));
  const file = join(library, '../proto/grpc/reflection', version, 'reflection.proto');
  const { ServerReflectionInfo: info } = loadSync(file, { oneofs: true })[
    `grpc.reflection.${version}.ServerReflection`
  ] as ServiceDefinition;

  const ask = async (request: object): Promise<unknown> => {
    const call = client.makeBidiStreamRequest(info!.path, info!.requestSerialize, info!.responseDeserialize);
    call.write(request);
    call.end();
    for await (const answer of call) return answer;
    return undefined;
  };

  test('lists the services, and describes them', async () => {
    expect(await ask({ listServices: '' })).toMatchObject({
      listServicesResponse: {
        service: [
          { name: 'kafscale.control.BrokerControl' },
          { name: 'kafscale.control.AssignmentStream' },
          { name: 'grpc.health.v1.Health' },
        ],
      },
    });
    const described = (await ask({ fileContainingSymbol: 'kafscale.control.BrokerControl.DrainPartitions' })) as {
      fileDescriptorResponse: { fileDescriptorProto: Buffer[] };
    };
    const [descriptor] = described.fileDescriptorResponse.fileDescriptorProto;
    expect(descriptor?.toString('latin1')).toContain('DrainPartitionsRequest');
  });
});
