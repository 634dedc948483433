/**
 * Produces records and reads them back through a client library, then shows what that left in the object store.
 *
 *   node scripts/demo/demo.mjs [bootstrap] [records]
 *
 * Without a broker at the bootstrap address one is started, as `npm start` does, and stopped again at the end. Both read
 * the same settings from the environment.
 */
import { randomUUID } from 'node:crypto';
import { Admin } from '@platformatic/kafka';
import { ensureBroker } from './broker.mjs';
import { consumeAll } from './consume.mjs';
import { Histogram } from './histogram.mjs';
import { local } from './local.mjs';
import { metricsOf } from './metrics.mjs';
import { produceAll } from './produce.mjs';
import { megabytes, progressBar, table } from './screen.mjs';

const [bootstrap = local.bootstrap, records = '20000'] = process.argv.slice(2);
const PARTITIONS = 4;
const METRICS_URL = `${local.http}/metrics`;

const broker = await ensureBroker(bootstrap);
const topic = `demo-${randomUUID().slice(0, 8)}`;
try {
  await createTopic();
  const before = await metricsOf(METRICS_URL);
  const load = { bootstrap, topic, partitions: PARTITIONS, records: Number(records), runId: randomUUID() };

  const acknowledged = new Histogram();
  const produced = await produceAll(load, acknowledged, progressBar('produce', load.records));
  const consumed = await consumeAll(load, progressBar('consume', load.records));
  if (consumed.records !== load.records || consumed.wrong > 0) {
    throw new Error(`${load.records} records were produced, ${consumed.records} read, ${consumed.wrong} of them wrong`);
  }
  const after = await metricsOf(METRICS_URL);
  report(produced, consumed, acknowledged, before, after);
} finally {
  await broker.stop();
}

async function createTopic() {
  const admin = new Admin({ clientId: 'kafscale-demo', bootstrapBrokers: [bootstrap] });
  await admin.createTopics({ topics: [topic], partitions: PARTITIONS, replicas: 1 });
  await admin.close();
  console.log(`Created the topic ${topic} with ${PARTITIONS} partitions.\n`);
}

function report(produced, consumed, acknowledged, before, after) {
  const puts = difference(before, after, 'kafscale_s3_requests_total{operation="put",status="success"}');
  const gets = difference(before, after, 'kafscale_s3_requests_total{operation="get",status="success"}');
  const objects = difference(before, after, 'kafscale_wal_objects_total');
  const bytes = difference(before, after, 'kafscale_wal_bytes_total');
  console.log(`\nEvery record came back as it was sent.\n`);
  console.log(
    table([
      ['produced', `${produced.records} records, ${megabytes(produced.bytes)} in ${produced.seconds.toFixed(1)} s`],
      ['', `acknowledged after p50 ${acknowledged.percentile(50)} ms, p99 ${acknowledged.percentile(99)} ms`],
      ['consumed', `${consumed.records} records, ${megabytes(consumed.bytes)} in ${consumed.seconds.toFixed(1)} s`],
      ['object store', `${objects} objects, ${megabytes(bytes)}${averageSize(objects, bytes)}`],
      ['', `${puts} PUTs, ${gets} GETs (what is read soon after it was written comes from memory)`],
    ]),
  );
  broker.showObjects();
}

function averageSize(objects, bytes) {
  return objects === 0 ? '' : `, ${megabytes(bytes / objects)} on average`;
}

function difference(before, after, name) {
  return (after.get(name) ?? 0) - (before.get(name) ?? 0);
}
