// Package load reads what a load program is told to do and prints what happens (see ../../README.md).
package load

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
)

// Plan is the one argument of a program.
type Plan struct {
	Bootstrap  string
	Topic      string
	Partitions int32
	Name       string
	Role       string
	Group      string
	IntervalMs int
	Config     map[string]string
}

// Event is printed as a line of JSON.
type Event map[string]any

var output sync.Mutex

// Main runs a program until a line comes on stdin, and ends it.
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
	Emit(Event{"event": "closed"})
}

// Record makes the key and the value of a record.
func (plan Plan) Record(partition int32, sequence int) (key, value []byte) {
	name := fmt.Sprintf("%s:%d:%d", plan.Name, partition, sequence)
	return []byte(name), []byte(name + " " + strings.Repeat("x", sequence%200))
}

// Emit prints an event.
func Emit(event Event) {
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
