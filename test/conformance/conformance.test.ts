/**
 * The edge-case checklist: what a broker must answer where clients seldom go, one test for each line, numbered as in
 * docs/conformance.md. It runs against one broker over plain sockets: ours, any other by its address, or Apache Kafka
 * (see test/support/bootstrap.ts).
 */
import { describe, jest } from '@jest/globals';
import { adminVersionCases } from './cases/admin-versions.js';
import { clusterCases } from './cases/cluster.js';
import { configCases } from './cases/configs.js';
import { consumerGroupCases } from './cases/consumer-groups.js';
import { coordinatorCases } from './cases/coordinator.js';
import { deepValidationCases } from './cases/deep-validation.js';
import { deletedRecordsCases } from './cases/deleted-records.js';
import { fetchSizeCases } from './cases/fetch-sizes.js';
import { fetchCases } from './cases/fetch.js';
import { groupAdminCases } from './cases/group-admin.js';
import { groupConfigCases } from './cases/group-configs.js';
import { groupMemberCases } from './cases/group-members.js';
import { groupMigrationCases } from './cases/group-migration.js';
import { groupOffsetCases } from './cases/group-offsets.js';
import { groupRestartCases } from './cases/group-restart.js';
import { idempotenceCases } from './cases/idempotence.js';
import { listOffsetsCases } from './cases/list-offsets.js';
import { metadataCases } from './cases/metadata.js';
import { partitionCases } from './cases/partitions.js';
import { produceValidationCases } from './cases/produce-validation.js';
import { produceCases } from './cases/produce.js';
import { restartCases } from './cases/restart.js';
import { topicCases } from './cases/topics.js';
import { wireCases } from './cases/wire.js';
import { useSubject } from './subject.js';

jest.setTimeout(20_000);

describe('edge-case checklist', () => {
  const subject = useSubject();
  wireCases(subject);
  metadataCases(subject);
  produceCases(subject);
  produceValidationCases(subject);
  deepValidationCases();
  idempotenceCases(subject);
  restartCases();
  fetchCases(subject);
  fetchSizeCases(subject);
  listOffsetsCases(subject);
  coordinatorCases(subject);
  groupMemberCases(subject);
  groupOffsetCases(subject);
  groupAdminCases(subject);
  groupRestartCases();
  consumerGroupCases(subject);
  groupMigrationCases(subject);
  topicCases(subject);
  partitionCases(subject);
  configCases(subject);
  groupConfigCases(subject);
  deletedRecordsCases(subject);
  clusterCases(subject);
  adminVersionCases(subject);
});
