import type { BrokerConfig } from '../../config/broker-config.js';
import { GROUP_CONFIGS, withGroupConfig } from '../../groups/group-config.js';
import type { GroupConfig } from '../../metadata/group-configs.js';
import { brokerConfigEntries } from './broker-config-entries.js';
import { ConfigSource, configTypeOf, type ConfigEntry } from './config-entries.js';

/** All configurations of a group: its own, and those that the broker has for all groups. */
export function groupConfigEntries(own: GroupConfig, config: BrokerConfig): ConfigEntry[] {
  const ofBroker = new Map(brokerConfigEntries(config).map((entry) => [entry.name, entry]));
  const effective = withGroupConfig(config.groups.consumer, own);
  return Object.entries(GROUP_CONFIGS).map(([name, { option, documentation }]) => {
    const synonyms = [...(ofBroker.get(`group.${name}`)?.synonyms ?? [])];
    const value = String(effective[option]);
    if (own.has(name)) synonyms.unshift({ name, value, source: ConfigSource.GROUP });
    return {
      name,
      value,
      readOnly: false,
      configSource: synonyms[0]?.source ?? ConfigSource.DEFAULT,
      isSensitive: false,
      synonyms,
      configType: configTypeOf('int'),
      documentation,
    };
  });
}
