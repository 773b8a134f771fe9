"""The archive: whether its schedule runs, and what it could not keep."""

from __future__ import annotations

from datetime import datetime, timedelta

from temporalio.client import (
    Client,
    ScheduleActionExecutionStartWorkflow,
    WorkflowExecutionStatus,
    WorkflowFailureError,
)
from temporalio.service import RPCError, RPCStatusCode

from leadbraid.doctor.check import Check, ok, warning, wrong
from leadbraid.engine.schedule import EVERY, archive_schedule
from leadbraid.models import ArchiveReport, LeftOver

SETUP = "make it with `leadbraid setup` (`leadbraid up` does for its own server)"
LATE = EVERY * 6
WAITS_LONG = timedelta(days=7)
SHOWN = 3


async def archive_schedule_runs(what: str, client: Client, now: datetime) -> Check:
    """The schedule is there, not paused, and its last pass ended well not long ago; what it left is told."""
    try:
        described = await archive_schedule(client).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return wrong(what, "there is no schedule ArchiveClosed: closed leads are not archived", SETUP)
    if described.schedule.state.paused:
        note = f" ({described.schedule.state.note})" if described.schedule.state.note else ""
        return wrong(
            what,
            f"the schedule ArchiveClosed is paused{note}",
            "`temporal schedule toggle --schedule-id ArchiveClosed --unpause --reason …`",
        )
    recent = described.info.recent_actions
    if not recent:
        return ok(what, "the schedule is there; its first pass comes within minutes")
    action = recent[-1].action
    assert isinstance(action, ScheduleActionExecutionStartWorkflow)
    handle = client.get_workflow_handle(action.workflow_id, run_id=action.first_execution_run_id)
    status, began = (await handle.describe()).status, recent[-1].started_at
    if status is WorkflowExecutionStatus.RUNNING:
        if now - began > LATE:
            return wrong(what, f"a pass has run since {began:%Y-%m-%d %H:%M} UTC", "is a worker running?")
        return ok(what, "a pass is running")
    try:
        report = ArchiveReport.model_validate(await handle.result())
    except WorkflowFailureError as error:
        return wrong(what, f"the last pass failed: {_root(error)}", "put that right; it is tried again")
    if now - began > LATE:
        return warning(
            what,
            f"the last pass was at {began:%Y-%m-%d %H:%M} UTC",
            "look again in some minutes: on a server that has just come back the next one is due",
        )
    return _left(what, report, now)


def _root(error: BaseException) -> BaseException:
    cause = getattr(error, "cause", None)
    return _root(cause) if isinstance(cause, BaseException) else error


def _left(what: str, report: ArchiveReport, now: datetime) -> Check:
    failed = [one for one in report.left if one.failed]
    if failed:
        return wrong(
            what,
            f"{len(failed)} closed leads could not be archived: {_named(failed)}",
            "put that right; each is tried again every few minutes",
        )
    waiting = [one for one in report.left if now - one.since > WAITS_LONG]
    if waiting:
        return warning(
            what,
            f"{len(waiting)} closed leads wait for their delivery: {_named(waiting)}",
            "settle or stop the delivery",
        )
    return ok(what, f"the last pass kept {report.kept} bundles{', and goes on in the next' if report.more else ''}")


def _named(left: list[LeftOver]) -> str:
    more = f" (and {len(left) - SHOWN} more)" if len(left) > SHOWN else ""
    return "; ".join(f"{one.lead_id}: {one.why}" for one in left[:SHOWN]) + more
