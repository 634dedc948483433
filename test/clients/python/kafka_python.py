"""Runs a scenario with kafka-python."""

import time

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

import scenario


def produce(bootstrap, number, step):
    config = {**step.get("config", {})}
    if step.get("codec", "none") != "none":
        config["compression_type"] = step["codec"]
    producer = KafkaProducer(bootstrap_servers=bootstrap, **config)
    sent = [
        producer.send(
            step["topic"],
            key=scenario.to_bytes(record.get("key")),
            value=scenario.to_bytes(record.get("value")),
            headers=scenario.headers_of(record),
            partition=record.get("partition"),
            timestamp_ms=record.get("timestamp"),
        )
        for record in step["records"]
    ]
    for index, future in enumerate(sent):
        metadata = future.get(timeout=scenario.DEADLINE_SECONDS)
        scenario.acked(number, index, metadata.partition, metadata.offset)
    producer.close()


def consume(bootstrap, number, step):
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=None, **step.get("config", {}))
    places = [TopicPartition(step["topic"], partition) for partition in step["partitions"]]
    consumer.assign(places)
    ends = consumer.end_offsets(places)
    seek(consumer, step["from"], places, ends)
    deadline = time.monotonic() + scenario.DEADLINE_SECONDS
    while any(consumer.position(place) < ends[place] for place in places):
        if time.monotonic() > deadline:
            raise SystemExit("the end was not reached")
        for records in consumer.poll(timeout_ms=500).values():
            for record in records:
                scenario.received(
                    *(number, record.partition, record.offset, record.timestamp),
                    *(record.key, record.value, record.headers),
                )
    consumer.close()


def seek(consumer, start, places, ends):
    if "offset" in start:
        for place in places:
            consumer.seek(place, start["offset"])
    elif "timestamp" in start:
        found = consumer.offsets_for_times({place: start["timestamp"] for place in places})
        for place in places:
            consumer.seek(place, found[place].offset if found.get(place) else ends[place])
    else:
        consumer.seek_to_beginning(*places)


if __name__ == "__main__":
    bootstrap, steps = scenario.steps()
    for number, step in steps:
        {"produce": produce, "consume": consume}[step["op"]](bootstrap, number, step)
