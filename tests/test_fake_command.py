"""The command `fake-llm`: starting, stopping, its guide, and the whole demo on it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import lead
from command import Command
from fake_kit import (
    DOCKLINE,
    ROOT,
    risks,
)
from openai import OpenAI

from leadbraid.llm.fake import FAULTS, FakeModels
from leadbraid.models import Stream


@pytest.fixture
def command(tmp_path: Path) -> Command:
    return Command(tmp_path)


@contextlib.contextmanager
def serving(command: Command, *args: str) -> Iterator[Any]:
    """The command, ready; gives the process, its address, and what it wrote."""
    with command.started("fake-llm", "--port", "0", *args) as running:

        def written() -> str:
            running.out.seek(0)
            return running.out.read().decode()

        while "Ready." not in written():
            running.process.join(0.05)
            assert running.process.exitcode is None, written()
        found = re.search(r"http://127\.0\.0\.1:\d+/v1", written())
        assert found
        yield running, found[0], written


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "terminated"])
def test_command_answers_says_what_it_did_and_stops_cleanly(command: Command, number: signal.Signals) -> None:
    with serving(command, "--playbook", str(ROOT / "playbooks" / "dockline.yaml"), "--model", "m") as (
        running,
        url,
        written,
    ):
        asked = risks(lead(message="A secret word: zanzibar. Do you have an API?"))
        with OpenAI(base_url=url, api_key="none", max_retries=0) as openai:
            openai.responses.create(model="m", instructions=asked.instructions, input=asked.data.text)
        assert f"LEADBRAID_LLM=openai LEADBRAID_LLM_BASE_URL={url} LEADBRAID_LLM_MODEL=m leadbraid demo" in written()
        assert running.process.pid is not None
        running.process.terminate() if number is signal.SIGTERM else _interrupt(running.process.pid)
        ended = running.ended()
    assert ended.returncode == 0
    assert ended.stderr == ""
    last = ended.stdout.splitlines()[-1]
    assert re.fullmatch(r"1  /v1/responses  another's request  answers  200  \d\.\d{3} s", last)
    assert "zanzibar" not in ended.stdout


def _interrupt(pid: int) -> None:
    os.kill(pid, signal.SIGINT)


def test_command_says_how_it_fails_and_obeys(command: Command) -> None:
    with serving(command, "--obey", "--fail", "drafting:refusal=0.25") as (_, _, written):
        assert "It OBEYS" in written()
        assert "It FAILS: refusal in 25% of the requests for drafting." in written()


def test_port_in_use_is_told_in_a_sentence(command: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = command.fails("fake-llm", "--port", str(port))
    assert told == f"Port {port} of 127.0.0.1 is in use; choose another with --port, or 0 for a free one."


def test_wrong_options_are_told_in_a_sentence(command: Command) -> None:
    assert "did you mean refusal?" in command.fails("fake-llm", "--fail", "refusl", status=2)
    assert "cannot be read" in command.fails("fake-llm", "--playbook", "nowhere.yaml")


def test_faults_are_listed_with_a_sentence_each(command: Command) -> None:
    lines = command.ok("fake-llm", "--faults").splitlines()
    assert [line.split()[0] for line in lines] == list(FAULTS)
    assert all(line.endswith(".") for line in lines)


def test_guide_tells_every_fault_and_option(command: Command) -> None:
    guide = (ROOT / "docs" / "fake-llm.md").read_text("utf-8")
    for kind, fault in FAULTS.items():
        assert f"| `{kind}` | {fault.sentence} |" in guide
    for option in re.findall(r"^\s+(--[a-z-]+)", command.ok("fake-llm", "--help"), re.MULTILINE):
        assert option == "--help" or f"`{option}" in guide, option


@pytest.mark.server
def test_whole_demo_on_the_fake_ends_as_declared(command: Command) -> None:
    with FakeModels(DOCKLINE) as fake:
        ended = command("demo", "--hands-free", LEADBRAID_LLM="openai", LEADBRAID_LLM_BASE_URL=fake.url)
    assert ended.returncode == 0, ended.stdout[-5000:] + ended.stderr[-2000:]
    assert {one.job for one in fake.asked} == {*(stream.value for stream in Stream), "judge"}
    assert list((command.home / "outbox").glob("*.eml"))
