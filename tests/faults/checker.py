"""Decides whether a run held. It knows the leads that were accepted, the outbox folder, and what Temporal tells of them.

It asks no query of ours and computes the digest of a mail itself, so that one mistake cannot hide another.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from faults.ground import PATIENCE
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from leadbraid.models import Outcome, State
from workflows.archive import ArchiveClosed
from workflows.delivery import Delivery
from workflows.lead_followup import LeadFollowUp
from workflows.notice import Notice

ATTEMPTS = 3
"""A workflow task that is tried more often than that when the fault is over is stuck."""
PROGRESS = 0.95
"""Of the healthy leads this share must have been sent, else the run proves nothing."""
ENDED_BY_HAND = (WorkflowExecutionStatus.TERMINATED, WorkflowExecutionStatus.CANCELED)


@dataclass(frozen=True)
class Accepted:
    """A lead that Temporal took. ``healthy``: nothing stood against its reply for good.

    ``by_hand``: somebody terminated or reset it, so it may have more than one run, or end without an outcome.
    """

    lead_id: str
    healthy: bool = True
    by_hand: bool = False


@dataclass
class Verdict:
    """What was counted, and every breach in one sentence."""

    leads: int = 0
    mails: int = 0
    healthy: int = 0
    sent: int = 0
    replayed: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, other: Verdict) -> None:
        """Take in another run's verdict."""
        for name in ("leads", "mails", "healthy", "sent", "replayed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.problems += other.problems


@dataclass
class _Seen:
    """What Temporal tells of one lead: its runs in the list, its latest status, and its end where it has one."""

    runs: list[WorkflowExecution]
    status: WorkflowExecutionStatus | None
    state: str
    task_attempt: int
    outcome: Outcome | None = None
    approved: set[str] = field(default_factory=set)


async def check(
    client: Client, accepted: Iterable[Accepted], outbox: Path, code: type[LeadFollowUp] = LeadFollowUp
) -> Verdict:
    """Look at everything after a run, when the fault is over. ``code`` is what every history must replay against."""
    leads = {lead.lead_id: lead for lead in accepted}
    listed = await _listed(client, set(leads))
    mails = _mails(outbox)
    verdict = Verdict(leads=len(leads), mails=sum(len(found) for found in mails.values()))
    strangers = sorted(set(listed) - set(leads))
    verdict.problems += [f"{one} is in Temporal, but nobody was told that it was taken" for one in strangers]
    verdict.problems += [f"a mail of {one} is there, which nobody submitted" for one in sorted(set(mails) - set(leads))]
    for lead in leads.values():
        verdict.healthy += lead.healthy
        seen = await _look(client, lead.lead_id, listed.get(lead.lead_id, []))
        if seen is None:
            verdict.problems.append(f"{lead.lead_id} was taken and is lost")
            continue
        verdict.problems += [f"{lead.lead_id} {what}" for what in _breaches(lead, seen, mails[lead.lead_id])]
        verdict.sent += lead.healthy and bool(seen.outcome and seen.outcome.state is State.SENT)
    verdict.problems += await _stuck_deliveries(client)
    await _replay(client, verdict, code)
    if verdict.sent < PROGRESS * verdict.healthy:
        verdict.problems.append(f"no progress: {verdict.sent} of {verdict.healthy} healthy leads were sent")
    return verdict


# --- what Temporal tells -------------------------------------------------------------------------------------------


async def _listed(client: Client, wanted: set[str]) -> dict[str, list[WorkflowExecution]]:
    """Every run of every lead. The list follows the truth with a delay, so it is given a moment."""
    found: dict[str, list[WorkflowExecution]] = {}
    for _ in range(20):
        found = defaultdict(list)
        async for run in client.list_workflows("WorkflowType = 'LeadFollowUp'"):
            found[run.id].append(run)
        if set(found) >= wanted:
            break
        await asyncio.sleep(0.25)
    return found


async def _stuck_deliveries(client: Client) -> list[str]:
    found = []
    async for run in client.list_workflows("WorkflowType = 'Delivery' AND ExecutionStatus = 'Running'"):
        described = await client.get_workflow_handle(run.id).describe()
        if described.raw_description.pending_workflow_task.attempt > ATTEMPTS:
            found.append(f"{run.id} is stuck")
    return found


async def _look(client: Client, lead_id: str, runs: list[WorkflowExecution]) -> _Seen | None:
    if not runs:
        return None
    found = await client.get_workflow_handle(lead_id).describe()
    state = next((str(pair.value) for pair in found.typed_search_attributes if pair.key.name == "LeadState"), "")
    seen = _Seen(runs, found.status, state, found.raw_description.pending_workflow_task.attempt)
    if found.status is WorkflowExecutionStatus.COMPLETED:
        seen.outcome = Outcome.model_validate(await client.get_workflow_handle(lead_id).result())
    for run in runs:
        seen.approved |= await _approved(client, run)
    return seen


async def _approved(client: Client, run: WorkflowExecution) -> set[str]:
    """The digests that a person approved, through whichever door, as the history has it."""
    history = await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
    decisions = [decision for _, decision in decisions_in(history)]
    return {str(one.get("reply")) for one in decisions if one.get("decision") == "approve" and one.get("reply")}


def decisions_in(history: WorkflowHistory) -> list[tuple[int, dict[str, Any]]]:
    """Every decision with its event's number, in the server's order. What is no JSON object is left out."""
    found = []
    for event in history.events:
        signal = event.workflow_execution_signaled_event_attributes
        accepted = event.workflow_execution_update_accepted_event_attributes.accepted_request
        admitted = event.workflow_execution_update_admitted_event_attributes.request
        if event.HasField("workflow_execution_signaled_event_attributes") and signal.signal_name == "review":
            payloads = signal.input.payloads
        else:
            payloads = accepted.input.args.payloads or admitted.input.args.payloads
        try:
            decision = json.loads(payloads[0].data)
        except (IndexError, ValueError, RecursionError):
            continue
        if isinstance(decision, dict):
            found.append((event.event_id, decision))
    return found


# --- what was sent -------------------------------------------------------------------------------------------------


def _mails(outbox: Path) -> dict[str, list[Path]]:
    """The mails of each lead: a delivery's name holds the lead's."""
    found: dict[str, list[Path]] = defaultdict(list)
    for mail in sorted(outbox.glob("*.eml")):
        found["lead-" + mail.stem.split("-")[1]].append(mail)
    return found


def digests_of(mail: Path) -> set[str]:
    """What the digest of a mail's text can be: a message ends with a line end, the approved text need not."""
    message = message_from_bytes(mail.read_bytes(), policy=default)
    body = message.get_content().replace("\r\n", "\n")
    texts = (f"{message['To']}\n{message['Subject']}\n\n{one}" for one in (body, body.removesuffix("\n")))
    return {"sha256:" + hashlib.sha256(text.encode()).hexdigest() for text in texts}


# --- what must hold ------------------------------------------------------------------------------------------------


def _breaches(lead: Accepted, seen: _Seen, mails: list[Path]) -> list[str]:
    return [*_not_one_named_lead(lead, seen), *_wrong_mails(seen, mails)]


def _not_one_named_lead(lead: Accepted, seen: _Seen) -> list[str]:
    found = []
    if len(seen.runs) > 1 and not lead.by_hand:
        found.append(f"has {len(seen.runs)} runs")
    if seen.task_attempt > ATTEMPTS:
        found.append(f"is stuck: its workflow task is at attempt {seen.task_attempt}")
    if seen.status is WorkflowExecutionStatus.RUNNING:
        if seen.state not in list(State):
            found.append(f"runs in no named state ({seen.state!r})")
    elif seen.outcome is None and not (lead.by_hand and seen.status in ENDED_BY_HAND):
        found.append(f"ended {seen.status.name if seen.status else 'somehow'}, without an outcome")
    return found


def _wrong_mails(seen: _Seen, mails: list[Path]) -> list[str]:
    outcome, found = seen.outcome, []
    if len(mails) > 1:
        found.append(f"has {len(mails)} mails")
    if outcome and outcome.state is State.SENT and not mails:
        found.append("is called sent, but no mail is there")
    if outcome and outcome.state is not State.SENT and mails:
        found.append(f"ended {outcome.state.value}, but a mail is there")
    for mail in mails:
        digests = digests_of(mail)
        if not digests & seen.approved:
            found.append(f"has the mail {mail.name}, whose text nobody approved")
        told = outcome.reply in digests or any(one in outcome.reason for one in digests) if outcome else True
        if not told or (outcome and not outcome.decided_by):
            found.append(f"has the mail {mail.name}, whose text its outcome does not name ({outcome})")
    return found


def replayer_of(code: type[LeadFollowUp]) -> Replayer:
    """A replayer as fast as the worker."""
    return Replayer(
        workflows=[code, Delivery, Notice, ArchiveClosed],
        data_converter=pydantic_data_converter,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )


async def _replay(client: Client, verdict: Verdict, code: type[LeadFollowUp]) -> None:
    """Every history of the run, deliveries too, against the code as it is."""
    replayer = replayer_of(code)
    async with asyncio.timeout(PATIENCE * 20):
        async with replayer.workflow_replay_iterator(_histories(client)) as results:
            async for result in results:
                verdict.replayed += 1
                if result.replay_failure:
                    verdict.problems.append(f"{result.history.workflow_id} does not replay: {result.replay_failure}")


async def _histories(client: Client) -> AsyncIterator[WorkflowHistory]:
    async for run in client.list_workflows("WorkflowType IN ('LeadFollowUp', 'Delivery')"):
        yield await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
