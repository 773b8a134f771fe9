"""Logs: one line for one record, silent on replay, without the text of failures."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import activity, workflow
from temporalio.worker import Replayer, Worker

with workflow.unsafe.imports_passed_through():
    from leadbraid.engine.connection import connect
    from leadbraid.engine.server import EmbeddedServer
    from leadbraid.logs import configure, get_logger
    from leadbraid.settings import Settings

SECRET = "Ada wrote this"
NASTY = [
    pytest.param("a\nlevel=error forged", id="new line"),
    pytest.param("a\r\nb", id="carriage return"),
    pytest.param("\x1b[31mred\x1b[0m\x1b]0;title\x07", id="terminal escapes"),
    pytest.param("\x9b31m C1 \x85", id="C1 controls"),
    pytest.param("a\u2028b\u2029c\x0b\x0c\x1c\x1d\x1e", id="line separators"),
    pytest.param("\u202egnp.exe\u2066x\u2069\u200e\u200f", id="bidirectional controls"),
    pytest.param("\ud800 lone", id="lone surrogate"),
    pytest.param("x\U000e0041\x00\x7f\u200b\ufeff", id="invisible"),
    pytest.param('"} {"event": "forged', id="quotes"),
]
BAD = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f\x1b\ud800-\udfff]")


@workflow.defn(name="Chatty")
class Chatty:
    """Logs, stumbles when told to, and ends."""

    def __init__(self) -> None:
        self._go = False

    @workflow.run
    async def run(self) -> None:
        get_logger("leadbraid.test").info("workflow_spoke", chars=3)
        await workflow.execute_activity(speak, start_to_close_timeout=timedelta(seconds=10))
        await workflow.wait_condition(lambda: self._go)
        get_logger("leadbraid.test").info("workflow_ended")

    @workflow.signal
    def number(self, value: int) -> None:
        """Take a number only."""

    @workflow.signal
    def go(self) -> None:
        """Let it end."""
        self._go = True

    @workflow.signal
    def stumble(self, text: str) -> None:
        """Fail the workflow task, over and over."""
        raise ValueError(text)


@activity.defn(name="speak")
async def speak() -> None:
    get_logger("leadbraid.test").info("activity_spoke")


def start(level: str = "info", log_format: str = "console") -> None:
    """Configure, and keep the test runner's own handlers from reading along: they choke on some of this."""
    configure(level, log_format)
    root = logging.getLogger()
    root.handlers[:] = [handler for handler in root.handlers if type(handler).__module__ == "leadbraid.logs"]


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "" or captured.err.endswith("\n")
    return captured.err.split("\n")[:-1]


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize("text", NASTY)
def test_a_strangers_text_stays_on_its_line(text: str, log_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    start("info", log_format)
    log = get_logger()
    log.info("seen", text=text, nested={"list": [text]}, **{f"key {text}": 1})
    log.warning(text)
    logging.getLogger("some.library").error("said %s", text)
    try:
        raise ValueError(text)
    except ValueError:
        log.exception("failed")
    written = lines(capsys)
    assert len(written) == 4
    assert not any(BAD.search(line) for line in written)
    if log_format == "json":
        assert json.loads(written[0])["text"].encode("utf-16", "surrogatepass") == text.encode(
            "utf-16", "surrogatepass"
        )
        assert all({"event", "level", "timestamp", "logger"} <= json.loads(line).keys() for line in written)


def test_the_console_shows_event_and_facts(capsys: pytest.CaptureFixture[str]) -> None:
    start("info", "console")
    get_logger().info("draft_ready", lead_id="lead-0123", chars=812, note="two words")
    assert re.fullmatch(
        r'\S+Z  info      draft_ready  lead_id=lead-0123  chars=812  note="two words"  logger=leadbraid',
        lines(capsys)[0],
    )


@pytest.mark.parametrize(("level", "shown"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_the_level_is_the_lowest_shown(level: str, shown: int, capsys: pytest.CaptureFixture[str]) -> None:
    start(level, "json")
    log = get_logger()
    for say in (log.debug, log.info, log.warning, log.error):
        say("spoke")
    assert len(lines(capsys)) == shown


@pytest.mark.parametrize("name", ["httpx", "httpcore", "httpx2", "httpcore2", "openai", "openai._base_client"])
def test_libraries_that_log_requests_are_held_at_warning(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    start("debug", "json")
    logging.getLogger(name).info("GET https://example.com/?q=Ada")
    assert lines(capsys) == []


def test_configuring_twice_does_not_write_twice(capsys: pytest.CaptureFixture[str]) -> None:
    start()
    start()
    get_logger().info("once")
    assert len(lines(capsys)) == 1


def test_temporals_own_records_keep_event_and_ids_and_lose_the_failures_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    start("info", "json")
    ids = {"workflow_id": "lead-1", "run_id": "r", "header": SECRET}
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("temporalio.worker").warning(
            "Task failed\n" + SECRET, exc_info=True, stack_info=True, extra={"temporal_workflow": ids}
        )
    [line] = lines(capsys)
    assert SECRET not in line
    record = json.loads(line)
    assert (record["event"], record["error_type"]) == ("Task failed", "ValueError")
    assert (record["workflow_id"], record["run_id"]) == ("lead-1", "r")


def test_a_record_that_cannot_be_formatted_costs_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    start()
    logging.getLogger("some.library").error("%d leads", "many")
    assert lines(capsys) == ["log_failed  logger=some.library error_type=TypeError"]


def test_before_configure_nothing_goes_to_standard_output() -> None:
    program = "from leadbraid.logs import get_logger; get_logger().info('x'); get_logger().error('y', n=1)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "" and done.stderr.count("\n") == 1


@pytest.mark.server
async def test_workflows_and_activities_log_once_with_their_ids_and_nothing_on_replay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the sandbox, with no cache, so that each workflow task replays; and the SDK's own lines come one by one."""
    start("info", "json")
    settings = Settings(home=tmp_path / "home")
    async with EmbeddedServer.open(settings, port=0, ui_port=0):
        client = await connect(settings)
        async with Worker(client, task_queue="logs", workflows=[Chatty], activities=[speak], max_cached_workflows=0):
            stuck = await client.start_workflow("Chatty", id="lead-stuck", task_queue="logs")
            await stuck.signal("stumble", SECRET)
            written = await _seen(capsys, "Failing workflow task")
            await stuck.terminate()
            handle = await client.start_workflow("Chatty", id="lead-logs", task_queue="logs")
            await handle.signal("number", SECRET)
            await handle.signal("go")
            await handle.result()
        written += lines(capsys)
        history = await handle.fetch_history()
        await Replayer(workflows=[Chatty], data_converter=client.data_converter).replay_workflow(history)
        replayed = lines(capsys)
    assert not any(SECRET in line or BAD.search(line) for line in written + replayed)
    records = [json.loads(line) for line in written]
    spoken = [record for record in records if record["logger"] == "leadbraid.test" and "logs" in record["workflow_id"]]
    assert [record["event"] for record in spoken] == ["workflow_spoke", "activity_spoke", "workflow_ended"]
    assert all(record["workflow_id"] == "lead-logs" and record["run_id"] for record in spoken)
    assert any(record["logger"] == "temporalio.core" and record["run_id"] for record in records)
    assert spoken[0]["workflow_type"] == "Chatty"
    assert (spoken[1]["activity_type"], spoken[1]["attempt"]) == ("speak", 1)
    assert not any("spoke" in line for line in replayed)


async def _seen(capsys: pytest.CaptureFixture[str], text: str) -> list[str]:
    found: list[str] = []
    for _ in range(3_000):
        found += lines(capsys)
        if any(text in line for line in found):
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"{text} was not logged: {found}")
