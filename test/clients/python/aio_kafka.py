"""Runs a scenario with aiokafka."""

import asyncio

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

import scenario


async def produce(bootstrap, number, step):
    config = {**step.get("config", {})}
    if step.get("codec", "none") != "none":
        config["compression_type"] = step["codec"]
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, **config) as producer:
        sent = [
            await producer.send(
                step["topic"],
                key=scenario.to_bytes(record.get("key")),
                value=scenario.to_bytes(record.get("value")),
                headers=scenario.headers_of(record),
                partition=record.get("partition"),
                timestamp_ms=record.get("timestamp"),
            )
            for record in step["records"]
        ]
        for index, metadata in enumerate(await asyncio.gather(*sent)):
            scenario.acked(number, index, metadata.partition, metadata.offset)


async def consume(bootstrap, number, step):
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, **step.get("config", {})) as consumer:
        places = [TopicPartition(step["topic"], partition) for partition in step["partitions"]]
        ends = await consumer.end_offsets(places)
        positions = await starts(consumer, step["from"], places, ends)
        # Nothing is awaited between these, or the library would go to its default place, the end.
        consumer.assign(places)
        for place in places:
            consumer.seek(place, positions[place])
        while any(positions[place] < ends[place] for place in places):
            for place, records in (await consumer.getmany(timeout_ms=500)).items():
                for record in records:
                    scenario.received(
                        *(number, record.partition, record.offset, record.timestamp),
                        *(record.key, record.value, record.headers),
                    )
                    positions[place] = record.offset + 1


async def starts(consumer, start, places, ends):
    if "offset" in start:
        return {place: start["offset"] for place in places}
    if "timestamp" in start:
        found = await consumer.offsets_for_times({place: start["timestamp"] for place in places})
        return {place: found[place].offset if found.get(place) else ends[place] for place in places}
    return await consumer.beginning_offsets(places)


async def main():
    bootstrap, steps = scenario.steps()
    for number, step in steps:
        run = {"produce": produce, "consume": consume}[step["op"]](bootstrap, number, step)
        await asyncio.wait_for(run, scenario.DEADLINE_SECONDS)


if __name__ == "__main__":
    asyncio.run(main())
