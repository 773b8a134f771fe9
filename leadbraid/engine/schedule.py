"""The Temporal Schedule that has the closed leads archived."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleHandle,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError

from leadbraid.engine.names import TASK_QUEUE
from leadbraid.errors import EngineError

ARCHIVE_SCHEDULE = "ArchiveClosed"
EVERY = timedelta(minutes=5)
CATCH_UP = timedelta(minutes=1)
"""A pass that was missed is not made up for: the next one sees what it would have seen."""


async def ensure_archive_schedule(client: Client) -> bool:
    """Make the schedule, or bring it up to date; true where it is new. A pause that somebody set stays.

    Raises:
        EngineError: Temporal refuses.
    """
    wanted = Schedule(
        action=ScheduleActionStartWorkflow("ArchiveClosed", id="archive-closed", task_queue=TASK_QUEUE),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=EVERY)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
    )
    try:
        await client.create_schedule(ARCHIVE_SCHEDULE, wanted)
    except ScheduleAlreadyRunningError:
        return await _renew(client, wanted)
    except RPCError as error:
        raise EngineError(f"The schedule {ARCHIVE_SCHEDULE} cannot be made: {error.message}.") from None
    return True


async def _renew(client: Client, wanted: Schedule) -> bool:
    def renewed(found: ScheduleUpdateInput) -> ScheduleUpdate:
        wanted.state = found.description.schedule.state
        return ScheduleUpdate(schedule=wanted)

    try:
        await archive_schedule(client).update(renewed)
    except RPCError as error:
        raise EngineError(f"The schedule {ARCHIVE_SCHEDULE} cannot be brought up to date: {error.message}.") from None
    return False


def archive_schedule(client: Client) -> ScheduleHandle:
    """The schedule, whether it is there or not."""
    return client.get_schedule_handle(ARCHIVE_SCHEDULE)
