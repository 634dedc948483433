// Package scenario reads what a client program is told to do and prints what happened (see ../../README.md).
package scenario

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// Scenario is the one argument of a client program.
type Scenario struct {
	Bootstrap string
	Steps     []Step
}

// Step is one thing to do: produce records, or read partitions to their present end.
type Step struct {
	Op         string
	Topic      string
	Codec      string
	Config     map[string]string
	Records    []Record
	Partitions []int32
	From       From
}

// Record is a record to produce. A nil Partition leaves the choice to the client, a nil Timestamp the clock.
type Record struct {
	Partition *int32
	Timestamp *int64
	Key       Text
	Value     Text
	Headers   []Header
}

// Header is written as a pair: name and value.
type Header struct {
	Name  string
	Value Text
}

// Text holds the bytes of a JSON string, or of {"repeat": text, "times": count}; nil for null.
type Text []byte

// From tells where reading starts: the beginning when neither is given.
type From struct {
	Offset    *int64
	Timestamp *int64
}

func (t *Text) UnmarshalJSON(data []byte) error {
	var plain *string
	if err := json.Unmarshal(data, &plain); err == nil {
		if plain != nil {
			*t = Text(*plain)
			if *t == nil {
				*t = Text{}
			}
		}
		return nil
	}
	var repeated struct {
		Repeat string
		Times  int
	}
	if err := json.Unmarshal(data, &repeated); err != nil {
		return err
	}
	*t = Text(strings.Repeat(repeated.Repeat, repeated.Times))
	return nil
}

func (h *Header) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &[]any{&h.Name, &h.Value})
}

func (f *From) UnmarshalJSON(data []byte) error {
	if string(data) == `"beginning"` {
		return nil
	}
	var plain struct{ Offset, Timestamp *int64 }
	if err := json.Unmarshal(data, &plain); err != nil {
		return err
	}
	f.Offset, f.Timestamp = plain.Offset, plain.Timestamp
	return nil
}

// Client is what a library has to be able to do.
type Client interface {
	Produce(number int, step Step) error
	Consume(number int, step Step) error
}

// Main runs the scenario given on the command line and ends the program.
func Main(open func(bootstrap string) Client) {
	if err := run(open); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(open func(bootstrap string) Client) error {
	var scenario Scenario
	if err := json.Unmarshal([]byte(os.Args[1]), &scenario); err != nil {
		return err
	}
	client := open(scenario.Bootstrap)
	for number, step := range scenario.Steps {
		var err error
		switch step.Op {
		case "produce":
			err = client.Produce(number, step)
		case "consume":
			err = client.Consume(number, step)
		default:
			err = fmt.Errorf("unknown step %q", step.Op)
		}
		if err != nil {
			return fmt.Errorf("step %d: %w", number, err)
		}
	}
	return nil
}

// Acked tells that a record was acknowledged; offset is nil when the library doesn't know it.
func Acked(step, index int, partition int32, offset *int64) {
	emit(map[string]any{"event": "acked", "step": step, "index": index, "partition": partition, "offset": offset})
}

// Received tells of a record that was read. Headers are pairs of name and value.
func Received(step int, partition int32, offset, timestamp int64, key, value []byte, headers [][2]any) {
	if headers == nil {
		headers = [][2]any{}
	}
	emit(map[string]any{
		"event": "record", "step": step, "partition": partition, "offset": offset, "timestamp": timestamp,
		"key": ToText(key), "value": ToText(value), "headers": headers,
	})
}

// ToText makes a JSON string of bytes, and null of nil.
func ToText(bytes []byte) any {
	if bytes == nil {
		return nil
	}
	return string(bytes)
}

func emit(event map[string]any) {
	line, err := json.Marshal(event)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}
