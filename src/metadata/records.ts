import { newestVersion, writtenVersion } from '../formats/format-level.js';
import { kafscale } from '../generated/metadata.js';
import { MetadataFormatError } from './metadata-store.js';

/*
 * The records, that is, the values of the metadata store.
 *
 * Encoding sets the format version, that of the cluster's format level. Decoding throws MetadataFormatError when the value is damaged or was written by a
 * newer version; a record without a version is of a program that writes none, and is read as version 1.
 */

export type TopicConfig = kafscale.metadata.TopicConfig;
export type PartitionState = kafscale.metadata.PartitionState;
export type BrokerRegistration = kafscale.metadata.BrokerRegistration;
export type PartitionAssignment = kafscale.metadata.PartitionAssignment;
export type GroupSlots = kafscale.metadata.GroupSlots;
export type ConsumerGroup = kafscale.metadata.ConsumerGroup;
export type CommittedOffset = kafscale.metadata.CommittedOffset;
export type GroupWriter = kafscale.metadata.GroupWriter;
export type IncarnationRecord = kafscale.metadata.IncarnationRecord;
export type IncarnationCommit = kafscale.metadata.IncarnationCommit;
export type TrimMark = kafscale.metadata.TrimMark;
export type WalMerges = kafscale.metadata.WalMerges;
export type DeletedTopic = kafscale.metadata.DeletedTopic;
export type ProducerIdBlock = kafscale.metadata.ProducerIdBlock;
export type RevisionFloor = kafscale.metadata.RevisionFloor;
export type ClusterIdentity = kafscale.metadata.ClusterIdentity;
export type FormatLevel = kafscale.metadata.FormatLevel;
export type GroupConfig = kafscale.metadata.GroupConfig;
export type TopicDefaults = kafscale.metadata.TopicDefaults;

const { metadata } = kafscale;

export const encodeTopicConfig = encoder(metadata.TopicConfig);
export const decodeTopicConfig = decoder('TopicConfig', metadata.TopicConfig);

export const encodePartitionState = encoder(metadata.PartitionState);
export const decodePartitionState = decoder('PartitionState', metadata.PartitionState);

export const encodeBrokerRegistration = encoder(metadata.BrokerRegistration);
export const decodeBrokerRegistration = decoder('BrokerRegistration', metadata.BrokerRegistration);

export const encodePartitionAssignment = encoder(metadata.PartitionAssignment);
export const decodePartitionAssignment = decoder('PartitionAssignment', metadata.PartitionAssignment);

export const encodeGroupSlots = encoder(metadata.GroupSlots);
export const decodeGroupSlots = decoder('GroupSlots', metadata.GroupSlots);

export const encodeConsumerGroup = encoder(metadata.ConsumerGroup);
export const decodeConsumerGroup = decoder('ConsumerGroup', metadata.ConsumerGroup);

export const encodeCommittedOffset = encoder(metadata.CommittedOffset);
export const decodeCommittedOffset = decoder('CommittedOffset', metadata.CommittedOffset);

export const encodeGroupWriter = encoder(metadata.GroupWriter);
export const decodeGroupWriter = decoder('GroupWriter', metadata.GroupWriter);

export const encodeIncarnationRecord = encoder(metadata.IncarnationRecord);
export const decodeIncarnationRecord = decoder('IncarnationRecord', metadata.IncarnationRecord);

export const encodeIncarnationCommit = encoder(metadata.IncarnationCommit);
export const decodeIncarnationCommit = decoder('IncarnationCommit', metadata.IncarnationCommit);

export const encodeTrimMark = encoder(metadata.TrimMark);
export const decodeTrimMark = decoder('TrimMark', metadata.TrimMark);

export const encodeWalMerges = encoder(metadata.WalMerges);
export const decodeWalMerges = decoder('WalMerges', metadata.WalMerges);

export const encodeDeletedTopic = encoder(metadata.DeletedTopic);
export const decodeDeletedTopic = decoder('DeletedTopic', metadata.DeletedTopic);

export const encodeProducerIdBlock = encoder(metadata.ProducerIdBlock);
export const decodeProducerIdBlock = decoder('ProducerIdBlock', metadata.ProducerIdBlock);

export const encodeRevisionFloor = encoder(metadata.RevisionFloor);
export const decodeRevisionFloor = decoder('RevisionFloor', metadata.RevisionFloor);

export const encodeClusterIdentity = encoder(metadata.ClusterIdentity);
export const decodeClusterIdentity = decoder('ClusterIdentity', metadata.ClusterIdentity);

/** Decides the versions of all others, so it has the same one at every level, and is read whatever its version. */
export const encodeFormatLevel = encoder(metadata.FormatLevel, () => 1);
export const decodeFormatLevel: Decoder<FormatLevel> = (value, key) =>
  parse('FormatLevel', metadata.FormatLevel, value, key);

export const encodeGroupConfig = encoder(metadata.GroupConfig);
export const decodeGroupConfig = decoder('GroupConfig', metadata.GroupConfig);

export const encodeTopicDefaults = encoder(metadata.TopicDefaults);
export const decodeTopicDefaults = decoder('TopicDefaults', metadata.TopicDefaults);

interface MessageType<Message, Fields> {
  encode(fields: Fields): { finish(): Uint8Array };
  decode(value: Uint8Array): Message;
}

type Encoder<Fields> = (fields: Omit<Fields, 'formatVersion' | '$unknowns'>) => Buffer;

/** @param key where the value was found, for the error's message */
type Decoder<Message> = (value: Buffer, key: string) => Message;

function encoder<Message, Fields>(
  type: MessageType<Message, Fields>,
  version = () => writtenVersion('metadataRecord'),
): Encoder<Fields> {
  return (fields) => {
    const encoded = type.encode({ ...fields, formatVersion: version() } as Fields).finish();
    return Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  };
}

function decoder<Message extends { readonly formatVersion: number }, Fields>(
  name: string,
  type: MessageType<Message, Fields>,
): Decoder<Message> {
  return (value, key) => {
    const message = parse(name, type, value, key);
    const newest = newestVersion('metadataRecord');
    if (message.formatVersion > newest) {
      throw new MetadataFormatError(
        `${key} has ${name} format version ${message.formatVersion}; ` +
          `this version of KafScale reads up to ${newest}`,
      );
    }
    return message;
  };
}

function parse<Message, Fields>(name: string, type: MessageType<Message, Fields>, value: Buffer, key: string): Message {
  try {
    return type.decode(value);
  } catch (error) {
    throw new MetadataFormatError(`${key} is no ${name}: ${String(error)}`, {
      cause: error,
    });
  }
}
