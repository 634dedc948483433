"""Reads what a client program is told to do and prints what happened (see ../README.md)."""

import json
import sys

DEADLINE_SECONDS = 30


def steps():
    """The bootstrap address and the numbered steps of the scenario given on the command line."""
    scenario = json.loads(sys.argv[1])
    return scenario["bootstrap"], list(enumerate(scenario["steps"]))


def to_bytes(text):
    """The bytes of a JSON string, or of {"repeat": text, "times": count}; None for null."""
    if text is None:
        return None
    if isinstance(text, dict):
        text = text["repeat"] * text["times"]
    return text.encode()


def headers_of(record):
    """The headers of a record to produce, as pairs of name and bytes."""
    return [(name, to_bytes(value)) for name, value in record.get("headers", [])]


def acked(step, index, partition, offset):
    """Tells that a record was acknowledged; offset is None when the library doesn't know it."""
    offset = None if offset is None or offset < 0 else offset
    _emit(event="acked", step=step, index=index, partition=partition, offset=offset)


def received(step, partition, offset, timestamp, key, value, headers):
    """Tells of a record that was read; key, value and the values of headers are bytes or None."""
    _emit(
        event="record",
        step=step,
        partition=partition,
        offset=offset,
        timestamp=timestamp,
        key=_to_text(key),
        value=_to_text(value),
        headers=[[name, _to_text(header)] for name, header in headers or []],
    )


def _to_text(data):
    return None if data is None else data.decode()


def _emit(**event):
    print(json.dumps(event), flush=True)
