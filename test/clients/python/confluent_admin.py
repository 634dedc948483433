"""Calls what confluent-kafka's admin client has about topics, configurations and records, and prints an object in JSON."""

import json
import sys

from confluent_kafka import KafkaException, Producer, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
    ResourceType,
)

TIMEOUT_SECONDS = 20
TOPIC = "orders"
# The sources of what a topic or a group has of its own: DYNAMIC_TOPIC_CONFIG, and that of groups (KIP-848).
OWN = (1, 8)


def outcome(future):
    try:
        future.result(TIMEOUT_SECONDS)
        return "NONE"
    except KafkaException as failure:
        return failure.args[0].name()


def only(futures):
    """The one future of a call about one thing."""
    [future] = futures.values()
    return future


class Admin:
    def __init__(self, bootstrap):
        self.client = AdminClient({"bootstrap.servers": bootstrap})

    def create(self, **options):
        return outcome(only(self.client.create_topics([NewTopic(TOPIC, 2, 1, config={"retention.ms": "5000"})], **options)))

    def partitions(self, total):
        return outcome(only(self.client.create_partitions([NewPartitions(TOPIC, total)])))

    def topics(self):
        return {name: len(topic.partitions) for name, topic in self.client.list_topics(timeout=TIMEOUT_SECONDS).topics.items()}

    def alter(self, kind, name, *changes):
        entries = [ConfigEntry(key, value, incremental_operation=operation) for key, operation, value in changes]
        return outcome(only(self.client.incremental_alter_configs([ConfigResource(kind, name, incremental_configs=entries)])))

    def own_configs(self, kind, name):
        entries = only(self.client.describe_configs([ConfigResource(kind, name)])).result(TIMEOUT_SECONDS)
        return {key: entry.value for key, entry in entries.items() if entry.source in OWN}

    def offset(self, spec):
        listed = only(self.client.list_offsets({TopicPartition(TOPIC, 0): spec})).result(TIMEOUT_SECONDS)
        return listed.offset

    def delete_records(self, offset):
        deleted = only(self.client.delete_records([TopicPartition(TOPIC, 0, offset)])).result(TIMEOUT_SECONDS)
        return deleted.low_watermark

    def delete(self):
        return outcome(only(self.client.delete_topics([TOPIC])))


def produce(bootstrap):
    producer = Producer({"bootstrap.servers": bootstrap})
    for index in range(10):
        producer.produce(TOPIC, b"record", partition=0, timestamp=index + 1)
    producer.flush(TIMEOUT_SECONDS)


def main():
    bootstrap = sys.argv[1]
    admin = Admin(bootstrap)
    topic, group = (ResourceType.TOPIC, TOPIC), (ResourceType.GROUP, "readers")
    set_, delete = AlterConfigOpType.SET, AlterConfigOpType.DELETE
    results = {"validate": admin.create(validate_only=True), "list before": admin.topics(), "create": admin.create()}
    results["create again"] = admin.create()
    results["more partitions"] = admin.partitions(3)
    results["fewer partitions"] = admin.partitions(1)
    results["list"] = admin.topics()
    results["alter"] = admin.alter(*topic, ("segment.ms", set_, "60000"), ("retention.ms", delete, None))
    results["alter badly"] = admin.alter(*topic, ("segment.ms", set_, "soon"))
    results["own configs"] = admin.own_configs(*topic)
    results["alter group"] = admin.alter(*group, ("consumer.session.timeout.ms", set_, "50000"))
    results["alter group badly"] = admin.alter(*group, ("consumer.session.timeout.ms", set_, "1"))
    results["own group configs"] = admin.own_configs(*group)
    produce(bootstrap)
    results["low watermark"] = admin.delete_records(4)
    results["earliest"] = admin.offset(OffsetSpec.earliest())
    results["latest"] = admin.offset(OffsetSpec.latest())
    results["by time"] = admin.offset(OffsetSpec.for_timestamp(8))
    results["brokers"] = len(admin.client.describe_cluster().result(TIMEOUT_SECONDS).nodes)
    results["delete"] = admin.delete()
    results["delete again"] = admin.delete()
    print(json.dumps(results))


if __name__ == "__main__":
    main()
