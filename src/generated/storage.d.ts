import * as $protobuf from "protobufjs";

/** Namespace kafscale. */
export namespace kafscale {

    /** Namespace storage. */
    namespace storage {

        /**
         * Properties of a WalFooter.
         * @deprecated Use kafscale.storage.WalFooter.$Properties instead.
         */
        interface IWalFooter extends kafscale.storage.WalFooter.$Properties {
        }

        /** Represents a WalFooter. */
        class WalFooter {

            /**
             * Constructs a new WalFooter.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.storage.WalFooter.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** WalFooter incarnationId. */
            incarnationId: string;

            /** WalFooter sequence. */
            sequence: number;

            /** WalFooter createdAtMs. */
            createdAtMs: number;

            /** WalFooter entries. */
            entries: kafscale.storage.WalEntry.$Properties[];

            /** WalFooter metadataRevision. */
            metadataRevision: number;

            /** WalFooter firstSequence. */
            firstSequence: number;

            /**
             * Creates a new WalFooter instance using the specified properties.
             * @param [properties] Properties to set
             * @returns WalFooter instance
             */
            static create(properties: kafscale.storage.WalFooter.$Shape): kafscale.storage.WalFooter & kafscale.storage.WalFooter.$Shape;
            static create(properties?: kafscale.storage.WalFooter.$Properties): kafscale.storage.WalFooter;

            /**
             * Encodes the specified WalFooter message. Does not implicitly {@link kafscale.storage.WalFooter.verify|verify} messages.
             * @param message WalFooter message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.storage.WalFooter.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a WalFooter message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.storage.WalFooter & kafscale.storage.WalFooter.$Shape} WalFooter
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.storage.WalFooter & kafscale.storage.WalFooter.$Shape;
        }

        namespace WalFooter {

            /** Properties of a WalFooter. */
            interface $Properties {

                /** WalFooter incarnationId */
                incarnationId?: (string|null);

                /** WalFooter sequence */
                sequence?: (number|null);

                /** WalFooter createdAtMs */
                createdAtMs?: (number|null);

                /** WalFooter entries */
                entries?: (kafscale.storage.WalEntry.$Properties[]|null);

                /** WalFooter metadataRevision */
                metadataRevision?: (number|null);

                /** WalFooter firstSequence */
                firstSequence?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a WalFooter. */
            type $Shape = kafscale.storage.WalFooter.$Properties;
        }

        /**
         * Properties of a WalEntry.
         * @deprecated Use kafscale.storage.WalEntry.$Properties instead.
         */
        interface IWalEntry extends kafscale.storage.WalEntry.$Properties {
        }

        /** Represents a WalEntry. */
        class WalEntry {

            /**
             * Constructs a new WalEntry.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.storage.WalEntry.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** WalEntry topicId. */
            topicId: Uint8Array;

            /** WalEntry partition. */
            partition: number;

            /** WalEntry leaderEpoch. */
            leaderEpoch: number;

            /** WalEntry baseOffset. */
            baseOffset: number;

            /** WalEntry lastOffset. */
            lastOffset: number;

            /** WalEntry position. */
            position: number;

            /** WalEntry length. */
            length: number;

            /** WalEntry maxTimestamp. */
            maxTimestamp: number;

            /** WalEntry recordCount. */
            recordCount: number;

            /** WalEntry producerBatches. */
            producerBatches: kafscale.storage.ProducerBatch.$Properties[];

            /** WalEntry batchCount. */
            batchCount: number;

            /** WalEntry topicName. */
            topicName: string;

            /**
             * Creates a new WalEntry instance using the specified properties.
             * @param [properties] Properties to set
             * @returns WalEntry instance
             */
            static create(properties: kafscale.storage.WalEntry.$Shape): kafscale.storage.WalEntry & kafscale.storage.WalEntry.$Shape;
            static create(properties?: kafscale.storage.WalEntry.$Properties): kafscale.storage.WalEntry;

            /**
             * Encodes the specified WalEntry message. Does not implicitly {@link kafscale.storage.WalEntry.verify|verify} messages.
             * @param message WalEntry message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.storage.WalEntry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a WalEntry message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.storage.WalEntry & kafscale.storage.WalEntry.$Shape} WalEntry
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.storage.WalEntry & kafscale.storage.WalEntry.$Shape;
        }

        namespace WalEntry {

            /** Properties of a WalEntry. */
            interface $Properties {

                /** WalEntry topicId */
                topicId?: (Uint8Array|null);

                /** WalEntry partition */
                partition?: (number|null);

                /** WalEntry leaderEpoch */
                leaderEpoch?: (number|null);

                /** WalEntry baseOffset */
                baseOffset?: (number|null);

                /** WalEntry lastOffset */
                lastOffset?: (number|null);

                /** WalEntry position */
                position?: (number|null);

                /** WalEntry length */
                length?: (number|null);

                /** WalEntry maxTimestamp */
                maxTimestamp?: (number|null);

                /** WalEntry recordCount */
                recordCount?: (number|null);

                /** WalEntry producerBatches */
                producerBatches?: (kafscale.storage.ProducerBatch.$Properties[]|null);

                /** WalEntry batchCount */
                batchCount?: (number|null);

                /** WalEntry topicName */
                topicName?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a WalEntry. */
            type $Shape = kafscale.storage.WalEntry.$Properties;
        }

        /**
         * Properties of a ProducerBatch.
         * @deprecated Use kafscale.storage.ProducerBatch.$Properties instead.
         */
        interface IProducerBatch extends kafscale.storage.ProducerBatch.$Properties {
        }

        /** Represents a ProducerBatch. */
        class ProducerBatch {

            /**
             * Constructs a new ProducerBatch.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.storage.ProducerBatch.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ProducerBatch producerId. */
            producerId: number;

            /** ProducerBatch producerEpoch. */
            producerEpoch: number;

            /** ProducerBatch firstSequence. */
            firstSequence: number;

            /** ProducerBatch lastSequence. */
            lastSequence: number;

            /** ProducerBatch baseOffset. */
            baseOffset: number;

            /** ProducerBatch lastOffset. */
            lastOffset: number;

            /** ProducerBatch timestamp. */
            timestamp: number;

            /**
             * Creates a new ProducerBatch instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ProducerBatch instance
             */
            static create(properties: kafscale.storage.ProducerBatch.$Shape): kafscale.storage.ProducerBatch & kafscale.storage.ProducerBatch.$Shape;
            static create(properties?: kafscale.storage.ProducerBatch.$Properties): kafscale.storage.ProducerBatch;

            /**
             * Encodes the specified ProducerBatch message. Does not implicitly {@link kafscale.storage.ProducerBatch.verify|verify} messages.
             * @param message ProducerBatch message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.storage.ProducerBatch.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ProducerBatch message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.storage.ProducerBatch & kafscale.storage.ProducerBatch.$Shape} ProducerBatch
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.storage.ProducerBatch & kafscale.storage.ProducerBatch.$Shape;
        }

        namespace ProducerBatch {

            /** Properties of a ProducerBatch. */
            interface $Properties {

                /** ProducerBatch producerId */
                producerId?: (number|null);

                /** ProducerBatch producerEpoch */
                producerEpoch?: (number|null);

                /** ProducerBatch firstSequence */
                firstSequence?: (number|null);

                /** ProducerBatch lastSequence */
                lastSequence?: (number|null);

                /** ProducerBatch baseOffset */
                baseOffset?: (number|null);

                /** ProducerBatch lastOffset */
                lastOffset?: (number|null);

                /** ProducerBatch timestamp */
                timestamp?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ProducerBatch. */
            type $Shape = kafscale.storage.ProducerBatch.$Properties;
        }

        /**
         * Properties of a Manifest.
         * @deprecated Use kafscale.storage.Manifest.$Properties instead.
         */
        interface IManifest extends kafscale.storage.Manifest.$Properties {
        }

        /** Represents a Manifest. */
        class Manifest {

            /**
             * Constructs a new Manifest.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.storage.Manifest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Manifest topicId. */
            topicId: Uint8Array;

            /** Manifest topicName. */
            topicName: string;

            /** Manifest partition. */
            partition: number;

            /** Manifest version. */
            version: number;

            /** Manifest createdAtMs. */
            createdAtMs: number;

            /** Manifest incarnationId. */
            incarnationId: string;

            /** Manifest leaderEpoch. */
            leaderEpoch: number;

            /** Manifest logStartOffset. */
            logStartOffset: number;

            /** Manifest checkpointOffset. */
            checkpointOffset: number;

            /** Manifest segments. */
            segments?: (kafscale.storage.SegmentColumns.$Properties|null);

            /** Manifest epochs. */
            epochs: kafscale.storage.EpochStart.$Properties[];

            /** Manifest producers. */
            producers: kafscale.storage.ProducerEntry.$Properties[];

            /** Manifest retired. */
            retired: kafscale.storage.RetiredObject.$Properties[];

            /** Manifest topicConfig. */
            topicConfig: { [k: string]: string };

            /** Manifest topicPartitions. */
            topicPartitions: number;

            /**
             * Creates a new Manifest instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Manifest instance
             */
            static create(properties: kafscale.storage.Manifest.$Shape): kafscale.storage.Manifest & kafscale.storage.Manifest.$Shape;
            static create(properties?: kafscale.storage.Manifest.$Properties): kafscale.storage.Manifest;

            /**
             * Encodes the specified Manifest message. Does not implicitly {@link kafscale.storage.Manifest.verify|verify} messages.
             * @param message Manifest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.storage.Manifest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Manifest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.storage.Manifest & kafscale.storage.Manifest.$Shape} Manifest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.storage.Manifest & kafscale.storage.Manifest.$Shape;
        }

        namespace Manifest {

            /** Properties of a Manifest. */
            interface $Properties {

                /** Manifest topicId */
                topicId?: (Uint8Array|null);

                /** Manifest topicName */
                topicName?: (string|null);

                /** Manifest partition */
                partition?: (number|null);

                /** Manifest version */
                version?: (number|null);

                /** Manifest createdAtMs */
                createdAtMs?: (number|null);

                /** Manifest incarnationId */
                incarnationId?: (string|null);

                /** Manifest leaderEpoch */
                leaderEpoch?: (number|null);

                /** Manifest logStartOffset */
                logStartOffset?: (number|null);

                /** Manifest checkpointOffset */
                checkpointOffset?: (number|null);

                /** Manifest segments */
                segments?: (kafscale.storage.SegmentColumns.$Properties|null);

                /** Manifest epochs */
                epochs?: (kafscale.storage.EpochStart.$Properties[]|null);

                /** Manifest producers */
                producers?: (kafscale.storage.ProducerEntry.$Properties[]|null);

                /** Manifest retired */
                retired?: (kafscale.storage.RetiredObject.$Properties[]|null);

                /** Manifest topicConfig */
                topicConfig?: ({ [k: string]: string }|null);

                /** Manifest topicPartitions */
                topicPartitions?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Manifest. */
            type $Shape = kafscale.storage.Manifest.$Properties;
        }

        /**
         * Properties of a SegmentColumns.
         * @deprecated Use kafscale.storage.SegmentColumns.$Properties instead.
         */
        interface ISegmentColumns extends kafscale.storage.SegmentColumns.$Properties {
        }

        /** Represents a SegmentColumns. */
        class SegmentColumns {

            /**
             * Constructs a new SegmentColumns.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.storage.SegmentColumns.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SegmentColumns count. */
            count: number;

            /** SegmentColumns gap. */
            gap: Uint8Array;

            /** SegmentColumns lastOffsetDelta. */
            lastOffsetDelta: Uint8Array;

            /** SegmentColumns sizeBytes. */
            sizeBytes: Uint8Array;

            /** SegmentColumns maxTimestampDelta. */
            maxTimestampDelta: Uint8Array;

            /** SegmentColumns createdAtDelta. */
            createdAtDelta: Uint8Array;

            /** SegmentColumns missingRecords. */
            missingRecords: Uint8Array;

            /** SegmentColumns suffix. */
            suffix: Uint8Array;

            /**
             * Creates a new SegmentColumns instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SegmentColumns instance
             */
            static create(properties: kafscale.storage.SegmentColumns.$Shape): kafscale.storage.SegmentColumns & kafscale.storage.SegmentColumns.$Shape;
            static create(properties?: kafscale.storage.SegmentColumns.$Properties): kafscale.storage.SegmentColumns;

            /**
             * Encodes the specified SegmentColumns message. Does not implicitly {@link kafscale.storage.SegmentColumns.verify|verify} messages.
             * @param message SegmentColumns message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.storage.SegmentColumns.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SegmentColumns message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.storage.SegmentColumns & kafscale.storage.SegmentColumns.$Shape} SegmentColumns
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.storage.SegmentColumns & kafscale.storage.SegmentColumns.$Shape;
        }

        namespace SegmentColumns {

            /** Properties of a SegmentColumns. */
            interface $Properties {

                /** SegmentColumns count */
                count?: (number|null);

                /** SegmentColumns gap */
                gap?: (Uint8Array|null);

                /** SegmentColumns lastOffsetDelta */
                lastOffsetDelta?: (Uint8Array|null);

                /** SegmentColumns sizeBytes */
                sizeBytes?: (Uint8Array|null);

                /** SegmentColumns maxTimestampDelta */
                maxTimestampDelta?: (Uint8Array|null);

                /** SegmentColumns createdAtDelta */
                createdAtDelta?: (Uint8Array|null);

                /** SegmentColumns missingRecords */
                missingRecords?: (Uint8Array|null);

                /** SegmentColumns suffix */
                suffix?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SegmentColumns. */
            type $Shape = kafscale.storage.SegmentColumns.$Properties;
        }

        /**
         * Properties of an EpochStart.
         * @deprecated Use kafscale.storage.EpochStart.$Properties instead.
         */
        interface IEpochStart extends kafscale.storage.EpochStart.$Properties {
        }

        /** Represents an EpochStart. */
        class EpochStart {

            /**
             * Constructs a new EpochStart.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.storage.EpochStart.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** EpochStart epoch. */
            epoch: number;

            /** EpochStart startOffset. */
            startOffset: number;

            /**
             * Creates a new EpochStart instance using the specified properties.
             * @param [properties] Properties to set
             * @returns EpochStart instance
             */
            static create(properties: kafscale.storage.EpochStart.$Shape): kafscale.storage.EpochStart & kafscale.storage.EpochStart.$Shape;
            static create(properties?: kafscale.storage.EpochStart.$Properties): kafscale.storage.EpochStart;

            /**
             * Encodes the specified EpochStart message. Does not implicitly {@link kafscale.storage.EpochStart.verify|verify} messages.
             * @param message EpochStart message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.storage.EpochStart.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an EpochStart message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.storage.EpochStart & kafscale.storage.EpochStart.$Shape} EpochStart
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.storage.EpochStart & kafscale.storage.EpochStart.$Shape;
        }

        namespace EpochStart {

            /** Properties of an EpochStart. */
            interface $Properties {

                /** EpochStart epoch */
                epoch?: (number|null);

                /** EpochStart startOffset */
                startOffset?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an EpochStart. */
            type $Shape = kafscale.storage.EpochStart.$Properties;
        }

        /**
         * Properties of a ProducerEntry.
         * @deprecated Use kafscale.storage.ProducerEntry.$Properties instead.
         */
        interface IProducerEntry extends kafscale.storage.ProducerEntry.$Properties {
        }

        /** Represents a ProducerEntry. */
        class ProducerEntry {

            /**
             * Constructs a new ProducerEntry.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.storage.ProducerEntry.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ProducerEntry producerId. */
            producerId: number;

            /** ProducerEntry producerEpoch. */
            producerEpoch: number;

            /** ProducerEntry lastTimestamp. */
            lastTimestamp: number;

            /** ProducerEntry batches. */
            batches: kafscale.storage.ProducerBatch.$Properties[];

            /**
             * Creates a new ProducerEntry instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ProducerEntry instance
             */
            static create(properties: kafscale.storage.ProducerEntry.$Shape): kafscale.storage.ProducerEntry & kafscale.storage.ProducerEntry.$Shape;
            static create(properties?: kafscale.storage.ProducerEntry.$Properties): kafscale.storage.ProducerEntry;

            /**
             * Encodes the specified ProducerEntry message. Does not implicitly {@link kafscale.storage.ProducerEntry.verify|verify} messages.
             * @param message ProducerEntry message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.storage.ProducerEntry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ProducerEntry message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.storage.ProducerEntry & kafscale.storage.ProducerEntry.$Shape} ProducerEntry
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.storage.ProducerEntry & kafscale.storage.ProducerEntry.$Shape;
        }

        namespace ProducerEntry {

            /** Properties of a ProducerEntry. */
            interface $Properties {

                /** ProducerEntry producerId */
                producerId?: (number|null);

                /** ProducerEntry producerEpoch */
                producerEpoch?: (number|null);

                /** ProducerEntry lastTimestamp */
                lastTimestamp?: (number|null);

                /** ProducerEntry batches */
                batches?: (kafscale.storage.ProducerBatch.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ProducerEntry. */
            type $Shape = kafscale.storage.ProducerEntry.$Properties;
        }

        /**
         * Properties of a RetiredObject.
         * @deprecated Use kafscale.storage.RetiredObject.$Properties instead.
         */
        interface IRetiredObject extends kafscale.storage.RetiredObject.$Properties {
        }

        /** Represents a RetiredObject. */
        class RetiredObject {

            /**
             * Constructs a new RetiredObject.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.storage.RetiredObject.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RetiredObject key. */
            key: string;

            /** RetiredObject retiredAtMs. */
            retiredAtMs: number;

            /**
             * Creates a new RetiredObject instance using the specified properties.
             * @param [properties] Properties to set
             * @returns RetiredObject instance
             */
            static create(properties: kafscale.storage.RetiredObject.$Shape): kafscale.storage.RetiredObject & kafscale.storage.RetiredObject.$Shape;
            static create(properties?: kafscale.storage.RetiredObject.$Properties): kafscale.storage.RetiredObject;

            /**
             * Encodes the specified RetiredObject message. Does not implicitly {@link kafscale.storage.RetiredObject.verify|verify} messages.
             * @param message RetiredObject message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.storage.RetiredObject.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RetiredObject message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.storage.RetiredObject & kafscale.storage.RetiredObject.$Shape} RetiredObject
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.storage.RetiredObject & kafscale.storage.RetiredObject.$Shape;
        }

        namespace RetiredObject {

            /** Properties of a RetiredObject. */
            interface $Properties {

                /** RetiredObject key */
                key?: (string|null);

                /** RetiredObject retiredAtMs */
                retiredAtMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RetiredObject. */
            type $Shape = kafscale.storage.RetiredObject.$Properties;
        }

        /**
         * Properties of a MetadataMark.
         * @deprecated Use kafscale.storage.MetadataMark.$Properties instead.
         */
        interface IMetadataMark extends kafscale.storage.MetadataMark.$Properties {
        }

        /** Represents a MetadataMark. */
        class MetadataMark {

            /**
             * Constructs a new MetadataMark.
             * @param [properties] Properties to set
             */
            constructor(properties?: kafscale.storage.MetadataMark.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** MetadataMark formatVersion. */
            formatVersion: number;

            /** MetadataMark clusterId. */
            clusterId: string;

            /** MetadataMark revision. */
            revision: number;

            /** MetadataMark writtenAtMs. */
            writtenAtMs: number;

            /** MetadataMark formatLevel. */
            formatLevel: number;

            /**
             * Creates a new MetadataMark instance using the specified properties.
             * @param [properties] Properties to set
             * @returns MetadataMark instance
             */
            static create(properties: kafscale.storage.MetadataMark.$Shape): kafscale.storage.MetadataMark & kafscale.storage.MetadataMark.$Shape;
            static create(properties?: kafscale.storage.MetadataMark.$Properties): kafscale.storage.MetadataMark;

            /**
             * Encodes the specified MetadataMark message. Does not implicitly {@link kafscale.storage.MetadataMark.verify|verify} messages.
             * @param message MetadataMark message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: kafscale.storage.MetadataMark.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a MetadataMark message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {kafscale.storage.MetadataMark & kafscale.storage.MetadataMark.$Shape} MetadataMark
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): kafscale.storage.MetadataMark & kafscale.storage.MetadataMark.$Shape;
        }

        namespace MetadataMark {

            /** Properties of a MetadataMark. */
            interface $Properties {

                /** MetadataMark formatVersion */
                formatVersion?: (number|null);

                /** MetadataMark clusterId */
                clusterId?: (string|null);

                /** MetadataMark revision */
                revision?: (number|null);

                /** MetadataMark writtenAtMs */
                writtenAtMs?: (number|null);

                /** MetadataMark formatLevel */
                formatLevel?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a MetadataMark. */
            type $Shape = kafscale.storage.MetadataMark.$Properties;
        }
    }
}
