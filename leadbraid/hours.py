"""Working time: when a deadline is that counts only the hours in which people work.

Pure, and called from a local activity only: time zones are data, and a newer tz database must not move the deadline of
a lead that waits. The zones are those of the pinned `tzdata` package, never the machine's, so every worker agrees.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from leadbraid.models.playbook import Weekday, WorkingHours

DAYS_LOOKED_AT = 3_660
"""Ten years: a calendar that never opens again must not be searched for ever."""


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The time zone of that name, from the pinned database.

    Raises:
        KeyError: There is none.
    """
    if name not in zone_names():
        raise KeyError(name)
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Every name in the pinned database."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


def after(start: datetime, duration: timedelta, hours: WorkingHours | None) -> datetime:
    """``duration`` of working time after ``start``, in UTC. Without working hours all time counts.

    The whole days of ``duration`` are working days: the same time of day, or the nearest in which people work. The rest
    are hours in which people work. A start outside of working time counts from when work begins again.

    Raises:
        ValueError: No work is done within ten years from ``start``.
    """
    if hours is None:
        return start + duration
    calendar = Calendar(hours)
    begin = calendar.next_open(start)
    for _ in range(duration.days):
        begin = calendar.same_time_next_day(begin)
    return calendar.add(begin, timedelta(seconds=duration.seconds))


class Calendar:
    """The hours of one team."""

    def __init__(self, hours: WorkingHours) -> None:
        self._zone = zone(hours.time_zone)
        self._spans = {list(Weekday).index(day): _span(text) for day, text in hours.days.items()}
        self._holidays = frozenset(hours.holidays)

    def next_open(self, at: datetime) -> datetime:
        """``at`` itself where people work then, else when they begin again."""
        return max(at.astimezone(UTC), next(begin for begin, end in self._open_from(at) if end > at))

    def same_time_next_day(self, at: datetime) -> datetime:
        """The same time of day on the next working day, or the nearest to it in which people work."""
        local = at.astimezone(self._zone)
        day = local.date() + timedelta(days=1)
        begin, end = next(self._open_from(self._utc(day, time(0))))
        wanted = self._utc(begin.astimezone(self._zone).date(), local.time())
        return min(max(wanted, begin), end)

    def add(self, at: datetime, working: timedelta) -> datetime:
        """``working`` of open time after ``at``."""
        for begin, end in self._open_from(at):
            begin = max(begin, at.astimezone(UTC))
            if end - begin >= working:
                return begin + working
            working -= max(end - begin, timedelta(0))
        raise AssertionError("unreachable: `_open_from` ends with an error")

    def _open_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        first = at.astimezone(self._zone).date()
        for offset in range(DAYS_LOOKED_AT):
            day = first + timedelta(days=offset)
            span = self._spans.get(day.weekday())
            if span and day not in self._holidays:
                begin, end = span
                yield self._utc(day, begin), self._utc(*end_of(day, end))
        raise ValueError("no working hours within ten years; see `review.working_hours`")

    def _utc(self, day: date, at: time) -> datetime:
        """A local time that a clock change leaves out is read as if the clocks had not changed yet (PEP 495)."""
        return datetime.combine(day, at, self._zone).astimezone(UTC)


def end_of(day: date, end: time | None) -> tuple[date, time]:
    """``None`` is midnight at the end of the day."""
    return (day, end) if end else (day + timedelta(days=1), time(0))


def _span(text: str) -> tuple[time, time | None]:
    begin, _, end = text.partition("-")
    return time.fromisoformat(begin), None if end == "24:00" else time.fromisoformat(end)
