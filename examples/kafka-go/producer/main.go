// Writes one record, with the library's default settings.
package main

import (
	"context"
	"fmt"
	"log"

	"example.com/orders/bootstrap"
	"github.com/segmentio/kafka-go"
)

func main() {
	writer := &kafka.Writer{
		Addr:                   kafka.TCP(bootstrap.Address()),
		Topic:                  "orders",
		AllowAutoTopicCreation: true,
	}
	defer writer.Close()

	if err := writer.WriteMessages(context.Background(), kafka.Message{Value: []byte("hello")}); err != nil {
		log.Fatal("not written: ", err)
	}
	fmt.Println("written")
}
