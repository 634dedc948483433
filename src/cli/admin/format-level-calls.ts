import type { ControlClient } from '../../control/control-client.js';
import type { CallOptions, Outcome } from './call.js';
import { table } from './table.js';

/** `kafscale admin features`. */
export async function features(client: ControlClient): Promise<Outcome> {
  const found = await client.describeFormatLevel();
  const { level, highestLevel, brokers } = found;
  const rows = brokers.map((broker) => [
    Number(broker.brokerId),
    broker.version,
    broker.minLevel === broker.maxLevel ? `${broker.minLevel}` : `${broker.minLevel} to ${broker.maxLevel}`,
  ]);
  const advice =
    highestLevel > level
      ? `All brokers support level ${highestLevel}: "kafscale admin upgrade" finalizes it. There is no way back then.\n`
      : '';
  const list = table(['BROKER', 'VERSION', 'FORMAT LEVELS'], rows);
  return { json: found, text: `The cluster is at format level ${level}.\n${advice}\n${list}` };
}

/** `kafscale admin upgrade`. */
export async function upgrade(client: ControlClient, { level = 0, dryRun = false }: CallOptions): Promise<Outcome> {
  const before = (await client.describeFormatLevel()).level;
  const answer = await client.finalizeFormatLevel({ level, dryRun });
  const sentences = {
    same: `The cluster is at format level ${before} already.\n`,
    possible: `Format level ${answer.level} can be finalized; it is ${before} now.\n`,
    done: `Format level ${answer.level} is finalized; it was ${before}. Older versions of KafScale cannot join the cluster any more.\n`,
  };
  const kind = answer.level === before ? 'same' : dryRun ? 'possible' : 'done';
  return { json: { ...answer, before, dryRun }, text: sentences[kind] };
}
