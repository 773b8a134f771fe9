"""A pass over the closed leads: each that has no bundle is given one, and what cannot have one yet is remembered.

What one pass leaves goes to the next as a value; nothing is stored beside Temporal and the bundles themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from leadbraid.audit.archive import Archive
from leadbraid.audit.bundle import Head, make_bundle
from leadbraid.audit.fetching import fetch_runs
from leadbraid.audit.history import Run
from leadbraid.audit.reading import closed
from leadbraid.audit.record import LEAD, in_order
from leadbraid.audit.verify import verify_bytes
from leadbraid.engine.listing import quoted_time
from leadbraid.errors import AuditError, EngineError, LeadbraidError, NotFoundError
from leadbraid.logs import get_logger
from leadbraid.models import ArchiveReport, ArchiveTask, LeftOver
from leadbraid.models.visible import one_line
from leadbraid.signing import SigningKey

OVERLAP = timedelta(hours=1)
"""Temporal's list may be behind; what was listed twice costs one look at the folder."""
LISTED_AT_MOST = 10_000
"""Leads of one window: what closed in years is gone through piece by piece, and each piece in memory is small."""
LEFT_AT_MOST = 500
"""Leads carried from pass to pass. Where more are in trouble, the next pass lists the others anew."""
PASSES_KEPT = timedelta(days=2)
"""How long Temporal keeps the passes themselves. Each takes 22 kB of its database: in ten years 24 GB for nothing."""
FORGOTTEN_AT_ONCE = 20
_WHY = 300
_SHORTEST = timedelta(seconds=1)
_CLOSED = "ExecutionStatus IN ('Completed', 'Failed', 'Canceled', 'Terminated', 'TimedOut')"
_EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)

log = get_logger(__name__)


class StillOpen(LeadbraidError):  # noqa: N818 - nothing is wrong
    """Something of the lead goes on, so its account is not complete."""


@dataclass
class _Pass:
    """How far a pass has come. ``since`` is what the next one begins with; ``stays`` once it must not move on."""

    now: Callable[[], datetime]
    stop_at: datetime
    beat: Callable[[str], None]
    since: datetime | None
    before: dict[str, LeftOver]
    left: list[LeftOver] = field(default_factory=list)
    kept: int = 0
    stays: bool = False

    @property
    def late(self) -> bool:
        return self.now() >= self.stop_at

    def came_to(self, when: datetime) -> None:
        if not self.stays:
            self.since = max(self.since or when, when)

    def leave(self, lead_id: str, why: str, *, failed: bool) -> None:
        """For the next pass: by name, or by listing it again."""
        first = self.before[lead_id].since if lead_id in self.before else self.now()
        if len(self.left) < LEFT_AT_MOST:
            self.left.append(LeftOver(lead_id=lead_id, why=one_line(why, _WHY), failed=failed, since=first))
        else:
            self.stays = True

    def report(self, *, more: bool) -> ArchiveReport:
        return ArchiveReport(since=self.since, left=tuple(self.left), kept=self.kept, more=more)


class Archiver:
    """Given Temporal, the archive and the key that signs."""

    def __init__(self, client: Client, archive: Archive, key: Callable[[], SigningKey]) -> None:
        self._client = client
        self._archive = archive
        self._key = key

    async def archive_closed(
        self, task: ArchiveTask, now: Callable[[], datetime], *, stop_at: datetime, beat: Callable[[str], None]
    ) -> ArchiveReport:
        """One pass: what was left before, then what closed since, the earliest first.

        No lead that cannot be archived keeps another from it. ``beat`` is told each lead's id as it begins.

        Raises:
            RPCError: Temporal's list does not answer.
        """
        self._archive.tidy()
        await self._forget_passes(now() - PASSES_KEPT)
        this = _Pass(now, stop_at, beat, task.since, {one.lead_id: one for one in task.left})
        for one in task.left:
            if this.late:
                this.left.append(one)
            else:
                await self._try(this, one.lead_id)
        position, end = task.since - OVERLAP if task.since else None, False
        while not (end or this.late):
            until = await self._until(position, now())
            for lead_id, closed_at in await self._without_bundle(position, until):
                if this.late:
                    return this.report(more=True)
                if lead_id not in this.before:
                    await self._try(this, lead_id)
                this.came_to(closed_at)
            position, end = until, until is None
            if until:
                this.came_to(until)
        return this.report(more=not end)

    # --- which ---------------------------------------------------------------------------------------------------

    async def _until(self, since: datetime | None, now: datetime) -> datetime | None:
        """The end of a window that begins there and is not too large; None where all that is left is one."""
        begins, ends = since or _EARLIEST, now
        if (await self._client.count_workflows(_query(since, None))).count <= LISTED_AT_MOST:
            return None
        while ends - begins > _SHORTEST:
            ends = begins + (ends - begins) / 2
            if (await self._client.count_workflows(_query(since, ends))).count <= LISTED_AT_MOST:
                break
        return max(ends, begins + _SHORTEST)

    async def _without_bundle(self, since: datetime | None, until: datetime | None) -> list[tuple[str, datetime]]:
        """Leads of that window that have no bundle of their newest run, with the time they closed, in its order."""
        listed = [
            (found.id, found.close_time)
            async for found in self._client.list_workflows(_query(since, until), page_size=1000)
            if found.close_time and not self._archive.has(found.id, found.run_id)
        ]
        return sorted(listed, key=lambda one: (one[1], one[0]))

    async def _forget_passes(self, until: datetime) -> None:
        """Delete passes that ended before. Each pass brings one and may take twenty; nobody needs them."""
        query = f"WorkflowType='ArchiveClosed' AND ExecutionStatus!='Running' AND CloseTime < {quoted_time(until)}"
        try:
            async for found in self._client.list_workflows(query, limit=FORGOTTEN_AT_ONCE):
                execution = WorkflowExecution(workflow_id=found.id, run_id=found.run_id)
                request = DeleteWorkflowExecutionRequest(namespace=self._client.namespace, workflow_execution=execution)
                await self._client.workflow_service.delete_workflow_execution(request)
        except RPCError as error:  # not allowed to, say: they are in nobody's way
            log.warning("old_passes_kept", reason=error.status.name)

    # --- one lead --------------------------------------------------------------------------------------------------

    async def _try(self, this: _Pass, lead_id: str) -> None:
        this.beat(lead_id)
        try:
            this.kept += await self.archive(lead_id, this.now())
        except StillOpen as error:
            this.leave(lead_id, str(error), failed=False)
        except LeadbraidError as error:
            log.warning("lead_not_archived", lead_id=lead_id, error=error.code)
            this.leave(lead_id, str(error), failed=True)
        except Exception as error:  # one lead that nobody thought of must not end the archive of all others
            log.error("lead_not_archived", lead_id=lead_id, error=type(error).__name__)
            this.leave(lead_id, f"unforeseen: {type(error).__name__}; please report it", failed=True)

    async def archive(self, lead_id: str, now: datetime) -> bool:
        """Keep the lead's bundle; false where it has one, was reset and is open again, or is gone from Temporal.

        Raises:
            StillOpen: A delivery of it has not ended.
            AuditError: No bundle can be made or kept.
            EngineError: Temporal does not answer.
        """
        try:
            described = await self._client.get_workflow_handle(lead_id).describe()
            if described.status is WorkflowExecutionStatus.RUNNING or self._archive.has(lead_id, described.run_id):
                return False
            runs = await fetch_runs(self._client, lead_id)
        except (NotFoundError, RPCError) as error:
            if isinstance(error, RPCError) and error.status is not RPCStatusCode.NOT_FOUND:
                raise EngineError(f"Temporal does not tell of {lead_id}: {error.message}.") from None
            log.warning("lead_gone_before_it_was_archived", lead_id=lead_id)
            return False
        if _reopened(runs):
            return False
        _require_ended(runs)
        bundle, head = await asyncio.to_thread(proved_bundle, runs, now, self._key())
        new = self._archive.keep(lead_id, described.run_id, bundle)
        if new:
            log.info("lead_archived", lead_id=lead_id, head=head.digest, key=head.key)
        return new


def proved_bundle(runs: list[Run], now: datetime, key: SigningKey) -> tuple[bytes, Head]:
    """A bundle that verifies. One that does not would be found out in years, when the histories are gone."""
    bundle, head = make_bundle(runs, archived_at=now, key=key)
    verified = verify_bytes("the bundle just made", bundle, (), (key.public,))
    if verified.level != "unchanged":
        why = "; ".join(verified.findings[:3]) or f"it is {verified.level}"
        raise AuditError(f"its bundle does not verify: {why}")
    return bundle, head


def _query(since: datetime | None, until: datetime | None) -> str:
    parts = [f"WorkflowType='{LEAD}'", _CLOSED]
    parts += [f"CloseTime >= {quoted_time(since)}"] if since else []
    parts += [f"CloseTime < {quoted_time(until)}"] if until else []
    return " AND ".join(parts)


def _reopened(runs: list[Run]) -> bool:
    """Reset in the moment between two questions; its next end brings it here again."""
    return any(closed(run)[0] == "open" for run in runs if run.workflow_type == LEAD)


def _require_ended(runs: list[Run]) -> None:
    for run in in_order(run for run in runs if run.workflow_type != LEAD):
        if closed(run)[0] == "open":
            raise StillOpen(f"{run.workflow_id} has not ended: settle it first")
