import type { Topic } from '../metadata/topic-catalogue.js';
import { logConfigOf, type TopicLogConfig } from '../metadata/topic-configs.js';
import type { ProduceRules } from '../protocol/records/produce-rules.js';

const parsed = new WeakMap<Topic, TopicLogConfig>();

/** A topic's configuration as the log needs it; read once per version of the topic. */
export function topicLogConfig(topic: Topic): TopicLogConfig {
  let config = parsed.get(topic);
  if (config === undefined) {
    config = logConfigOf(topic.configs);
    parsed.set(topic, config);
  }
  return config;
}

/** What batches for a topic must satisfy. */
export function produceRules(topic: Topic, produceVersion: number, deep: boolean, now: number): ProduceRules {
  const config = topicLogConfig(topic);
  return {
    produceVersion,
    maxMessageBytes: config.maxMessageBytes,
    logAppendTime: config.logAppendTime,
    deep,
    now,
    timestampBeforeMaxMs: config.timestampBeforeMaxMs,
    timestampAfterMaxMs: config.timestampAfterMaxMs,
    compacted: config.compacted,
  };
}
