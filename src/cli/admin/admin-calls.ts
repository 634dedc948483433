import type { ControlClient } from '../../control/control-client.js';
import type { PartitionAssignmentEvent, PartitionRef } from '../../control/messages.js';
import type { Call, CallOptions, Outcome } from './call.js';
import { features, upgrade } from './format-level-calls.js';
import { table } from './table.js';

/** The longest deadline that a broker may be configured with, and some time to answer, ms. */
const LONGEST_DRAIN_MS = 3_610_000;

/** The commands that ask once. */
export const calls: Readonly<Record<string, Call>> = {
  status,
  brokers,
  partitions,
  drain,
  undrain,
  flush,
  features,
  upgrade,
};

async function status(client: ControlClient): Promise<Outcome> {
  const state = await client.getStatus();
  const { brokerId, version, ready, draining, problems } = state;
  const headline = `Broker ${brokerId}, version ${version}: ${ready ? 'ready' : 'not ready'}${draining ? ', draining' : ''}\n`;
  const rows = state.partitions.map((each) => [
    each.topic,
    each.partition,
    each.state,
    each.leaderEpoch,
    each.logStartOffset,
    each.highWatermark,
    each.logEndOffset,
  ]);
  const head = ['TOPIC', 'PARTITION', 'STATE', 'EPOCH', 'LOG START', 'HIGH WATERMARK', 'LOG END'];
  const list = rows.length === 0 ? 'It leads no partitions.\n' : table(head, rows);
  return { json: state, text: `${headline}${problems.map((problem) => `  ${problem}\n`).join('')}\n${list}` };
}

async function brokers(client: ControlClient): Promise<Outcome> {
  const [{ brokers: live }, assignments] = await Promise.all([client.listBrokers(), present(client, {})]);
  const found = live.map((broker) => ({
    ...broker,
    partitions: assignments.filter(({ brokerId, status: is }) => brokerId === broker.brokerId && LED.has(is)).length,
  }));
  const rows = found.map((each) => [
    Number(each.brokerId),
    `${each.host}:${each.port}`,
    each.rack === '' ? '-' : each.rack,
    each.partitions,
    each.groupSlots,
    [...(each.controller ? ['controller'] : []), ...(each.draining ? ['draining'] : [])].join(', '),
    each.version,
    each.startedAt,
  ]);
  const head = ['BROKER', 'ADDRESS', 'RACK', 'PARTITIONS', 'GROUP SLOTS', 'ROLE', 'VERSION', 'SINCE'];
  return { json: found, text: rows.length === 0 ? 'There is no live broker.\n' : table(head, rows) };
}

const LED: ReadonlySet<string> = new Set(['assigned', 'online', 'releasing']);

async function partitions(client: ControlClient, options: CallOptions): Promise<Outcome> {
  const found = (await present(client, options)).sort(byName);
  const rows = found.map((event) => [
    event.partition.topic,
    event.partition.partition,
    event.status,
    LED.has(event.status) ? event.brokerId : `- (last ${event.brokerId})`,
    event.epoch,
  ]);
  const head = ['TOPIC', 'PARTITION', 'STATUS', 'LEADER', 'EPOCH'];
  return { json: found, text: rows.length === 0 ? 'There are no assignments.\n' : table(head, rows) };
}

async function drain(client: ControlClient, options: CallOptions): Promise<Outcome> {
  const { partitions: asked = [], deadline = 0, reason = '' } = options;
  const timeoutMs = deadline === 0 ? LONGEST_DRAIN_MS : (deadline + 10) * 1000;
  const answer = await client.drainPartitions({ partitions: asked, deadlineSeconds: deadline, reason }, timeoutMs);
  const { drained, pending } = answer;
  const everything = asked.length === 0 && pending.length === 0 ? 'The broker is drained.\n' : '';
  const text = `${everything}${listed('drained', drained)}${listed('still pending', pending)}`;
  return { json: answer, text, incomplete: pending.length > 0 };
}

async function undrain(client: ControlClient): Promise<Outcome> {
  await client.undrainBroker();
  return { json: {}, text: 'The broker takes partitions again.\n' };
}

async function flush(client: ControlClient, { partitions: asked = [] }: CallOptions): Promise<Outcome> {
  const answer = await client.triggerFlush(asked.length === 0 ? { allAssigned: true } : { partitions: asked });
  const flushed = new Set(answer.flushed.map(nameOf));
  const missing = asked.filter((ref) => !flushed.has(nameOf(ref)));
  const text = `${listed('flushed', answer.flushed)}${missing.length > 0 ? listed('not led by this broker', missing) : ''}`;
  return { json: answer, text, incomplete: missing.length > 0 };
}

async function present(client: ControlClient, { topic, broker = '' }: CallOptions) {
  const events: PartitionAssignmentEvent[] = [];
  for await (const event of client.watchAssignments({ brokerId: broker, once: true })) {
    if (topic === undefined || event.partition.topic === topic) events.push(event);
  }
  return events;
}

function listed(what: string, refs: readonly PartitionRef[]): string {
  const names = refs.map((ref) => `  ${nameOf(ref)}\n`).join('');
  return `${refs.length} ${refs.length === 1 ? 'partition' : 'partitions'} ${what}${names === '' ? '.' : ':'}\n${names}`;
}

function nameOf({ topic, partition }: PartitionRef): string {
  return `${topic}:${partition}`;
}

function byName(one: PartitionAssignmentEvent, other: PartitionAssignmentEvent): number {
  const [a, b] = [one.partition, other.partition];
  return a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1;
}
