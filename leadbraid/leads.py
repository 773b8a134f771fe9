"""The people's side of a lead in Temporal: where it is, what its brief says, and how to decide."""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import BaseModel
from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from leadbraid.engine.attributes import LEAD_ASSIGNEE, LEAD_CONFLICTS, LEAD_DUE, LEAD_RISK, LEAD_SCORE, LEAD_STATE
from leadbraid.engine.checks import require_worker
from leadbraid.engine.listing import quoted_time
from leadbraid.errors import DecisionRefused, EngineError, NotFoundError
from leadbraid.models import Brief, Decision, DecisionVerdict, Lead, LeadStart, Outcome, State, Status
from leadbraid.models.playbook import HANDLE
from leadbraid.signing import SigningKey

ANSWER_TIMEOUT = timedelta(seconds=3)
"""How long a worker may take to answer a question about a lead."""
DECIDE_TIMEOUT = timedelta(seconds=30)
RUNS_FOLLOWED = 3
AGAIN = "Send the same decision again; it counts once."
PEOPLE_NEEDED = (State.IN_REVIEW, State.DELIVERY_UNKNOWN)
M = TypeVar("M", bound=BaseModel)


class LeadHandle:
    """One lead."""

    def __init__(self, client: Client, lead_id: str) -> None:
        self._client = client
        self.lead_id = lead_id
        self._handle = client.get_workflow_handle(lead_id)

    async def describe(self) -> WorkflowExecutionDescription:
        """What Temporal knows of it, without asking a worker.

        Raises:
            NotFoundError: There is no such lead.
        """
        try:
            return await self._handle.describe()
        except RPCError as error:
            if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT):
                raise NotFoundError(
                    f"There is no lead {self.lead_id!r}; `leadbraid queue` lists those that wait."
                ) from None
            raise EngineError(f"Temporal could not be asked about the lead: {error.message}.") from None

    async def status(self) -> Status:
        """Where it is. A closed lead whose worker does not answer is told from its result."""
        status = await self._ask("status", Status)
        assert status is not None
        return status

    async def brief(self) -> Brief | None:
        """The current brief; None while the first one is being made."""
        return await self._ask("brief", Brief)

    async def lead(self) -> Lead:
        """What the person wrote, with all that they wrote since; without a worker only what the workflow began with.

        Raises:
            NotFoundError: There is no such lead.
        """
        await self.describe()
        with contextlib.suppress(RPCError, WorkflowQueryFailedError):
            return Lead.model_validate(await self._handle.query("lead", rpc_timeout=ANSWER_TIMEOUT))
        async for event in self._handle.fetch_history_events(page_size=1):
            payloads = event.workflow_execution_started_event_attributes.input.payloads
            [start] = await self._client.data_converter.decode(payloads, [LeadStart])
            assert isinstance(start, LeadStart)
            return start.lead
        raise NotFoundError(f"Temporal has no history of the lead {self.lead_id} any more.")

    async def outcome(self) -> Outcome | None:
        """How it ended; None while it is open.

        Raises:
            EngineError: It ended in Temporal without a result (terminated, say); says how.
        """
        found = await self.describe()
        if found.status is WorkflowExecutionStatus.RUNNING:
            return None
        try:
            return Outcome.model_validate(await self._handle.result())
        except WorkflowFailureError as error:
            how = found.status.name.lower() if found.status else "closed"
            raise EngineError(f"The lead was {how} in Temporal: {error.cause or error}.") from None

    async def _ask(self, question: str, model: type[M]) -> M | None:
        try:
            answer = await self._handle.query(question, rpc_timeout=ANSWER_TIMEOUT)
        except (RPCError, WorkflowQueryFailedError) as error:
            await self.describe()
            await require_worker(self._client)
            raise EngineError(f"The lead's workflow does not answer: {error}.") from None
        return None if answer is None else model.model_validate(answer)

    async def decide(self, decision: Decision, signer: SigningKey | None = None) -> DecisionVerdict:
        """Send a decision by the update `decide`, and wait for its verdict.

        With a ``signer``, exactly what is sent is signed, for the run that the lead is in now.

        Raises:
            DecisionRefused: With the workflow's reason.
            NotFoundError: There is no such lead.
            EngineError: No worker runs, or Temporal does not answer.
        """
        found = await self.describe()
        if found.status is WorkflowExecutionStatus.RUNNING:
            await require_worker(self._client)
        for _ in range(RUNS_FOLLOWED):
            try:
                return await self._verdict(decision, signer)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise EngineError(f"No verdict came: {error}. {AGAIN}") from None
                # Closed, or a long review has just gone on in a new run.
                if outcome := await self.outcome():
                    raise DecisionRefused(_too_late(outcome), "closed") from None
        raise EngineError(f"The lead goes on in a new run all the time. {AGAIN}")

    async def _verdict(self, decision: Decision, signer: SigningKey | None) -> DecisionVerdict:
        """A closed lead still has the answer to a decision that it was given by this id.

        A signature is made for the run that takes it, so each try signs anew.
        """
        sent = decision.model_dump(mode="json", exclude_defaults=True)
        if signer:
            found = await self.describe()
            assert found.run_id is not None, "a lead that was found has a run"
            sent = signer.signed(sent, self.lead_id, found.run_id)
        try:
            answer = await self._handle.execute_update(
                "decide",
                sent,
                id=decision.decision_id or None,
                rpc_timeout=DECIDE_TIMEOUT,
            )
        except WorkflowUpdateFailedError as error:
            raise _refused(error) from None
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            raise EngineError(f"No verdict came: {error}. {AGAIN}") from None
        return DecisionVerdict.model_validate(answer)


def _too_late(outcome: Outcome) -> str:
    who = f", decided by {outcome.decided_by}" if outcome.decided_by else ""
    return f"Too late: the lead is {outcome.state.label}{who}."


def _refused(error: WorkflowUpdateFailedError) -> DecisionRefused:
    cause = error.cause
    if isinstance(cause, ApplicationError):
        return DecisionRefused(cause.message, cause.type or "refused")
    return DecisionRefused(str(cause or error), "refused")


# --- the queue -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One lead that waits for a person, as Temporal's list has it."""

    lead_id: str
    state: str
    due: datetime | None
    risk: str
    score: int | None
    conflicts: int
    since: datetime
    reminded: bool
    assignee: str = ""
    company: str = ""


_RISKS = ("none", "info", "warn", "blocking")


async def queue(
    client: Client,
    now: datetime,
    limit: int,
    states: tuple[State, ...] = PEOPLE_NEEDED,
    assignee: str = "",
) -> list[Row]:
    """What waits for a person, or the leads in ``states``: by due time to the minute, then by risk.

    The server sorts nothing, and listing thousands takes seconds while counting them takes milliseconds: so it is
    asked how many are due until when, and only those are listed that can be among the first ``limit``.

    Raises:
        EngineError: Temporal's list does not answer.
    """
    if assignee and not re.fullmatch(HANDLE, assignee):
        return []  # nobody's handle
    listing = _Listing(client, states, assignee)
    try:
        rows = await listing.first(limit, now)
    except RPCError as error:
        raise EngineError(f"Temporal's list does not answer: {error.message}.") from None
    return sorted(rows, key=lambda row: (_minute(row.due or now), -_rank(row.risk), row.lead_id))[:limit]


class _Listing:
    """Temporal's list of the open leads in some states."""

    ENDS = tuple(timedelta(hours=hours) for hours in (-24 * 30, -24 * 3, -24, 0, 6, 24, 72, 24 * 14))
    FAR = timedelta(days=3_650)
    ENOUGH = 4
    """So many times more than asked for may be listed: another count costs as much."""

    def __init__(self, client: Client, states: tuple[State, ...], assignee: str) -> None:
        named = ", ".join(f"'{state.value}'" for state in states)
        whose = f" AND LeadAssignee='{assignee}'" if assignee else ""
        self._client = client
        self._query = f"WorkflowType='LeadFollowUp' AND ExecutionStatus='Running' AND LeadState IN ({named}){whose}"

    async def first(self, limit: int, now: datetime) -> list[Row]:
        """The rows among which the first ``limit`` are, and not many more."""
        if await self._count() <= limit * self.ENOUGH:
            return await self._rows()
        now = _minute(now)  # every boundary is a whole minute: within one, the riskiest come first
        ends = [now + end for end in self.ENDS]
        counts = await asyncio.gather(*(self._count(before=end) for end in ends))
        if counts[-1] < limit and await self._count(before=now + self.FAR) < limit:
            return await self._rows()  # leads that are not due at all
        place = next((n for n, count in enumerate(counts) if count >= limit), len(ends))
        earlier = ends[place - 1] if place else now - self.FAR
        later = ends[place] if place < len(ends) else now + self.FAR
        while later - earlier > timedelta(minutes=1):
            middle = _minute(earlier + (later - earlier) / 2)
            count = await self._count(before=middle)
            if limit <= count <= limit * self.ENOUGH:
                return await self._rows(before=middle)
            earlier, later = (middle, later) if count < limit else (earlier, middle)
        return await self._of_one_minute(earlier, later, limit)

    async def _of_one_minute(self, earlier: datetime, later: datetime, limit: int) -> list[Row]:
        """Very many are due at once (a weekend's, say): those due before, and of these the riskiest."""
        rows = await self._rows(before=earlier)
        for risk in reversed(_RISKS):
            if len(rows) < limit:
                rows += await self._rows(since=earlier, before=later, risk=risk, limit=limit - len(rows))
        return rows

    async def _count(self, before: datetime | None = None) -> int:
        return (await self._client.count_workflows(self._query + _due(None, before))).count

    async def _rows(
        self,
        since: datetime | None = None,
        before: datetime | None = None,
        risk: str = "",
        limit: int | None = None,
    ) -> list[Row]:
        query = self._query + _due(since, before) + (f" AND LeadRisk='{risk}'" if risk else "")
        return [await _row(found) async for found in self._client.list_workflows(query, page_size=1000, limit=limit)]


def _due(since: datetime | None, before: datetime | None) -> str:
    parts = [f" AND LeadDue >= {quoted_time(since)}"] if since else []
    return "".join([*parts, f" AND LeadDue < {quoted_time(before)}"] if before else parts)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _rank(risk: str) -> int:
    return _RISKS.index(risk) if risk in _RISKS else 0


async def _row(found: WorkflowExecution) -> Row:
    attributes, memo = found.typed_search_attributes, await found.memo()
    return Row(
        lead_id=found.id,
        state=attributes.get(LEAD_STATE) or "",
        due=attributes.get(LEAD_DUE),
        risk=attributes.get(LEAD_RISK) or "none",
        score=attributes.get(LEAD_SCORE),
        conflicts=attributes.get(LEAD_CONFLICTS) or 0,
        since=found.start_time,
        reminded="reminded" in memo,
        assignee=attributes.get(LEAD_ASSIGNEE) or "",
        company=str(memo.get("company", "")),
    )
