// Prints records until it is interrupted.
package main

import (
	"context"
	"fmt"
	"log"
	"os/signal"
	"syscall"

	"example.com/orders/bootstrap"
	"github.com/segmentio/kafka-go"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()

	reader := kafka.NewReader(kafka.ReaderConfig{
		Brokers: []string{bootstrap.Address()},
		GroupID: "orders-consumer",
		Topic:   "orders",
	})
	defer reader.Close()

	for {
		// Commits each record that it returns.
		message, err := reader.ReadMessage(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(message.Value))
	}
}
