"""Small readings of single events: times, values of payloads, failures, who did it."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.enums.v1 import TimeoutType
from temporalio.api.failure.v1 import Failure as TemporalFailure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.contrib.pydantic import pydantic_data_converter

from leadbraid.audit.schema import Failure, Place


def time_of(stamp: Timestamp) -> datetime:
    """In UTC, to the microsecond."""
    return stamp.ToDatetime(UTC)


def place_of(run_id: str, event: HistoryEvent) -> Place:
    """Where in the histories it stands."""
    return Place(run_id=run_id, event_id=event.event_id, at=time_of(event.event_time))


DEEPEST = 100
"""Levels of nesting that are told. No value of ours has ten, and deeper ones cannot be written again."""


def value_of(payload: Payload) -> Any:
    """What a payload holds. What is not JSON is told by its encoding and digest only."""
    encoding = payload.metadata.get("encoding", b"").decode("utf-8", "replace")
    if encoding.startswith("json/"):
        try:
            return _carried(json.loads(payload.data), DEEPEST)
        except (ValueError, RecursionError):
            encoding = f"{encoding}, unreadable"
    if encoding == "binary/null":
        return None
    return {"encoding": encoding, "sha256": sha256(payload.data).hexdigest()}


def _carried(value: Any, levels: int) -> Any:
    """``value`` as the record can carry it, whoever sent it: in UTF-8 there is no half of a surrogate pair, in JSON no
    number that is none."""
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode()
        case float() if not math.isfinite(value):
            return repr(value)
        case list() | dict() if not levels:
            return "… nested too deeply to be told"
        case list():
            return [_carried(one, levels - 1) for one in value]
        case dict():
            return {_carried(name, levels): _carried(one, levels - 1) for name, one in value.items()}
    return value


def values_of(payloads: Payloads) -> list[Any]:
    """What all of them hold."""
    return [value_of(payload) for payload in payloads.payloads]


def first_of(payloads: Payloads) -> Any:
    """What the only one holds; None where there is none."""
    return next(iter(values_of(payloads)), None)


def digest_of(payloads: Payloads) -> str:
    """SHA-256 over the bytes of a single payload; empty where there is none."""
    return sha256(payloads.payloads[0].data).hexdigest() if payloads.payloads else ""


def readable(payloads: Sequence[Payload]) -> bool:
    """Whether the SDK hands a signal with these over. One that it cannot decode is dropped, with a line in its log."""
    try:
        pydantic_data_converter.payload_converter.from_payloads(payloads)
    except Exception:  # whatever the SDK's converters raise, it drops the signal
        return False
    return True


def failure_of(failure: TemporalFailure) -> Failure:
    """What was raised, at the root of it; where attributes are encoded, from what they were decoded to."""
    while failure.HasField("cause") and not failure.HasField("application_failure_info"):
        failure = failure.cause
    encoded = value_of(failure.encoded_attributes) if failure.HasField("encoded_attributes") else None
    message = str(encoded.get("message", "")) if isinstance(encoded, dict) else failure.message
    if failure.HasField("timeout_failure_info"):
        kind = TimeoutType.Name(failure.timeout_failure_info.timeout_type).removeprefix("TIMEOUT_TYPE_")
        return Failure(type=f"timeout: {kind.lower()}", message=message)
    return Failure(type=failure.application_failure_info.type, message=message)


def summary_of(event: HistoryEvent) -> str:
    """The summary that our code gave it; empty where there is none."""
    found = value_of(event.user_metadata.summary) if event.user_metadata.HasField("summary") else ""
    return found if isinstance(found, str) else ""
