"""A load program (see ../README.md) with confluent-kafka (librdkafka). Ends when a line comes on stdin."""

import json
import select
import sys

from confluent_kafka import Consumer, KafkaException, Producer

FLUSH_SECONDS = 180


def emit(**event):
    print(json.dumps(event), flush=True)


def stopping():
    return bool(select.select([sys.stdin], [], [], 0)[0])


def on_error(error):
    # Others are for information: the library goes on.
    if error.fatal():
        emit(event="error", error=str(error))


def produce(plan):
    producer = Producer({"bootstrap.servers": plan["bootstrap"], "error_cb": on_error, **plan["config"]})

    def delivered(partition, sequence):
        def report(error, message):
            sent = {"partition": partition, "first": sequence, "count": 1}
            if error:
                emit(event="failed", **sent, error=str(error))
            else:
                emit(event="acked", **sent, offset=message.offset())

        return report

    sequences = [0] * plan["partitions"]
    number = 0
    while not stopping():
        partition, count = number % plan["partitions"], 1 + number % 4
        number += 1
        first = sequences[partition]
        sequences[partition] += count
        emit(event="sent", partition=partition, first=first, count=count)
        for sequence in range(first, first + count):
            key = f"{plan['name']}:{partition}:{sequence}"
            value = f"{key} {'x' * (sequence % 200)}"
            report = delivered(partition, sequence)
            producer.produce(plan["topic"], key=key, value=value, partition=partition, on_delivery=report)
        producer.poll(plan["intervalMs"] / 1000)
    producer.flush(FLUSH_SECONDS)


def consume(plan):
    def report(name):
        def on_change(_, partitions):
            emit(event=name, partitions=[place.partition for place in partitions])

        return on_change

    consumer = Consumer(
        {
            "bootstrap.servers": plan["bootstrap"],
            "group.id": plan["group"],
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "error_cb": on_error,
            **plan["config"],
        }
    )
    consumer.subscribe(
        [plan["topic"]], on_assign=report("assigned"), on_revoke=report("revoked"), on_lost=report("lost")
    )
    while not stopping():
        messages = consumer.consume(500, 0.2)
        for message in messages:
            if message.error():
                raise KafkaException(message.error())
            value = message.value().decode()
            emit(event="records", partition=message.partition(), offset=message.offset(), values=[value])
        if messages:
            commit(consumer, {message.partition(): message.offset() + 1 for message in messages})
    consumer.close()


def commit(consumer, offsets):
    try:
        consumer.commit(asynchronous=False)
        emit(event="commit", offsets=offsets, outcome="ok")
    except KafkaException as error:
        emit(event="commit", offsets=offsets, outcome="unknown", error=str(error))


if __name__ == "__main__":
    plan = json.loads(sys.argv[1])
    {"produce": produce, "group": consume}[plan["role"]](plan)
    emit(event="closed")
