"""Plans side by side on the real server: apart from real leads, from real workers, and gone when stopped."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from kit import a_lead, a_playbook, decide, in_state, outcome_of, start_lead, until, working
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment

from leadbraid import leads
from leadbraid.cli import app
from leadbraid.compare.finished import last_finished
from leadbraid.compare.runs import BusyDay, Wanted, run_all
from leadbraid.engine.names import TASK_QUEUE, compare_models_queue
from leadbraid.llm.rules import RulesProvider
from leadbraid.llm.simulated import LABEL, Simulated
from leadbraid.models import State, Stream, lead_id
from leadbraid.plan import PARALLEL, SEQUENTIAL
from leadbraid.settings import Settings

pytestmark = pytest.mark.server
CSV = "email,company,country,message\n"
ROWS = "kim{n}@corrubox.example,Corrubox,NL,We run two warehouses with 120 employees. Could you show us a demo this year?\n"
JOB = "This is a job application, my CV is attached."


def wanted(run: str, *messages: str, busy: BusyDay | None = None) -> Wanted:
    found = tuple(a_lead(message) for message in messages)
    return Wanted(run, found, (PARALLEL, SEQUENTIAL), a_playbook(), busy=busy)


def simulated(seconds: float) -> Simulated:
    return Simulated(RulesProvider(), {Stream.RESEARCH: timedelta(seconds=seconds)})


async def test_runs_are_apart_from_real_leads_and_their_workers(client: Client, tmp_path: Path) -> None:
    asked = wanted("apart", "Could we talk?", "What is it?", JOB, busy=BusyDay(gap=0.05, slots=1))
    moved = 0

    def count() -> None:
        nonlocal moved
        moved += 1

    async with working(client, tmp_path) as real:
        found = await run_all(client, asked, Settings(home=tmp_path), simulated(0.02), count)
        assert real.calls == []
        queued = await leads.queue(client, datetime.now(UTC), 5000, tuple(State))
    ids = {lead_id(one) for one in asked.leads}
    assert not ids & {row.lead_id for row in queued}
    assert not any(row.lead_id.startswith("compare-") for row in queued)
    assert moved == asked.total == 18
    for runs in (found.calm, found.busy, found.failing):
        assert {plan: len({one.lead_id for one in worked}) for plan, worked in runs.items()} == {
            "parallel": 2,  # the screen stopped the third
            "sequential": 2,
        }
    one = found.calm["parallel"][0]
    assert [call.stream for call in one.calls if not call.redraft] == list(Stream)
    note = one.brief.result(Stream.RESEARCH)
    assert note is not None
    assert note.work is not None
    assert note.work.made.provider.endswith(LABEL)
    assert all(run.brief.note is None and run.brief.draft for run in found.failing["sequential"])
    await _seen_in_temporal(client, asked)


async def _seen_in_temporal(client: Client, asked: Wanted) -> None:
    handle = client.get_workflow_handle(f"compare-{asked.run}-alone-1-0")
    described = await handle.describe()
    assert (described.workflow_type, described.status) == ("ComparedLead", WorkflowExecutionStatus.COMPLETED)
    assert [pair.key.name for pair in described.typed_search_attributes if pair.key.name.startswith("Lead")] == []
    history = await handle.fetch_history()
    queues = {
        event.activity_task_scheduled_event_attributes.task_queue.name
        for event in history.events
        if event.HasField("activity_task_scheduled_event_attributes")
    }
    assert queues == {"leadbraid-compare", compare_models_queue(asked.run, "alone-1")}
    assert TASK_QUEUE not in queues


async def test_stopped_comparison_leaves_no_run_behind(client: Client, tmp_path: Path) -> None:
    asked = wanted("stopped", "Could we talk?")
    work = asyncio.create_task(run_all(client, asked, Settings(home=tmp_path), simulated(60), lambda: None))
    names = [f"compare-stopped-alone-{number}-0" for number in (0, 1)]

    async def both_run() -> bool:
        states = [(await client.get_workflow_handle(name).describe()).status for name in names]
        return states == [WorkflowExecutionStatus.RUNNING] * 2

    await until(both_run)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    for name in names:
        assert (await client.get_workflow_handle(name).describe()).status is WorkflowExecutionStatus.TERMINATED


def test_command_writes_report_and_data(
    server: WorkflowEnvironment,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", server.client.service_client.config.target_host)
    monkeypatch.setenv("LEADBRAID_HOME", str(tmp_path))
    file, report = tmp_path / "leads.csv", tmp_path / "report.html"
    file.write_text(CSV + ROWS.format(n=1) + ROWS.format(n=2))
    args = ["compare", str(file), "--plans", "parallel,sequential", "--latency", "research=0.02", "-o", str(report)]
    assert app.main([*args, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["simulated"] is True
    assert data["judgment"]["answer"] == "not enough leads to say"
    assert [one["plan"] for one in data["plans"]] == ["parallel", "sequential"]
    assert {"median", "p95"} <= set(data["plans"][0]["seconds_to_review"])
    assert data["plans"][0]["with_failure"]["gaps"] == 1
    page = report.read_text("utf-8")
    assert "Simulated times" in page
    assert "Corrubox" in page
    assert report.stat().st_mode & 0o077 == 0
    assert app.main(["plan", "advise", "--from-last", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["answer"] == "not enough leads to say"


async def test_leads_that_closed_last_are_read_for_advice(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path):
        for plan in ("sequential", "parallel"):
            handle = await start_lead(client, playbook=a_playbook(plan))
            await in_state(handle, State.IN_REVIEW)
            await decide(handle, {"decision": "reject", "reviewer": "ana", "reason": "not_a_fit"})
            await outcome_of(handle)

    async def listed() -> list[str]:
        found = await last_finished(client, 2, lambda: None)
        return [one.plan.name for one in found] == ["parallel", "sequential"] and found

    found = await until(listed)
    assert [set(one.worked.first_calls) for one in found] == [set(Stream)] * 2
    assert all(one.lead.email == "kim@example.com" for one in found)
