"""The demo: every sample ends as declared, and shows every conflict code and every next step."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

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
COMMAND = [sys.executable, "-m", "leadbraid", "demo"]
QUICK = ["--latency", "qualification=0.1,research=0.2,drafting=0.1,fit_risk=0.1"]
LEADS = sorted((EXAMPLES / "leads").glob("*.json"))


@pytest.mark.parametrize("file", LEADS, ids=lambda file: file.stem)
async def test_brief_of_every_example_fits_a_screen(file: Path) -> None:
    playbook = load_playbook(ROOT / "playbooks" / "dockline.yaml")
    lead = parse_lead(file.read_bytes(), file.name)
    rehearsal = Rehearsal(lead, playbook, RulesProvider(), Documents(EXAMPLES / "documents"))
    lines = brief_lines(await rehearsal.brief(frozenset()), lead=lead)
    assert len(lines) <= LINES == 45
    assert max(len(line.text) for line in lines) <= WIDTH == 100
    assert [line.text.split()[0] for line in lines[:5]] == ["Next", "Verdict", "Worst", "Conflicts", "Due"]


def test_every_example_has_its_part_in_the_script() -> None:
    assert sorted(sample.file for sample in load_script(EXAMPLES).samples) == [file.name for file in LEADS]


def _environment(home: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TEMPORAL_", "LEADBRAID_"))}
    return clean | {"LEADBRAID_HOME": str(home), "COLUMNS": "100", "TERM": "xterm"}


@pytest.mark.server
def test_hands_free_demo_ends_as_declared_and_a_second_run_goes_on(tmp_path: Path) -> None:
    command = [*COMMAND, "--hands-free", *QUICK]
    first = subprocess.run(command, capture_output=True, text=True, env=_environment(tmp_path), cwd=ROOT, timeout=240)
    assert first.returncode == 0, first.stdout[-5000:] + first.stderr[-2000:]
    assert "SIMULATED" in first.stdout.splitlines()[0]
    codes = len(Code) - 3
    assert f"Conflict codes seen: {codes} of {codes}" in first.stdout
    assert "Next steps seen: 7 of 7" in first.stdout
    sent = sorted((tmp_path / "outbox").glob("*.eml"))
    assert sent
    assert all(file.name in first.stdout for file in sent)
    second = subprocess.run(command, capture_output=True, text=True, env=_environment(tmp_path), cwd=ROOT, timeout=240)
    assert second.returncode == 0, second.stdout[-5000:]
    assert sorted((tmp_path / "outbox").glob("*.eml")) == sent


def test_demo_without_a_terminal_says_what_to_do(tmp_path: Path) -> None:
    ended = subprocess.run(
        COMMAND,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=_environment(tmp_path),
        cwd=ROOT,
        timeout=60,
    )
    assert ended.returncode == 1
    assert "--hands-free" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


class Terminal:
    """The demo in a terminal, with somebody typing."""

    def __init__(self, home: Path) -> None:
        self._ours, theirs = pty.openpty()
        # A shell's background job ignores Ctrl-C, and so would what it starts.
        self.process = subprocess.Popen(
            [*COMMAND, *QUICK],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=_environment(home),
            cwd=ROOT,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        os.close(theirs)
        self.text = ""

    def until(self, words: str, seconds: float = 180) -> None:
        """Read until ``words`` come that were not read before."""
        start, end = len(self.text), time.monotonic() + seconds
        while words not in self.text[start:]:
            assert time.monotonic() < end, self.text[start:]
            if select.select([self._ours], [], [], 0.5)[0]:
                try:
                    self.text += os.read(self._ours, 65536).decode(errors="replace")
                except OSError:
                    break
        assert words in self.text[start:], self.text[start:]

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def ended(self, seconds: float = 120) -> int:
        """Read on until it has ended: a terminal nobody reads stops whoever writes to it."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < end, self.text[-2000:]
            if select.select([self._ours], [], [], 0.1)[0]:
                with contextlib.suppress(OSError):
                    self.text += os.read(self._ours, 65536).decode(errors="replace")
        return self.process.returncode

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.ended()
        os.close(self._ours)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    found = Terminal(tmp_path)
    yield found
    found.close()


@pytest.mark.server
def test_person_decides_in_the_terminal(terminal: Terminal, tmp_path: Path) -> None:
    terminal.until("[a]pprove")
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
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == 1


@pytest.mark.server
def test_incomplete_answers_are_told_and_asked_again(terminal: Terminal) -> None:
    terminal.until("[a]pprove")
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
    terminal.type("q\n")
    assert terminal.ended() == 0
    assert "Traceback" not in terminal.text


@pytest.mark.server
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_the_demo_stops_cleanly(terminal: Terminal, tmp_path: Path, number: signal.Signals) -> None:
    terminal.until("[a]pprove")
    terminal.process.send_signal(number)
    assert terminal.ended() == 130
    assert "Traceback" not in terminal.text
    assert not (tmp_path / "endpoint.json").exists()
