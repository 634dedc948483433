import * as $protobuf from "protobufjs";

/** Namespace kafscale. */
export namespace kafscale {

    /** Namespace metadata. */
    namespace metadata {

        /**
         * Properties of a TopicConfig.
         * @deprecated Use kafscale.metadata.TopicConfig.$Properties instead.
         */
        interface ITopicConfig extends kafscale.metadata.TopicConfig.$Properties {
        }

        /** Represents a TopicConfig. */
        class TopicConfig {

            /**
             * Constructs a new TopicConfig.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.TopicConfig.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** TopicConfig name. */
            name: string;

            /** TopicConfig partitions. */
            partitions: number;

            /** TopicConfig replicationFactor. */
            replicationFactor: number;

            /** TopicConfig retentionMs. */
            retentionMs: number;

            /** TopicConfig retentionBytes. */
            retentionBytes: number;

            /** TopicConfig segmentBytes. */
            segmentBytes: number;

            /** TopicConfig createdAt. */
            createdAt: string;

            /** TopicConfig config. */
            config: { [k: string]: string };

            /** TopicConfig formatVersion. */
            formatVersion: number;

            /** TopicConfig topicId. */
            topicId: Uint8Array;

            /**
             * Creates a new TopicConfig instance using the specified properties.
             * @param [properties] Properties to set
             * @returns TopicConfig instance
             */
            static create(properties: kafscale.metadata.TopicConfig.$Shape): kafscale.metadata.TopicConfig & kafscale.metadata.TopicConfig.$Shape;
            static create(properties?: kafscale.metadata.TopicConfig.$Properties): kafscale.metadata.TopicConfig;

            /**
             * Encodes the specified TopicConfig message. Does not implicitly {@link kafscale.metadata.TopicConfig.verify|verify} messages.
             * @param message TopicConfig message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.TopicConfig.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a TopicConfig message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.TopicConfig & kafscale.metadata.TopicConfig.$Shape} TopicConfig
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.TopicConfig & kafscale.metadata.TopicConfig.$Shape;
        }

        namespace TopicConfig {

            /** Properties of a TopicConfig. */
            interface $Properties {

                /** TopicConfig name */
                name?: (string|null);

                /** TopicConfig partitions */
                partitions?: (number|null);

                /** TopicConfig replicationFactor */
                replicationFactor?: (number|null);

                /** TopicConfig retentionMs */
                retentionMs?: (number|null);

                /** TopicConfig retentionBytes */
                retentionBytes?: (number|null);

                /** TopicConfig segmentBytes */
                segmentBytes?: (number|null);

                /** TopicConfig createdAt */
                createdAt?: (string|null);

                /** TopicConfig config */
                config?: ({ [k: string]: string }|null);

                /** TopicConfig formatVersion */
                formatVersion?: (number|null);

                /** TopicConfig topicId */
                topicId?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a TopicConfig. */
            type $Shape = kafscale.metadata.TopicConfig.$Properties;
        }

        /**
         * Properties of a SegmentInfo.
         * @deprecated Use kafscale.metadata.SegmentInfo.$Properties instead.
         */
        interface ISegmentInfo extends kafscale.metadata.SegmentInfo.$Properties {
        }

        /** Represents a SegmentInfo. */
        class SegmentInfo {

            /**
             * Constructs a new SegmentInfo.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.SegmentInfo.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SegmentInfo baseOffset. */
            baseOffset: number;

            /** SegmentInfo sizeBytes. */
            sizeBytes: number;

            /** SegmentInfo createdAt. */
            createdAt: string;

            /**
             * Creates a new SegmentInfo instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SegmentInfo instance
             */
            static create(properties: kafscale.metadata.SegmentInfo.$Shape): kafscale.metadata.SegmentInfo & kafscale.metadata.SegmentInfo.$Shape;
            static create(properties?: kafscale.metadata.SegmentInfo.$Properties): kafscale.metadata.SegmentInfo;

            /**
             * Encodes the specified SegmentInfo message. Does not implicitly {@link kafscale.metadata.SegmentInfo.verify|verify} messages.
             * @param message SegmentInfo message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.SegmentInfo.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SegmentInfo message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.SegmentInfo & kafscale.metadata.SegmentInfo.$Shape} SegmentInfo
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.SegmentInfo & kafscale.metadata.SegmentInfo.$Shape;
        }

        namespace SegmentInfo {

            /** Properties of a SegmentInfo. */
            interface $Properties {

                /** SegmentInfo baseOffset */
                baseOffset?: (number|null);

                /** SegmentInfo sizeBytes */
                sizeBytes?: (number|null);

                /** SegmentInfo createdAt */
                createdAt?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SegmentInfo. */
            type $Shape = kafscale.metadata.SegmentInfo.$Properties;
        }

        /**
         * Properties of a PartitionState.
         * @deprecated Use kafscale.metadata.PartitionState.$Properties instead.
         */
        interface IPartitionState extends kafscale.metadata.PartitionState.$Properties {
        }

        /** Represents a PartitionState. */
        class PartitionState {

            /**
             * Constructs a new PartitionState.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.PartitionState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** PartitionState topic. */
            topic: string;

            /** PartitionState partition. */
            partition: number;

            /** PartitionState leaderBroker. */
            leaderBroker: string;

            /** PartitionState leaderEpoch. */
            leaderEpoch: number;

            /** PartitionState logStartOffset. */
            logStartOffset: number;

            /** PartitionState logEndOffset. */
            logEndOffset: number;

            /** PartitionState highWatermark. */
            highWatermark: number;

            /** PartitionState activeSegment. */
            activeSegment: string;

            /** PartitionState segments. */
            segments: kafscale.metadata.SegmentInfo.$Properties[];

            /** PartitionState formatVersion. */
            formatVersion: number;

            /** PartitionState manifestVersion. */
            manifestVersion: number;

            /** PartitionState manifestKey. */
            manifestKey: string;

            /** PartitionState checkpointOffset. */
            checkpointOffset: number;

            /**
             * Creates a new PartitionState instance using the specified properties.
             * @param [properties] Properties to set
             * @returns PartitionState instance
             */
            static create(properties: kafscale.metadata.PartitionState.$Shape): kafscale.metadata.PartitionState & kafscale.metadata.PartitionState.$Shape;
            static create(properties?: kafscale.metadata.PartitionState.$Properties): kafscale.metadata.PartitionState;

            /**
             * Encodes the specified PartitionState message. Does not implicitly {@link kafscale.metadata.PartitionState.verify|verify} messages.
             * @param message PartitionState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.PartitionState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a PartitionState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.PartitionState & kafscale.metadata.PartitionState.$Shape} PartitionState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.PartitionState & kafscale.metadata.PartitionState.$Shape;
        }

        namespace PartitionState {

            /** Properties of a PartitionState. */
            interface $Properties {

                /** PartitionState topic */
                topic?: (string|null);

                /** PartitionState partition */
                partition?: (number|null);

                /** PartitionState leaderBroker */
                leaderBroker?: (string|null);

                /** PartitionState leaderEpoch */
                leaderEpoch?: (number|null);

                /** PartitionState logStartOffset */
                logStartOffset?: (number|null);

                /** PartitionState logEndOffset */
                logEndOffset?: (number|null);

                /** PartitionState highWatermark */
                highWatermark?: (number|null);

                /** PartitionState activeSegment */
                activeSegment?: (string|null);

                /** PartitionState segments */
                segments?: (kafscale.metadata.SegmentInfo.$Properties[]|null);

                /** PartitionState formatVersion */
                formatVersion?: (number|null);

                /** PartitionState manifestVersion */
                manifestVersion?: (number|null);

                /** PartitionState manifestKey */
                manifestKey?: (string|null);

                /** PartitionState checkpointOffset */
                checkpointOffset?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a PartitionState. */
            type $Shape = kafscale.metadata.PartitionState.$Properties;
        }

        /**
         * Properties of an Assignment.
         * @deprecated Use kafscale.metadata.Assignment.$Properties instead.
         */
        interface IAssignment extends kafscale.metadata.Assignment.$Properties {
        }

        /** Represents an Assignment. */
        class Assignment {

            /**
             * Constructs a new Assignment.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.Assignment.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Assignment topic. */
            topic: string;

            /** Assignment partitions. */
            partitions: number[];

            /**
             * Creates a new Assignment instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Assignment instance
             */
            static create(properties: kafscale.metadata.Assignment.$Shape): kafscale.metadata.Assignment & kafscale.metadata.Assignment.$Shape;
            static create(properties?: kafscale.metadata.Assignment.$Properties): kafscale.metadata.Assignment;

            /**
             * Encodes the specified Assignment message. Does not implicitly {@link kafscale.metadata.Assignment.verify|verify} messages.
             * @param message Assignment message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.Assignment.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Assignment message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.Assignment & kafscale.metadata.Assignment.$Shape} Assignment
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.Assignment & kafscale.metadata.Assignment.$Shape;
        }

        namespace Assignment {

            /** Properties of an Assignment. */
            interface $Properties {

                /** Assignment topic */
                topic?: (string|null);

                /** Assignment partitions */
                partitions?: (number[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Assignment. */
            type $Shape = kafscale.metadata.Assignment.$Properties;
        }

        /**
         * Properties of a GroupMember.
         * @deprecated Use kafscale.metadata.GroupMember.$Properties instead.
         */
        interface IGroupMember extends kafscale.metadata.GroupMember.$Properties {
        }

        /** Represents a GroupMember. */
        class GroupMember {

            /**
             * Constructs a new GroupMember.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.GroupMember.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GroupMember clientId. */
            clientId: string;

            /** GroupMember clientHost. */
            clientHost: string;

            /** GroupMember heartbeatAt. */
            heartbeatAt: string;

            /** GroupMember assignments. */
            assignments: kafscale.metadata.Assignment.$Properties[];

            /** GroupMember subscriptions. */
            subscriptions: string[];

            /** GroupMember sessionTimeoutMs. */
            sessionTimeoutMs: number;

            /**
             * Creates a new GroupMember instance using the specified properties.
             * @param [properties] Properties to set
             * @returns GroupMember instance
             */
            static create(properties: kafscale.metadata.GroupMember.$Shape): kafscale.metadata.GroupMember & kafscale.metadata.GroupMember.$Shape;
            static create(properties?: kafscale.metadata.GroupMember.$Properties): kafscale.metadata.GroupMember;

            /**
             * Encodes the specified GroupMember message. Does not implicitly {@link kafscale.metadata.GroupMember.verify|verify} messages.
             * @param message GroupMember message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.GroupMember.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GroupMember message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.GroupMember & kafscale.metadata.GroupMember.$Shape} GroupMember
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.GroupMember & kafscale.metadata.GroupMember.$Shape;
        }

        namespace GroupMember {

            /** Properties of a GroupMember. */
            interface $Properties {

                /** GroupMember clientId */
                clientId?: (string|null);

                /** GroupMember clientHost */
                clientHost?: (string|null);

                /** GroupMember heartbeatAt */
                heartbeatAt?: (string|null);

                /** GroupMember assignments */
                assignments?: (kafscale.metadata.Assignment.$Properties[]|null);

                /** GroupMember subscriptions */
                subscriptions?: (string[]|null);

                /** GroupMember sessionTimeoutMs */
                sessionTimeoutMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GroupMember. */
            type $Shape = kafscale.metadata.GroupMember.$Properties;
        }

        /**
         * Properties of a MemberState.
         * @deprecated Use kafscale.metadata.MemberState.$Properties instead.
         */
        interface IMemberState extends kafscale.metadata.MemberState.$Properties {
        }

        /** Represents a MemberState. */
        class MemberState {

            /**
             * Constructs a new MemberState.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.MemberState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** MemberState memberId. */
            memberId: string;

            /** MemberState groupInstanceId. */
            groupInstanceId?: (string|null);

            /** MemberState rebalanceTimeoutMs. */
            rebalanceTimeoutMs: number;

            /** MemberState protocols. */
            protocols: kafscale.metadata.MemberProtocol.$Properties[];

            /** MemberState assignment. */
            assignment: Uint8Array;

            /**
             * Creates a new MemberState instance using the specified properties.
             * @param [properties] Properties to set
             * @returns MemberState instance
             */
            static create(properties: kafscale.metadata.MemberState.$Shape): kafscale.metadata.MemberState & kafscale.metadata.MemberState.$Shape;
            static create(properties?: kafscale.metadata.MemberState.$Properties): kafscale.metadata.MemberState;

            /**
             * Encodes the specified MemberState message. Does not implicitly {@link kafscale.metadata.MemberState.verify|verify} messages.
             * @param message MemberState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.MemberState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a MemberState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.MemberState & kafscale.metadata.MemberState.$Shape} MemberState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.MemberState & kafscale.metadata.MemberState.$Shape;
        }

        namespace MemberState {

            /** Properties of a MemberState. */
            interface $Properties {

                /** MemberState memberId */
                memberId?: (string|null);

                /** MemberState groupInstanceId */
                groupInstanceId?: (string|null);

                /** MemberState rebalanceTimeoutMs */
                rebalanceTimeoutMs?: (number|null);

                /** MemberState protocols */
                protocols?: (kafscale.metadata.MemberProtocol.$Properties[]|null);

                /** MemberState assignment */
                assignment?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a MemberState. */
            type $Shape = kafscale.metadata.MemberState.$Properties;
        }

        /**
         * Properties of a MemberProtocol.
         * @deprecated Use kafscale.metadata.MemberProtocol.$Properties instead.
         */
        interface IMemberProtocol extends kafscale.metadata.MemberProtocol.$Properties {
        }

        /** Represents a MemberProtocol. */
        class MemberProtocol {

            /**
             * Constructs a new MemberProtocol.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.MemberProtocol.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** MemberProtocol name. */
            name: string;

            /** MemberProtocol metadata. */
            metadata: Uint8Array;

            /**
             * Creates a new MemberProtocol instance using the specified properties.
             * @param [properties] Properties to set
             * @returns MemberProtocol instance
             */
            static create(properties: kafscale.metadata.MemberProtocol.$Shape): kafscale.metadata.MemberProtocol & kafscale.metadata.MemberProtocol.$Shape;
            static create(properties?: kafscale.metadata.MemberProtocol.$Properties): kafscale.metadata.MemberProtocol;

            /**
             * Encodes the specified MemberProtocol message. Does not implicitly {@link kafscale.metadata.MemberProtocol.verify|verify} messages.
             * @param message MemberProtocol message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.MemberProtocol.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a MemberProtocol message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.MemberProtocol & kafscale.metadata.MemberProtocol.$Shape} MemberProtocol
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.MemberProtocol & kafscale.metadata.MemberProtocol.$Shape;
        }

        namespace MemberProtocol {

            /** Properties of a MemberProtocol. */
            interface $Properties {

                /** MemberProtocol name */
                name?: (string|null);

                /** MemberProtocol metadata */
                metadata?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a MemberProtocol. */
            type $Shape = kafscale.metadata.MemberProtocol.$Properties;
        }

        /**
         * Properties of a MemberStates.
         * @deprecated Use kafscale.metadata.MemberStates.$Properties instead.
         */
        interface IMemberStates extends kafscale.metadata.MemberStates.$Properties {
        }

        /** Represents a MemberStates. */
        class MemberStates {

            /**
             * Constructs a new MemberStates.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.MemberStates.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** MemberStates members. */
            members: kafscale.metadata.MemberState.$Properties[];

            /**
             * Creates a new MemberStates instance using the specified properties.
             * @param [properties] Properties to set
             * @returns MemberStates instance
             */
            static create(properties: kafscale.metadata.MemberStates.$Shape): kafscale.metadata.MemberStates & kafscale.metadata.MemberStates.$Shape;
            static create(properties?: kafscale.metadata.MemberStates.$Properties): kafscale.metadata.MemberStates;

            /**
             * Encodes the specified MemberStates message. Does not implicitly {@link kafscale.metadata.MemberStates.verify|verify} messages.
             * @param message MemberStates message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.MemberStates.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a MemberStates message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.MemberStates & kafscale.metadata.MemberStates.$Shape} MemberStates
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.MemberStates & kafscale.metadata.MemberStates.$Shape;
        }

        namespace MemberStates {

            /** Properties of a MemberStates. */
            interface $Properties {

                /** MemberStates members */
                members?: (kafscale.metadata.MemberState.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a MemberStates. */
            type $Shape = kafscale.metadata.MemberStates.$Properties;
        }

        /**
         * Properties of a MemberPartitions.
         * @deprecated Use kafscale.metadata.MemberPartitions.$Properties instead.
         */
        interface IMemberPartitions extends kafscale.metadata.MemberPartitions.$Properties {
        }

        /** Represents a MemberPartitions. */
        class MemberPartitions {

            /**
             * Constructs a new MemberPartitions.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.MemberPartitions.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** MemberPartitions topicId. */
            topicId: Uint8Array;

            /** MemberPartitions partitions. */
            partitions: number[];

            /** MemberPartitions epochs. */
            epochs: number[];

            /**
             * Creates a new MemberPartitions instance using the specified properties.
             * @param [properties] Properties to set
             * @returns MemberPartitions instance
             */
            static create(properties: kafscale.metadata.MemberPartitions.$Shape): kafscale.metadata.MemberPartitions & kafscale.metadata.MemberPartitions.$Shape;
            static create(properties?: kafscale.metadata.MemberPartitions.$Properties): kafscale.metadata.MemberPartitions;

            /**
             * Encodes the specified MemberPartitions message. Does not implicitly {@link kafscale.metadata.MemberPartitions.verify|verify} messages.
             * @param message MemberPartitions message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.MemberPartitions.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a MemberPartitions message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.MemberPartitions & kafscale.metadata.MemberPartitions.$Shape} MemberPartitions
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.MemberPartitions & kafscale.metadata.MemberPartitions.$Shape;
        }

        namespace MemberPartitions {

            /** Properties of a MemberPartitions. */
            interface $Properties {

                /** MemberPartitions topicId */
                topicId?: (Uint8Array|null);

                /** MemberPartitions partitions */
                partitions?: (number[]|null);

                /** MemberPartitions epochs */
                epochs?: (number[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a MemberPartitions. */
            type $Shape = kafscale.metadata.MemberPartitions.$Properties;
        }

        /**
         * Properties of a ConsumerMemberState.
         * @deprecated Use kafscale.metadata.ConsumerMemberState.$Properties instead.
         */
        interface IConsumerMemberState extends kafscale.metadata.ConsumerMemberState.$Properties {
        }

        /** Represents a ConsumerMemberState. */
        class ConsumerMemberState {

            /**
             * Constructs a new ConsumerMemberState.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.ConsumerMemberState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ConsumerMemberState memberId. */
            memberId: string;

            /** ConsumerMemberState groupInstanceId. */
            groupInstanceId?: (string|null);

            /** ConsumerMemberState rackId. */
            rackId?: (string|null);

            /** ConsumerMemberState rebalanceTimeoutMs. */
            rebalanceTimeoutMs: number;

            /** ConsumerMemberState assignor. */
            assignor?: (string|null);

            /** ConsumerMemberState subscribedTopics. */
            subscribedTopics: string[];

            /** ConsumerMemberState subscribedPattern. */
            subscribedPattern: string;

            /** ConsumerMemberState epoch. */
            epoch: number;

            /** ConsumerMemberState previousEpoch. */
            previousEpoch: number;

            /** ConsumerMemberState state. */
            state: string;

            /** ConsumerMemberState assigned. */
            assigned: kafscale.metadata.MemberPartitions.$Properties[];

            /** ConsumerMemberState pendingRevocation. */
            pendingRevocation: kafscale.metadata.MemberPartitions.$Properties[];

            /** ConsumerMemberState target. */
            target: kafscale.metadata.MemberPartitions.$Properties[];

            /** ConsumerMemberState classic. */
            classic?: (kafscale.metadata.ClassicMember.$Properties|null);

            /**
             * Creates a new ConsumerMemberState instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ConsumerMemberState instance
             */
            static create(properties: kafscale.metadata.ConsumerMemberState.$Shape): kafscale.metadata.ConsumerMemberState & kafscale.metadata.ConsumerMemberState.$Shape;
            static create(properties?: kafscale.metadata.ConsumerMemberState.$Properties): kafscale.metadata.ConsumerMemberState;

            /**
             * Encodes the specified ConsumerMemberState message. Does not implicitly {@link kafscale.metadata.ConsumerMemberState.verify|verify} messages.
             * @param message ConsumerMemberState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.ConsumerMemberState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ConsumerMemberState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.ConsumerMemberState & kafscale.metadata.ConsumerMemberState.$Shape} ConsumerMemberState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.ConsumerMemberState & kafscale.metadata.ConsumerMemberState.$Shape;
        }

        namespace ConsumerMemberState {

            /** Properties of a ConsumerMemberState. */
            interface $Properties {

                /** ConsumerMemberState memberId */
                memberId?: (string|null);

                /** ConsumerMemberState groupInstanceId */
                groupInstanceId?: (string|null);

                /** ConsumerMemberState rackId */
                rackId?: (string|null);

                /** ConsumerMemberState rebalanceTimeoutMs */
                rebalanceTimeoutMs?: (number|null);

                /** ConsumerMemberState assignor */
                assignor?: (string|null);

                /** ConsumerMemberState subscribedTopics */
                subscribedTopics?: (string[]|null);

                /** ConsumerMemberState subscribedPattern */
                subscribedPattern?: (string|null);

                /** ConsumerMemberState epoch */
                epoch?: (number|null);

                /** ConsumerMemberState previousEpoch */
                previousEpoch?: (number|null);

                /** ConsumerMemberState state */
                state?: (string|null);

                /** ConsumerMemberState assigned */
                assigned?: (kafscale.metadata.MemberPartitions.$Properties[]|null);

                /** ConsumerMemberState pendingRevocation */
                pendingRevocation?: (kafscale.metadata.MemberPartitions.$Properties[]|null);

                /** ConsumerMemberState target */
                target?: (kafscale.metadata.MemberPartitions.$Properties[]|null);

                /** ConsumerMemberState classic */
                classic?: (kafscale.metadata.ClassicMember.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ConsumerMemberState. */
            type $Shape = kafscale.metadata.ConsumerMemberState.$Properties;
        }

        /**
         * Properties of a ClassicMember.
         * @deprecated Use kafscale.metadata.ClassicMember.$Properties instead.
         */
        interface IClassicMember extends kafscale.metadata.ClassicMember.$Properties {
        }

        /** Represents a ClassicMember. */
        class ClassicMember {

            /**
             * Constructs a new ClassicMember.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.ClassicMember.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ClassicMember sessionTimeoutMs. */
            sessionTimeoutMs: number;

            /** ClassicMember protocols. */
            protocols: kafscale.metadata.MemberProtocol.$Properties[];

            /**
             * Creates a new ClassicMember instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ClassicMember instance
             */
            static create(properties: kafscale.metadata.ClassicMember.$Shape): kafscale.metadata.ClassicMember & kafscale.metadata.ClassicMember.$Shape;
            static create(properties?: kafscale.metadata.ClassicMember.$Properties): kafscale.metadata.ClassicMember;

            /**
             * Encodes the specified ClassicMember message. Does not implicitly {@link kafscale.metadata.ClassicMember.verify|verify} messages.
             * @param message ClassicMember message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.ClassicMember.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ClassicMember message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.ClassicMember & kafscale.metadata.ClassicMember.$Shape} ClassicMember
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.ClassicMember & kafscale.metadata.ClassicMember.$Shape;
        }

        namespace ClassicMember {

            /** Properties of a ClassicMember. */
            interface $Properties {

                /** ClassicMember sessionTimeoutMs */
                sessionTimeoutMs?: (number|null);

                /** ClassicMember protocols */
                protocols?: (kafscale.metadata.MemberProtocol.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ClassicMember. */
            type $Shape = kafscale.metadata.ClassicMember.$Properties;
        }

        /**
         * Properties of a ConsumerMemberStates.
         * @deprecated Use kafscale.metadata.ConsumerMemberStates.$Properties instead.
         */
        interface IConsumerMemberStates extends kafscale.metadata.ConsumerMemberStates.$Properties {
        }

        /** Represents a ConsumerMemberStates. */
        class ConsumerMemberStates {

            /**
             * Constructs a new ConsumerMemberStates.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.ConsumerMemberStates.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ConsumerMemberStates members. */
            members: kafscale.metadata.ConsumerMemberState.$Properties[];

            /** ConsumerMemberStates targetEpoch. */
            targetEpoch: number;

            /** ConsumerMemberStates fingerprint. */
            fingerprint: string;

            /**
             * Creates a new ConsumerMemberStates instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ConsumerMemberStates instance
             */
            static create(properties: kafscale.metadata.ConsumerMemberStates.$Shape): kafscale.metadata.ConsumerMemberStates & kafscale.metadata.ConsumerMemberStates.$Shape;
            static create(properties?: kafscale.metadata.ConsumerMemberStates.$Properties): kafscale.metadata.ConsumerMemberStates;

            /**
             * Encodes the specified ConsumerMemberStates message. Does not implicitly {@link kafscale.metadata.ConsumerMemberStates.verify|verify} messages.
             * @param message ConsumerMemberStates message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.ConsumerMemberStates.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ConsumerMemberStates message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.ConsumerMemberStates & kafscale.metadata.ConsumerMemberStates.$Shape} ConsumerMemberStates
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.ConsumerMemberStates & kafscale.metadata.ConsumerMemberStates.$Shape;
        }

        namespace ConsumerMemberStates {

            /** Properties of a ConsumerMemberStates. */
            interface $Properties {

                /** ConsumerMemberStates members */
                members?: (kafscale.metadata.ConsumerMemberState.$Properties[]|null);

                /** ConsumerMemberStates targetEpoch */
                targetEpoch?: (number|null);

                /** ConsumerMemberStates fingerprint */
                fingerprint?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ConsumerMemberStates. */
            type $Shape = kafscale.metadata.ConsumerMemberStates.$Properties;
        }

        /**
         * Properties of a ConsumerGroup.
         * @deprecated Use kafscale.metadata.ConsumerGroup.$Properties instead.
         */
        interface IConsumerGroup extends kafscale.metadata.ConsumerGroup.$Properties {
        }

        /** Represents a ConsumerGroup. */
        class ConsumerGroup {

            /**
             * Constructs a new ConsumerGroup.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.ConsumerGroup.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ConsumerGroup groupId. */
            groupId: string;

            /** ConsumerGroup state. */
            state: string;

            /** ConsumerGroup protocolType. */
            protocolType: string;

            /** ConsumerGroup protocol. */
            protocol: string;

            /** ConsumerGroup leader. */
            leader: string;

            /** ConsumerGroup generationId. */
            generationId: number;

            /** ConsumerGroup members. */
            members: { [k: string]: kafscale.metadata.GroupMember.$Properties };

            /** ConsumerGroup rebalanceTimeoutMs. */
            rebalanceTimeoutMs: number;

            /** ConsumerGroup formatVersion. */
            formatVersion: number;

            /** ConsumerGroup stateChangedAt. */
            stateChangedAt: string;

            /** ConsumerGroup memberStates. */
            memberStates: Uint8Array;

            /** ConsumerGroup groupType. */
            groupType: string;

            /**
             * Creates a new ConsumerGroup instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ConsumerGroup instance
             */
            static create(properties: kafscale.metadata.ConsumerGroup.$Shape): kafscale.metadata.ConsumerGroup & kafscale.metadata.ConsumerGroup.$Shape;
            static create(properties?: kafscale.metadata.ConsumerGroup.$Properties): kafscale.metadata.ConsumerGroup;

            /**
             * Encodes the specified ConsumerGroup message. Does not implicitly {@link kafscale.metadata.ConsumerGroup.verify|verify} messages.
             * @param message ConsumerGroup message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.ConsumerGroup.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ConsumerGroup message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.ConsumerGroup & kafscale.metadata.ConsumerGroup.$Shape} ConsumerGroup
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.ConsumerGroup & kafscale.metadata.ConsumerGroup.$Shape;
        }

        namespace ConsumerGroup {

            /** Properties of a ConsumerGroup. */
            interface $Properties {

                /** ConsumerGroup groupId */
                groupId?: (string|null);

                /** ConsumerGroup state */
                state?: (string|null);

                /** ConsumerGroup protocolType */
                protocolType?: (string|null);

                /** ConsumerGroup protocol */
                protocol?: (string|null);

                /** ConsumerGroup leader */
                leader?: (string|null);

                /** ConsumerGroup generationId */
                generationId?: (number|null);

                /** ConsumerGroup members */
                members?: ({ [k: string]: kafscale.metadata.GroupMember.$Properties }|null);

                /** ConsumerGroup rebalanceTimeoutMs */
                rebalanceTimeoutMs?: (number|null);

                /** ConsumerGroup formatVersion */
                formatVersion?: (number|null);

                /** ConsumerGroup stateChangedAt */
                stateChangedAt?: (string|null);

                /** ConsumerGroup memberStates */
                memberStates?: (Uint8Array|null);

                /** ConsumerGroup groupType */
                groupType?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ConsumerGroup. */
            type $Shape = kafscale.metadata.ConsumerGroup.$Properties;
        }

        /**
         * Properties of a CommittedOffset.
         * @deprecated Use kafscale.metadata.CommittedOffset.$Properties instead.
         */
        interface ICommittedOffset extends kafscale.metadata.CommittedOffset.$Properties {
        }

        /** Represents a CommittedOffset. */
        class CommittedOffset {

            /**
             * Constructs a new CommittedOffset.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.CommittedOffset.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CommittedOffset offset. */
            offset: number;

            /** CommittedOffset metadata. */
            metadata: string;

            /** CommittedOffset committedAt. */
            committedAt: string;

            /** CommittedOffset leaderEpoch. */
            leaderEpoch: number;

            /** CommittedOffset formatVersion. */
            formatVersion: number;

            /** CommittedOffset topicId. */
            topicId: Uint8Array;

            /** CommittedOffset expiresAt. */
            expiresAt: string;

            /**
             * Creates a new CommittedOffset instance using the specified properties.
             * @param [properties] Properties to set
             * @returns CommittedOffset instance
             */
            static create(properties: kafscale.metadata.CommittedOffset.$Shape): kafscale.metadata.CommittedOffset & kafscale.metadata.CommittedOffset.$Shape;
            static create(properties?: kafscale.metadata.CommittedOffset.$Properties): kafscale.metadata.CommittedOffset;

            /**
             * Encodes the specified CommittedOffset message. Does not implicitly {@link kafscale.metadata.CommittedOffset.verify|verify} messages.
             * @param message CommittedOffset message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.CommittedOffset.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CommittedOffset message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.CommittedOffset & kafscale.metadata.CommittedOffset.$Shape} CommittedOffset
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.CommittedOffset & kafscale.metadata.CommittedOffset.$Shape;
        }

        namespace CommittedOffset {

            /** Properties of a CommittedOffset. */
            interface $Properties {

                /** CommittedOffset offset */
                offset?: (number|null);

                /** CommittedOffset metadata */
                metadata?: (string|null);

                /** CommittedOffset committedAt */
                committedAt?: (string|null);

                /** CommittedOffset leaderEpoch */
                leaderEpoch?: (number|null);

                /** CommittedOffset formatVersion */
                formatVersion?: (number|null);

                /** CommittedOffset topicId */
                topicId?: (Uint8Array|null);

                /** CommittedOffset expiresAt */
                expiresAt?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CommittedOffset. */
            type $Shape = kafscale.metadata.CommittedOffset.$Properties;
        }

        /**
         * Properties of a GroupWriter.
         * @deprecated Use kafscale.metadata.GroupWriter.$Properties instead.
         */
        interface IGroupWriter extends kafscale.metadata.GroupWriter.$Properties {
        }

        /** Represents a GroupWriter. */
        class GroupWriter {

            /**
             * Constructs a new GroupWriter.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.GroupWriter.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GroupWriter incarnationId. */
            incarnationId: string;

            /** GroupWriter sequence. */
            sequence: number;

            /** GroupWriter formatVersion. */
            formatVersion: number;

            /**
             * Creates a new GroupWriter instance using the specified properties.
             * @param [properties] Properties to set
             * @returns GroupWriter instance
             */
            static create(properties: kafscale.metadata.GroupWriter.$Shape): kafscale.metadata.GroupWriter & kafscale.metadata.GroupWriter.$Shape;
            static create(properties?: kafscale.metadata.GroupWriter.$Properties): kafscale.metadata.GroupWriter;

            /**
             * Encodes the specified GroupWriter message. Does not implicitly {@link kafscale.metadata.GroupWriter.verify|verify} messages.
             * @param message GroupWriter message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.GroupWriter.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GroupWriter message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.GroupWriter & kafscale.metadata.GroupWriter.$Shape} GroupWriter
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.GroupWriter & kafscale.metadata.GroupWriter.$Shape;
        }

        namespace GroupWriter {

            /** Properties of a GroupWriter. */
            interface $Properties {

                /** GroupWriter incarnationId */
                incarnationId?: (string|null);

                /** GroupWriter sequence */
                sequence?: (number|null);

                /** GroupWriter formatVersion */
                formatVersion?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GroupWriter. */
            type $Shape = kafscale.metadata.GroupWriter.$Properties;
        }

        /**
         * Properties of a BrokerRegistration.
         * @deprecated Use kafscale.metadata.BrokerRegistration.$Properties instead.
         */
        interface IBrokerRegistration extends kafscale.metadata.BrokerRegistration.$Properties {
        }

        /** Represents a BrokerRegistration. */
        class BrokerRegistration {

            /**
             * Constructs a new BrokerRegistration.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.BrokerRegistration.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** BrokerRegistration brokerId. */
            brokerId: string;

            /** BrokerRegistration host. */
            host: string;

            /** BrokerRegistration port. */
            port: number;

            /** BrokerRegistration rack. */
            rack: string;

            /** BrokerRegistration startedAt. */
            startedAt: string;

            /** BrokerRegistration lastHeartbeat. */
            lastHeartbeat: string;

            /** BrokerRegistration version. */
            version: string;

            /** BrokerRegistration formatVersion. */
            formatVersion: number;

            /** BrokerRegistration incarnationId. */
            incarnationId: string;

            /** BrokerRegistration draining. */
            draining: boolean;

            /** BrokerRegistration minFormatLevel. */
            minFormatLevel: number;

            /** BrokerRegistration maxFormatLevel. */
            maxFormatLevel: number;

            /**
             * Creates a new BrokerRegistration instance using the specified properties.
             * @param [properties] Properties to set
             * @returns BrokerRegistration instance
             */
            static create(properties: kafscale.metadata.BrokerRegistration.$Shape): kafscale.metadata.BrokerRegistration & kafscale.metadata.BrokerRegistration.$Shape;
            static create(properties?: kafscale.metadata.BrokerRegistration.$Properties): kafscale.metadata.BrokerRegistration;

            /**
             * Encodes the specified BrokerRegistration message. Does not implicitly {@link kafscale.metadata.BrokerRegistration.verify|verify} messages.
             * @param message BrokerRegistration message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.BrokerRegistration.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a BrokerRegistration message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.BrokerRegistration & kafscale.metadata.BrokerRegistration.$Shape} BrokerRegistration
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.BrokerRegistration & kafscale.metadata.BrokerRegistration.$Shape;
        }

        namespace BrokerRegistration {

            /** Properties of a BrokerRegistration. */
            interface $Properties {

                /** BrokerRegistration brokerId */
                brokerId?: (string|null);

                /** BrokerRegistration host */
                host?: (string|null);

                /** BrokerRegistration port */
                port?: (number|null);

                /** BrokerRegistration rack */
                rack?: (string|null);

                /** BrokerRegistration startedAt */
                startedAt?: (string|null);

                /** BrokerRegistration lastHeartbeat */
                lastHeartbeat?: (string|null);

                /** BrokerRegistration version */
                version?: (string|null);

                /** BrokerRegistration formatVersion */
                formatVersion?: (number|null);

                /** BrokerRegistration incarnationId */
                incarnationId?: (string|null);

                /** BrokerRegistration draining */
                draining?: (boolean|null);

                /** BrokerRegistration minFormatLevel */
                minFormatLevel?: (number|null);

                /** BrokerRegistration maxFormatLevel */
                maxFormatLevel?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a BrokerRegistration. */
            type $Shape = kafscale.metadata.BrokerRegistration.$Properties;
        }

        /**
         * Properties of a PartitionAssignment.
         * @deprecated Use kafscale.metadata.PartitionAssignment.$Properties instead.
         */
        interface IPartitionAssignment extends kafscale.metadata.PartitionAssignment.$Properties {
        }

        /** Represents a PartitionAssignment. */
        class PartitionAssignment {

            /**
             * Constructs a new PartitionAssignment.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.PartitionAssignment.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** PartitionAssignment brokerId. */
            brokerId: string;

            /** PartitionAssignment epoch. */
            epoch: number;

            /** PartitionAssignment assignedAt. */
            assignedAt: string;

            /** PartitionAssignment formatVersion. */
            formatVersion: number;

            /** PartitionAssignment incarnationId. */
            incarnationId: string;

            /** PartitionAssignment tenures. */
            tenures: kafscale.metadata.Tenure.$Properties[];

            /** PartitionAssignment moveTo. */
            moveTo: string;

            /**
             * Creates a new PartitionAssignment instance using the specified properties.
             * @param [properties] Properties to set
             * @returns PartitionAssignment instance
             */
            static create(properties: kafscale.metadata.PartitionAssignment.$Shape): kafscale.metadata.PartitionAssignment & kafscale.metadata.PartitionAssignment.$Shape;
            static create(properties?: kafscale.metadata.PartitionAssignment.$Properties): kafscale.metadata.PartitionAssignment;

            /**
             * Encodes the specified PartitionAssignment message. Does not implicitly {@link kafscale.metadata.PartitionAssignment.verify|verify} messages.
             * @param message PartitionAssignment message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.PartitionAssignment.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a PartitionAssignment message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.PartitionAssignment & kafscale.metadata.PartitionAssignment.$Shape} PartitionAssignment
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.PartitionAssignment & kafscale.metadata.PartitionAssignment.$Shape;
        }

        namespace PartitionAssignment {

            /** Properties of a PartitionAssignment. */
            interface $Properties {

                /** PartitionAssignment brokerId */
                brokerId?: (string|null);

                /** PartitionAssignment epoch */
                epoch?: (number|null);

                /** PartitionAssignment assignedAt */
                assignedAt?: (string|null);

                /** PartitionAssignment formatVersion */
                formatVersion?: (number|null);

                /** PartitionAssignment incarnationId */
                incarnationId?: (string|null);

                /** PartitionAssignment tenures */
                tenures?: (kafscale.metadata.Tenure.$Properties[]|null);

                /** PartitionAssignment moveTo */
                moveTo?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a PartitionAssignment. */
            type $Shape = kafscale.metadata.PartitionAssignment.$Properties;
        }

        /**
         * Properties of a GroupSlots.
         * @deprecated Use kafscale.metadata.GroupSlots.$Properties instead.
         */
        interface IGroupSlots extends kafscale.metadata.GroupSlots.$Properties {
        }

        /** Represents a GroupSlots. */
        class GroupSlots {

            /**
             * Constructs a new GroupSlots.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.GroupSlots.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GroupSlots slots. */
            slots: kafscale.metadata.GroupSlot.$Properties[];

            /** GroupSlots formatVersion. */
            formatVersion: number;

            /**
             * Creates a new GroupSlots instance using the specified properties.
             * @param [properties] Properties to set
             * @returns GroupSlots instance
             */
            static create(properties: kafscale.metadata.GroupSlots.$Shape): kafscale.metadata.GroupSlots & kafscale.metadata.GroupSlots.$Shape;
            static create(properties?: kafscale.metadata.GroupSlots.$Properties): kafscale.metadata.GroupSlots;

            /**
             * Encodes the specified GroupSlots message. Does not implicitly {@link kafscale.metadata.GroupSlots.verify|verify} messages.
             * @param message GroupSlots message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.GroupSlots.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GroupSlots message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.GroupSlots & kafscale.metadata.GroupSlots.$Shape} GroupSlots
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.GroupSlots & kafscale.metadata.GroupSlots.$Shape;
        }

        namespace GroupSlots {

            /** Properties of a GroupSlots. */
            interface $Properties {

                /** GroupSlots slots */
                slots?: (kafscale.metadata.GroupSlot.$Properties[]|null);

                /** GroupSlots formatVersion */
                formatVersion?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GroupSlots. */
            type $Shape = kafscale.metadata.GroupSlots.$Properties;
        }

        /**
         * Properties of a GroupSlot.
         * @deprecated Use kafscale.metadata.GroupSlot.$Properties instead.
         */
        interface IGroupSlot extends kafscale.metadata.GroupSlot.$Properties {
        }

        /** Represents a GroupSlot. */
        class GroupSlot {

            /**
             * Constructs a new GroupSlot.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.GroupSlot.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GroupSlot brokerId. */
            brokerId: string;

            /** GroupSlot epoch. */
            epoch: number;

            /** GroupSlot incarnationId. */
            incarnationId: string;

            /** GroupSlot moveTo. */
            moveTo: string;

            /**
             * Creates a new GroupSlot instance using the specified properties.
             * @param [properties] Properties to set
             * @returns GroupSlot instance
             */
            static create(properties: kafscale.metadata.GroupSlot.$Shape): kafscale.metadata.GroupSlot & kafscale.metadata.GroupSlot.$Shape;
            static create(properties?: kafscale.metadata.GroupSlot.$Properties): kafscale.metadata.GroupSlot;

            /**
             * Encodes the specified GroupSlot message. Does not implicitly {@link kafscale.metadata.GroupSlot.verify|verify} messages.
             * @param message GroupSlot message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.GroupSlot.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GroupSlot message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.GroupSlot & kafscale.metadata.GroupSlot.$Shape} GroupSlot
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.GroupSlot & kafscale.metadata.GroupSlot.$Shape;
        }

        namespace GroupSlot {

            /** Properties of a GroupSlot. */
            interface $Properties {

                /** GroupSlot brokerId */
                brokerId?: (string|null);

                /** GroupSlot epoch */
                epoch?: (number|null);

                /** GroupSlot incarnationId */
                incarnationId?: (string|null);

                /** GroupSlot moveTo */
                moveTo?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GroupSlot. */
            type $Shape = kafscale.metadata.GroupSlot.$Properties;
        }

        /**
         * Properties of a Tenure.
         * @deprecated Use kafscale.metadata.Tenure.$Properties instead.
         */
        interface ITenure extends kafscale.metadata.Tenure.$Properties {
        }

        /** Represents a Tenure. */
        class Tenure {

            /**
             * Constructs a new Tenure.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.Tenure.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Tenure incarnationId. */
            incarnationId: string;

            /** Tenure epoch. */
            epoch: number;

            /** Tenure fromOffset. */
            fromOffset: number;

            /** Tenure toOffset. */
            toOffset?: (number|null);

            /**
             * Creates a new Tenure instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Tenure instance
             */
            static create(properties: kafscale.metadata.Tenure.$Shape): kafscale.metadata.Tenure & kafscale.metadata.Tenure.$Shape;
            static create(properties?: kafscale.metadata.Tenure.$Properties): kafscale.metadata.Tenure;

            /**
             * Encodes the specified Tenure message. Does not implicitly {@link kafscale.metadata.Tenure.verify|verify} messages.
             * @param message Tenure message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.Tenure.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Tenure message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.Tenure & kafscale.metadata.Tenure.$Shape} Tenure
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.Tenure & kafscale.metadata.Tenure.$Shape;
        }

        namespace Tenure {

            /** Properties of a Tenure. */
            interface $Properties {

                /** Tenure incarnationId */
                incarnationId?: (string|null);

                /** Tenure epoch */
                epoch?: (number|null);

                /** Tenure fromOffset */
                fromOffset?: (number|null);

                /** Tenure toOffset */
                toOffset?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Tenure. */
            type $Shape = kafscale.metadata.Tenure.$Properties;
        }

        /**
         * Properties of an IncarnationRecord.
         * @deprecated Use kafscale.metadata.IncarnationRecord.$Properties instead.
         */
        interface IIncarnationRecord extends kafscale.metadata.IncarnationRecord.$Properties {
        }

        /** Represents an IncarnationRecord. */
        class IncarnationRecord {

            /**
             * Constructs a new IncarnationRecord.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.IncarnationRecord.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** IncarnationRecord incarnationId. */
            incarnationId: string;

            /** IncarnationRecord brokerId. */
            brokerId: string;

            /** IncarnationRecord startedAt. */
            startedAt: string;

            /** IncarnationRecord formatVersion. */
            formatVersion: number;

            /**
             * Creates a new IncarnationRecord instance using the specified properties.
             * @param [properties] Properties to set
             * @returns IncarnationRecord instance
             */
            static create(properties: kafscale.metadata.IncarnationRecord.$Shape): kafscale.metadata.IncarnationRecord & kafscale.metadata.IncarnationRecord.$Shape;
            static create(properties?: kafscale.metadata.IncarnationRecord.$Properties): kafscale.metadata.IncarnationRecord;

            /**
             * Encodes the specified IncarnationRecord message. Does not implicitly {@link kafscale.metadata.IncarnationRecord.verify|verify} messages.
             * @param message IncarnationRecord message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.IncarnationRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an IncarnationRecord message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.IncarnationRecord & kafscale.metadata.IncarnationRecord.$Shape} IncarnationRecord
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.IncarnationRecord & kafscale.metadata.IncarnationRecord.$Shape;
        }

        namespace IncarnationRecord {

            /** Properties of an IncarnationRecord. */
            interface $Properties {

                /** IncarnationRecord incarnationId */
                incarnationId?: (string|null);

                /** IncarnationRecord brokerId */
                brokerId?: (string|null);

                /** IncarnationRecord startedAt */
                startedAt?: (string|null);

                /** IncarnationRecord formatVersion */
                formatVersion?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an IncarnationRecord. */
            type $Shape = kafscale.metadata.IncarnationRecord.$Properties;
        }

        /**
         * Properties of an IncarnationCommit.
         * @deprecated Use kafscale.metadata.IncarnationCommit.$Properties instead.
         */
        interface IIncarnationCommit extends kafscale.metadata.IncarnationCommit.$Properties {
        }

        /** Represents an IncarnationCommit. */
        class IncarnationCommit {

            /**
             * Constructs a new IncarnationCommit.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.IncarnationCommit.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** IncarnationCommit incarnationId. */
            incarnationId: string;

            /** IncarnationCommit committedSequence. */
            committedSequence: number;

            /** IncarnationCommit brokerId. */
            brokerId: string;

            /** IncarnationCommit formatVersion. */
            formatVersion: number;

            /**
             * Creates a new IncarnationCommit instance using the specified properties.
             * @param [properties] Properties to set
             * @returns IncarnationCommit instance
             */
            static create(properties: kafscale.metadata.IncarnationCommit.$Shape): kafscale.metadata.IncarnationCommit & kafscale.metadata.IncarnationCommit.$Shape;
            static create(properties?: kafscale.metadata.IncarnationCommit.$Properties): kafscale.metadata.IncarnationCommit;

            /**
             * Encodes the specified IncarnationCommit message. Does not implicitly {@link kafscale.metadata.IncarnationCommit.verify|verify} messages.
             * @param message IncarnationCommit message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.IncarnationCommit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an IncarnationCommit message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.IncarnationCommit & kafscale.metadata.IncarnationCommit.$Shape} IncarnationCommit
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.IncarnationCommit & kafscale.metadata.IncarnationCommit.$Shape;
        }

        namespace IncarnationCommit {

            /** Properties of an IncarnationCommit. */
            interface $Properties {

                /** IncarnationCommit incarnationId */
                incarnationId?: (string|null);

                /** IncarnationCommit committedSequence */
                committedSequence?: (number|null);

                /** IncarnationCommit brokerId */
                brokerId?: (string|null);

                /** IncarnationCommit formatVersion */
                formatVersion?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an IncarnationCommit. */
            type $Shape = kafscale.metadata.IncarnationCommit.$Properties;
        }

        /**
         * Properties of a TrimMark.
         * @deprecated Use kafscale.metadata.TrimMark.$Properties instead.
         */
        interface ITrimMark extends kafscale.metadata.TrimMark.$Properties {
        }

        /** Represents a TrimMark. */
        class TrimMark {

            /**
             * Constructs a new TrimMark.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.TrimMark.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** TrimMark incarnationId. */
            incarnationId: string;

            /** TrimMark sequence. */
            sequence: number;

            /** TrimMark formatVersion. */
            formatVersion: number;

            /**
             * Creates a new TrimMark instance using the specified properties.
             * @param [properties] Properties to set
             * @returns TrimMark instance
             */
            static create(properties: kafscale.metadata.TrimMark.$Shape): kafscale.metadata.TrimMark & kafscale.metadata.TrimMark.$Shape;
            static create(properties?: kafscale.metadata.TrimMark.$Properties): kafscale.metadata.TrimMark;

            /**
             * Encodes the specified TrimMark message. Does not implicitly {@link kafscale.metadata.TrimMark.verify|verify} messages.
             * @param message TrimMark message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.TrimMark.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a TrimMark message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.TrimMark & kafscale.metadata.TrimMark.$Shape} TrimMark
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.TrimMark & kafscale.metadata.TrimMark.$Shape;
        }

        namespace TrimMark {

            /** Properties of a TrimMark. */
            interface $Properties {

                /** TrimMark incarnationId */
                incarnationId?: (string|null);

                /** TrimMark sequence */
                sequence?: (number|null);

                /** TrimMark formatVersion */
                formatVersion?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a TrimMark. */
            type $Shape = kafscale.metadata.TrimMark.$Properties;
        }

        /**
         * Properties of a WalMerges.
         * @deprecated Use kafscale.metadata.WalMerges.$Properties instead.
         */
        interface IWalMerges extends kafscale.metadata.WalMerges.$Properties {
        }

        /** Represents a WalMerges. */
        class WalMerges {

            /**
             * Constructs a new WalMerges.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.WalMerges.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** WalMerges incarnationId. */
            incarnationId: string;

            /** WalMerges merges. */
            merges: kafscale.metadata.WalMerge.$Properties[];

            /** WalMerges formatVersion. */
            formatVersion: number;

            /**
             * Creates a new WalMerges instance using the specified properties.
             * @param [properties] Properties to set
             * @returns WalMerges instance
             */
            static create(properties: kafscale.metadata.WalMerges.$Shape): kafscale.metadata.WalMerges & kafscale.metadata.WalMerges.$Shape;
            static create(properties?: kafscale.metadata.WalMerges.$Properties): kafscale.metadata.WalMerges;

            /**
             * Encodes the specified WalMerges message. Does not implicitly {@link kafscale.metadata.WalMerges.verify|verify} messages.
             * @param message WalMerges message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.WalMerges.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a WalMerges message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.WalMerges & kafscale.metadata.WalMerges.$Shape} WalMerges
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.WalMerges & kafscale.metadata.WalMerges.$Shape;
        }

        namespace WalMerges {

            /** Properties of a WalMerges. */
            interface $Properties {

                /** WalMerges incarnationId */
                incarnationId?: (string|null);

                /** WalMerges merges */
                merges?: (kafscale.metadata.WalMerge.$Properties[]|null);

                /** WalMerges formatVersion */
                formatVersion?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a WalMerges. */
            type $Shape = kafscale.metadata.WalMerges.$Properties;
        }

        /**
         * Properties of a WalMerge.
         * @deprecated Use kafscale.metadata.WalMerge.$Properties instead.
         */
        interface IWalMerge extends kafscale.metadata.WalMerge.$Properties {
        }

        /** Represents a WalMerge. */
        class WalMerge {

            /**
             * Constructs a new WalMerge.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.WalMerge.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** WalMerge from. */
            from: number;

            /** WalMerge to. */
            to: number;

            /** WalMerge key. */
            key: string;

            /** WalMerge endBytes. */
            endBytes: number;

            /**
             * Creates a new WalMerge instance using the specified properties.
             * @param [properties] Properties to set
             * @returns WalMerge instance
             */
            static create(properties: kafscale.metadata.WalMerge.$Shape): kafscale.metadata.WalMerge & kafscale.metadata.WalMerge.$Shape;
            static create(properties?: kafscale.metadata.WalMerge.$Properties): kafscale.metadata.WalMerge;

            /**
             * Encodes the specified WalMerge message. Does not implicitly {@link kafscale.metadata.WalMerge.verify|verify} messages.
             * @param message WalMerge message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.WalMerge.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a WalMerge message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.WalMerge & kafscale.metadata.WalMerge.$Shape} WalMerge
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.WalMerge & kafscale.metadata.WalMerge.$Shape;
        }

        namespace WalMerge {

            /** Properties of a WalMerge. */
            interface $Properties {

                /** WalMerge from */
                from?: (number|null);

                /** WalMerge to */
                to?: (number|null);

                /** WalMerge key */
                key?: (string|null);

                /** WalMerge endBytes */
                endBytes?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a WalMerge. */
            type $Shape = kafscale.metadata.WalMerge.$Properties;
        }

        /**
         * Properties of a DeletedTopic.
         * @deprecated Use kafscale.metadata.DeletedTopic.$Properties instead.
         */
        interface IDeletedTopic extends kafscale.metadata.DeletedTopic.$Properties {
        }

        /** Represents a DeletedTopic. */
        class DeletedTopic {

            /**
             * Constructs a new DeletedTopic.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.DeletedTopic.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** DeletedTopic name. */
            name: string;

            /** DeletedTopic topicId. */
            topicId: Uint8Array;

            /** DeletedTopic partitions. */
            partitions: number;

            /** DeletedTopic deletedAt. */
            deletedAt: string;

            /** DeletedTopic createdAt. */
            createdAt: string;

            /** DeletedTopic formatVersion. */
            formatVersion: number;

            /**
             * Creates a new DeletedTopic instance using the specified properties.
             * @param [properties] Properties to set
             * @returns DeletedTopic instance
             */
            static create(properties: kafscale.metadata.DeletedTopic.$Shape): kafscale.metadata.DeletedTopic & kafscale.metadata.DeletedTopic.$Shape;
            static create(properties?: kafscale.metadata.DeletedTopic.$Properties): kafscale.metadata.DeletedTopic;

            /**
             * Encodes the specified DeletedTopic message. Does not implicitly {@link kafscale.metadata.DeletedTopic.verify|verify} messages.
             * @param message DeletedTopic message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.DeletedTopic.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a DeletedTopic message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.DeletedTopic & kafscale.metadata.DeletedTopic.$Shape} DeletedTopic
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.DeletedTopic & kafscale.metadata.DeletedTopic.$Shape;
        }

        namespace DeletedTopic {

            /** Properties of a DeletedTopic. */
            interface $Properties {

                /** DeletedTopic name */
                name?: (string|null);

                /** DeletedTopic topicId */
                topicId?: (Uint8Array|null);

                /** DeletedTopic partitions */
                partitions?: (number|null);

                /** DeletedTopic deletedAt */
                deletedAt?: (string|null);

                /** DeletedTopic createdAt */
                createdAt?: (string|null);

                /** DeletedTopic formatVersion */
                formatVersion?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a DeletedTopic. */
            type $Shape = kafscale.metadata.DeletedTopic.$Properties;
        }

        /**
         * Properties of a ProducerIdBlock.
         * @deprecated Use kafscale.metadata.ProducerIdBlock.$Properties instead.
         */
        interface IProducerIdBlock extends kafscale.metadata.ProducerIdBlock.$Properties {
        }

        /** Represents a ProducerIdBlock. */
        class ProducerIdBlock {

            /**
             * Constructs a new ProducerIdBlock.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.ProducerIdBlock.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ProducerIdBlock nextProducerId. */
            nextProducerId: number;

            /** ProducerIdBlock formatVersion. */
            formatVersion: number;

            /**
             * Creates a new ProducerIdBlock instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ProducerIdBlock instance
             */
            static create(properties: kafscale.metadata.ProducerIdBlock.$Shape): kafscale.metadata.ProducerIdBlock & kafscale.metadata.ProducerIdBlock.$Shape;
            static create(properties?: kafscale.metadata.ProducerIdBlock.$Properties): kafscale.metadata.ProducerIdBlock;

            /**
             * Encodes the specified ProducerIdBlock message. Does not implicitly {@link kafscale.metadata.ProducerIdBlock.verify|verify} messages.
             * @param message ProducerIdBlock message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.ProducerIdBlock.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ProducerIdBlock message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.ProducerIdBlock & kafscale.metadata.ProducerIdBlock.$Shape} ProducerIdBlock
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.ProducerIdBlock & kafscale.metadata.ProducerIdBlock.$Shape;
        }

        namespace ProducerIdBlock {

            /** Properties of a ProducerIdBlock. */
            interface $Properties {

                /** ProducerIdBlock nextProducerId */
                nextProducerId?: (number|null);

                /** ProducerIdBlock formatVersion */
                formatVersion?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ProducerIdBlock. */
            type $Shape = kafscale.metadata.ProducerIdBlock.$Properties;
        }

        /**
         * Properties of a ClusterIdentity.
         * @deprecated Use kafscale.metadata.ClusterIdentity.$Properties instead.
         */
        interface IClusterIdentity extends kafscale.metadata.ClusterIdentity.$Properties {
        }

        /** Represents a ClusterIdentity. */
        class ClusterIdentity {

            /**
             * Constructs a new ClusterIdentity.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.ClusterIdentity.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ClusterIdentity clusterId. */
            clusterId: string;

            /** ClusterIdentity createdAt. */
            createdAt: string;

            /** ClusterIdentity formatVersion. */
            formatVersion: number;

            /**
             * Creates a new ClusterIdentity instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ClusterIdentity instance
             */
            static create(properties: kafscale.metadata.ClusterIdentity.$Shape): kafscale.metadata.ClusterIdentity & kafscale.metadata.ClusterIdentity.$Shape;
            static create(properties?: kafscale.metadata.ClusterIdentity.$Properties): kafscale.metadata.ClusterIdentity;

            /**
             * Encodes the specified ClusterIdentity message. Does not implicitly {@link kafscale.metadata.ClusterIdentity.verify|verify} messages.
             * @param message ClusterIdentity message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.ClusterIdentity.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ClusterIdentity message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.ClusterIdentity & kafscale.metadata.ClusterIdentity.$Shape} ClusterIdentity
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.ClusterIdentity & kafscale.metadata.ClusterIdentity.$Shape;
        }

        namespace ClusterIdentity {

            /** Properties of a ClusterIdentity. */
            interface $Properties {

                /** ClusterIdentity clusterId */
                clusterId?: (string|null);

                /** ClusterIdentity createdAt */
                createdAt?: (string|null);

                /** ClusterIdentity formatVersion */
                formatVersion?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ClusterIdentity. */
            type $Shape = kafscale.metadata.ClusterIdentity.$Properties;
        }

        /**
         * Properties of a FormatLevel.
         * @deprecated Use kafscale.metadata.FormatLevel.$Properties instead.
         */
        interface IFormatLevel extends kafscale.metadata.FormatLevel.$Properties {
        }

        /** Represents a FormatLevel. */
        class FormatLevel {

            /**
             * Constructs a new FormatLevel.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.FormatLevel.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** FormatLevel level. */
            level: number;

            /** FormatLevel finalizedBy. */
            finalizedBy: string;

            /** FormatLevel finalizedAt. */
            finalizedAt: string;

            /** FormatLevel formatVersion. */
            formatVersion: number;

            /**
             * Creates a new FormatLevel instance using the specified properties.
             * @param [properties] Properties to set
             * @returns FormatLevel instance
             */
            static create(properties: kafscale.metadata.FormatLevel.$Shape): kafscale.metadata.FormatLevel & kafscale.metadata.FormatLevel.$Shape;
            static create(properties?: kafscale.metadata.FormatLevel.$Properties): kafscale.metadata.FormatLevel;

            /**
             * Encodes the specified FormatLevel message. Does not implicitly {@link kafscale.metadata.FormatLevel.verify|verify} messages.
             * @param message FormatLevel message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.FormatLevel.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a FormatLevel message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.FormatLevel & kafscale.metadata.FormatLevel.$Shape} FormatLevel
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.FormatLevel & kafscale.metadata.FormatLevel.$Shape;
        }

        namespace FormatLevel {

            /** Properties of a FormatLevel. */
            interface $Properties {

                /** FormatLevel level */
                level?: (number|null);

                /** FormatLevel finalizedBy */
                finalizedBy?: (string|null);

                /** FormatLevel finalizedAt */
                finalizedAt?: (string|null);

                /** FormatLevel formatVersion */
                formatVersion?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a FormatLevel. */
            type $Shape = kafscale.metadata.FormatLevel.$Properties;
        }

        /**
         * Properties of a GroupConfig.
         * @deprecated Use kafscale.metadata.GroupConfig.$Properties instead.
         */
        interface IGroupConfig extends kafscale.metadata.GroupConfig.$Properties {
        }

        /** Represents a GroupConfig. */
        class GroupConfig {

            /**
             * Constructs a new GroupConfig.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.GroupConfig.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GroupConfig config. */
            config: { [k: string]: string };

            /** GroupConfig formatVersion. */
            formatVersion: number;

            /**
             * Creates a new GroupConfig instance using the specified properties.
             * @param [properties] Properties to set
             * @returns GroupConfig instance
             */
            static create(properties: kafscale.metadata.GroupConfig.$Shape): kafscale.metadata.GroupConfig & kafscale.metadata.GroupConfig.$Shape;
            static create(properties?: kafscale.metadata.GroupConfig.$Properties): kafscale.metadata.GroupConfig;

            /**
             * Encodes the specified GroupConfig message. Does not implicitly {@link kafscale.metadata.GroupConfig.verify|verify} messages.
             * @param message GroupConfig message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.GroupConfig.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GroupConfig message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.GroupConfig & kafscale.metadata.GroupConfig.$Shape} GroupConfig
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.GroupConfig & kafscale.metadata.GroupConfig.$Shape;
        }

        namespace GroupConfig {

            /** Properties of a GroupConfig. */
            interface $Properties {

                /** GroupConfig config */
                config?: ({ [k: string]: string }|null);

                /** GroupConfig formatVersion */
                formatVersion?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GroupConfig. */
            type $Shape = kafscale.metadata.GroupConfig.$Properties;
        }

        /**
         * Properties of a RevisionFloor.
         * @deprecated Use kafscale.metadata.RevisionFloor.$Properties instead.
         */
        interface IRevisionFloor extends kafscale.metadata.RevisionFloor.$Properties {
        }

        /** Represents a RevisionFloor. */
        class RevisionFloor {

            /**
             * Constructs a new RevisionFloor.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.RevisionFloor.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RevisionFloor floor. */
            floor: number;

            /** RevisionFloor formatVersion. */
            formatVersion: number;

            /**
             * Creates a new RevisionFloor instance using the specified properties.
             * @param [properties] Properties to set
             * @returns RevisionFloor instance
             */
            static create(properties: kafscale.metadata.RevisionFloor.$Shape): kafscale.metadata.RevisionFloor & kafscale.metadata.RevisionFloor.$Shape;
            static create(properties?: kafscale.metadata.RevisionFloor.$Properties): kafscale.metadata.RevisionFloor;

            /**
             * Encodes the specified RevisionFloor message. Does not implicitly {@link kafscale.metadata.RevisionFloor.verify|verify} messages.
             * @param message RevisionFloor message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.RevisionFloor.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RevisionFloor message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.RevisionFloor & kafscale.metadata.RevisionFloor.$Shape} RevisionFloor
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.RevisionFloor & kafscale.metadata.RevisionFloor.$Shape;
        }

        namespace RevisionFloor {

            /** Properties of a RevisionFloor. */
            interface $Properties {

                /** RevisionFloor floor */
                floor?: (number|null);

                /** RevisionFloor formatVersion */
                formatVersion?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RevisionFloor. */
            type $Shape = kafscale.metadata.RevisionFloor.$Properties;
        }

        /**
         * Properties of a TopicDefaults.
         * @deprecated Use kafscale.metadata.TopicDefaults.$Properties instead.
         */
        interface ITopicDefaults extends kafscale.metadata.TopicDefaults.$Properties {
        }

        /** Represents a TopicDefaults. */
        class TopicDefaults {

            /**
             * Constructs a new TopicDefaults.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.metadata.TopicDefaults.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** TopicDefaults config. */
            config: { [k: string]: string };

            /** TopicDefaults formatVersion. */
            formatVersion: number;

            /**
             * Creates a new TopicDefaults instance using the specified properties.
             * @param [properties] Properties to set
             * @returns TopicDefaults instance
             */
            static create(properties: kafscale.metadata.TopicDefaults.$Shape): kafscale.metadata.TopicDefaults & kafscale.metadata.TopicDefaults.$Shape;
            static create(properties?: kafscale.metadata.TopicDefaults.$Properties): kafscale.metadata.TopicDefaults;

            /**
             * Encodes the specified TopicDefaults message. Does not implicitly {@link kafscale.metadata.TopicDefaults.verify|verify} messages.
             * @param message TopicDefaults message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.metadata.TopicDefaults.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a TopicDefaults message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.metadata.TopicDefaults & kafscale.metadata.TopicDefaults.$Shape} TopicDefaults
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.metadata.TopicDefaults & kafscale.metadata.TopicDefaults.$Shape;
        }

        namespace TopicDefaults {

            /** Properties of a TopicDefaults. */
            interface $Properties {

                /** TopicDefaults config */
                config?: ({ [k: string]: string }|null);

                /** TopicDefaults formatVersion */
                formatVersion?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a TopicDefaults. */
            type $Shape = kafscale.metadata.TopicDefaults.$Properties;
        }
    }
}
