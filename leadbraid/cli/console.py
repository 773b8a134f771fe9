"""What every command shares: where output goes, how an error looks, how a coroutine is run."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, TypeVar

import typer
from rich.console import Console
from rich.text import Text

from leadbraid import logs
from leadbraid.errors import Finding, LeadbraidError
from leadbraid.models.visible import one_line
from leadbraid.render import Line
from leadbraid.settings import Settings, load_settings

T = TypeVar("T")
WIDTH = 120
"""Columns where the output is not a terminal, e.g. a file."""


def console() -> Console:
    """Standard output. Markup is off: a lead's text must never be read as formatting."""
    width = None if sys.stdout.isatty() else WIDTH
    return Console(markup=False, highlight=False, emoji=False, soft_wrap=True, width=width)


def settings() -> Settings:
    """The settings, with logging set up by them."""
    found = load_settings()
    logs.configure(found.log_level, found.log_format)
    return found


def now() -> datetime:
    """The time at this edge, UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the edge


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's work."""
    return asyncio.run(work)


def end_cleanly_on_sigterm() -> None:
    """Do for SIGTERM and SIGHUP what Ctrl-C does; without it a closed terminal would leave a server behind."""
    itself, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert itself is not None
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, itself.cancel)


def say(text: str = "") -> None:
    """One line to standard output."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def say_json(value: object) -> None:
    """One JSON value on one line."""
    say(json.dumps(value, ensure_ascii=False, default=str))


def show_lines(lines: Iterable[Line]) -> None:
    """Styled lines."""
    out = console()
    for line in lines:
        out.print(Text(line.text, style=line.style))


def tell_error(message: str, *, code: str, as_json: bool, findings: Sequence[Finding] = ()) -> None:
    """An error on standard error: one sentence (a playbook's: one a finding), or the same as an object."""
    told: dict[str, object] = {"error": code, "message": message}
    if findings:
        told["findings"] = [asdict(finding) for finding in findings]
    text = json.dumps(told, ensure_ascii=False) if as_json else message
    sys.stderr.write(f"{text}\n")


def confirm_calls(told: str, *, yes: bool) -> None:
    """Money is at stake, so a person says yes to a number.

    Args:
        told: What is about to be called, and how often.
        yes: Whether they have said so already.

    Raises:
        LeadbraidError: Nobody can be asked.
    """
    if yes:
        sys.stderr.write(f"{told}.\n")
    elif not sys.stdin.isatty():
        raise LeadbraidError(f"This makes {told}; confirm with --yes.")
    else:
        typer.confirm(f"This makes {told}. Go on?", abort=True, err=True)


class UsageError(LeadbraidError):
    """The command was used wrongly (exit status 2)."""

    code = "usage"


def time_of(option: str, text: str | None) -> datetime | None:
    """The time that an option names, UTC unless it says; None where the option is left out.

    Raises:
        UsageError: It is no time; says what one looks like.
    """
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {one_line(text, 40)!r} is not a time as 2026-11-24 or 2026-11-24T09:30.") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
