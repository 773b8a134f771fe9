"""Working time: weekends, holidays, short days, clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadbraid.hours import after, zone_names
from leadbraid.models.playbook import Weekday, WorkingHours

BERLIN = WorkingHours(time_zone="Europe/Berlin")
SHORT_FRIDAY = WorkingHours(
    time_zone="Europe/Berlin",
    days={Weekday.MON: "09:00-17:00", Weekday.THU: "09:00-17:00", Weekday.FRI: "09:00-13:00"},
    holidays=(date(2026, 11, 30),),
)
NIGHT = WorkingHours(time_zone="America/New_York", days=dict.fromkeys(Weekday, "00:00-24:00"))


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _span(text: str) -> timedelta:
    days, _, hours = text.partition("d")
    return timedelta(days=int(days), hours=float(hours or 0))


@pytest.mark.parametrize(
    ("hours", "start", "span", "due", "why"),
    [
        (None, "2026-11-27T16:00", "1d", "2026-11-28T16:00", "without working hours all time counts"),
        (BERLIN, "2026-11-24T09:00", "0d4", "2026-11-24T13:00", "within one day"),
        (BERLIN, "2026-11-24T14:00", "0d4", "2026-11-25T10:00", "two hours today, two tomorrow"),
        (BERLIN, "2026-11-27T15:00", "0d4", "2026-11-30T11:00", "over a weekend"),
        (BERLIN, "2026-11-27T14:30", "1d", "2026-11-30T14:30", "a day is a working day"),
        (BERLIN, "2026-11-28T12:00", "0d1", "2026-11-30T09:00", "from a Saturday: counts from Monday"),
        (BERLIN, "2026-11-28T12:00", "1d", "2026-12-01T08:00", "from a Saturday: a working day after Monday morning"),
        (BERLIN, "2026-11-24T20:00", "0d0", "2026-11-25T08:00", "nothing is due at night"),
        (BERLIN, "2026-11-24T09:00", "14d", "2026-12-14T09:00", "two weeks are fourteen working days"),
        (BERLIN, "2026-03-27T15:30", "0d4", "2026-03-30T10:30", "over the clock change: Monday begins an hour earlier"),
        (BERLIN, "2026-03-27T14:00", "1d", "2026-03-30T13:00", "the same time of day, another offset"),
        (BERLIN, "2026-10-23T13:00", "1d", "2026-10-26T14:00", "and back in autumn"),
        (SHORT_FRIDAY, "2026-11-26T15:00", "1d", "2026-11-27T12:00", "Friday closes at one: the nearest time of work"),
        (SHORT_FRIDAY, "2026-11-27T11:30", "0d1", "2026-12-03T08:30", "a holiday on Monday, no work on Tuesday"),
        (NIGHT, "2026-11-01T04:00", "1d", "2026-11-02T05:00", "the long day of the change has 25 hours"),
        (NIGHT, "2026-11-01T04:00", "0d23", "2026-11-02T03:00", "23 hours are 23 hours"),
    ],
)
def test_due_time(hours: WorkingHours | None, start: str, span: str, due: str, why: str) -> None:
    assert after(_utc(start), _span(span), hours) == _utc(due), why


def test_calendar_that_never_opens_is_an_error_not_a_loop() -> None:
    with pytest.raises(ValueError, match="no working hours"):
        after(_utc("2026-11-24T09:00"), timedelta(hours=1), WorkingHours(time_zone="UTC", days={}))


def test_zones_are_those_of_the_pinned_package() -> None:
    assert {"Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires"} <= zone_names()
    with pytest.raises(KeyError):
        after(_utc("2026-11-24T09:00"), timedelta(hours=1), WorkingHours(time_zone="Europe/../Berlin"))


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.timedeltas(timedelta(0), timedelta(days=20)),
    st.timedeltas(timedelta(minutes=1), timedelta(days=3)),
    st.sampled_from((BERLIN, SHORT_FRIDAY, NIGHT)),
)
def test_due_times_are_never_before_the_start_and_keep_their_order(
    start: datetime, span: timedelta, more: timedelta, hours: WorkingHours
) -> None:
    begin = start.replace(tzinfo=UTC)
    due = after(begin, span, hours)
    assert due >= begin
    assert after(begin, timedelta(days=span.days, seconds=span.seconds) + timedelta(days=more.days), hours) >= due
    assert after(begin + more, span, hours) >= due
