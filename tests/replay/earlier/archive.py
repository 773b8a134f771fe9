"""ArchiveClosed: one pass over the closed leads, started by a Temporal Schedule every few minutes."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.archive import ArchiveActivities
    from leadbraid.models import ArchiveReport, ArchiveTask

from workflows.policies import ARCHIVE


@workflow.defn(name="ArchiveClosed")
class ArchiveClosed:
    """What the pass before left is its result, which the schedule hands on: nothing is stored elsewhere."""

    @workflow.run
    async def run(self) -> ArchiveReport:
        """Go on where the last pass that ended came to."""
        last = workflow.get_last_completion_result(ArchiveReport)
        task = ArchiveTask(since=last.since, left=last.left) if last else ArchiveTask()
        return await workflow.execute_activity_method(
            ArchiveActivities.archive_closed, task, summary="Give each closed lead its bundle", **ARCHIVE
        )
