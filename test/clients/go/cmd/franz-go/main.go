// Runs a scenario with franz-go.
package main

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"kafscale/test/clients/scenario"
)

const deadline = 30 * time.Second

var codecs = map[string]kgo.CompressionCodec{
	"none":   kgo.NoCompression(),
	"gzip":   kgo.GzipCompression(),
	"snappy": kgo.SnappyCompression(),
	"lz4":    kgo.Lz4Compression(),
	"zstd":   kgo.ZstdCompression(),
}

type client struct{ bootstrap string }

func main() {
	scenario.Main(func(bootstrap string) scenario.Client { return client{bootstrap} })
}

func (c client) Produce(number int, step scenario.Step) error {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	options, err := c.producerOptions(step)
	if err != nil {
		return err
	}
	producer, err := kgo.NewClient(options...)
	if err != nil {
		return err
	}
	defer producer.Close()

	records := make([]*kgo.Record, len(step.Records))
	for index, record := range step.Records {
		records[index] = toRecord(step.Topic, record)
	}
	indexes := make(map[*kgo.Record]int, len(records))
	for index, record := range records {
		indexes[record] = index
	}
	for _, result := range producer.ProduceSync(ctx, records...) {
		if result.Err != nil {
			return result.Err
		}
		offset := &result.Record.Offset
		if step.Config["acks"] == "0" {
			offset = nil
		}
		scenario.Acked(number, indexes[result.Record], result.Record.Partition, offset)
	}
	return nil
}

func (c client) producerOptions(step scenario.Step) ([]kgo.Opt, error) {
	options := []kgo.Opt{kgo.SeedBrokers(c.bootstrap), kgo.AllowAutoTopicCreation()}
	if step.Codec != "" {
		options = append(options, kgo.ProducerBatchCompression(codecs[step.Codec]))
	}
	if len(step.Records) > 0 && step.Records[0].Partition != nil {
		options = append(options, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	}
	for name, value := range step.Config {
		switch name + "=" + value {
		case "enable.idempotence=false":
			options = append(options, kgo.DisableIdempotentWrite())
		case "acks=0":
			options = append(options, kgo.RequiredAcks(kgo.NoAck()))
		case "acks=1":
			options = append(options, kgo.RequiredAcks(kgo.LeaderAck()))
		default:
			return nil, fmt.Errorf("unknown setting %s=%s", name, value)
		}
	}
	return options, nil
}

func toRecord(topic string, record scenario.Record) *kgo.Record {
	made := &kgo.Record{Topic: topic, Key: record.Key, Value: record.Value}
	if record.Partition != nil {
		made.Partition = *record.Partition
	}
	if record.Timestamp != nil {
		made.Timestamp = time.UnixMilli(*record.Timestamp)
	}
	for _, header := range record.Headers {
		made.Headers = append(made.Headers, kgo.RecordHeader{Key: header.Name, Value: header.Value})
	}
	return made
}

func (c client) Consume(number int, step scenario.Step) error {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	starts, ends, err := c.bounds(ctx, step)
	if err != nil {
		return err
	}
	from := map[int32]kgo.Offset{}
	remaining := map[int32]int64{}
	for _, partition := range step.Partitions {
		from[partition] = toOffset(step.From)
		if starts[partition] < ends[partition] {
			remaining[partition] = ends[partition]
		}
	}
	consumer, err := kgo.NewClient(
		kgo.SeedBrokers(c.bootstrap),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{step.Topic: from}),
	)
	if err != nil {
		return err
	}
	defer consumer.Close()
	for len(remaining) > 0 {
		fetches := consumer.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return err
		}
		fetches.EachRecord(func(record *kgo.Record) {
			received(number, record)
			if record.Offset+1 >= remaining[record.Partition] {
				delete(remaining, record.Partition)
			}
		})
	}
	return nil
}

// bounds asks for the offsets where reading starts and ends.
func (c client) bounds(ctx context.Context, step scenario.Step) (starts, ends map[int32]int64, err error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(c.bootstrap))
	if err != nil {
		return nil, nil, err
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	listed, err := admin.ListEndOffsets(ctx, step.Topic)
	if err != nil {
		return nil, nil, err
	}
	ends = toMap(listed)
	switch {
	case step.From.Offset != nil:
		starts = map[int32]int64{}
		for partition := range ends {
			starts[partition] = *step.From.Offset
		}
		return starts, ends, nil
	case step.From.Timestamp != nil:
		listed, err = admin.ListOffsetsAfterMilli(ctx, *step.From.Timestamp, step.Topic)
	default:
		listed, err = admin.ListStartOffsets(ctx, step.Topic)
	}
	if err == nil {
		err = listed.Error()
	}
	return toMap(listed), ends, err
}

func toMap(listed kadm.ListedOffsets) map[int32]int64 {
	offsets := map[int32]int64{}
	listed.Each(func(offset kadm.ListedOffset) { offsets[offset.Partition] = offset.Offset })
	return offsets
}

func toOffset(from scenario.From) kgo.Offset {
	switch {
	case from.Offset != nil:
		return kgo.NewOffset().At(*from.Offset)
	case from.Timestamp != nil:
		return kgo.NewOffset().AfterMilli(*from.Timestamp)
	default:
		return kgo.NewOffset().AtStart()
	}
}

func received(number int, record *kgo.Record) {
	var headers [][2]any
	for _, header := range record.Headers {
		headers = append(headers, [2]any{header.Key, scenario.ToText(header.Value)})
	}
	timestamp := record.Timestamp.UnixMilli()
	scenario.Received(number, record.Partition, record.Offset, timestamp, record.Key, record.Value, headers)
}
