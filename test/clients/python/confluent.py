"""Runs a scenario with confluent-kafka (librdkafka)."""

import time

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Producer, TopicPartition

import scenario


def produce(bootstrap, number, step):
    config = {"bootstrap.servers": bootstrap, **step.get("config", {})}
    if "codec" in step:
        config["compression.type"] = step["codec"]
    failures = []

    def delivered(index):
        def report(error, message):
            if error:
                failures.append(error)
            else:
                scenario.acked(number, index, message.partition(), message.offset())

        return report

    producer = Producer(config)
    for index, record in enumerate(step["records"]):
        placement = {name: record[name] for name in ("partition", "timestamp") if record.get(name) is not None}
        producer.produce(
            step["topic"],
            key=scenario.to_bytes(record.get("key")),
            value=scenario.to_bytes(record.get("value")),
            headers=scenario.headers_of(record),
            on_delivery=delivered(index),
            **placement,
        )
        producer.poll(0)
    left = producer.flush(scenario.DEADLINE_SECONDS)
    if failures or left:
        raise SystemExit(f"{left} records undelivered, failures: {failures}")


def consume(bootstrap, number, step):
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            # The library wants a name; nothing is joined and nothing is committed.
            "group.id": "unused",
            "enable.auto.commit": False,
            **step.get("config", {}),
        }
    )
    places = [TopicPartition(step["topic"], partition) for partition in step["partitions"]]
    bounds = {place.partition: consumer.get_watermark_offsets(place, timeout=10) for place in places}
    for place in starting_places(consumer, step["from"], places):
        low, end = bounds[place.partition]
        first = low if place.offset == OFFSET_BEGINNING else end if place.offset < 0 else place.offset
        bounds[place.partition] = (first, end)
    consumer.assign([TopicPartition(step["topic"], p, first) for p, (first, _) in bounds.items()])
    remaining = {partition: end for partition, (first, end) in bounds.items() if first < end}
    deadline = time.monotonic() + scenario.DEADLINE_SECONDS
    while remaining:
        message = consumer.poll(0.5)
        if time.monotonic() > deadline:
            raise SystemExit(f"the end was not reached: {remaining}")
        if message is None:
            continue
        if message.error():
            raise KafkaException(message.error())
        report(number, message)
        if message.offset() + 1 >= remaining[message.partition()]:
            del remaining[message.partition()]
    consumer.close()


def starting_places(consumer, start, places):
    if "offset" in start:
        return [TopicPartition(place.topic, place.partition, start["offset"]) for place in places]
    if "timestamp" in start:
        asked = [TopicPartition(place.topic, place.partition, start["timestamp"]) for place in places]
        return consumer.offsets_for_times(asked, timeout=10)
    return [TopicPartition(place.topic, place.partition, OFFSET_BEGINNING) for place in places]


def report(number, message):
    _, timestamp = message.timestamp()
    scenario.received(
        number, message.partition(), message.offset(), timestamp, message.key(), message.value(), message.headers()
    )


if __name__ == "__main__":
    bootstrap, steps = scenario.steps()
    for number, step in steps:
        {"produce": produce, "consume": consume}[step["op"]](bootstrap, number, step)
