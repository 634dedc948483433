/** What no client can do here, with the error that its user would see and what helps. */
export const limits = [
  {
    what: 'Transactions, and exactly-once settings that build on them',
    error: 'TransactionalIdAuthorizationException: Transactional Id authorization failed.',
    instead:
      'At least once: `processing.guarantee=at_least_once` (Kafka Streams), `DeliveryGuarantee.AT_LEAST_ONCE` (Flink), ' +
      '`exactly.once.source.support=disabled` (Kafka Connect), no `transactional.id`.',
  },
  {
    what: 'SASL: `security.protocol=SASL_PLAINTEXT` or `SASL_SSL`',
    error:
      'In the log "Connection to node -1 … terminated during authentication", then a TimeoutException: there is no ' +
      'authentication, and the broker closes the connection',
    instead: '`security.protocol=PLAINTEXT`, or `SSL` where a proxy in front of the broker ends TLS.',
  },
];

/** Clients of the user guide that no test runs. */
export const notRun = [
  {
    client: 'Apache Wayang',
    version: '1.0.0, 1.1.0',
    because:
      'Maven could not resolve it: there was no release 1.0.0, and 1.1.0 lacked the parents of its poms. And its Kafka source and ' +
      'sink always use `SASL_SSL`: see [examples/wayang](../examples/wayang)',
  },
];
