"""A lead's way with a model, on the real server: the judge, the fall-back, what failed calls used, who goes first."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fake_openai import FakeOpenAI, Scripted, fails
from kit import (
    HISTORIES,
    USED,
    ModelProvider,
    a_lead,
    a_playbook,
    brief_of,
    decide,
    disagreement,
    history_of,
    in_state,
    start_lead,
    working,
)
from temporalio.client import Client, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from leadbraid.errors import ProviderError
from leadbraid.llm.openai import OpenAIProvider
from leadbraid.models import (
    Code,
    Severity,
    State,
    Stream,
)
from leadbraid.models.playbook import FallBack, ReviewPolicy
from leadbraid.render import brief_lines, status_lines
from leadbraid.settings import Settings
from workflows.registered import WORKFLOWS
from workflows.urgency import FIRST, USUAL, WAITED_FOR, urgency


def failed(*, after: float = 0.05) -> ProviderError:
    """A failure that passes, of a call that used something."""
    error = ProviderError("busy", code="rate_limited", retryable=True, retry_after=timedelta(seconds=after))
    error.made = USED
    return error


# --- the judge -----------------------------------------------------------------------------------------------------


@pytest.mark.server
async def test_what_the_judge_sees_is_a_conflict_that_a_redraft_may_settle(client: Client, tmp_path: Path) -> None:
    provider = ModelProvider(judgements=[(disagreement("what you say of your plans"),), ()])
    async with working(client, tmp_path, provider):
        handle = await start_lead(client)
        status = await in_state(handle, State.IN_REVIEW)
        brief = await brief_of(handle)
    assert status.version == 2
    assert [one.code for one in brief.settled] == [Code.DISAGREEMENT]
    first, second = (sides[Stream.DRAFTING] for sides in provider.judged)
    assert first != second
    assert set(provider.judged[0]) == set(Stream)
    # Four streams, a redraft and two judgements.
    assert (status.spent.calls, status.spent.tokens_in, status.spent.cost) == (7, 700, Decimal("0.07"))
    assert "  models: 7 calls, 700 tokens in, 70 out, 0.070 EUR" in [line.text for line in status_lines(status)]


@pytest.mark.server
async def test_a_disagreement_whose_words_are_gone_does_not_count(client: Client, tmp_path: Path) -> None:
    provider = ModelProvider(judgements=[(disagreement("words that nobody wrote"),)])
    async with working(client, tmp_path, provider):
        handle = await start_lead(client)
        await in_state(handle, State.IN_REVIEW)
        brief = await brief_of(handle)
    assert Code.DISAGREEMENT not in {one.code for one in brief.conflicts}
    assert brief.judged is not None
    assert brief.judged.work is not None
    assert len(brief.judged.work.found) == 1


@pytest.mark.server
async def test_a_judge_that_fails_is_a_gap_and_stops_nothing(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path, ModelProvider(judge_fails_after=0)):
        handle = await start_lead(client)
        await in_state(handle, State.IN_REVIEW)
        brief = await brief_of(handle)
    assert brief.judged is not None
    assert brief.judged.gap is not None
    assert brief.judged.gap.reason == "the judge is told to fail"
    assert "Not judged the judge is told to fail" in [line.text for line in brief_lines(brief)]


@pytest.mark.server
async def test_a_judge_that_fails_later_settles_nothing(client: Client, tmp_path: Path) -> None:
    seen = disagreement("what you say of your plans").model_copy(update={"severity": Severity.BLOCKING})
    provider = ModelProvider(judgements=[(seen,)], judge_fails_after=1)
    async with working(client, tmp_path, provider):
        handle = await start_lead(client)
        status = await in_state(handle, State.IN_REVIEW)
        brief = await brief_of(handle)
        assert [one.code for one in brief.blocking] == [Code.DISAGREEMENT]
        assert brief.settled == ()
        again = {"decision": "request_changes", "reviewer": "ana", "version": status.version}
        await decide(handle, again | {"streams": ["research"], "note": "look again"})
        await in_state(handle, State.IN_REVIEW, version=status.version + 2)
        brief = await brief_of(handle)
    assert brief.judged is not None
    assert brief.judged.gap is not None
    assert [one.code for one in brief.blocking] == [Code.DISAGREEMENT]


@pytest.mark.server
async def test_a_redraft_that_nobody_judged_does_not_count(client: Client, tmp_path: Path) -> None:
    """The words that the judge objected to are gone from it; whether the objection is, nobody knows."""
    provider = ModelProvider(judgements=[(disagreement("Reference b"),)], judge_fails_after=1)
    async with working(client, tmp_path, provider):
        handle = await start_lead(client)
        status = await in_state(handle, State.IN_REVIEW)
        brief = await brief_of(handle)
    assert provider.drafts == 2
    assert status.version == 1
    assert Code.DISAGREEMENT in {one.code for one in brief.open_conflicts}


@pytest.mark.server
async def test_rules_are_not_judged_and_leave_no_trace_of_it(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path):
        handle = await start_lead(client)
        status = await in_state(handle, State.IN_REVIEW)
        events = await history_of(handle)
    assert status.spent.calls == 0
    ids = [one.activity_task_scheduled_event_attributes.activity_id for one in events]
    assert "drafting-v1" in ids
    assert not [one for one in ids if one.startswith("judge")]
    assert "core_patch" not in {one.marker_recorded_event_attributes.marker_name for one in events}


def as_if_a_model_had_worked(history: str) -> tuple[str, int]:
    """A recorded lead whose outputs say that a model made them; and how many do."""
    data, changed = json.loads(history), 0
    for event in data["events"]:
        result = event.get("activityTaskCompletedEventAttributes", {}).get("result", {})
        for payload in result.get("payloads", []):
            value = json.loads(base64.b64decode(payload["data"]))
            if isinstance(value, dict) and "made" in value:
                value["made"]["model"] = "some-model"
                payload["data"] = base64.b64encode(json.dumps(value).encode()).decode()
                changed += 1
    return json.dumps(data), changed


@pytest.mark.parametrize("name", ["approved", "redrafted", "changes_then_approved", "continued"])
async def test_leads_that_a_model_worked_before_there_was_a_judge_replay(name: str) -> None:
    text, changed = as_if_a_model_had_worked((HISTORIES / f"{name}.json").read_text())
    assert changed or name == "continued"
    replayer = Replayer(
        workflows=WORKFLOWS,
        data_converter=pydantic_data_converter,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    await replayer.replay_workflow(WorkflowHistory.from_json(name, text))


# --- outages -------------------------------------------------------------------------------------------------------


@pytest.mark.server
async def test_what_failed_calls_used_counts_with_the_output_that_came_in_the_end(
    client: Client, tmp_path: Path
) -> None:
    provider = ModelProvider(failures={Stream.DRAFTING: [failed(), failed()]})
    async with working(client, tmp_path, provider):
        handle = await start_lead(client)
        status = await in_state(handle, State.IN_REVIEW)
        result = (await brief_of(handle)).result(Stream.DRAFTING)
    assert result is not None
    assert result.work is not None
    made = result.work.made
    assert (made.attempt, made.calls, made.tokens_in, made.cost) == (3, 3, 300, Decimal("0.03"))
    assert status.spent.calls == 3 + 3 + 1


@pytest.mark.server
async def test_a_stream_that_gives_up_shows_its_gap_and_what_it_used(client: Client, tmp_path: Path) -> None:
    provider = ModelProvider(failures={Stream.RESEARCH: [failed() for _ in range(4)]})
    async with working(client, tmp_path, provider):
        handle = await start_lead(client)
        status = await in_state(handle, State.IN_REVIEW)
        result = (await brief_of(handle)).result(Stream.RESEARCH)
    assert result is not None
    assert result.gap is not None
    assert (result.gap.reason, result.gap.tries) == ("busy", 4)
    assert status.spent.calls == 3 + 4 + 1


@pytest.mark.server
async def test_rules_stand_in_where_the_playbook_says_so_and_are_marked(client: Client, tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        server.will(fails(401, "invalid_api_key"))
        provider = OpenAIProvider.from_settings(
            Settings(_env_file=None, llm="openai", llm_base_url=server.url)  # type: ignore[call-arg]
        )
        book = a_playbook(fall_back={Stream.FIT_RISK: FallBack.RULES, Stream.QUALIFICATION: FallBack.RULES})
        async with working(client, tmp_path, provider, llm="openai", llm_base_url=server.url):
            handle = await start_lead(client, playbook=book)
            status = await in_state(handle, State.IN_REVIEW)
            brief = await brief_of(handle)
        await provider.close()
    gone = {result.stream for result in brief.results if result.gap}
    assert gone == {Stream.RESEARCH, Stream.DRAFTING}
    assert brief.risks is not None
    for stream in (Stream.FIT_RISK, Stream.QUALIFICATION):
        result = brief.result(stream)
        assert result is not None
        assert result.work is not None
        assert result.work.made.provider == "rules"
        assert "OPENAI_API_KEY" in result.work.made.instead_of
    assert brief.judged is None  # no model made any of it
    assert (status.spent.calls, status.spent.uncounted) == (4, 4)
    shown = " ".join(line.text for line in brief_lines(brief))
    assert "By rules Fit & risk, as the fall-back: The model server refuses the key" in " ".join(shown.split())


@pytest.mark.server
async def test_no_more_calls_are_made_at_a_time_than_the_settings_say(client: Client, tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        server.will(Scripted(status=400, wait=0.1))
        provider = OpenAIProvider.from_settings(
            Settings(_env_file=None, llm="openai", llm_base_url=server.url)  # type: ignore[call-arg]
        )
        limits = {"llm": "openai", "llm_base_url": server.url, "llm_concurrency": 3}
        async with working(client, tmp_path, provider, **limits):
            handles = [await start_lead(client, a_lead(f"Lead number {n}, we have 50 people.")) for n in range(8)]
            await asyncio.gather(*(in_state(handle, State.IN_REVIEW) for handle in handles))
        await provider.close()
    assert len(server.asked) == 8 * 4
    assert server.busiest == 3


# --- who goes first ------------------------------------------------------------------------------------------------

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "person_waits", "first"),
    [
        (None, False, USUAL),
        (None, True, WAITED_FOR),
        (NOON + timedelta(hours=3), False, USUAL),
        (NOON + timedelta(hours=3), True, WAITED_FOR),
        (NOON + timedelta(minutes=60), False, FIRST),
        (NOON - timedelta(days=2), True, FIRST),
    ],
)
def test_urgency(due: datetime | None, person_waits: bool, first: object) -> None:
    assert urgency(NOON, due, person_waits=person_waits) == first


@pytest.mark.server
async def test_calls_for_a_lead_that_is_late_or_waited_for_go_first(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path):
        late = a_lead(received_at=datetime.now(UTC) - timedelta(days=3))
        handles = [await start_lead(client), await start_lead(client, late)]
        for handle in handles:
            await in_state(handle, State.IN_REVIEW)
        again = {
            "decision": "request_changes",
            "reviewer": "ana",
            "version": 1,
            "streams": ["research"],
            "note": "more",
        }
        await decide(handles[0], again)
        await in_state(handles[0], State.IN_REVIEW, version=2)
        asked = await start_lead(client, playbook=a_playbook(review=ReviewPolicy(due_after=timedelta(minutes=30))))
        await in_state(asked, State.IN_REVIEW)
        await decide(asked, again)
        await in_state(asked, State.IN_REVIEW, version=2)
        keys = [await priorities(handle) for handle in (*handles, asked)]
    assert keys == [
        {"qualification-v1": 3, "research-v1": 3, "drafting-v1": 3, "fit_risk-v1": 3, "research-v2": 2},
        {"qualification-v1": 1, "research-v1": 1, "drafting-v1": 1, "fit_risk-v1": 1},
        {"qualification-v1": 3, "research-v1": 3, "drafting-v1": 3, "fit_risk-v1": 3, "research-v2": 1},
    ]


async def priorities(handle: Any) -> dict[str, int]:
    """Of the stream calls, by activity id."""
    scheduled = [one.activity_task_scheduled_event_attributes for one in await history_of(handle)]
    return {one.activity_id: one.priority.priority_key for one in scheduled if one.priority.priority_key}
