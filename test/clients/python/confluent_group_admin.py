"""Calls what confluent-kafka's admin client has about consumer groups, and prints an object in JSON: what each call came to."""

import json
import sys

from confluent_kafka import Consumer, ConsumerGroupState, ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

TIMEOUT_SECONDS = 20


def outcome(call):
    try:
        return call()
    except KafkaException as failure:
        return failure.args[0].name()


def joined(bootstrap, group):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": group, "client.id": f"{group}-client"})
    consumer.subscribe(["orders"])
    for _ in range(200):
        consumer.poll(0.1)
        if consumer.assignment():
            return consumer
    raise SystemExit("nothing was assigned")


class Groups:
    def __init__(self, bootstrap):
        self.admin = AdminClient({"bootstrap.servers": bootstrap})

    def create_topic(self, topic, partitions):
        self.admin.create_topics([NewTopic(topic, partitions, 1)])[topic].result(TIMEOUT_SECONDS)

    def list(self, **filters):
        listed = self.admin.list_consumer_groups(**filters).result(TIMEOUT_SECONDS)
        return sorted(f"{group.group_id} {group.state.name}" for group in listed.valid)

    def describe(self, group):
        description = self.admin.describe_consumer_groups([group])[group].result(TIMEOUT_SECONDS)
        members = [
            [member.client_id, member.host, len(member.assignment.topic_partitions)] for member in description.members
        ]
        return [description.state.name, description.partition_assignor, members]

    def offsets(self, group):
        request = [ConsumerGroupTopicPartitions(group)]
        found = self.admin.list_consumer_group_offsets(request)[group].result(TIMEOUT_SECONDS)
        return {f"{place.topic}-{place.partition}": place.offset for place in found.topic_partitions}

    def alter(self, group, offset):
        request = [ConsumerGroupTopicPartitions(group, [TopicPartition("orders", 0, offset)])]
        altered = self.admin.alter_consumer_group_offsets(request)[group].result(TIMEOUT_SECONDS)
        return [place.error and place.error.name() for place in altered.topic_partitions]

    def delete(self, group):
        return self.admin.delete_consumer_groups([group])[group].result(TIMEOUT_SECONDS)


def main():
    bootstrap = sys.argv[1]
    groups = Groups(bootstrap)
    groups.create_topic("orders", 2)
    consumer = joined(bootstrap, "live")
    results = {"alter": groups.alter("made", 4), "offsets": groups.offsets("made")}
    results["list"] = groups.list()
    results["list stable"] = groups.list(states={ConsumerGroupState.STABLE})
    results["describe with members"] = groups.describe("live")
    results["describe without members"] = groups.describe("made")
    results["describe unknown"] = outcome(lambda: groups.describe("nobody"))
    results["delete with members"] = outcome(lambda: groups.delete("live"))
    consumer.close()
    results["describe after close"] = groups.describe("live")
    results["delete"] = [groups.delete("live"), groups.delete("made")]
    results["delete again"] = outcome(lambda: groups.delete("made"))
    results["list after"] = groups.list()
    print(json.dumps(results))


if __name__ == "__main__":
    main()
