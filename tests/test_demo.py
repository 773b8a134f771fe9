"""The demo: every sample ends as declared, and shows every conflict code and every next step."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import Command, fork

from leadbraid.cli import entry
from leadbraid.demo.script import load_script
from leadbraid.intake import parse_lead
from leadbraid.llm.rules import RulesProvider
from leadbraid.models.brief import Code
from leadbraid.playbook import load_playbook
from leadbraid.rehearsal import Rehearsal
from leadbraid.render import LINES, WIDTH, brief_lines
from leadbraid.sources.documents import Documents

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
QUICK = ["--latency", "qualification=0.1,research=0.2,drafting=0.1,fit_risk=0.1"]
LEADS = sorted((EXAMPLES / "leads").glob("*.json"))
PLAYBOOK = load_playbook(ROOT / "playbooks" / "dockline.yaml")


@pytest.mark.parametrize("file", LEADS, ids=lambda file: file.stem)
async def test_brief_of_every_example_fits_a_screen(file: Path) -> None:
    lead = parse_lead(file.read_bytes(), file.name)
    rehearsal = Rehearsal(lead, PLAYBOOK, RulesProvider(), Documents(EXAMPLES / "documents"))
    lines = brief_lines(await rehearsal.brief(frozenset()), lead=lead)
    assert len(lines) <= LINES == 45
    assert max(len(line.text) for line in lines) <= WIDTH == 100
    assert [line.text.split()[0] for line in lines[:5]] == ["Next", "Verdict", "Worst", "Conflicts", "Due"]


def test_every_example_has_its_part_in_the_script() -> None:
    assert sorted(sample.file for sample in load_script(EXAMPLES).samples) == [file.name for file in LEADS]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """The command in a fresh home."""
    return Command(tmp_path, TERM="xterm")


@pytest.mark.server
def test_hands_free_demo_ends_as_declared_and_a_second_run_goes_on(command: Command) -> None:
    first = command("demo", "--hands-free", *QUICK)
    assert first.returncode == 0, first.stdout[-5000:] + first.stderr[-2000:]
    assert "SIMULATED" in first.stdout.splitlines()[0]
    codes = len(Code) - 4
    assert f"Conflict codes seen: {codes} of {codes}" in first.stdout
    assert "Next steps seen: 7 of 7" in first.stdout
    sent = sorted((command.home / "outbox").glob("*.eml"))
    assert sent
    assert all(file.name in first.stdout for file in sent)
    second = command("demo", "--hands-free", *QUICK)
    assert second.returncode == 0, second.stdout[-5000:]
    assert sorted((command.home / "outbox").glob("*.eml")) == sent


def test_demo_without_a_terminal_says_what_to_do(command: Command) -> None:
    assert "--hands-free" in command.fails("demo")


class Terminal:
    """The demo in a terminal, with somebody typing."""

    def __init__(self, command: Command) -> None:
        self._ours, theirs = pty.openpty()
        self._process = fork(entry, ("demo", *QUICK), command.env, (theirs, theirs, theirs))
        os.close(theirs)
        self.text = ""
        self._seen = 0

    def until(self, words: str, seconds: float = 180) -> None:
        """Read until ``words`` come after those that were waited for before; one read may hold several of them."""
        end = time.monotonic() + seconds
        while words not in self.text[self._seen :]:
            assert time.monotonic() < end, self.text[self._seen :]
            if select.select([self._ours], [], [], 0.5)[0]:
                try:
                    self.text += os.read(self._ours, 65536).decode(errors="replace")
                except OSError:
                    break
        found = self.text.find(words, self._seen)
        assert found >= 0, self.text[self._seen :]
        self._seen = found + len(words)

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def tell(self, number: signal.Signals) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    def ended(self, seconds: float = 120) -> int:
        """Read on until it has ended: a terminal nobody reads stops whoever writes to it."""
        end = time.monotonic() + seconds
        while (status := self._process.exitcode) is None:
            assert time.monotonic() < end, self.text[-2000:]
            if select.select([self._ours], [], [], 0.1)[0]:
                with contextlib.suppress(OSError):
                    self.text += os.read(self._ours, 65536).decode(errors="replace")
        return status

    def close(self) -> None:
        if self._process.exitcode is None:
            self.tell(signal.SIGTERM)
        self.ended()
        os.close(self._ours)


@contextlib.contextmanager
def terminal(command: Command) -> Iterator[Terminal]:
    """The demo has been started, and asks about the first lead that waits."""
    found = Terminal(command)
    try:
        found.until("[a]pprove")
        yield found
    finally:
        found.close()


@pytest.mark.server
def test_person_answers_and_stops_in_the_terminal(command: Command) -> None:
    """One home: the leads of the first demo still wait in the next ones, which start in a moment."""
    with terminal(command) as first:
        _incomplete_answers_are_told_and_asked_again(first)
        _stops_cleanly(first, command, signal.SIGTERM)
    with terminal(command) as second:
        _person_decides(second)
    assert len(list((command.home / "outbox").glob("*.eml"))) == 1
    with terminal(command) as third:
        _stops_cleanly(third, command, signal.SIGINT)


def _stops_cleanly(terminal: Terminal, command: Command, number: signal.Signals) -> None:
    terminal.tell(number)
    assert terminal.ended() == 130
    assert "Traceback" not in terminal.text
    assert not (command.home / "endpoint.json").exists()


def _incomplete_answers_are_told_and_asked_again(terminal: Terminal) -> None:
    terminal.type("c\n")
    terminal.until("streams again")
    terminal.type("drafting\n")
    terminal.until("should change")
    terminal.type("shorter " * 200 + "\n")
    terminal.until("at most 1000 characters")
    for _ in range(5):
        terminal.until("[a]pprove")
        terminal.type("s\n")
    terminal.until("[a]pprove")
    terminal.type("a\n")
    terminal.until("may it stand")
    terminal.type("short\n")
    terminal.until("at least 10 letters")
    terminal.until("[a]pprove")


def _person_decides(terminal: Terminal) -> None:
    assert "Next step" in terminal.text
    assert re.search(r"1 of \d+", terminal.text)
    terminal.type("a\n")
    terminal.until("Accepted: delivering")
    terminal.until("[a]pprove")
    terminal.type("x\n")
    terminal.until("one of the letters")
    terminal.until("[a]pprove")
    terminal.type("c\n")
    terminal.until("streams again")
    terminal.type("drafting\n")
    terminal.until("should change")
    terminal.type("shorter\n")
    terminal.until("[a]pprove")
    terminal.type("r\n")
    terminal.until("Why (")
    terminal.type("other\n")
    terminal.until("Accepted: rejected")
    terminal.until("[a]pprove")
    terminal.type("q\n")
    terminal.until("Next steps seen")
    assert terminal.ended() == 0
