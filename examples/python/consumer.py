"""Prints records until it is interrupted."""

from bootstrap import bootstrap
from confluent_kafka import Consumer

consumer = Consumer(
    {
        "bootstrap.servers": bootstrap(),
        "group.id": "orders-consumer",
        "auto.offset.reset": "earliest",
    }
)
consumer.subscribe(["orders"])

try:
    while True:
        message = consumer.poll(1.0)
        if message is None:
            continue
        if message.error():
            print(f"Error: {message.error()}", flush=True)
            continue
        print(f"{message.key().decode()}: {message.value().decode()}", flush=True)
except KeyboardInterrupt:
    pass
finally:
    # Leaves the group, and commits how far it came.
    consumer.close()
