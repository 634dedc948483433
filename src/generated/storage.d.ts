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
    }
}
