// A load program with franz-go.
package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"kafscale/test/clients/load"
)

const (
	flushTimeout  = 180 * time.Second
	commitTimeout = 30 * time.Second
)

func main() {
	load.Main(func(ctx context.Context, plan load.Plan) error {
		if plan.Role == "produce" {
			return produce(ctx, plan)
		}
		return consume(ctx, plan)
	})
}

func seeds(plan load.Plan) kgo.Opt {
	return kgo.SeedBrokers(strings.Split(plan.Bootstrap, ",")...)
}

func produce(ctx context.Context, plan load.Plan) error {
	client, err := kgo.NewClient(seeds(plan), kgo.DefaultProduceTopic(plan.Topic), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		return err
	}
	defer client.Close()
	sequences := make([]int, plan.Partitions)
	for round := 0; ctx.Err() == nil; round++ {
		partition, count := int32(round)%plan.Partitions, 1+round%4
		first := sequences[partition]
		sequences[partition] += count
		load.Emit(load.Event{"event": "sent", "partition": partition, "first": first, "count": count})
		for sequence := first; sequence < first+count; sequence++ {
			key, value := plan.Record(partition, sequence)
			record := &kgo.Record{Partition: partition, Key: key, Value: value}
			client.Produce(context.Background(), record, func(record *kgo.Record, err error) {
				event := load.Event{"event": "acked", "partition": partition, "first": sequence, "count": 1}
				if err == nil {
					event["offset"] = record.Offset
				} else {
					event["event"], event["error"] = "failed", err.Error()
				}
				load.Emit(event)
			})
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(plan.IntervalMs) * time.Millisecond):
		}
	}
	flushing, cancel := context.WithTimeout(context.Background(), flushTimeout)
	defer cancel()
	return client.Flush(flushing)
}

func consume(ctx context.Context, plan load.Plan) error {
	report := func(event string) func(context.Context, *kgo.Client, map[string][]int32) {
		return func(_ context.Context, client *kgo.Client, partitions map[string][]int32) {
			_, generation := client.GroupMetadata()
			numbers := append([]int32{}, partitions[plan.Topic]...)
			load.Emit(load.Event{"event": event, "generation": generation, "partitions": numbers})
		}
	}
	client, err := kgo.NewClient(
		seeds(plan),
		kgo.ConsumerGroup(plan.Group),
		kgo.ConsumeTopics(plan.Topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.DisableAutoCommit(),
		// Otherwise a rebalance may happen between a poll and its commit.
		kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsAssigned(report("assigned")),
		kgo.OnPartitionsRevoked(report("revoked")),
		kgo.OnPartitionsLost(report("lost")),
	)
	if err != nil {
		return err
	}
	defer client.CloseAllowingRebalance()
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
		take(client, fetches)
		client.AllowRebalance()
	}
}

// take tells of the records and commits them.
func take(client *kgo.Client, fetches kgo.Fetches) {
	offsets := map[string]int64{}
	fetches.EachPartition(func(fetched kgo.FetchTopicPartition) {
		if len(fetched.Records) == 0 {
			return
		}
		// Offsets without records are told apart.
		for _, record := range fetched.Records {
			load.Emit(load.Event{
				"event": "records", "partition": record.Partition, "offset": record.Offset,
				"values": []string{string(record.Value)},
			})
			offsets[fmt.Sprint(record.Partition)] = record.Offset + 1
		}
	})
	if len(offsets) == 0 {
		return
	}
	committing, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	event := load.Event{"event": "commit", "offsets": offsets, "outcome": "ok"}
	if err := client.CommitUncommittedOffsets(committing); err != nil {
		event["outcome"], event["error"] = "unknown", err.Error()
	}
	load.Emit(event)
}
