"""Processes that cost no import: forked from one that has imported the program and done nothing else.

Each is a process of its own, with its own files, environment, folder and exit status, and can be killed; only the 0.7 s
of the import are spared. `python -m leadbraid` itself is started where `leadbraid up` is.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import IO, Any

from leadbraid.cli import entry

ROOT = Path(__file__).parents[1]
PATIENCE = 120
"""Seconds that a command may take before a test gives up."""
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["leadbraid.cli.app", "rich.table", "rich.live", "faults.faulty_worker"])


def clean_environment() -> dict[str, str]:
    """The environment of who runs the tests, without anything of ours or of Temporal's."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("TEMPORAL_", "LEADBRAID_"))}


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    returncode: int
    out: bytes
    err: bytes

    @property
    def stdout(self) -> str:
        """What was printed."""
        return self.out.decode()

    @property
    def stderr(self) -> str:
        """What was said on standard error."""
        return self.err.decode()


class Command:
    """`leadbraid` in one home folder."""

    def __init__(self, home: Path, cwd: Path = ROOT, **env: str) -> None:
        self.home, self.cwd = home, cwd
        self.env = clean_environment() | {"LEADBRAID_HOME": str(home), "COLUMNS": "100"} | env

    def __call__(self, *args: str, stdin: str | bytes = "", **env: str) -> Ended:
        """Run to the end."""
        with self.started(*args, stdin=stdin, **env) as running:
            return running.ended()

    @contextlib.contextmanager
    def started(self, *args: str, stdin: str | bytes = "", **env: str) -> Iterator[Running]:
        """Run; what still runs at the end is killed."""
        with contextlib.ExitStack() as files:
            inside, out, err = (files.enter_context(tempfile.TemporaryFile()) for _ in range(3))
            inside.write(stdin.encode() if isinstance(stdin, str) else stdin)
            inside.seek(0)
            process = fork(entry, args, self.env | env, (inside.fileno(), out.fileno(), err.fileno()), self.cwd)
            try:
                yield Running(process, out, err)
            finally:
                process.kill()
                process.join()

    def ok(self, *args: str, stdin: str | bytes = "", **env: str) -> str:
        """Run, which must work; returns what was printed."""
        ended = self(*args, stdin=stdin, **env)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def data(self, *args: str, stdin: str | bytes = "") -> Any:
        """Run with --json; returns the value."""
        return json.loads(self.ok(*args, "--json", stdin=stdin))

    def fails(self, *args: str, status: int = 1, stdin: str | bytes = "", **env: str) -> str:
        """Run, which must fail with one sentence on standard error; returns it."""
        ended = self(*args, stdin=stdin, **env)
        text = ended.stderr.strip()
        assert ended.returncode == status, (ended.returncode, text, ended.stdout)
        assert "Traceback" not in text
        assert "\x1b" not in text
        assert text
        assert len(text.splitlines()) == 1, text
        return text


@dataclass(frozen=True)
class Running:
    """A command at work, and the files it writes to."""

    process: BaseProcess
    out: IO[bytes]
    err: IO[bytes]

    def ended(self) -> Ended:
        """Wait for the end."""
        self.process.join(PATIENCE)
        assert self.process.exitcode is not None, "the command did not end"
        return Ended(self.process.exitcode, _whole(self.out), _whole(self.err))


def _whole(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def fork(
    run: Callable[[], object], args: tuple[str, ...], env: dict[str, str], files: tuple[int, int, int], cwd: Path = ROOT
) -> BaseProcess:
    """Start a program with these arguments on these open files: standard input, output and error."""
    process = _forks.Process(target=_begin, args=(run, args, env, cwd, _Handed(files)))
    process.start()
    return process


class _Handed:
    """Open files on their way into a process that is being started."""

    def __init__(self, numbers: tuple[int, ...]) -> None:
        self.numbers = numbers

    def __getstate__(self) -> list[Any]:
        return [DupFd(number) for number in self.numbers]

    def __setstate__(self, handed: list[Any]) -> None:
        self.numbers = tuple(one.detach() for one in handed)


def _begin(run: Callable[[], object], args: tuple[str, ...], env: dict[str, str], cwd: Path, files: _Handed) -> None:
    """Give the process what a fresh interpreter would find, and run the program."""
    for number, given in enumerate(files.numbers):
        os.dup2(given, number)
        os.close(given)
    sys.stdin, sys.stdout = open(0, encoding="utf-8"), open(1, "w", encoding="utf-8")  # noqa: SIM115 - to its end
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115 - to its end
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = [run.__name__, *args]
    run()
