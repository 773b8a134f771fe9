"""A progress bar for what takes longer than a second, on a terminal; nothing anywhere else."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

PATIENCE = 1.0
"""Seconds before a bar shows: what is over sooner needs none."""
EVERY = 0.1
"""Seconds between two looks: more would cost more than what is looked at."""


@contextlib.contextmanager
def progress(total: int | None, look: Callable[[], tuple[int, str]]) -> Iterator[Callable[[], None]]:
    """Gives what is to be called after each step.

    Args:
        total: How much there is; None where nobody knows.
        look: How far it is, and that in words.
    """
    if not sys.stderr.isatty():
        yield lambda: None
        return
    columns = (BarColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task, due = bar.add_task("", total=total), time.monotonic() + PATIENCE

    def step() -> None:
        nonlocal due
        if time.monotonic() >= due:
            due = time.monotonic() + EVERY
            bar.start()
            done, words = look()
            bar.update(task, completed=done, description=words)

    try:
        yield step
    finally:
        bar.stop()
