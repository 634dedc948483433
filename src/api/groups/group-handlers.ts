import type { Provider } from '@nestjs/common';
import { GroupCoordinator } from '../../groups/group-coordinator.js';
import { OffsetCoordinator } from '../../groups/offset-coordinator.js';
import { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { ConsumerGroupDescribeHandler } from './consumer-group-describe.handler.js';
import { ConsumerGroupHeartbeatHandler } from './consumer-group-heartbeat.handler.js';
import { DeleteGroupsHandler } from './delete-groups.handler.js';
import { DescribeGroupsHandler } from './describe-groups.handler.js';
import { HeartbeatHandler } from './heartbeat.handler.js';
import { JoinGroupHandler } from './join-group.handler.js';
import { LeaveGroupHandler } from './leave-group.handler.js';
import { ListGroupsHandler } from './list-groups.handler.js';
import { OffsetCommitHandler } from './offset-commit.handler.js';
import { OffsetDeleteHandler } from './offset-delete.handler.js';
import { OffsetFetchHandler } from './offset-fetch.handler.js';
import { SyncGroupHandler } from './sync-group.handler.js';

const ofMembers = [
  JoinGroupHandler,
  SyncGroupHandler,
  HeartbeatHandler,
  LeaveGroupHandler,
  DescribeGroupsHandler,
  ListGroupsHandler,
  DeleteGroupsHandler,
  ConsumerGroupHeartbeatHandler,
];

const ofOffsets = [OffsetCommitHandler, OffsetFetchHandler, OffsetDeleteHandler];

/** The handlers of the APIs about groups. */
export const groupHandlers: Provider[] = [
  ...ofMembers.map((Handler) => ({
    provide: Handler,
    inject: [GroupCoordinator],
    useFactory: (coordinator: GroupCoordinator) => new Handler(coordinator),
  })),
  {
    provide: ConsumerGroupDescribeHandler,
    inject: [GroupCoordinator, TopicCatalogue],
    useFactory: (coordinator: GroupCoordinator, catalogue: TopicCatalogue) =>
      new ConsumerGroupDescribeHandler(coordinator, catalogue),
  },
  ...ofOffsets.map((Handler) => ({
    provide: Handler,
    inject: [OffsetCoordinator, TopicCatalogue],
    useFactory: (offsets: OffsetCoordinator, catalogue: TopicCatalogue) => new Handler(offsets, catalogue),
  })),
];
