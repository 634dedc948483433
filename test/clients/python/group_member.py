"""A member of a consumer group (see ../README.md), with confluent-kafka (librdkafka). Leaves when a line comes on stdin."""

import json
import select
import sys

from confluent_kafka import Consumer, KafkaException


def emit(**event):
    print(json.dumps(event), flush=True)


def report(name):
    def on_change(_, partitions):
        emit(event=name, partitions=[f"{place.topic}-{place.partition}" for place in partitions])

    return on_change


def main():
    plan = json.loads(sys.argv[1])
    consumer = Consumer(
        {
            "bootstrap.servers": plan["bootstrap"],
            "group.id": plan["group"],
            "auto.offset.reset": "earliest",
            **plan["config"],
        }
    )
    topics = [plan["pattern"]] if plan.get("pattern") else plan["topics"]
    consumer.subscribe(topics, on_assign=report("assigned"), on_revoke=report("revoked"), on_lost=report("lost"))
    while not select.select([sys.stdin], [], [], 0)[0]:
        message = consumer.poll(0.2)
        if message is None:
            continue
        if message.error():
            raise KafkaException(message.error())
        emit(
            event="record",
            topic=message.topic(),
            partition=message.partition(),
            offset=message.offset(),
            value=message.value().decode(),
        )
    consumer.close()
    emit(event="closed")


if __name__ == "__main__":
    main()
