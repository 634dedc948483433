"""Writes one record, with the library's default settings, and prints where it went."""

from bootstrap import bootstrap
from confluent_kafka import Producer


def report(error, message):
    if error is not None:
        raise SystemExit(f"not written: {error}")
    print(f"written to {message.topic()}-{message.partition()}@{message.offset()}")


producer = Producer({"bootstrap.servers": bootstrap()})
producer.produce("orders", key="key-1", value="value-1", on_delivery=report)
producer.flush()
