"""Leads to compare with, from files as `submit` and `import` take them, or from folders of such files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from leadbraid.bulk.importing import Ready, ready
from leadbraid.bulk.tables import read_table
from leadbraid.bulk.textfile import open_file, open_text
from leadbraid.errors import InputError
from leadbraid.intake import BYTES_LIMIT, parse_lead
from leadbraid.models import Lead, lead_id

SUFFIXES = (".json", ".csv", ".jsonl")
SOURCE = "compare"
"""Source of a row that names none."""


def read_leads(paths: Iterable[Path]) -> tuple[Lead, ...]:
    """All leads of all files, each once. One that cannot be used ends it: all that was meant is compared, or nothing.

    Raises:
        InputError: Names the file and, in a table, the row.
    """
    found: dict[str, Lead] = {}
    for path in paths:
        for file in _files(path):
            for lead in _leads(file):
                found.setdefault(lead_id(lead), lead)
    if not found:
        raise InputError("There is no lead to compare plans with; name files or folders of leads.")
    return tuple(found.values())


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
    if not files:
        raise InputError(f"{path} holds no file of leads ({', '.join(SUFFIXES)}).")
    return files


def _leads(file: Path) -> Iterator[Lead]:
    if file.suffix.lower() == ".json":
        with open_file(str(file)) as binary:
            yield parse_lead(binary.read(BYTES_LIMIT + 1), str(file))
        return
    with open_file(str(file)) as binary, open_text(binary, str(file)) as text:
        for record in read_table(text, {}, str(file)):
            row = ready(record, SOURCE)
            if not isinstance(row, Ready):
                raise InputError(f"{file}: {row.reason}")
            yield row.lead
