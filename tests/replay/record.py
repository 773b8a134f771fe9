"""Record the golden histories: one lead for each path, on the real server.

    make record-histories

Until 1.0 they may be recorded anew when a protocol is changed on purpose; the changelog says so.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import temporalio
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

sys.path.insert(0, str(Path(__file__).parents[1]))

from kit import (
    ModelProvider,
    ScriptedProvider,
    a_lead,
    a_playbook,
    approval,
    brief_of,
    disagreement,
    in_state,
    outcome_of,
    start_lead,
    status_of,
    working,
)
from receiver import KEY, Answer, receiving

from leadbraid.engine import attributes
from leadbraid.engine.names import TASK_QUEUE
from leadbraid.models import Edit, NoticeKind, NoticeTask, Reply, State, Stream
from leadbraid.models.playbook import Approvals, FallBack, OwnerRule, ReviewPolicy

HISTORIES = Path(__file__).parent / "histories"
Handle = WorkflowHandle[Any, Any]
Path_ = Callable[[WorkflowEnvironment, Handle], Awaitable[None]]


async def _decide(handle: Handle, decision: dict[str, Any]) -> None:
    await handle.execute_update("decide", decision)


async def approved(_: WorkflowEnvironment, handle: Handle) -> None:
    await handle.signal("review", approval(await in_state(handle, State.IN_REVIEW)))


async def edited(_: WorkflowEnvironment, handle: Handle) -> None:
    words = Edit(subject="Re: your enquiry", body="Hello Kim,\n\nshall we talk?\n\nAna")
    reply = Reply(recipient="edited@example.com", subject=words.subject, body=words.body)
    status = await in_state(handle, State.IN_REVIEW)
    await _decide(handle, approval(status, edited=words.model_dump(), reply=reply.digest))


async def changes_then_approved(_: WorkflowEnvironment, handle: Handle) -> None:
    await in_state(handle, State.IN_REVIEW)
    await _decide(
        handle, {"decision": "request_changes", "reviewer": "ana", "streams": ["research"], "note": "look again"}
    )
    await _decide(handle, approval(await in_state(handle, State.IN_REVIEW, version=2)))


async def rejected(_: WorkflowEnvironment, handle: Handle) -> None:
    await in_state(handle, State.IN_REVIEW)
    await handle.signal("review", {"decision": "reject", "reviewer": "ana", "reason": "not_a_fit"})


async def without_reply(_: WorkflowEnvironment, handle: Handle) -> None:
    await _decide(handle, approval(await in_state(handle, State.IN_REVIEW), reply=""))


async def step_changed(_: WorkflowEnvironment, handle: Handle) -> None:
    status = await in_state(handle, State.IN_REVIEW)
    await _decide(handle, approval(status, next_step="propose_meeting", note="they asked for a visit"))


async def expired(environment: WorkflowEnvironment, handle: Handle) -> None:
    await environment.fast_forward(handle, timedelta(days=15))
    await environment.fast_forward(handle, timedelta(days=31))


async def escalated_expired_and_reopened(environment: WorkflowEnvironment, handle: Handle) -> None:
    await environment.fast_forward(handle, timedelta(days=15))
    with environment.with_time_skipping_disabled():
        await _decide(handle, {"decision": "reopen", "reviewer": "ana"})
        await _decide(handle, approval(await in_state(handle, State.IN_REVIEW)))
        await outcome_of(handle)


async def assigned_and_noted(_: WorkflowEnvironment, handle: Handle) -> None:
    await _decide(handle, {"decision": "assign", "reviewer": "ana", "assignee": "ben"})
    await _decide(handle, {"decision": "note", "reviewer": "ben", "note": "called them"})
    await approved(_, handle)


async def snoozed(environment: WorkflowEnvironment, handle: Handle) -> None:
    until = datetime.now(UTC) + timedelta(days=2)
    await _decide(handle, {"decision": "snooze", "reviewer": "ana", "until": until.isoformat()})
    await environment.fast_forward(handle, timedelta(days=2, hours=1))
    await approved(environment, handle)


async def held(environment: WorkflowEnvironment, handle: Handle) -> None:
    await _decide(handle, approval(await in_state(handle, State.IN_REVIEW)))
    await _decide(handle, {"decision": "take_back", "reviewer": "ana"})
    await _decide(handle, approval(await in_state(handle, State.IN_REVIEW)))
    await environment.fast_forward(handle, timedelta(minutes=11))


async def two_approvals(_: WorkflowEnvironment, handle: Handle) -> None:
    status = await in_state(handle, State.IN_REVIEW)
    await _decide(handle, approval(status))
    await _decide(handle, approval(status, reviewer="ben"))


async def bad_signature(_: WorkflowEnvironment, handle: Handle) -> None:
    status = await in_state(handle, State.IN_REVIEW)
    with suppress(WorkflowUpdateFailedError):
        await _decide(handle, approval(status, key="k-0123456789abcdef", signature="AAAA"))
    await _decide(handle, approval(status))


async def playbook_refreshed(_: WorkflowEnvironment, handle: Handle) -> None:
    changes = {"decision": "request_changes", "reviewer": "ana", "streams": ["drafting"], "note": "by the new rules"}
    await _decide(handle, changes | {"refresh_playbook": True})
    await in_state(handle, State.IN_REVIEW, version=2)
    await _decide(handle, {"decision": "reject", "reviewer": "ana", "reason": "other"})


async def wrote_again(environment: WorkflowEnvironment, handle: Handle) -> None:
    status = await in_state(handle, State.IN_REVIEW)
    assert status.version == 1
    second = await start_lead(
        environment.client, a_lead("More.", email="wrote_again@example.com"), contact_key=b"golden"
    )
    assert (await outcome_of(second)).state is State.ATTACHED
    await _keep(environment.client, second.id, "attached.json")
    status = await in_state(handle, State.IN_REVIEW, version=2)
    again = {"decision": "request_changes", "reviewer": "ana", "streams": status.out_of_date, "note": "they wrote"}
    await _decide(handle, again)
    await _decide(handle, approval(await in_state(handle, State.IN_REVIEW, version=3)))


async def cancelled(_: WorkflowEnvironment, handle: Handle) -> None:
    await in_state(handle, State.IN_REVIEW)
    await handle.cancel()


async def refused_update(_: WorkflowEnvironment, handle: Handle) -> None:
    status = await in_state(handle, State.IN_REVIEW)
    with suppress(WorkflowUpdateFailedError):
        await _decide(handle, approval(status, version=9))
    await _decide(handle, approval(status))


async def refused_signal(_: WorkflowEnvironment, handle: Handle) -> None:
    status = await in_state(handle, State.IN_REVIEW)
    await handle.signal("review", args=[])
    await handle.signal("reveiw", {"decision": "approve"})
    await handle.signal("review", {"decision": "aprove"})
    await _decide(handle, approval(status))


async def screened_out(_: WorkflowEnvironment, handle: Handle) -> None:
    await _decide(handle, approval(await in_state(handle, State.IN_REVIEW), reply=""))


async def screened_then_worked(_: WorkflowEnvironment, handle: Handle) -> None:
    await in_state(handle, State.IN_REVIEW)
    await _decide(
        handle, {"decision": "request_changes", "reviewer": "ana", "streams": ["drafting"], "note": "they buy"}
    )
    await _decide(handle, approval(await in_state(handle, State.IN_REVIEW, version=2)))


async def continued(environment: WorkflowEnvironment, handle: Handle) -> None:
    first = (await handle.describe()).run_id
    number = 0
    while (await status_of(handle)).run == 1:
        number += 1
        await _decide(handle, {"decision": "note", "reviewer": "ana", "note": f"note {number}"})
    await _keep(environment.client, handle.id, "continued.first.json", run_id=first)
    await approved(environment, handle)


REVIEWS = {
    "escalated_expired_and_reopened": ReviewPolicy(owners=(OwnerRule(assign=("ana",)),), escalate_to={"*": "lena"}),
    "held": ReviewPolicy(hold=timedelta(minutes=10)),
    "two_approvals": ReviewPolicy(approvals=Approvals(needed=2)),
}
FALL_BACKS = {"fallen_back": {Stream.RESEARCH: FallBack.RULES}}
SKIPPING = (expired, escalated_expired_and_reopened, snoozed, held)
PATHS: dict[str, tuple[Path_, ScriptedProvider, str]] = {
    "approved": (approved, ScriptedProvider(), "parallel"),
    "approved_partial_plan": (approved, ScriptedProvider(), "partial"),
    "approved_sequential_plan": (approved, ScriptedProvider(), "sequential"),
    "edited": (edited, ScriptedProvider(), "parallel"),
    "changes_then_approved": (changes_then_approved, ScriptedProvider(), "parallel"),
    "rejected": (rejected, ScriptedProvider(), "parallel"),
    "approved_without_reply": (without_reply, ScriptedProvider(qualified=False), "parallel"),
    "next_step_changed": (step_changed, ScriptedProvider(), "parallel"),
    "expired": (expired, ScriptedProvider(), "parallel"),
    "cancelled": (cancelled, ScriptedProvider(), "parallel"),
    "redrafted": (approved, ScriptedProvider(promise=" You get a 30% discount."), "parallel"),
    "failed_stream": (approved, ScriptedProvider(fails=frozenset({Stream.RESEARCH})), "parallel"),
    "screened_out": (screened_out, ScriptedProvider(), "parallel"),
    "screened_then_worked": (screened_then_worked, ScriptedProvider(), "parallel"),
    "refused_update": (refused_update, ScriptedProvider(), "parallel"),
    "refused_signal": (refused_signal, ScriptedProvider(), "parallel"),
    "escalated_expired_and_reopened": (escalated_expired_and_reopened, ScriptedProvider(), "parallel"),
    "assigned_and_noted": (assigned_and_noted, ScriptedProvider(), "parallel"),
    "snoozed": (snoozed, ScriptedProvider(), "parallel"),
    "held": (held, ScriptedProvider(), "parallel"),
    "two_approvals": (two_approvals, ScriptedProvider(), "parallel"),
    "bad_signature": (bad_signature, ScriptedProvider(), "parallel"),
    "playbook_refreshed": (playbook_refreshed, ScriptedProvider(), "parallel"),
    "continued": (continued, ScriptedProvider(), "parallel"),
    "judged": (approved, ModelProvider(judgements=[(disagreement("what you say of your plans"),), ()]), "parallel"),
    "fallen_back": (approved, ModelProvider(fails=frozenset({Stream.RESEARCH})), "parallel"),
    "wrote_again": (wrote_again, ScriptedProvider(), "parallel"),
}


async def record(name: str, environment: WorkflowEnvironment) -> None:
    """Run one path and keep its histories: the lead's, and the delivery's where there was one."""
    act, provider, plan = PATHS[name]
    message = "This is a job application, my CV is attached." if name.startswith("screened") else a_lead().message
    with tempfile.TemporaryDirectory() as folder:
        async with working(environment.client, Path(folder), provider):
            with environment.with_time_skipping_disabled():
                fall_back = FALL_BACKS.get(name, {})
                playbook = a_playbook(plan, review=REVIEWS.get(name, ReviewPolicy()), fall_back=fall_back)
                lead = a_lead(message, email=f"{name}@example.com")
                handle = await start_lead(environment.client, lead, playbook, contact_key=b"golden")
                await in_state(handle, State.IN_REVIEW)
                await brief_of(handle)
                if act not in SKIPPING:
                    await act(environment, handle)
                    await outcome_of(handle)
            if act in SKIPPING:
                await act(environment, handle)
            outcome = await outcome_of(handle)
            await _keep(environment.client, handle.id, f"{name}.json")
            if outcome.delivery_id:
                await _keep(environment.client, outcome.delivery_id, f"{name}.delivery.json")


async def record_notice(environment: WorkflowEnvironment) -> None:
    """A notice that went by e-mail, and that the webhook put off once and then refused."""
    task = NoticeTask(
        lead_id="lead-0123456789abcdef", kind=NoticeKind.WAITING, n=1, assignee="ana", ask="Decide on version 1."
    )
    client = environment.client
    with tempfile.TemporaryDirectory() as folder, receiving(Answer(503, {"retry-after": "1"}), Answer(410)) as receiver:
        settings = {"webhook_url": receiver.url, "webhook_secret": KEY, "notices_to": "team@example.com"}
        async with working(client, Path(folder), **settings):
            await client.execute_workflow("Notice", task, id=task.notice_id, task_queue=TASK_QUEUE)
        await _keep(client, task.notice_id, "notice.json")


async def record_archive(environment: WorkflowEnvironment) -> None:
    """A pass over the closed leads of the server."""
    with tempfile.TemporaryDirectory() as folder:
        async with working(environment.client, Path(folder)):
            await environment.client.execute_workflow("ArchiveClosed", id="archive-closed", task_queue=TASK_QUEUE)
        await _keep(environment.client, "archive-closed", "archive_closed.json")


async def _keep(client: Client, workflow_id: str, file: str, run_id: str | None = None) -> None:
    history = await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
    (HISTORIES / file).write_text(_without_this_machine(history.to_json()) + "\n", "utf-8")


def _without_this_machine(text: str) -> str:
    """Paths and process names say nothing about a lead."""
    for folder in (str(Path(temporalio.__file__).parents[1]), str(Path(__file__).parents[2])):
        text = text.replace(f"{folder}/", "")
    return re.sub(r'"\d+@[^"]*"', '"worker"', text)


async def main() -> None:
    """Record all paths, or those named on the command line."""
    HISTORIES.mkdir(exist_ok=True)
    others = {"notice": record_notice, "archive_closed": record_archive}
    names = sys.argv[1:] or [*PATHS, *others]
    environment = await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(Path(sys.executable).parent / "temporal"),
        data_converter=pydantic_data_converter,
        search_attributes=attributes.ALL,
        dev_server_log_level="error",
        dev_server_startup_timeout=None,
        dev_server_extra_args=[
            *("--dynamic-config-value", "frontend.WorkflowTimeSkippingEnabled=true"),
            *("--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=150"),
        ],
    )
    async with environment:
        for name in names:
            await (others[name](environment) if name in others else record(name, environment))
            print(name)


if __name__ == "__main__":
    asyncio.run(main())
