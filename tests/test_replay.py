"""Running leads survive: every golden history replays, each break is told with its place."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from kit import in_state, start_lead, working
from temporalio import workflow
from temporalio.client import Client, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from activities.playbook import PlaybookActivities
from leadbraid.cli.app import main
from leadbraid.models import Approved, LeadStart, Opened, Outcome, State
from leadbraid.replay.broken import Broken, Replayed
from leadbraid.replay.run import replay
from leadbraid.replay.sources import Exported, Source, Unreadable
from workflows import lead_followup, versions
from workflows.lead_followup import LeadFollowUp
from workflows.registered import WORKFLOWS
from workflows.versions import Versions

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "replay" / "histories"
HISTORIES = sorted(GOLDEN.glob("*.json"))
WANTED = {
    "approved",
    "edited",
    "changes_then_approved",
    "rejected",
    "approved_without_reply",
    "next_step_changed",
    "expired",
    "redrafted",
    "failed_stream",
    "screened_out",
    "refused_update",
    "refused_signal",
    "escalated_expired_and_reopened",
    "snoozed",
    "held",
    "two_approvals",
    "bad_signature",
    "playbook_refreshed",
    "wrote_again",
    "judged",
    "fallen_back",
    "attached",
    "continued",
    "continued.first",
    "notice",
    "archive_closed",
}
EXPLAIN = """
The workflow code no longer does what this recorded lead did, so leads that wait for a person now would get stuck.
`leadbraid replay tests/replay/histories` names the event, the command and the line.
Either keep the old commands for running leads (`if workflow.patched("<what-changed>"):`), or, before 1.0 and on purpose,
record the histories anew (`make record-histories`) and say so in the changelog.
"""


def _history(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(file.stem, file.read_text("utf-8"))


def test_there_is_a_history_of_every_path() -> None:
    assert {file.stem for file in HISTORIES} >= WANTED


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: file.stem)
async def test_recorded_lead_replays(file: Path) -> None:
    """Within the SDK's sandbox, which workers do without: what it forbids (clocks, chance, input) is found here."""
    replayer = Replayer(
        workflows=WORKFLOWS,
        data_converter=pydantic_data_converter,
        workflow_runner=SandboxedWorkflowRunner(),
    )
    result = await replayer.replay_workflow(_history(file), raise_on_replay_failure=False)
    assert result.replay_failure is None, f"{result.replay_failure}{EXPLAIN}"


# --- where it would break ------------------------------------------------------------------------------------------


async def replayed(
    *sources: Source, count: int = 1, workflows: Sequence[type] = WORKFLOWS
) -> list[Replayed | Unreadable]:
    async def given() -> AsyncIterator[Source]:
        for source in sources:
            yield source

    return [result async for result in replay(given(), count, workflows)]


async def broken(name: str, workflows: Sequence[type] = WORKFLOWS) -> Broken | None:
    [result] = await replayed(Exported(GOLDEN / f"{name}.json"), workflows=workflows)
    assert isinstance(result, Replayed)
    return result.broken


@workflow.defn(name="LeadFollowUp")
class ChangedLeadFollowUp:
    """A lead that waits before it does anything: what no running lead did."""

    @workflow.init
    def __init__(self, start: LeadStart) -> None:
        self._start = start

    @workflow.run
    async def run(self, start: LeadStart) -> Outcome:
        await workflow.sleep(1, summary="a while")
        return Outcome(state=State.CANCELLED, reason=start.lead_id)


async def test_changed_workflow_is_told_with_event_and_line() -> None:
    found = await broken("approved", [ChangedLeadFollowUp])
    assert found
    assert "is a local activity `related`" in str(found)
    assert "the code now has a timer (“a while”) there" in str(found)
    [place] = found.places
    assert place.function == "run"
    assert str(place).startswith("tests/test_replay.py:")


async def _memo_first(self: LeadFollowUp) -> Opened:
    workflow.upsert_memo({"a": 1})
    return await _LOOK(self)


async def _looked_up(self: LeadFollowUp) -> Opened:
    return {}["owner"]  # type: ignore[no-any-return]


async def _without_delivery(self: LeadFollowUp, approved: Approved) -> Outcome:
    return self._outcome(State.SENT, "")


_LOOK = LeadFollowUp._look_at_calendar_and_owners


def _fewer_made(self: Versions, *args: Any) -> None:
    _INIT(self, *args)
    self.made = 7


_INIT = Versions.__init__


@pytest.mark.parametrize(
    ("owner", "name", "changed", "words", "place"),
    [
        pytest.param(
            LeadFollowUp,
            "_look_at_calendar_and_owners",
            _memo_first,
            "is a local activity `open_review` (“When this is due, and whose it is”); the code now has a change of the memo",
            "workflows/lead_followup.py",
            id="a command more",
        ),
        pytest.param(
            LeadFollowUp, "_set_clock", lambda self: None, "is a timer (“remind the reviewer", "", id="a command less"
        ),
        pytest.param(
            versions,
            "assemble",
            PlaybookActivities.current_playbook,
            "is an activity `assemble assemble-v1` (“Brief, version 1”); the code now has an activity `current_playbook",
            "workflows/versions.py",
            id="another activity",
        ),
        pytest.param(
            Versions,
            "__init__",
            _fewer_made,
            "`qualification qualification-v1` (“Qualification”); the code now has an activity `qualification qualification-v8`",
            "workflows/versions.py",
            id="another activity id",
        ),
        pytest.param(
            LeadFollowUp, "_deliver", _without_delivery, "a child workflow `Delivery delivery-", "", id="no child"
        ),
        pytest.param(
            LeadFollowUp,
            "_look_at_calendar_and_owners",
            _looked_up,
            "the code raises KeyError: 'owner'",
            "workflows/lead_followup.py",
            id="an exception",
        ),
        pytest.param(
            lead_followup.State,
            "label",
            property(lambda self: self.nothing),
            "the code raises AttributeError",
            "workflows/details.py",
            id="an exception in what it calls",
        ),
    ],
)
async def test_each_kind_of_break_is_told(
    monkeypatch: pytest.MonkeyPatch, owner: object, name: str, changed: object, words: str, place: str
) -> None:
    monkeypatch.setattr(owner, name, changed)
    found = await broken("refused_update")
    assert found
    assert found.event
    assert words in str(found)
    assert any(place in str(one) for one in found.places) if place else True


async def test_many_histories_are_replayed_by_several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadbraid.replay.run.WORTH_A_PROCESS", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    sources = [Exported(file) for file in [*HISTORIES[:12], ROOT / "Makefile"]]
    results = await replayed(*sources, count=2)
    assert {one.source for one in results} == {one.name for one in sources}
    assert [one for one in results if isinstance(one, Replayed) and one.broken] == []
    assert [one.source for one in results if isinstance(one, Unreadable)] == [str(ROOT / "Makefile")]


# --- the command ---------------------------------------------------------------------------------------------------


def test_command_replays_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(GOLDEN)]) == 0
    assert capsys.readouterr().out == f"{len(HISTORIES)} replayed, none would break.\n"


def test_command_tells_alike_breaks_once_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(LeadFollowUp, "_look_at_calendar_and_owners", _memo_first)
    files = [str(GOLDEN / f"{name}.json") for name in ("approved", "edited", "approved.delivery")]
    assert main(["replay", *files]) == 1
    told = capsys.readouterr().out
    assert told.count("Would break: LeadFollowUp in ") == 1
    assert files[0] in told
    assert files[1] in told
    assert "2 of 3 would break." in told
    assert "workflow.patched" in told
    assert main(["replay", *files, "--json"]) == 1
    plain = json.loads(capsys.readouterr().out)
    assert plain["replayed"] == 3
    assert [one["source"] for one in plain["broken"]] == files[:2]
    first = plain["broken"][0]
    assert (first["workflow"], first["workflow_id"][:5]) == ("LeadFollowUp", "lead-")
    assert first["event"]
    assert first["places"][0]["line"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param("{", "is no JSON", id="no JSON"),
        pytest.param("[]", "holds no history", id="a list"),
        pytest.param('{"events": []}', "holds no history", id="no events"),
        pytest.param('{"events": [1]}', "is no history as Temporal writes it", id="no event"),
        pytest.param('{"events": [{"eventId": "x"}]}', "is no history as Temporal writes it", id="a wrong field"),
        pytest.param('{"events": [{"eventId": "9"}]}', "does not begin with a workflow's start", id="the rest of one"),
        pytest.param("[" * 100_000, "is no JSON", id="too deep"),
        pytest.param("\udcff", "is no JSON", id="no UTF-8"),
        pytest.param("other", "a workflow 'Other', which is none of ours", id="another workflow"),
        pytest.param("dropped", "is no whole history: event 7 stands where 6 should be", id="an event is missing"),
        pytest.param("decoded", "in the UI as “Encoded”", id="a decoded one"),
        pytest.param(None, "cannot be read (No such file", id="no file"),
    ],
)
def test_bad_file_is_told_in_one_sentence_and_stops_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, words: str
) -> None:
    bad, good = tmp_path / "bad.json", GOLDEN / "notice.json"
    if content == "other":
        content = good.read_text("utf-8").replace('"name": "Notice"', '"name": "Other"')
    elif content == "dropped":
        content = json.dumps({"events": _without(json.loads(good.read_text("utf-8"))["events"], 5)})
    elif content == "decoded":
        decoded = json.loads(good.read_text("utf-8"))
        decoded["events"][0]["workflowExecutionStartedEventAttributes"]["input"] = [{"lead_id": "lead-1"}]
        content = json.dumps(decoded)
    if content is not None:
        bad.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert main(["replay", str(bad), str(good)]) == 1
    told = capsys.readouterr()
    assert told.out == "1 replayed, none would break.\n"
    [line] = told.err.splitlines()
    assert line.startswith(str(bad))
    assert words in line


def _without(events: list[object], number: int) -> list[object]:
    return [*events[:number], *events[number + 1 :]]


def test_lead_that_no_worker_has_touched_cannot_break(tmp_path: Path) -> None:
    begun = json.loads((GOLDEN / "approved.json").read_text("utf-8"))["events"][:2]
    (tmp_path / "begun.json").write_text(json.dumps({"events": begun}))
    assert main(["replay", str(tmp_path)]) == 0


def test_empty_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(tmp_path)]) == 1
    assert "is a folder without .json files" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["replay"], ["replay", "--live", "a", "b"]])
def test_command_used_wrongly(words: list[str]) -> None:
    assert main(words) == 2


@pytest.mark.server
async def test_command_replays_what_runs_on_a_server(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", client.service_client.config.target_host)
    async with working(client, tmp_path):
        handle = await start_lead(client)
        await in_state(handle, State.IN_REVIEW)
        only = f"WorkflowId='{handle.id}'"
        assert await asyncio.to_thread(main, ["replay", "--live", only]) == 0
        assert capsys.readouterr().out == "1 replayed, none would break.\n"
        monkeypatch.setattr(LeadFollowUp, "_look_at_calendar_and_owners", _memo_first)
        assert await asyncio.to_thread(main, ["replay", "--live", only]) == 1
        assert f"Would break: LeadFollowUp in {handle.id}" in capsys.readouterr().out
        assert await asyncio.to_thread(main, ["replay", "--live", "Nonsense = 1"]) == 1
        assert "does not understand the query" in capsys.readouterr().err
        await handle.terminate("a test")
