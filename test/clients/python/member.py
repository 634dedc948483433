"""Reads what a member of a consumer group is told to do and prints what happens (see ../README.md)."""

import json
import sys


def plan():
    return json.loads(sys.argv[1])


def changed(event, partitions):
    emit(event=event, partitions=[f"{place.topic}-{place.partition}" for place in partitions])


def received(record):
    emit(
        event="record",
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        value=record.value.decode(),
    )


def closed():
    emit(event="closed")


def emit(**event):
    print(json.dumps(event), flush=True)
