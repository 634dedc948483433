import type { Topic } from '../../metadata/topic-catalogue.js';
import { logConfigOf, type TopicConfigs, type TopicLogConfig } from '../../metadata/topic-configs.js';
import type { TopicDefaults } from '../../metadata/topic-defaults.js';
import type { ProduceRules } from '../../protocol/records/produce-rules.js';

const parsed = new WeakMap<Topic, { readonly defaults: TopicConfigs; readonly config: TopicLogConfig }>();

/** A topic's configuration as the log needs it; read once per version of the topic and of the defaults. */
export function topicLogConfig(topic: Topic, defaults: TopicDefaults): TopicLogConfig {
  const known = parsed.get(topic);
  if (known?.defaults === defaults.configs) return known.config;
  const config = logConfigOf(defaults.under(topic.configs));
  parsed.set(topic, { defaults: defaults.configs, config });
  return config;
}

/** What batches for a topic must satisfy. */
export function produceRules(config: TopicLogConfig, produceVersion: number, deep: boolean, now: number): ProduceRules {
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
