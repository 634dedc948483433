// A member of a consumer group with franz-go.
package main

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kgo"

	"kafscale/test/clients/member"
)

func main() {
	member.Main(run)
}

func run(ctx context.Context, plan member.Plan) error {
	report := func(event string) func(context.Context, *kgo.Client, map[string][]int32) {
		return func(_ context.Context, client *kgo.Client, partitions map[string][]int32) {
			_, generation := client.GroupMetadata()
			member.Changed(event, generation, partitions)
		}
	}
	options := []kgo.Opt{
		kgo.SeedBrokers(plan.Bootstrap),
		kgo.ConsumerGroup(plan.Group),
		kgo.ConsumeTopics(plan.Topics...),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.OnPartitionsAssigned(report("assigned")),
		kgo.OnPartitionsRevoked(report("revoked")),
		kgo.OnPartitionsLost(report("lost")),
	}
	if instance, ok := plan.Config["group.instance.id"]; ok {
		options = append(options, kgo.InstanceID(instance))
	}
	client, err := kgo.NewClient(options...)
	if err != nil {
		return err
	}
	defer client.Close()
	for {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			return nil
		}
		for _, failure := range fetches.Errors() {
			// A session that ended is begun again by the client itself.
			if session := (*kgo.ErrGroupSession)(nil); !errors.As(failure.Err, &session) {
				return failure.Err
			}
		}
		fetches.EachRecord(func(record *kgo.Record) {
			member.Received(record.Topic, record.Partition, record.Offset, record.Value)
		})
	}
}
