"""A member of a consumer group (see ../README.md), with aiokafka. Leaves when a line comes on stdin."""

import asyncio
import sys

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener

import member


class Listener(ConsumerRebalanceListener):
    def on_partitions_assigned(self, assigned):
        member.changed("assigned", assigned)

    def on_partitions_revoked(self, revoked):
        member.changed("revoked", revoked)


async def main():
    plan = member.plan()
    consumer = AIOKafkaConsumer(
        bootstrap_servers=plan["bootstrap"],
        group_id=plan["group"],
        auto_offset_reset="earliest",
        **plan["config"],
    )
    consumer.subscribe(plan["topics"], listener=Listener())
    await consumer.start()
    told_to_leave = asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    while not told_to_leave.done():
        for records in (await consumer.getmany(timeout_ms=200)).values():
            for record in records:
                member.received(record)
    await consumer.stop()
    member.closed()


if __name__ == "__main__":
    asyncio.run(main())
