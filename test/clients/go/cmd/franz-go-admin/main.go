// Calls what franz-go's admin client (kadm) has, and prints an object in JSON: what each call came to.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sort"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	topic   = "orders"
	group   = "readers"
	timeout = 60 * time.Second
)

type results map[string]any

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(bootstrap string) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	client, err := kgo.NewClient(kgo.SeedBrokers(bootstrap), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		return err
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	found := results{}
	steps := []func(context.Context, *kgo.Client, *kadm.Client, results) error{topics, records, configs, groups, ends}
	for _, step := range steps {
		if err := step(ctx, client, admin, found); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(found)
}

func topics(ctx context.Context, _ *kgo.Client, admin *kadm.Client, found results) error {
	retention := "5000"
	_, err := admin.CreateTopic(ctx, 2, -1, map[string]*string{"retention.ms": &retention}, topic)
	found["create"] = name(err)
	_, err = admin.CreateTopic(ctx, 2, -1, nil, topic)
	found["create again"] = name(err)
	added, err := admin.CreatePartitions(ctx, 1, topic)
	if err != nil {
		return err
	}
	found["more partitions"] = name(added.Error())
	listed, err := admin.ListTopics(ctx)
	if err != nil {
		return err
	}
	found["list"] = listed.Names()
	found["partitions"] = len(listed[topic].Partitions)
	brokers, err := admin.ListBrokers(ctx)
	if err != nil {
		return err
	}
	found["brokers"] = len(brokers)
	return nil
}

// Ten records in partition 0, of which four are deleted.
func records(ctx context.Context, client *kgo.Client, admin *kadm.Client, found results) error {
	for index := range 10 {
		record := &kgo.Record{Topic: topic, Partition: 0, Value: []byte("record"), Timestamp: time.UnixMilli(int64(index + 1))}
		if err := client.ProduceSync(ctx, record).FirstErr(); err != nil {
			return err
		}
	}
	var until kadm.Offsets
	until.AddOffset(topic, 0, 4, -1)
	deleted, err := admin.DeleteRecords(ctx, until)
	if err != nil {
		return err
	}
	found["delete records"] = name(deleted.Error())
	for call, list := range map[string]func() (kadm.ListedOffsets, error){
		"start offsets": func() (kadm.ListedOffsets, error) { return admin.ListStartOffsets(ctx, topic) },
		"end offsets":   func() (kadm.ListedOffsets, error) { return admin.ListEndOffsets(ctx, topic) },
		"offsets after": func() (kadm.ListedOffsets, error) { return admin.ListOffsetsAfterMilli(ctx, 8, topic) },
	} {
		listed, err := list()
		if err != nil {
			return err
		}
		offset, _ := listed.Lookup(topic, 0)
		found[call] = offset.Offset
	}
	directories, err := admin.DescribeAllLogDirs(ctx, nil)
	if err != nil {
		return err
	}
	var bytes int64
	directories.Each(func(directory kadm.DescribedLogDir) { bytes += directory.Size() })
	found["log dirs"] = bytes > 0
	producers, err := admin.DescribeProducers(ctx, kadm.TopicsSet{topic: {0: {}}})
	if err != nil {
		return err
	}
	found["producers"] = len(producers.SortedProducers())
	return nil
}

func configs(ctx context.Context, _ *kgo.Client, admin *kadm.Client, found results) error {
	interval := "60000"
	changes := []kadm.AlterConfig{
		{Op: kadm.SetConfig, Name: "segment.ms", Value: &interval},
		{Op: kadm.DeleteConfig, Name: "retention.ms"},
	}
	altered, err := admin.AlterTopicConfigs(ctx, changes, topic)
	if err != nil {
		return err
	}
	found["alter configs"] = name(altered[0].Err)
	soon := "soon"
	altered, err = admin.AlterTopicConfigs(ctx, []kadm.AlterConfig{{Op: kadm.SetConfig, Name: "segment.ms", Value: &soon}}, topic)
	if err != nil {
		return err
	}
	found["alter badly"] = name(altered[0].Err)
	described, err := admin.DescribeTopicConfigs(ctx, topic)
	if err != nil {
		return err
	}
	own := map[string]string{}
	for _, config := range described[0].Configs {
		if config.Source.String() == "DYNAMIC_TOPIC_CONFIG" {
			own[config.Key] = config.MaybeValue()
		}
	}
	found["own configs"] = own
	return nil
}

func groups(ctx context.Context, _ *kgo.Client, admin *kadm.Client, found results) error {
	var offsets kadm.Offsets
	offsets.AddOffset(topic, 0, 7, -1)
	offsets.AddOffset(topic, 1, 0, -1)
	found["commit"] = name(admin.CommitAllOffsets(ctx, group, offsets))
	fetched, err := admin.FetchOffsets(ctx, group)
	if err != nil {
		return err
	}
	committed, _ := fetched.Lookup(topic, 0)
	found["fetch"] = committed.At
	lags, err := admin.Lag(ctx, group)
	if err != nil {
		return err
	}
	found["lag"] = lags[group].Lag.Total()
	listed, err := admin.ListGroups(ctx)
	if err != nil {
		return err
	}
	found["groups"] = listed.Groups()
	described, err := admin.DescribeGroups(ctx, group)
	if err != nil {
		return err
	}
	found["describe group"] = described[group].State
	removed, err := admin.DeleteOffsets(ctx, group, kadm.TopicsSet{topic: {1: {}}})
	if err != nil {
		return err
	}
	found["delete offsets"] = name(removed.Error())
	fetched, err = admin.FetchOffsets(ctx, group)
	if err != nil {
		return err
	}
	_, isThere := fetched.Lookup(topic, 1)
	found["fetch deleted"] = isThere
	deleted, err := admin.DeleteGroups(ctx, group, "nobody")
	if err != nil {
		return err
	}
	found["delete groups"] = []string{name(deleted[group].Err), name(deleted["nobody"].Err)}
	return nil
}

func ends(ctx context.Context, client *kgo.Client, admin *kadm.Client, found results) error {
	deleted, err := admin.DeleteTopics(ctx, topic, "nothing")
	if err != nil {
		return err
	}
	found["delete topics"] = []string{name(deleted[topic].Err), name(deleted["nothing"].Err)}
	// The client that was used so far goes on from what it knows for some seconds.
	fresh, err := kgo.NewClient(client.Opts()...)
	if err != nil {
		return err
	}
	defer fresh.Close()
	listed, err := kadm.NewClient(fresh).ListTopics(ctx)
	if err != nil {
		return err
	}
	names := listed.Names()
	sort.Strings(names)
	found["list after"] = names
	return nil
}

// The name of an error code; other errors in their own words.
func name(err error) string {
	if err == nil {
		return "NONE"
	}
	var code *kerr.Error
	if errors.As(err, &code) {
		return code.Message
	}
	return err.Error()
}
