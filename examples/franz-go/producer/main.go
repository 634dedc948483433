// Writes one record, with the library's default settings, and prints where it went.
package main

import (
	"context"
	"fmt"
	"log"

	"example.com/orders/bootstrap"
	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	client, err := kgo.NewClient(
		kgo.SeedBrokers(bootstrap.Address()),
		kgo.AllowAutoTopicCreation(),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()

	record := &kgo.Record{Topic: "orders", Value: []byte("hello")}
	if err := client.ProduceSync(context.Background(), record).FirstErr(); err != nil {
		log.Fatal("not written: ", err)
	}
	fmt.Printf("written to %s-%d@%d\n", record.Topic, record.Partition, record.Offset)
}
