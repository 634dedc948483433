// A member of a consumer group with kafka-go's Reader, which tells nothing of assignments.
package main

import (
	"context"

	"github.com/segmentio/kafka-go"

	"kafscale/test/clients/member"
)

func main() {
	member.Main(run)
}

func run(ctx context.Context, plan member.Plan) error {
	reader := kafka.NewReader(kafka.ReaderConfig{
		Brokers:     []string{plan.Bootstrap},
		GroupID:     plan.Group,
		GroupTopics: plan.Topics,
		StartOffset: kafka.FirstOffset,
	})
	for {
		// ReadMessage would commit before it hands the message out: who is killed in between loses it.
		message, err := reader.FetchMessage(ctx)
		if ctx.Err() != nil {
			return reader.Close()
		}
		if err != nil {
			return err
		}
		member.Received(message.Topic, int32(message.Partition), message.Offset, message.Value)
		if err := reader.CommitMessages(ctx, message); err != nil && ctx.Err() == nil {
			return err
		}
	}
}
