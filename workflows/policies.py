"""Every timeout and retry of the workflows, in one table."""

from __future__ import annotations

from datetime import timedelta
from typing import TypedDict

from temporalio.common import RetryPolicy


class ActivityPolicy(TypedDict, total=False):
    """Options of an activity, as the SDK names them."""

    start_to_close_timeout: timedelta
    schedule_to_close_timeout: timedelta
    heartbeat_timeout: timedelta
    retry_policy: RetryPolicy


class LocalPolicy(TypedDict):
    """Options of a local activity, as the SDK names them."""

    start_to_close_timeout: timedelta
    retry_policy: RetryPolicy


STREAM = ActivityPolicy(
    # One call of a model takes up to a minute; the settings cap it at ten.
    start_to_close_timeout=timedelta(minutes=11),
    # All tries and the wait for a free slot: on a busy day a lead may queue behind a limit on model calls.
    schedule_to_close_timeout=timedelta(hours=1),
    # Streams beat while they work, so a killed worker costs seconds, not the whole start-to-close.
    heartbeat_timeout=timedelta(seconds=6),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=1),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(seconds=30),
        maximum_attempts=4,
    ),
)
FALL_BACK = ActivityPolicy(
    # Rules answer in milliseconds; research may read local documents first.
    start_to_close_timeout=timedelta(minutes=1),
    schedule_to_close_timeout=timedelta(minutes=10),
    heartbeat_timeout=timedelta(seconds=6),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=3),
)
JUDGE = ActivityPolicy(
    # The lead waits for it, and can do without it.
    start_to_close_timeout=timedelta(minutes=11),
    schedule_to_close_timeout=timedelta(minutes=15),
    heartbeat_timeout=timedelta(seconds=6),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=1),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(seconds=30),
        maximum_attempts=3,
    ),
)
ASSEMBLE = ActivityPolicy(
    start_to_close_timeout=timedelta(seconds=10),
    schedule_to_close_timeout=timedelta(minutes=10),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=3),
)
TRANSMIT = ActivityPolicy(
    # Longer than all that the activity itself waits for (the lead: 5 s, the commit: 30 s), so that it ends by itself.
    # No heartbeat: a beat that is missed would start a second attempt beside the first.
    start_to_close_timeout=timedelta(seconds=45),
    schedule_to_close_timeout=timedelta(days=1),
    retry_policy=RetryPolicy(maximum_attempts=1),
)
LOOK_UP = ActivityPolicy(
    start_to_close_timeout=timedelta(seconds=30),
    schedule_to_close_timeout=timedelta(minutes=10),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=2), maximum_attempts=5),
)
DELIVERY_OUTCOME = ActivityPolicy(
    # Waits as long as a delivery may last.
    start_to_close_timeout=timedelta(days=30),
    heartbeat_timeout=timedelta(seconds=30),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=100),
)
LOCAL = LocalPolicy(
    start_to_close_timeout=timedelta(seconds=5),
    retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_attempts=5),
)
VERIFY = ActivityPolicy(
    start_to_close_timeout=timedelta(seconds=10),
    schedule_to_close_timeout=timedelta(minutes=1),
    retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=500), maximum_attempts=5),
)
PLAYBOOK = ActivityPolicy(
    start_to_close_timeout=timedelta(seconds=20),
    schedule_to_close_timeout=timedelta(minutes=1),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=3),
)
ARCHIVE = ActivityPolicy(
    # A pass ends by itself after four minutes; a killed worker shows by its heartbeat.
    start_to_close_timeout=timedelta(minutes=10),
    heartbeat_timeout=timedelta(minutes=1),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=10), maximum_attempts=3),
)

DELIVERY_RETRY_FIRST = timedelta(seconds=5)
DELIVERY_RETRY_LONGEST = timedelta(hours=1)
DELIVERY_RETRY_FOR = timedelta(days=3)
"""How long a reply that certainly did not go out is tried again before it goes back to a person."""

REFUSALS_KEPT = 50
"""Refused decisions kept in detail, the newest; the rest is counted, so that no flood of signals grows the state."""
DECISIONS_KEPT = 200
"""Decisions that counted and that `status` shows; the oldest give way, all of them are events in the history."""
DECISIONS_LETTERS = 400_000
"""Letters in all of them together: what `status` answers and a new run carries must stay far below 2 MB."""
KNOWN_KEPT = 200
"""Decision ids that a long review carries into its next run, the newest."""

ENQUIRY_ANSWER = timedelta(seconds=30)
"""How long a new enquiry waits for the open lead of the same person to take its words; then it is a lead of its own."""
WORDS_KEPT = 20
"""Enquiries that attach to one open lead; what comes after is a lead of its own."""

NOTIFY = ActivityPolicy(
    # Starts one workflow. Without it the lead still waits for its person, so it must not hold the lead up.
    start_to_close_timeout=timedelta(seconds=10),
    schedule_to_close_timeout=timedelta(minutes=10),
    retry_policy=RetryPolicy(initial_interval=timedelta(seconds=2), maximum_attempts=5),
)
NOTICE = ActivityPolicy(
    # Longer than a channel waits by itself (20 s), so that it ends with a reason of its own.
    start_to_close_timeout=timedelta(seconds=30),
    # A receiver that is down over night is told in the morning; what is older than a day helps nobody.
    schedule_to_close_timeout=timedelta(days=1),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(seconds=10),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(hours=1),
        # A receiver may ask for shorter waits than ours; this ends a quarrel that would last all day.
        maximum_attempts=100,
    ),
)
