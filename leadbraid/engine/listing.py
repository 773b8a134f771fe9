"""Temporal's list: how a query names a time."""

from __future__ import annotations

from datetime import UTC, datetime


def quoted_time(at: datetime) -> str:
    """A time as a list filter has it, quoted, in UTC to the microsecond."""
    return at.astimezone(UTC).strftime("'%Y-%m-%dT%H:%M:%S.%fZ'")
