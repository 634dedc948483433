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
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        await seek(consumer, step["from"], places, ends)
        positions = {place: await consumer.position(place) for place in places}
        while any(positions[place] < ends[place] for place in places):
            for place, records in (await consumer.getmany(timeout_ms=500)).items():
                for record in records:
                    scenario.received(
                        *(number, record.partition, record.offset, record.timestamp),
                        *(record.key, record.value, record.headers),
                    )
                    positions[place] = record.offset + 1


async def seek(consumer, start, places, ends):
    if "offset" in start:
        for place in places:
            consumer.seek(place, start["offset"])
    elif "timestamp" in start:
        found = await consumer.offsets_for_times({place: start["timestamp"] for place in places})
        for place in places:
            consumer.seek(place, found[place].offset if found.get(place) else ends[place])
    else:
        await consumer.seek_to_beginning(*places)


async def main():
    bootstrap, steps = scenario.steps()
    for number, step in steps:
        run = {"produce": produce, "consume": consume}[step["op"]](bootstrap, number, step)
        await asyncio.wait_for(run, scenario.DEADLINE_SECONDS)


if __name__ == "__main__":
    asyncio.run(main())
