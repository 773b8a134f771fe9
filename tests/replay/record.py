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
from datetime import timedelta
from pathlib import Path
from typing import Any

import temporalio
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

sys.path.insert(0, str(Path(__file__).parents[1]))

from kit import (
    ScriptedProvider,
    a_lead,
    a_playbook,
    approval,
    brief_of,
    in_state,
    outcome_of,
    start_lead,
    working,
)
from receiver import KEY, Answer, receiving

from leadbraid.engine import attributes
from leadbraid.engine.names import TASK_QUEUE
from leadbraid.models import Edit, NoticeKind, NoticeTask, Reply, State, Stream

HISTORIES = Path(__file__).parent / "histories"
Handle = WorkflowHandle[Any, Any]
Path_ = Callable[[WorkflowEnvironment, Handle], Awaitable[None]]


async def _decide(handle: Handle, decision: dict[str, Any]) -> None:
    await handle.execute_update("decide", decision)


async def approved(_: WorkflowEnvironment, handle: Handle) -> None:
    await handle.signal("review", approval(await in_state(handle, State.IN_REVIEW)))


async def edited(_: WorkflowEnvironment, handle: Handle) -> None:
    words = Edit(subject="Re: your enquiry", body="Hello Kim,\n\nshall we talk?\n\nAna")
    reply = Reply(recipient="kim@example.com", subject=words.subject, body=words.body)
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
    await in_state(handle, State.IN_REVIEW)
    await environment.fast_forward(handle, timedelta(days=15))


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
}


async def record(name: str, environment: WorkflowEnvironment) -> None:
    """Run one path and keep its histories: the lead's, and the delivery's where there was one."""
    act, provider, plan = PATHS[name]
    message = "This is a job application, my CV is attached." if name.startswith("screened") else a_lead().message
    with tempfile.TemporaryDirectory() as folder:
        async with working(environment.client, Path(folder), provider):
            with environment.with_time_skipping_disabled():
                handle = await start_lead(environment.client, a_lead(message), a_playbook(plan))
                await in_state(handle, State.IN_REVIEW)
                await brief_of(handle)
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


async def _keep(client: Client, workflow_id: str, file: str) -> None:
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    (HISTORIES / file).write_text(_without_this_machine(history.to_json()) + "\n", "utf-8")


def _without_this_machine(text: str) -> str:
    """Paths and process names say nothing about a lead."""
    for folder in (str(Path(temporalio.__file__).parents[1]), str(Path(__file__).parents[2])):
        text = text.replace(f"{folder}/", "")
    return re.sub(r'"\d+@[^"]*"', '"worker"', text)


async def main() -> None:
    """Record all paths, or those named on the command line."""
    HISTORIES.mkdir(exist_ok=True)
    names = sys.argv[1:] or [*PATHS, "notice"]
    environment = await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(Path(sys.executable).parent / "temporal"),
        data_converter=pydantic_data_converter,
        search_attributes=attributes.ALL,
        dev_server_log_level="error",
        dev_server_startup_timeout=None,
        dev_server_extra_args=["--dynamic-config-value", "frontend.WorkflowTimeSkippingEnabled=true"],
    )
    async with environment:
        for name in names:
            await (record_notice(environment) if name == "notice" else record(name, environment))
            print(name)


if __name__ == "__main__":
    asyncio.run(main())
