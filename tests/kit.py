"""What the server tests share: a small playbook, a scripted provider, a worker, and waiting for a state."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NoReturn

import pytest
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from leadbraid.errors import ProviderError
from leadbraid.intake import submit
from leadbraid.mail.outbox import OutboxFolder
from leadbraid.mail.transport import Commit, Handed
from leadbraid.models import (
    Answer,
    Brief,
    CompanyNote,
    CriterionResult,
    Disagreement,
    Draft,
    DraftingTask,
    Evidence,
    Fact,
    FitRiskTask,
    Flag,
    Judgement,
    JudgeTask,
    Lead,
    Made,
    Outcome,
    Playbook,
    Qualification,
    QualificationTask,
    Quote,
    ResearchTask,
    RiskReport,
    Severity,
    State,
    Status,
    Stream,
    StreamWork,
    Tone,
    Verdict,
)
from leadbraid.models.playbook import (
    Criterion,
    Product,
    ProductFact,
    QualificationRules,
    ReplyPattern,
    ReviewPolicy,
    Step,
    StepRule,
    StepWhen,
)
from leadbraid.plan import SHIPPED
from leadbraid.settings import Settings
from leadbraid.sources.documents import Passage

_numbers = itertools.count(1)
_started: list[WorkflowHandle[Any, Any]] = []
WAIT = 60.0
"""Seconds any state may take to come before a test gives up."""


HISTORIES = Path(__file__).parent / "replay" / "histories"
GOLDEN_LEADS = sorted(
    file.stem
    for file in HISTORIES.glob("*.json")
    if "." not in file.stem and file.stem not in ("notice", "archive_closed")
)
"""The golden histories that are of leads; `<name>.<more>.json` are the other runs and the deliveries of one."""


def lacking(what: str) -> NoReturn:
    """Skip by name on a machine that lacks something; in CI that is a failure."""
    if os.environ.get("LEADBRAID_TEST_REQUIRE") == "all":
        pytest.fail(f"LEADBRAID_TEST_REQUIRE=all, but this machine lacks {what}")
    pytest.skip(f"this machine lacks {what}")


def a_lead(message: str = "We have 120 employees. Could we talk about your product?", **fields: Any) -> Lead:
    """A lead; each call gives another one."""
    number = next(_numbers)
    defaults = {"email": "kim@example.com", "name": "Kim Doe", "event_id": f"test-{number}-{id(object())}"}
    return Lead(message=message, **(defaults | fields))


def a_playbook(plan: str = "parallel", **fields: Any) -> Playbook:
    """A small playbook whose policy replies to qualified leads, and declines the rest without a word."""
    defaults: dict[str, Any] = {
        "name": "Test",
        "product": Product(name="Widget", summary="A widget.", facts=(ProductFact(id="runs", text="Widget runs."),)),
        "ideal_customer": QualificationRules(criteria=(Criterion(id="size", question="Large enough?"),)),
        "reply_patterns": (ReplyPattern(id="plain", subject="Your enquiry", body="Thank you for writing."),),
        "next_step_policy": (
            StepRule(when=StepWhen(verdict=(Verdict.QUALIFIED,)), then=Step.REPLY_NOW),
            StepRule(when=StepWhen(verdict=(Verdict.NOT_QUALIFIED,)), then=Step.NURTURE),
            StepRule(then=Step.HAND_TO_SPECIALIST),
        ),
        "review": ReviewPolicy(),
        "stream_plan": SHIPPED[plan],
    }
    return Playbook(**(defaults | fields))


@dataclass
class ScriptedProvider:
    """Answers as told. ``fails`` names streams that give up; ``gate`` holds streams back until it is set.

    Every draft differs from the one before, so that no test can pass by two texts being alike.
    """

    name: str = "scripted"
    qualified: bool = True
    flag: Severity | None = None
    promise: str = ""
    fails: frozenset[Stream] = frozenset()
    gate: asyncio.Event | None = None
    calls: list[Any] = field(default_factory=list)
    drafts: int = 0

    async def _work(self, stream: Stream, task: Any, output: Any) -> StreamWork:
        self.calls.append((stream, task))
        if self.gate:
            await self.gate.wait()
        if stream in self.fails:
            raise ProviderError(f"{stream.value} is told to fail", code="told", retryable=False)
        return StreamWork(output=output, made=Made(provider=self.name))

    async def qualification(self, task: QualificationTask) -> StreamWork:
        met = CriterionResult(criterion="size", answer=Answer.MET if self.qualified else Answer.MISSED, reason="told")
        verdict = Verdict.QUALIFIED if self.qualified else Verdict.NOT_QUALIFIED
        output = Qualification(verdict=verdict, score=100 if self.qualified else 0, criteria=(met,))
        return await self._work(Stream.QUALIFICATION, task, output)

    async def research(self, task: ResearchTask, passages: tuple[Passage, ...]) -> StreamWork:
        fact = Fact(
            id="f1", kind="headcount", text="the company has people", quote=Quote(source="lead:message", text="We")
        )
        output = CompanyNote(summary="A company.", facts=(fact,), evidence=Evidence.SOME)
        return await self._work(Stream.RESEARCH, task, output)

    async def drafting(self, task: DraftingTask) -> StreamWork:
        promise = "" if task.settle else self.promise
        self.drafts += 1
        number = f" Reference {_letters(self.drafts)}."
        body = f"Hello Kim,\n\nthank you for writing to us and for what you say of your plans.{promise}{number}\n\nThe team"
        output = Draft(subject="Your enquiry", body=body, language="en", tone=Tone.MEASURED)
        return await self._work(Stream.DRAFTING, task, output)

    async def fit_risk(self, task: FitRiskTask) -> StreamWork:
        quote = Quote(source="lead:message", text="We")
        flags = (Flag(code="told", severity=self.flag, text="A told risk", quote=quote),) if self.flag else ()
        return await self._work(Stream.FIT_RISK, task, RiskReport(flags=flags))


USED = Made(
    provider="scripted", model="m-1", calls=1, tokens_in=100, tokens_out=10, cost=Decimal("0.01"), currency="EUR"
)


@dataclass
class ModelProvider(ScriptedProvider):
    """Answers as a model does, and judges as told: one judgement after the other, the last one again and again."""

    judgements: list[tuple[Disagreement, ...]] = field(default_factory=lambda: [()])
    judge_fails_after: int = 1_000
    failures: dict[Stream, list[ProviderError]] = field(default_factory=dict)
    judged: list[Mapping[Stream, str]] = field(default_factory=list)

    async def _work(self, stream: Stream, task: Any, output: Any) -> StreamWork:
        if waiting := self.failures.get(stream):
            raise waiting.pop(0)
        work = await super()._work(stream, task, output)
        return work.model_copy(update={"made": USED})

    async def judge(self, task: JudgeTask, sides: Mapping[Stream, str]) -> Judgement:
        self.judged.append(sides)
        if len(self.judged) > self.judge_fails_after:
            raise ProviderError("the judge is told to fail", code="told", retryable=False)
        found = self.judgements.pop(0) if len(self.judgements) > 1 else self.judgements[0]
        return Judgement(found=found, made=USED)


def disagreement(words: str) -> Disagreement:
    return Disagreement(
        left=Quote(source="research", text="the company has people"),
        right=Quote(source="drafting", text=words),
        severity=Severity.WARN,
        why="The reply takes for sure what research hardly knows.",
    )


def _letters(number: int) -> str:
    """A number without digits: digits in a draft would be claims."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


@contextlib.asynccontextmanager
async def working(
    client: Client, folder: Path, provider: Any = None, transport: Any = None, **settings: Any
) -> AsyncIterator[ScriptedProvider]:
    """Workers on both task queues."""
    from worker import running_workers

    provider = provider or ScriptedProvider()
    async with running_workers(client, Settings(home=folder, **settings), provider, transport):
        yield provider


async def start_lead(
    client: Client, lead: Lead | None = None, playbook: Playbook | None = None, contact_key: bytes | None = None
) -> WorkflowHandle[Any, Any]:
    """Submit a lead."""
    taken = await submit(client, lead or a_lead(), playbook or a_playbook(), "sales@example.com", contact_key)
    _started.append(client.get_workflow_handle(taken.lead_id))
    return _started[-1]


async def end_leads() -> None:
    """Terminate what is open of the leads that `start_lead` started, and their first deliveries."""
    deliveries = [f"delivery-{handle.id.removeprefix('lead-')}-1" for handle in _started]
    handles = [
        *_started,
        *(one._client.get_workflow_handle(name) for one, name in zip(_started, deliveries, strict=True)),
    ]
    _started.clear()
    # Closed already, or never there: both are what is wanted.
    await asyncio.gather(*(handle.terminate() for handle in handles), return_exceptions=True)


async def status_of(handle: WorkflowHandle[Any, Any]) -> Status:
    """The query `status`."""
    return Status.model_validate(await handle.query("status"))


async def brief_of(handle: WorkflowHandle[Any, Any]) -> Brief:
    """The query `brief`."""
    return Brief.model_validate(await handle.query("brief"))


async def until(condition: Callable[[], Awaitable[Any]], *, seconds: float = WAIT) -> Any:
    """Wait until ``condition`` gives something true, and return it. A worker that is not there yet is waited for."""
    last: Any = None
    async with asyncio.timeout(seconds):
        while True:
            with contextlib.suppress(RPCError):
                last = await condition()
                if last:
                    return last
            await asyncio.sleep(0.05)


async def decide(handle: WorkflowHandle[Any, Any], decision: Any) -> dict[str, Any]:
    """Through the update; returns the verdict."""
    answer = await handle.execute_update("decide", decision)
    assert isinstance(answer, dict)
    return answer


async def refusal(handle: WorkflowHandle[Any, Any], decision: Any) -> str:
    """Through the update, which must fail; returns the rule."""
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await handle.execute_update("decide", decision)
    assert isinstance(caught.value.cause, ApplicationError)
    return caught.value.cause.type or ""


async def refused(handle: WorkflowHandle[Any, Any], count: int = 1) -> Status:
    """Wait until ``count`` refusals show in `status`."""

    async def shown() -> Status | None:
        status = await status_of(handle)
        return status if len(status.refused) + status.refused_more >= count else None

    found = await until(shown)
    assert isinstance(found, Status)
    return found


async def in_state(handle: WorkflowHandle[Any, Any], *states: State, version: int = 0) -> Status:
    """Wait until the lead is in one of ``states``, at ``version`` or later."""

    async def there() -> Status | None:
        status = await status_of(handle)
        return status if status.state in states and status.version >= version else None

    found = await until(there)
    assert isinstance(found, Status)
    return found


def approval(status: Status, **fields: Any) -> dict[str, Any]:
    """An approval of what ``status`` shows."""
    return {"decision": "approve", "reviewer": "ana", "version": status.version, "reply": status.reply} | fields


async def outcome_of(handle: WorkflowHandle[Any, Any]) -> Outcome:
    """Wait for the end."""
    return Outcome.model_validate(await asyncio.wait_for(handle.result(), WAIT))


def mails(folder: Path) -> list[Path]:
    """The files in the outbox."""
    return sorted((folder / "outbox").glob("*.eml"))


async def history_of(handle: WorkflowHandle[Any, Any]) -> list[Any]:
    """All events."""
    return list((await handle.fetch_history()).events)


class Silent(OutboxFolder):
    """An outbox that takes the message and never says so."""

    async def hand_over(self, message: EmailMessage, delivery_id: str, attempt: int, commit: Commit) -> Handed:
        await super().hand_over(message, delivery_id, attempt, commit)
        raise RuntimeError("the line went dead")

    async def look_up(self, delivery_id: str) -> Handed | bool | None:
        return None
