import type { BrokerConfig } from '../../config/broker-config.js';
import type { ConfigType } from '../../metadata/config-value.js';

/** How one setting of a broker is shown. */
export interface BrokerConfigDefinition {
  readonly kind: ConfigType['kind'];
  /** Null when it is not set. */
  readonly value: (config: BrokerConfig) => string | number | boolean | null;
  /** Absent when there is none: the value is then always somebody's choice. */
  readonly default?: string | null;
  readonly documentation: string;
}
