/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "../protobuf/runtime.js";

const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

const $root = $protobuf.roots["storage"] || ($protobuf.roots["storage"] = {});

export const kafscale = $root.kafscale = (() => {

    const kafscale = {};

    kafscale.storage = (function() {

        const storage = {};

        storage.WalFooter = (function() {

            const WalFooter = function (properties) {
                this.entries = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            WalFooter.prototype.incarnationId = "";
            WalFooter.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
            WalFooter.prototype.createdAtMs = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
            WalFooter.prototype.entries = $util.emptyArray;

            WalFooter.create = function(properties) {
                return new WalFooter(properties);
            };

            WalFooter.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.incarnationId != null && $Object.hasOwnProperty.call(message, "incarnationId") && message.incarnationId !== "")
                    writer.uint32(10).string(message.incarnationId);
                if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
                    writer.uint32(16).int64(message.sequence);
                if (message.createdAtMs != null && $Object.hasOwnProperty.call(message, "createdAtMs") && (typeof message.createdAtMs === "object" ? message.createdAtMs.low || message.createdAtMs.high : message.createdAtMs !== 0))
                    writer.uint32(24).int64(message.createdAtMs);
                if (message.entries != null && message.entries.length)
                    for (let i = 0; i < message.entries.length; ++i)
                        $root.kafscale.storage.WalEntry.encode(message.entries[i], writer.uint32(34).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            WalFooter.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.kafscale.storage.WalFooter();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.incarnationId = value;
                            else
                                delete message.incarnationId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.sequence = value;
                            else
                                delete message.sequence;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.createdAtMs = value;
                            else
                                delete message.createdAtMs;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if (!(message.entries && message.entries.length))
                                message.entries = [];
                            message.entries.push($root.kafscale.storage.WalEntry.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return WalFooter;
        })();

        storage.WalEntry = (function() {

            const WalEntry = function (properties) {
                this.producerBatches = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            WalEntry.prototype.topicId = $util.newBuffer([]);
            WalEntry.prototype.partition = 0;
            WalEntry.prototype.leaderEpoch = 0;
            WalEntry.prototype.baseOffset = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
            WalEntry.prototype.lastOffset = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
            WalEntry.prototype.position = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
            WalEntry.prototype.length = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
            WalEntry.prototype.maxTimestamp = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
            WalEntry.prototype.recordCount = 0;
            WalEntry.prototype.producerBatches = $util.emptyArray;
            WalEntry.prototype.batchCount = 0;

            WalEntry.create = function(properties) {
                return new WalEntry(properties);
            };

            WalEntry.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.topicId != null && $Object.hasOwnProperty.call(message, "topicId") && message.topicId.length)
                    writer.uint32(10).bytes(message.topicId);
                if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                    writer.uint32(16).int32(message.partition);
                if (message.leaderEpoch != null && $Object.hasOwnProperty.call(message, "leaderEpoch") && message.leaderEpoch !== 0)
                    writer.uint32(24).int32(message.leaderEpoch);
                if (message.baseOffset != null && $Object.hasOwnProperty.call(message, "baseOffset") && (typeof message.baseOffset === "object" ? message.baseOffset.low || message.baseOffset.high : message.baseOffset !== 0))
                    writer.uint32(32).int64(message.baseOffset);
                if (message.lastOffset != null && $Object.hasOwnProperty.call(message, "lastOffset") && (typeof message.lastOffset === "object" ? message.lastOffset.low || message.lastOffset.high : message.lastOffset !== 0))
                    writer.uint32(40).int64(message.lastOffset);
                if (message.position != null && $Object.hasOwnProperty.call(message, "position") && (typeof message.position === "object" ? message.position.low || message.position.high : message.position !== 0))
                    writer.uint32(48).int64(message.position);
                if (message.length != null && $Object.hasOwnProperty.call(message, "length") && (typeof message.length === "object" ? message.length.low || message.length.high : message.length !== 0))
                    writer.uint32(56).int64(message.length);
                if (message.maxTimestamp != null && $Object.hasOwnProperty.call(message, "maxTimestamp") && (typeof message.maxTimestamp === "object" ? message.maxTimestamp.low || message.maxTimestamp.high : message.maxTimestamp !== 0))
                    writer.uint32(64).int64(message.maxTimestamp);
                if (message.recordCount != null && $Object.hasOwnProperty.call(message, "recordCount") && message.recordCount !== 0)
                    writer.uint32(72).int32(message.recordCount);
                if (message.producerBatches != null && message.producerBatches.length)
                    for (let i = 0; i < message.producerBatches.length; ++i)
                        $root.kafscale.storage.ProducerBatch.encode(message.producerBatches[i], writer.uint32(82).fork(), _depth + 1).ldelim();
                if (message.batchCount != null && $Object.hasOwnProperty.call(message, "batchCount") && message.batchCount !== 0)
                    writer.uint32(88).int32(message.batchCount);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            WalEntry.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.kafscale.storage.WalEntry();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.topicId = value;
                            else
                                delete message.topicId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.partition = value;
                            else
                                delete message.partition;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.leaderEpoch = value;
                            else
                                delete message.leaderEpoch;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.baseOffset = value;
                            else
                                delete message.baseOffset;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.lastOffset = value;
                            else
                                delete message.lastOffset;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.position = value;
                            else
                                delete message.position;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.length = value;
                            else
                                delete message.length;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.maxTimestamp = value;
                            else
                                delete message.maxTimestamp;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.recordCount = value;
                            else
                                delete message.recordCount;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            if (!(message.producerBatches && message.producerBatches.length))
                                message.producerBatches = [];
                            message.producerBatches.push($root.kafscale.storage.ProducerBatch.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.batchCount = value;
                            else
                                delete message.batchCount;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return WalEntry;
        })();

        storage.ProducerBatch = (function() {

            const ProducerBatch = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ProducerBatch.prototype.producerId = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
            ProducerBatch.prototype.producerEpoch = 0;
            ProducerBatch.prototype.firstSequence = 0;
            ProducerBatch.prototype.lastSequence = 0;
            ProducerBatch.prototype.baseOffset = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
            ProducerBatch.prototype.lastOffset = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
            ProducerBatch.prototype.timestamp = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            ProducerBatch.create = function(properties) {
                return new ProducerBatch(properties);
            };

            ProducerBatch.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.producerId != null && $Object.hasOwnProperty.call(message, "producerId") && (typeof message.producerId === "object" ? message.producerId.low || message.producerId.high : message.producerId !== 0))
                    writer.uint32(8).int64(message.producerId);
                if (message.producerEpoch != null && $Object.hasOwnProperty.call(message, "producerEpoch") && message.producerEpoch !== 0)
                    writer.uint32(16).int32(message.producerEpoch);
                if (message.firstSequence != null && $Object.hasOwnProperty.call(message, "firstSequence") && message.firstSequence !== 0)
                    writer.uint32(24).int32(message.firstSequence);
                if (message.lastSequence != null && $Object.hasOwnProperty.call(message, "lastSequence") && message.lastSequence !== 0)
                    writer.uint32(32).int32(message.lastSequence);
                if (message.baseOffset != null && $Object.hasOwnProperty.call(message, "baseOffset") && (typeof message.baseOffset === "object" ? message.baseOffset.low || message.baseOffset.high : message.baseOffset !== 0))
                    writer.uint32(40).int64(message.baseOffset);
                if (message.lastOffset != null && $Object.hasOwnProperty.call(message, "lastOffset") && (typeof message.lastOffset === "object" ? message.lastOffset.low || message.lastOffset.high : message.lastOffset !== 0))
                    writer.uint32(48).int64(message.lastOffset);
                if (message.timestamp != null && $Object.hasOwnProperty.call(message, "timestamp") && (typeof message.timestamp === "object" ? message.timestamp.low || message.timestamp.high : message.timestamp !== 0))
                    writer.uint32(56).int64(message.timestamp);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ProducerBatch.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.kafscale.storage.ProducerBatch();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.producerId = value;
                            else
                                delete message.producerId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.producerEpoch = value;
                            else
                                delete message.producerEpoch;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.firstSequence = value;
                            else
                                delete message.firstSequence;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.lastSequence = value;
                            else
                                delete message.lastSequence;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.baseOffset = value;
                            else
                                delete message.baseOffset;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.lastOffset = value;
                            else
                                delete message.lastOffset;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.timestamp = value;
                            else
                                delete message.timestamp;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return ProducerBatch;
        })();

        return storage;
    })();

    return kafscale;
})();

export {
  $root as default
};
