// Runs a scenario with kafka-go: a Writer, and a Reader per partition (without a group).
package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/segmentio/kafka-go"

	"kafscale/test/clients/scenario"
)

const deadline = 30 * time.Second

var codecs = map[string]kafka.Compression{
	"gzip":   kafka.Gzip,
	"snappy": kafka.Snappy,
	"lz4":    kafka.Lz4,
	"zstd":   kafka.Zstd,
}

type client struct{ bootstrap string }

// note travels with a message: where it has to go, and its place in the step.
type note struct {
	index     int
	partition *int32
}

func main() {
	scenario.Main(func(bootstrap string) scenario.Client { return client{bootstrap} })
}

func (c client) Produce(number int, step scenario.Step) error {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	writer, err := c.writer(number, step)
	if err != nil {
		return err
	}
	messages := make([]kafka.Message, len(step.Records))
	for index, record := range step.Records {
		messages[index] = toMessage(index, record)
	}
	err = writer.WriteMessages(ctx, messages...)
	// A topic that this very request brings into being: the library leaves trying again to its users.
	for errors.Is(err, kafka.UnknownTopicOrPartition) || errors.Is(err, kafka.LeaderNotAvailable) {
		time.Sleep(100 * time.Millisecond)
		err = writer.WriteMessages(ctx, messages...)
	}
	if err != nil {
		return err
	}
	return writer.Close()
}

func (c client) writer(number int, step scenario.Step) (*kafka.Writer, error) {
	writer := &kafka.Writer{
		Addr:                   kafka.TCP(c.bootstrap),
		Topic:                  step.Topic,
		Compression:            codecs[step.Codec],
		AllowAutoTopicCreation: true,
	}
	if len(step.Records) > 0 && step.Records[0].Partition != nil {
		writer.Balancer = kafka.BalancerFunc(func(message kafka.Message, _ ...int) int {
			return int(*message.WriterData.(note).partition)
		})
	}
	for name, value := range step.Config {
		var err error
		switch name {
		case "acks":
			err = writer.RequiredAcks.UnmarshalText([]byte(value))
		case "allowAutoTopicCreation":
			writer.AllowAutoTopicCreation, err = strconv.ParseBool(value)
		default:
			err = fmt.Errorf("unknown setting %s=%s", name, value)
		}
		if err != nil {
			return nil, err
		}
	}
	acked := writer.RequiredAcks != kafka.RequireNone
	writer.Completion = func(messages []kafka.Message, err error) {
		if err != nil {
			return // WriteMessages returns it.
		}
		for _, message := range messages {
			offset := &message.Offset
			if !acked {
				offset = nil
			}
			scenario.Acked(number, message.WriterData.(note).index, int32(message.Partition), offset)
		}
	}
	return writer, nil
}

func toMessage(index int, record scenario.Record) kafka.Message {
	message := kafka.Message{Key: record.Key, Value: record.Value, WriterData: note{index, record.Partition}}
	if record.Timestamp != nil {
		message.Time = time.UnixMilli(*record.Timestamp)
	}
	for _, header := range record.Headers {
		message.Headers = append(message.Headers, kafka.Header{Key: header.Name, Value: header.Value})
	}
	return message
}

func (c client) Consume(number int, step scenario.Step) error {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	for _, partition := range step.Partitions {
		if err := c.consumePartition(ctx, number, step, partition); err != nil {
			return err
		}
	}
	return nil
}

func (c client) consumePartition(ctx context.Context, number int, step scenario.Step, partition int32) error {
	start, end, err := c.bounds(ctx, step, int(partition))
	if err != nil {
		return err
	}
	// Never closed, as that waits for the fetch under way, 10 s by default; the program's end does it.
	reader := kafka.NewReader(kafka.ReaderConfig{
		Brokers:   []string{c.bootstrap},
		Topic:     step.Topic,
		Partition: int(partition),
	})
	if step.From.Timestamp != nil {
		err = reader.SetOffsetAt(ctx, time.UnixMilli(*step.From.Timestamp))
	} else {
		err = reader.SetOffset(start)
	}
	for next := start; err == nil && next < end; {
		var message kafka.Message
		if message, err = reader.ReadMessage(ctx); err == nil {
			received(number, message)
			next = message.Offset + 1
		}
	}
	return err
}

// bounds asks for the offsets where reading starts and ends.
func (c client) bounds(ctx context.Context, step scenario.Step, partition int) (start, end int64, err error) {
	connection, err := kafka.DialLeader(ctx, "tcp", c.bootstrap, step.Topic, partition)
	if err != nil {
		return 0, 0, err
	}
	defer connection.Close()
	start, end, err = connection.ReadOffsets()
	if err == nil && step.From.Timestamp != nil {
		start, err = connection.ReadOffset(time.UnixMilli(*step.From.Timestamp))
		if start < 0 {
			start = end // No record is that new.
		}
	}
	if step.From.Offset != nil {
		start = *step.From.Offset
	}
	return start, end, err
}

func received(number int, message kafka.Message) {
	var headers [][2]any
	for _, header := range message.Headers {
		headers = append(headers, [2]any{header.Key, scenario.ToText(header.Value)})
	}
	timestamp := message.Time.UnixMilli()
	scenario.Received(number, int32(message.Partition), message.Offset, timestamp, message.Key, message.Value, headers)
}
