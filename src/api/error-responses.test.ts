import { describe, expect, test } from '@jest/globals';
import { contextOf } from '../../test/support/cluster-records.js';
import { defaultsOf } from '../../test/support/message-values.js';
import type { Fields, ScalarType } from '../protocol/codec/fields.js';
import { encodeResponse, responseHeaderVersion, type Api } from '../protocol/codec/index.js';
import { Reader } from '../protocol/codec/reader.js';
import { includesVersion } from '../protocol/codec/versions.js';
import { ErrorCode } from '../protocol/errors.js';
import * as schema from '../protocol/schema/index.js';
import type { KafkaApiHandler } from '../protocol/transport/index.js';
import { ApiVersionsHandler } from './cluster/api-versions.handler.js';
import { CreateTopicsHandler } from './topics/create-topics.handler.js';
import { DeleteTopicsHandler } from './topics/delete-topics.handler.js';
import { FetchHandler } from './records/fetch.handler.js';
import { DeleteGroupsHandler } from './groups/delete-groups.handler.js';
import { FindCoordinatorHandler } from './groups/find-coordinator.handler.js';
import { HeartbeatHandler } from './groups/heartbeat.handler.js';
import { JoinGroupHandler } from './groups/join-group.handler.js';
import { LeaveGroupHandler } from './groups/leave-group.handler.js';
import { ListGroupsHandler } from './groups/list-groups.handler.js';
import { OffsetCommitHandler } from './groups/offset-commit.handler.js';
import { OffsetDeleteHandler } from './groups/offset-delete.handler.js';
import { SyncGroupHandler } from './groups/sync-group.handler.js';
import { InitProducerIdHandler } from './records/init-producer-id.handler.js';
import { ListOffsetsHandler } from './records/list-offsets.handler.js';
import { MetadataHandler } from './topics/metadata.handler.js';
import { ProduceHandler } from './records/produce.handler.js';

type HandlerClass = new (...dependencies: never[]) => KafkaApiHandler<Api>;

/** A request for two of everything. */
function requestFor(fields: Fields): Record<string, unknown> {
  const twice = (element: ScalarType | Fields) =>
    typeof element === 'string' ? [] : [requestFor(element), requestFor(element)];
  const lists = Object.entries(fields).flatMap(([name, { shape }]) =>
    shape.kind === 'array' ? [[name, twice(shape.element)]] : [],
  );
  return { ...defaultsOf(fields), ...(Object.fromEntries(lists) as object) };
}

/** All error codes that a version of a message has a place for. */
function errorCodes(fields: Fields, version: number, value: Record<string, unknown>): unknown[] {
  return Object.entries(fields).flatMap(([name, { shape, versions }]) => {
    if (!includesVersion(versions, version)) return [];
    if (name === 'errorCode') return [value[name]];
    if (shape.kind !== 'array' || typeof shape.element === 'string') return [];
    const { element } = shape;
    return ((value[name] ?? []) as Record<string, unknown>[]).flatMap((item) => errorCodes(element, version, item));
  });
}

describe('I9: a failure is told for everything that was asked for', () => {
  const served: [string, Api, HandlerClass, number][] = [
    ['Produce', schema.Produce, ProduceHandler, 4],
    ['Fetch', schema.Fetch, FetchHandler, 4],
    ['ListOffsets', schema.ListOffsets, ListOffsetsHandler, 4],
    ['Metadata', schema.Metadata, MetadataHandler, 2],
    ['CreateTopics', schema.CreateTopics, CreateTopicsHandler, 2],
    ['DeleteTopics', schema.DeleteTopics, DeleteTopicsHandler, 2],
    ['ApiVersions', schema.ApiVersions, ApiVersionsHandler, 1],
    ['InitProducerId', schema.InitProducerId, InitProducerIdHandler, 1],
    ['FindCoordinator', schema.FindCoordinator, FindCoordinatorHandler, 1],
    ['JoinGroup', schema.JoinGroup, JoinGroupHandler, 1],
    ['SyncGroup', schema.SyncGroup, SyncGroupHandler, 1],
    ['Heartbeat', schema.Heartbeat, HeartbeatHandler, 1],
    ['LeaveGroup', schema.LeaveGroup, LeaveGroupHandler, 1],
    ['OffsetCommit', schema.OffsetCommit, OffsetCommitHandler, 4],
    ['OffsetDelete', schema.OffsetDelete, OffsetDeleteHandler, 1],
    ['ListGroups', schema.ListGroups, ListGroupsHandler, 1],
    ['DeleteGroups', schema.DeleteGroups, DeleteGroupsHandler, 2],
  ];

  test.each(served)('%s, in every version', (_name, api, Handler, places) => {
    const handler = new Handler();
    for (let version = api.versions.min; version <= api.versions.max; version += 1) {
      const request = {
        ...requestFor(api.request.fields),
        topicNames: ['a', 'b'],
        groupsNames: ['a', 'b'],
        coordinatorKeys: ['a', 'b'],
      };
      const code = ErrorCode.POLICY_VIOLATION;
      const answer = handler.errorResponse(request, code, 'no', contextOf(version));
      const reader = new Reader(Buffer.concat(encodeResponse(api, version, 1, answer ?? {})).subarray(4));
      schema.ResponseHeader.read(reader, responseHeaderVersion(api, version));
      const codes = errorCodes(api.response.fields, version, api.response.read(reader, version));
      expect(codes.length).toBeGreaterThanOrEqual(places);
      expect(new Set(codes)).toEqual(new Set([code]));
    }
  });
});
