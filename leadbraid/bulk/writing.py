"""Writing tables: cells that no spreadsheet runs, files that are whole or not there."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol, TextIO

from leadbraid.errors import InputError
from leadbraid.models.visible import visible

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What a spreadsheet may read as the beginning of a formula (OWASP, *CSV Injection*)."""


class Writer(Protocol):
    """Takes one row after another."""

    def __call__(self, row: Mapping[str, object]) -> None: ...


def csv_writer(stream: TextIO, columns: Sequence[str]) -> Writer:
    """Writes CSV, its header at once."""
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(columns)

    def write(row: Mapping[str, object]) -> None:
        table.writerow([cell_of(row[column]) for column in columns])

    return write


def jsonl_writer(stream: TextIO) -> Writer:
    """Writes one JSON object a line."""

    def write(row: Mapping[str, object]) -> None:
        text = json.dumps(row, ensure_ascii=False, default=_plain_value)
        # What moves text about or steers a terminal is written as an escape, which reads back as it was.
        stream.write(f"{text if text.isprintable() else json.dumps(row, default=_plain_value)}\n")

    return write


def cell_of(value: object) -> str:
    """A value as a CSV cell: text that would be a formula gets an apostrophe, what cannot be seen is written out."""
    if isinstance(value, str):
        return f"'{visible(value)}" if value.startswith(_FORMULA) else visible(value)
    return "" if value is None else _plain_value(value)


def _plain_value(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.isoformat(timespec="seconds")
        case _:
            return str(value)


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """A text file that appears under its name when all of it is written; after an error it does not.

    Only its owner may read it: a list of leads is nobody else's.

    Raises:
        InputError: It cannot be written there.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        raise InputError(f"{path} is no ordinary file; leave the option out to write to standard output.")
    try:
        stream = tempfile.NamedTemporaryFile(  # noqa: SIM115 - closed before it is renamed
            "w", encoding="utf-8", newline="", dir=target.parent, prefix=f".{target.name}.", delete=False
        )
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from None
    try:
        with stream:
            yield stream  # type: ignore[misc]  # the wrapper has every method of a text file
            stream.flush()
            os.fsync(stream.fileno())
        Path(stream.name).replace(target)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        Path(stream.name).unlink(missing_ok=True)
