// Package member reads what a member of a consumer group is told to do and prints what happens (see ../../README.md).
package member

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
)

// Plan is the one argument of a program.
type Plan struct {
	Bootstrap string
	Group     string
	Topics    []string
	Config    map[string]string
}

var output sync.Mutex

// Main runs a member until a line comes on stdin, and ends the program.
func Main(run func(ctx context.Context, plan Plan) error) {
	var plan Plan
	if err := json.Unmarshal([]byte(os.Args[1]), &plan); err != nil {
		fail(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
		cancel()
	}()
	if err := run(ctx, plan); err != nil {
		fail(err)
	}
	emit(map[string]any{"event": "closed"})
}

// Changed tells of partitions that were assigned, revoked or lost.
func Changed(event string, generation int32, partitions map[string][]int32) {
	names := []string{}
	for topic, numbers := range partitions {
		for _, number := range numbers {
			names = append(names, fmt.Sprintf("%s-%d", topic, number))
		}
	}
	emit(map[string]any{"event": event, "generation": generation, "partitions": names})
}

// Received tells of a record.
func Received(topic string, partition int32, offset int64, value []byte) {
	emit(map[string]any{
		"event": "record", "topic": topic, "partition": partition, "offset": offset, "value": string(value),
	})
}

func emit(event map[string]any) {
	line, err := json.Marshal(event)
	if err != nil {
		fail(err)
	}
	output.Lock()
	defer output.Unlock()
	fmt.Println(string(line))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
