"""`python worker.py` as a process, and what people are told where none runs."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import ROOT, Command, clean_environment

from leadbraid.engine import attributes

pytestmark = pytest.mark.server
LEAD = {"email": "kim@northdock.example", "message": "We run two warehouses and want to see a demo.", "event_id": "w1"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A process whose standard error is read as it comes."""

    def __init__(self, *command: str, env: dict[str, str]) -> None:
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env=env, cwd=ROOT)
        self.text = ""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as stream:
            for line in stream:
                self.text += line.decode(errors="replace")

    def until(self, words: str) -> None:
        end = time.monotonic() + 60
        while words not in self.text:
            assert time.monotonic() < end, self.text
            time.sleep(0.05)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


@pytest.fixture
def where(tmp_path: Path) -> tuple[str, dict[str, str]]:
    """An address where nothing answers yet, and the environment that names it."""
    address = f"127.0.0.1:{free_port()}"
    return address, clean_environment() | {"LEADBRAID_HOME": str(tmp_path), "TEMPORAL_ADDRESS": address}


@pytest.fixture
def server(where: tuple[str, dict[str, str]], temporal_binary: str) -> Iterator[Process]:
    """The server at that address; starts when the fixture is used."""
    address, env = where
    names = [f"{name}={kind}" for name, kind in attributes.type_names().items()]
    process = Process(
        temporal_binary,
        *["server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", address.rpartition(":")[2]],
        *[word for name in names for word in ("--search-attribute", name)],
        env=env,
    )
    yield process
    process.stop()


def test_worker_keeps_trying_until_temporal_answers(
    where: tuple[str, dict[str, str]], request: pytest.FixtureRequest
) -> None:
    address, env = where
    worker = Process(sys.executable, "worker.py", env=env)
    worker.until(address)
    assert "Traceback" not in worker.text
    request.getfixturevalue("server")
    worker.until("worker_ready")
    assert worker.stop() == 0


def test_without_a_worker_people_are_told_how_to_start_one(where: tuple[str, dict[str, str]], server: Process) -> None:
    address, env = where
    leadbraid = Command(Path(env["LEADBRAID_HOME"]), TEMPORAL_ADDRESS=address)

    def until(words: str, *args: str, stdin: str = "") -> str:
        """Ask again until the answer has these words: server and worker take their time."""
        end = time.monotonic() + 60
        while words not in (shown := leadbraid(*args, stdin=stdin)).stdout:
            assert time.monotonic() < end, shown
        return shown.stdout

    taken = json.loads(until("lead_id", "submit", "-", "--json", stdin=json.dumps(LEAD)))
    lead_id = taken["lead_id"]
    assert taken["worker"] is False
    for words in (["show", lead_id], ["decide", lead_id, "reject", "--reason", "spam"]):
        assert "python worker.py" in leadbraid.fails(*words)
    assert "python worker.py" in leadbraid("queue").stderr
    worker = Process(sys.executable, "worker.py", env=env)
    worker.until("worker_ready")
    until("in review", "show", lead_id)
    leadbraid.ok("decide", lead_id, "reject", "--reason", "spam")
    until("rejected", "show", lead_id)
    assert worker.stop() == 0
    assert "rejected" in leadbraid.ok("show", lead_id)
