import { resolve } from 'node:path';
import type { BrokerConfig } from '../config/broker-config.js';
import { VERSION } from '../config/version.js';

/** What a person needs to know to use the broker that has just started. */
export function banner(config: BrokerConfig): string {
  const bootstrap = `${config.advertised.host}:${config.advertised.port}`;
  const http = `http://${config.listeners.http.host ?? 'localhost'}:${config.listeners.http.port}`;
  return `
KafScale ${VERSION} is ready.

  Kafka      ${bootstrap}
  HTTP       ${http}  (/metrics, /health, /readyz)
  Objects    ${objectsPlace(config)}
  Metadata   ${metadataPlace(config)}

Produce a record, then read it back:

  echo 'hello' | kcat -P -b ${bootstrap} -t greetings
  kcat -C -b ${bootstrap} -t greetings -e

or with the tools of Apache Kafka:

  echo 'hello' | kafka-console-producer.sh --bootstrap-server ${bootstrap} --topic greetings
  kafka-console-consumer.sh --bootstrap-server ${bootstrap} --topic greetings --partition 0 --from-beginning

or with nothing at hand: npm run demo

`;
}

function objectsPlace({ objects }: BrokerConfig): string {
  switch (objects.kind) {
    case 'memory':
      return 'memory: everything is lost when the broker stops';
    case 'directory':
      return resolve(objects.dataDirectory, 'objects');
    case 's3':
      return `s3://${objects.bucket}/${objects.namespace}${objects.endpoint === undefined ? '' : ` at ${objects.endpoint}`}`;
  }
}

function metadataPlace({ metadata }: BrokerConfig): string {
  switch (metadata.kind) {
    case 'memory':
      return 'memory';
    case 'embedded':
      return resolve(metadata.dataDirectory, 'metadata.sqlite');
    case 'etcd':
      return `etcd at ${metadata.endpoints.join(', ')}, keys under ${metadata.prefix}`;
  }
}
