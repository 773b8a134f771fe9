"""The command line, as a process, on a server that `leadbraid up` started."""

from __future__ import annotations

import asyncio
import json
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from command import ROOT, Command

from leadbraid.cli.console import UsageError
from leadbraid.cli.decisions import moment
from leadbraid.models import Brief, Reply, Status

pytestmark = pytest.mark.server
COMMAND = [sys.executable, "-m", "leadbraid"]
LEAD = {
    "email": "kim@northdock.example",
    "name": "Kim Doe",
    "company": "Northdock",
    "job_title": "Operations Manager",
    "country": "NL",
    "message": "We run two warehouses with 240 employees. What would a pilot cost? We want to start this year.",
}


class Cli(Command):
    """The command in one home folder, and leads."""

    def submit(self, **fields: Any) -> str:
        return str(self.data("submit", "-", stdin=json.dumps(LEAD | fields))["lead_id"])

    def reviewable(self, **fields: Any) -> tuple[str, Status, Brief]:
        """A new lead, of a person of its own, waited for until it is in review."""
        lead_id = self.submit(**({"email": f"{fields['event_id']}@northdock.example"} | fields))
        return lead_id, *self.wait(lead_id, "in_review")

    def wait(self, lead_id: str, state: str, version: int = 0) -> tuple[Status, Brief]:
        async def look() -> tuple[Status, Brief]:
            async with asyncio.timeout(60):
                while True:
                    shown = self.data("show", lead_id)
                    status = shown["status"]  # None where no worker answered in time: ask again
                    if status and status["state"] == state and status["version"] >= version:
                        return Status.model_validate(status), Brief.model_validate(shown["brief"])
                    await asyncio.sleep(0.2)

        return asyncio.run(look())


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory, temporal_binary: str) -> Iterator[Cli]:
    """The command, with `leadbraid up` running in the same home."""
    found = Cli(tmp_path_factory.mktemp("home"))
    command = [*COMMAND, "up", "--json"]
    with (
        (found.home / "up.log").open("wb") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=found.env, cwd=ROOT) as process,
    ):
        assert process.stdout is not None
        addresses = json.loads(process.stdout.readline())
        assert set(addresses) >= {"temporal", "namespace", "ui", "build"}
        yield found
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    assert not (found.home / "endpoint.json").exists()


@pytest.fixture
def lonely(tmp_path: Path) -> Cli:
    """The command in a home where nothing runs."""
    return Cli(tmp_path / "nothing")


# --- the way of a lead ---------------------------------------------------------------------------------------------


def test_lead_goes_from_submit_to_a_file_in_the_outbox(cli: Cli) -> None:
    lead_id, status, brief = cli.reviewable(event_id="way")
    assert cli.data("submit", "-", stdin=json.dumps(LEAD | {"event_id": "way"})) | {"worker": True} == {
        "lead_id": lead_id,
        "new": False,
        "worker": True,
    }
    assert lead_id in [row["lead_id"] for row in cli.data("queue")]
    assert lead_id in cli.ok("queue")
    assert brief.reply is not None
    overrides = [word for one in brief.blocking for word in ("--override", f"{one.id}=looked at and fine by me")]
    words = ["decide", lead_id, "approve", "--version", str(status.version), "--reply", status.reply, *overrides]
    step = [] if brief.next_step.sends else ["--next-step", "reply_now", "--note", "they are known to us"]
    verdict = cli.data(*words, *step, "--reviewer", "ana")
    assert (verdict["accepted"], verdict["state"]) == (True, "delivering")
    cli.wait(lead_id, "sent")
    [mail] = (cli.home / "outbox").glob(f"delivery-{lead_id.removeprefix('lead-')}-*.eml")
    assert b"To: way@northdock.example" in mail.read_bytes()
    assert "sent" in cli.ok("show", lead_id)
    assert "Too late" in cli.fails("decide", lead_id, "reject", "--reason", "spam")


def test_approval_without_what_was_seen_is_used_wrongly_and_tells_the_command(cli: Cli) -> None:
    lead_id, status, _ = cli.reviewable(event_id="blind")
    told = cli.fails("decide", lead_id, "approve", status=2)
    assert f"--version {status.version}" in told
    stale = cli.fails("decide", lead_id, "approve", "--version", "9", "--reply", status.reply)
    assert "version 9" in stale.lower()
    as_object = json.loads(cli.fails("decide", lead_id, "approve", "--version", "9", "--json"))
    assert as_object["error"] == "stale_version"
    assert as_object["message"]
    refused = cli.data("show", lead_id)["status"]["refused"]
    assert [one["code"] for one in refused] == ["stale_version"] * 2


def test_edit_opens_the_editor_and_sends_what_was_written(cli: Cli, tmp_path: Path) -> None:
    lead_id, _, brief = cli.reviewable(event_id="edit")
    editor = tmp_path / "editor"
    editor.write_text(
        "#!/bin/sh\nprintf 'Subject: Shall we talk?\\n\\nHello Kim,\\n\\nshall we talk?\\n\\nAna\\n' > \"$1\"\n"
    )
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    step = [] if brief.next_step.sends else ["--next-step", "reply_now", "--note", "they are known to us"]
    cli.ok("decide", lead_id, "approve", "--edit", *step, EDITOR=str(editor), VISUAL="")
    _, brief = cli.wait(lead_id, "sent")
    assert brief.reply == Reply(
        recipient="edit@northdock.example", subject="Shall we talk?", body="Hello Kim,\n\nshall we talk?\n\nAna"
    )


def test_editor_that_fails_decides_nothing(cli: Cli) -> None:
    lead_id, _, _ = cli.reviewable(event_id="editor")
    assert "nothing was decided" in cli.fails("decide", lead_id, "approve", "--edit", EDITOR="false", VISUAL="")
    assert "cannot be started" in cli.fails("decide", lead_id, "approve", "--edit", EDITOR="/no/such", VISUAL="")


def test_editor_left_without_a_change_decides_nothing(cli: Cli) -> None:
    lead_id, _, brief = cli.reviewable(event_id="unchanged")
    assert brief.next_step.sends
    assert "nothing was decided" in cli.fails("decide", lead_id, "approve", "--edit", EDITOR="true", VISUAL="")
    status, _ = cli.wait(lead_id, "in_review")
    assert (status.decided, status.refused) == ((), ())
    assert not list((cli.home / "outbox").glob(f"*{lead_id.removeprefix('lead-')}*"))


def test_refused_edit_keeps_what_was_written(cli: Cli, tmp_path: Path) -> None:
    lead_id, _, _ = cli.reviewable(event_id="kept")
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nprintf 'Subject: Offer\\n\\nYou get a 30%% discount by Friday.\\n' > \"$1\"\n")
    editor.chmod(0o700)
    told = cli.fails("decide", lead_id, "approve", "--edit", EDITOR=str(editor), VISUAL="")
    file = Path(told.rpartition("Your text is in ")[2].rstrip("."))
    assert "30% discount" in file.read_text()
    before = cli.fails("decide", lead_id, "approve", "--edit", "--version", "1", EDITOR=str(editor), VISUAL="")
    assert "version 2" in before
    assert "Your text" not in before


def test_edited_file_needs_the_version_it_was_written_for(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("Subject: a\n\nb\n")
    assert "--version" in cli.fails("decide", "lead-0", "approve", "--edited", str(tmp_path / "text"), status=2)


def test_request_changes_and_reject(cli: Cli) -> None:
    lead_id, _, _ = cli.reviewable(event_id="changes")
    cli.ok("decide", lead_id, "request-changes", "--stream", "drafting", "--note", "shorter")
    cli.wait(lead_id, "in_review", version=2)
    cli.ok("decide", lead_id, "reject", "--reason", "not_a_fit")
    cli.wait(lead_id, "rejected")


def test_try_prints_a_brief_without_any_server(lonely: Cli) -> None:
    text = lonely.ok("try", "-", stdin=json.dumps(LEAD))
    head = text.splitlines()[:5]
    assert [line.split()[0] for line in head] == ["Next", "Verdict", "Worst", "Conflicts", "Due"]
    assert Brief.model_validate(lonely.data("try", "-", stdin=json.dumps(LEAD))).reply is not None


def test_plan_tells_waits_ownership_and_critical_path(lonely: Cli) -> None:
    text = lonely.ok("plan", "sequential")
    for words in ("must wait for", "why", "Ownership", "Critical path", "Qualification -> Research -> Drafting"):
        assert words in text
    assert lonely.data("plan", "parallel")["together"] == [["qualification", "research", "drafting", "fit_risk"]]


def test_playbook_new_check_show(lonely: Cli, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    lonely.ok("playbook", "new", str(file))
    assert "is there already" in lonely.fails("playbook", "new", str(file))
    assert "is fine" in lonely.ok("playbook", "check", str(file))
    assert "stream_plan" in lonely.ok("playbook", "show", str(file), "--effective")
    file.write_text(file.read_text().replace("next_step_policy", "next_step_polcy"))
    told = lonely("playbook", "check", str(file))
    assert told.returncode == 1
    assert f"{file}:" in told.stderr
    assert "next_step_policy" in told.stderr
    as_object = json.loads(lonely("submit", "-", "--playbook", str(file), "--json", stdin=json.dumps(LEAD)).stderr)
    assert as_object["error"] == "bad_playbook"
    assert all(finding["line"] for finding in as_object["findings"])


# --- bad input -----------------------------------------------------------------------------------------------------

BAD_LEADS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "not JSON"),
    "not json": (b"{", "not JSON"),
    "not utf-8": (b'{"message": "\xff"}', "UTF-8"),
    "a list": (b"[]", "a list"),
    "null": (b"null", "null"),
    "no e-mail": (b'{"message": "hi"}', "email is missing"),
    "a bad e-mail": (b'{"email": "kim", "message": "hi"}', "not an e-mail address"),
    "two e-mails": (b'{"email": "a@b.example, c@d.example", "message": "hi"}', "not an e-mail address"),
    "no message": (b'{"email": "kim@a.example", "message": "  "}', "is empty"),
    "a megabyte": (b'{"email": "kim@a.example", "message": "' + b"x" * 1_000_000 + b'"}', "262,144"),
    "too long": (b'{"email": "kim@a.example", "message": "' + b"x" * 30_000 + b'"}', "20,000"),
    "control characters": (b'{"email": "kim@a.example", "message": "a\\u0000b"}', "U+0000"),
    "an escape in the name": (b'{"email": "kim@a.example", "message": "hi", "name": "\\u001b[31m"}', "U+001B"),
    "a line break in the name": (b'{"email": "kim@a.example", "message": "hi", "name": "a\\r\\nBcc: x"}', "U+000D"),
    "half a character": (b'{"email": "kim@a.example", "message": "\\ud800"}', "message"),
    "an unknown field": (b'{"email": "kim@a.example", "message": "hi", "colour": 1}', "colour is not a field"),
    "a key twice": (b'{"email": "kim@a.example", "email": "b@a.example", "message": "hi"}', "twice"),
    "NaN": (b'{"email": "kim@a.example", "message": "hi", "employees": NaN}', "NaN"),
    "deep": (b'{"a":' * 20_000, "JSON"),
    "a country in words": (b'{"email": "kim@a.example", "message": "hi", "country": "Germany"}', "two letters"),
    "a number for a text": (b'{"email": "kim@a.example", "message": 5}', "message"),
}


@pytest.mark.parametrize("name", list(BAD_LEADS))
def test_bad_lead_gets_one_sentence(lonely: Cli, name: str) -> None:
    data, words = BAD_LEADS[name]
    told = json.loads(lonely.fails("submit", "-", "--json", stdin=data))
    assert told["error"] == "bad_lead"
    assert words in told["message"]


@pytest.mark.parametrize(
    "message", ["🙂🙂🙂", "\u202eevil txt.exe", "שלום, אנחנו רוצים לשמוע על המוצר", "a\u200bb", "?"]
)
def test_strange_but_valid_lead_gets_a_brief_that_a_terminal_can_show(lonely: Cli, message: str) -> None:
    shown = lonely.ok("try", "-", stdin=json.dumps(LEAD | {"message": message}))
    assert "\u202e" not in shown
    assert "\x1b" not in shown


def test_file_that_cannot_be_read_gets_one_sentence(lonely: Cli, tmp_path: Path) -> None:
    assert "cannot be read" in lonely.fails("try", str(tmp_path / "none.json"))
    assert "folder" in lonely.fails("try", str(tmp_path))


def test_without_a_server_every_command_says_how_to_start_one(lonely: Cli) -> None:
    for words in (["queue"], ["show", "lead-0"], ["decide", "lead-0", "reject", "--reason", "spam"]):
        assert "leadbraid up" in lonely.fails(*words)
    assert "leadbraid up" in lonely.fails("submit", "-", stdin=json.dumps(LEAD))


def test_temporal_that_does_not_answer_is_named(lonely: Cli) -> None:
    assert "127.0.0.1:1" in lonely.fails("queue", TEMPORAL_ADDRESS="127.0.0.1:1")


def test_no_such_lead(cli: Cli) -> None:
    assert "no lead" in cli.fails("show", "lead-0000000000000000")
    assert "no lead" in cli.fails("decide", "lead-0000000000000000", "reject", "--reason", "spam")
    assert json.loads(cli.fails("show", "nonsense", "--json"))["error"] == "not_found"


@pytest.mark.parametrize(
    "words",
    [
        ["decide", "lead-0", "aprove"],
        ["decide", "lead-0", "reject"],
        ["decide", "lead-0", "reject", "--reason", "because"],
        ["decide", "lead-0", "request-changes", "--note", "x"],
        ["decide", "lead-0", "approve", "--version", "one"],
        ["decide", "lead-0", "approve", "--version", "1", "--override", "noequals"],
        ["plan", "zigzag"],
        ["plan", "--latency", "sales=1"],
        ["queue", "--limit", "0"],
        ["nonsense"],
        ["show"],
        ["show", "--colour"],
    ],
    ids=" ".join,
)
def test_wrong_use_gets_one_sentence_and_status_2(lonely: Cli, words: list[str]) -> None:
    lonely.fails(*words, status=2)


def test_taken_port_is_named(cli: Cli, lonely: Cli) -> None:
    endpoint = json.loads((cli.home / "endpoint.json").read_text())
    port = endpoint["temporal"].rpartition(":")[2]
    assert port in lonely.fails("up", "--port", port)


def test_unknown_setting_names_the_nearest(lonely: Cli) -> None:
    assert "LEADBRAID_PLAYBOOK" in lonely.fails("queue", LEADBRAID_PLAYBOK="x")
    assert "LEADBRAID_LLM" in lonely.fails("queue", LEADBRAID_LLM="magic")


def test_help_tells_every_command(lonely: Cli) -> None:
    shown = lonely.ok("--help")
    for name in (
        "up",
        "demo",
        "submit",
        "try",
        "queue",
        "show",
        "decide",
        "plan",
        "compare",
        "eval",
        "playbook",
        "signing-keys",
        "doctor",
    ):
        assert name in shown
        assert len(lonely.ok(name, "--help")) > 100


def test_second_up_uses_the_running_server(cli: Cli) -> None:
    with subprocess.Popen([*COMMAND, "up", "--json"], stdout=subprocess.PIPE, env=cli.env, cwd=ROOT) as process:
        assert process.stdout is not None
        second = json.loads(process.stdout.readline())
        first = json.loads((cli.home / "endpoint.json").read_text())
        assert second["temporal"] == first["temporal"]
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    cli.data("queue")


def test_temporal_command_decides_too(cli: Cli, temporal_binary: str) -> None:
    lead_id, status, _ = cli.reviewable(event_id="temporal")
    address = json.loads((cli.home / "endpoint.json").read_text())["temporal"]

    def temporal(*words: str) -> subprocess.CompletedProcess[str]:
        command = [temporal_binary, "workflow", *words, "--address", address, "--workflow-id", lead_id]
        return subprocess.run(command, capture_output=True, text=True, timeout=30)

    wrong = json.dumps({"decision": "approve", "reviewer": "ana", "version": 7})
    refused = temporal("update", "execute", "--name", "decide", "--input", wrong)
    assert refused.returncode == 1
    assert "stale_version" in refused.stderr
    right = json.dumps({"decision": "reject", "reviewer": "ana", "version": status.version, "reason": "spam"})
    assert temporal("signal", "--name", "review", "--input", right).returncode == 0
    cli.wait(lead_id, "rejected")


@pytest.mark.parametrize(
    ("text", "moment_"),
    [
        ("3d", "2026-11-27T09:30:00+00:00"),
        ("+4h", "2026-11-24T13:30:00+00:00"),
        ("90m", "2026-11-24T11:00:00+00:00"),
        ("2026-12-01T10:00Z", "2026-12-01T10:00:00+00:00"),
        ("2026-12-01T10:00+02:00", "2026-12-01T08:00:00+00:00"),
    ],
)
def test_until_is_a_time_or_a_span(text: str, moment_: str) -> None:
    now = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert moment(text, now) == datetime.fromisoformat(moment_)


def test_day_alone_is_its_morning_here() -> None:
    found = moment("2026-12-01", datetime(2026, 11, 24, tzinfo=UTC))
    assert (found.hour, found.date().isoformat()) == (9, "2026-12-01")
    assert found.tzinfo is not None


@pytest.mark.parametrize("text", ["", "soon", "3 weeks", "2026-13-01", "-3d", "\x1b[31m"])
def test_until_that_is_none_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="is no time"):
        moment(text, datetime(2026, 11, 24, tzinfo=UTC))


def test_without_a_command_the_help_is_shown_as_it_is(lonely: Cli) -> None:
    ended = lonely()
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) > 10
    assert lonely("foo").stderr == "No such command 'foo'. See `leadbraid --help`.\n"


def test_assign_note_and_snooze_from_the_command_line(cli: Cli) -> None:
    lead_id, _, _ = cli.reviewable(event_id="minor")
    cli.ok("decide", lead_id, "assign", "--assignee", "ben", "--note", "knows them")
    cli.ok("decide", lead_id, "note", "--note", "called them")
    assert [row["lead_id"] for row in cli.data("queue", "--assignee", "ben")] == [lead_id]
    assert "until" in cli.fails("decide", lead_id, "snooze", status=2)
    assert "has passed" in cli.fails("decide", lead_id, "snooze", "--until", "2020-01-01")
    cli.ok("decide", lead_id, "snooze", "--until", "3d")
    status, _ = cli.wait(lead_id, "snoozed")
    assert (status.assignee, [one.note for one in status.decided[:2]]) == ("ben", ["knows them", "called them"])
    assert [row["lead_id"] for row in cli.data("queue", "--state", "snoozed")] == [lead_id]
    shown = cli.ok("show", lead_id)
    assert "snoozed until" in shown
    assert "“called them”" in shown
    assert "none of waiting, snoozed" in cli.fails("queue", "--state", "asleep", status=2)
    cli.ok("decide", lead_id, "reject", "--reason", "other")


def test_second_enquiry_of_a_person_attaches_and_says_so(cli: Cli) -> None:
    lead_id, _, _ = cli.reviewable(event_id="twice", email="twice@northdock.example")
    second = cli.submit(event_id="twice-2", email="Twice@northdock.example", message="We also need a crane.")
    cli.wait(lead_id, "in_review", version=2)
    assert f"leadbraid show {lead_id}" in cli.ok("show", second)
    shown = cli.ok("show", lead_id)
    assert "We also need a crane." in shown
    assert "request-changes --stream qualification,research,drafting,fit_risk" in shown
    cli.ok("decide", lead_id, "reject", "--reason", "other")
