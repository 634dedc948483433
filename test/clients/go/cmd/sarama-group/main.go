// A member of a consumer group with Sarama.
package main

import (
	"context"
	"errors"

	"github.com/IBM/sarama"

	"kafscale/test/clients/member"
)

func main() {
	member.Main(run)
}

func run(ctx context.Context, plan member.Plan) error {
	config := sarama.NewConfig()
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	group, err := sarama.NewConsumerGroup([]string{plan.Bootstrap}, plan.Group, config)
	if err != nil {
		return err
	}
	// Each call is a membership of one generation.
	for ctx.Err() == nil {
		if err := group.Consume(ctx, plan.Topics, reader{}); err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
	}
	return group.Close()
}

type reader struct{}

func (reader) Setup(session sarama.ConsumerGroupSession) error {
	member.Changed("assigned", session.GenerationID(), session.Claims())
	return nil
}

func (reader) Cleanup(session sarama.ConsumerGroupSession) error {
	member.Changed("revoked", session.GenerationID(), session.Claims())
	return nil
}

func (reader) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for message := range claim.Messages() {
		member.Received(message.Topic, message.Partition, message.Offset, message.Value)
		session.MarkMessage(message, "")
	}
	return nil
}
