// Prints records until it is interrupted.
package main

import (
	"context"
	"fmt"
	"log"
	"os/signal"
	"syscall"

	"example.com/orders/bootstrap"
	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()

	client, err := kgo.NewClient(
		kgo.SeedBrokers(bootstrap.Address()),
		kgo.ConsumerGroup("orders-consumer"),
		kgo.ConsumeTopics("orders"),
	)
	if err != nil {
		log.Fatal(err)
	}
	// Leaves the group, and commits how far it came.
	defer client.Close()

	for {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			return
		}
		fetches.EachError(func(topic string, partition int32, err error) {
			log.Printf("%s-%d: %v", topic, partition, err)
		})
		fetches.EachRecord(func(record *kgo.Record) {
			fmt.Println(string(record.Value))
		})
	}
}
