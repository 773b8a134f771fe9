"""A pass over the closed leads: each that has no bundle is given one, and what cannot have one yet is remembered.

What one pass leaves goes to the next as a value. The folder notes up to when it has all.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from temporalio.api.common.v1 import WorkflowExecution as Execution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.service import RPCError

from leadbraid.audit.archive import ArchiveFolder
from leadbraid.audit.bundle import Head, make_bundle
from leadbraid.audit.fetching import GONE, fetch_runs
from leadbraid.audit.history import Run
from leadbraid.audit.reading import closed
from leadbraid.audit.record import LEAD, in_order
from leadbraid.audit.verify import verify_bytes
from leadbraid.errors import AuditError, EngineError, LeadbraidError, NotFoundError
from leadbraid.logs import get_logger
from leadbraid.models import ArchiveReport, ArchiveTask, LeftOver
from leadbraid.signing import SigningKey

OVERLAP = timedelta(hours=1)
"""Temporal's list may be behind; what was listed twice costs one look at the folder."""
LEFT_AT_MOST = 500
"""Leads carried from pass to pass. With more in trouble the next pass lists them anew instead."""
PASSES_KEPT = timedelta(days=2)
"""How long Temporal keeps the passes themselves. Each takes 22 kB of its database: in ten years 24 GB for nothing."""
FORGOTTEN_AT_ONCE = 20
_CLOSED = "ExecutionStatus IN ('Completed', 'Failed', 'Canceled', 'Terminated', 'TimedOut')"
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)

log = get_logger(__name__)


class StillOpen(LeadbraidError):  # noqa: N818 - nothing is wrong
    """Something of the lead goes on, so its account is not complete."""


class Archiver:
    """Given Temporal, the archive and the key that signs."""

    def __init__(self, client: Client, folder: ArchiveFolder, key: Callable[[], SigningKey]) -> None:
        self._client = client
        self._folder = folder
        self._key = key

    async def archive_closed(
        self, task: ArchiveTask, now: Callable[[], datetime], *, stop_at: datetime, beat: Callable[[str], None]
    ) -> ArchiveReport:
        """One pass that goes on where the last one came to, or the folder, whichever is less.

        Whatever is wrong with one lead, the others are archived. ``beat`` is told each lead's id as it begins, and
        nothing for each that is listed.

        Raises:
            RPCError: Temporal's list does not answer.
        """
        self._folder.tidy()
        await self._forget_passes(now() - PASSES_KEPT)
        through = self._folder.through()
        since = min(task.since, through) if task.since and through else None
        report = await self._pass(ArchiveTask(since=since, left=task.left), now, stop_at=stop_at, beat=beat)
        if report.since and report.since != through:
            with contextlib.suppress(AuditError):  # what it could not keep is told; not noted, it is looked at again
                self._folder.note_through(report.since)
        return report

    async def archive_all(self, now: Callable[[], datetime], *, beat: Callable[[str], None]) -> ArchiveReport:
        """Every closed lead that Temporal has, at once, whatever was looked at before.

        Raises:
            RPCError: Temporal's list does not answer.
        """
        return await self._pass(ArchiveTask(), now, stop_at=_NEVER, beat=beat)

    async def _pass(
        self, task: ArchiveTask, now: Callable[[], datetime], *, stop_at: datetime, beat: Callable[[str], None]
    ) -> ArchiveReport:
        """The leads that closed first come before the others."""
        before = {one.lead_id: one for one in task.left}
        found = [one for one in await self._without_bundle(task.since, beat) if one[0] not in before]
        queue = [*((lead_id, task.since) for lead_id in before), *found]
        left: list[LeftOver] = []
        since, kept = task.since, 0
        for n, (lead_id, closed_at) in enumerate(queue):
            if now() >= stop_at or len(left) >= LEFT_AT_MOST:
                left += [before[one] for one, _ in queue[n:] if one in before]
                return ArchiveReport(since=since, left=tuple(left), kept=kept, more=True)
            beat(lead_id)
            try:
                kept += await self.archive(lead_id, now())
            except Exception as error:  # a fault of ours, too: it must not keep the others from the archive
                first = before[lead_id].since if lead_id in before else now()
                left.append(_left_over(lead_id, error, first))
            since = max(since or _EARLIEST, closed_at or _EARLIEST)
        return ArchiveReport(since=since, left=tuple(left), kept=kept)

    async def _without_bundle(self, since: datetime | None, beat: Callable[[str], None]) -> list[tuple[str, datetime]]:
        """Leads that closed since then and have no bundle of that run, with the time, the earliest first."""
        after = f" AND CloseTime >= {_stamp(since - OVERLAP)}" if since else ""
        query = f"WorkflowType='{LEAD}' AND {_CLOSED}{after}"
        listed = []
        async for found in self._client.list_workflows(query, page_size=1000):
            beat("")  # the first pass may list a hundred thousand
            if found.close_time and not self._folder.has(found.id, found.run_id):
                listed.append((found.id, found.close_time))
        return sorted(listed, key=lambda one: (one[1], one[0]))

    async def archive(self, lead_id: str, now: datetime) -> bool:
        """Keep the lead's bundle; false where it has one, was reset and is open again, or is gone.

        Raises:
            StillOpen: Something of it has not ended.
            AuditError: No bundle can be made or kept.
            EngineError: Temporal does not answer.
        """
        try:
            newest = await self._newest(lead_id)
            if newest.status is WorkflowExecutionStatus.RUNNING or self._folder.has(lead_id, newest.run_id):
                return False
            runs = await fetch_runs(self._client, lead_id)
        except NotFoundError:
            log.warning("lead_gone_before_it_was_archived", lead_id=lead_id)
            return False
        _require_ended(runs)
        bundle, head = await asyncio.to_thread(_proved, runs, now, self._key())
        new = self._folder.keep(lead_id, newest.run_id, bundle)
        if new:
            log.info("lead_archived", lead_id=lead_id, head=head.digest, key=head.key)
        return new

    async def _forget_passes(self, until: datetime) -> None:
        """Delete passes that ended before. Each pass brings one and may take twenty; nobody needs them."""
        query = f"WorkflowType='ArchiveClosed' AND ExecutionStatus!='Running' AND CloseTime < {_stamp(until)}"
        try:
            async for found in self._client.list_workflows(query, limit=FORGOTTEN_AT_ONCE):
                execution = Execution(workflow_id=found.id, run_id=found.run_id)
                request = DeleteWorkflowExecutionRequest(namespace=self._client.namespace, workflow_execution=execution)
                await self._client.workflow_service.delete_workflow_execution(request)
        except RPCError as error:  # not allowed to, say: they are in nobody's way
            log.warning("old_passes_kept", reason=error.status.name)

    async def _newest(self, lead_id: str) -> WorkflowExecution:
        try:
            return await self._client.get_workflow_handle(lead_id).describe()
        except RPCError as error:
            if error.status in GONE:
                raise NotFoundError(f"Temporal has no lead {lead_id!r}.") from None
            raise EngineError(f"Temporal does not tell of {lead_id}: {error.message}.") from None


def _proved(runs: list[Run], now: datetime, key: SigningKey) -> tuple[bytes, Head]:
    """A bundle that verifies. One that does not would be found out in years, when the histories are gone."""
    bundle, head = make_bundle(runs, archived_at=now, key=key)
    verified = verify_bytes("the bundle just made", bundle, (), (key.public,))
    if verified.level != "unchanged":
        why = "; ".join(verified.findings[:3]) or f"it is {verified.level}"
        raise AuditError(f"Its bundle does not verify: {why}.")
    return bundle, head


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("'%Y-%m-%dT%H:%M:%S.%fZ'")


def _left_over(lead_id: str, error: Exception, since: datetime) -> LeftOver:
    if isinstance(error, LeadbraidError):
        why = str(error)[:900]
    else:  # its words may be a lead's
        why = f"{type(error).__name__}: a fault of this program, which `leadbraid audit {lead_id}` shows"
    return LeftOver(lead_id=lead_id, why=why, failed=not isinstance(error, StillOpen), since=since)


def _require_ended(runs: list[Run]) -> None:
    for run in in_order(runs):
        if closed(run)[0] == "open":
            raise StillOpen(f"{run.workflow_id} has not ended: settle it first")
