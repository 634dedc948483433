"""A member of a consumer group (see ../README.md), with kafka-python. Leaves when a line comes on stdin."""

import select
import sys

from kafka import ConsumerRebalanceListener, KafkaConsumer

import member


class Listener(ConsumerRebalanceListener):
    def on_partitions_assigned(self, assigned):
        member.changed("assigned", assigned)

    def on_partitions_revoked(self, revoked):
        member.changed("revoked", revoked)


def main():
    plan = member.plan()
    consumer = KafkaConsumer(
        bootstrap_servers=plan["bootstrap"],
        group_id=plan["group"],
        auto_offset_reset="earliest",
        **plan["config"],
    )
    consumer.subscribe(plan["topics"], listener=Listener())
    while not select.select([sys.stdin], [], [], 0)[0]:
        for records in consumer.poll(timeout_ms=200).values():
            for record in records:
                member.received(record)
    consumer.close()
    member.closed()


if __name__ == "__main__":
    main()
