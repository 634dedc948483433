/** What no client can do here, with the error that its user would see and what helps. */
export const limits = [
  {
    what: 'Transactions, and exactly-once settings that build on them',
    error: 'TransactionalIdAuthorizationException: Transactional Id authorization failed',
    instead:
      'At least once: `processing.guarantee=at_least_once` (Kafka Streams), `DeliveryGuarantee.AT_LEAST_ONCE` (Flink), ' +
      '`exactly.once.source.support=disabled` (Kafka Connect), no `transactional.id`.',
  },
  {
    what: 'SASL: `security.protocol=SASL_PLAINTEXT` or `SASL_SSL`',
    error: 'UnsupportedSaslMechanismException or a connection that is closed: there is no authentication',
    instead: '`security.protocol=PLAINTEXT`, or `SSL` where a proxy in front of the broker ends TLS.',
  },
];

/** Clients of the user guide that no test runs. */
export const notRun = [];
