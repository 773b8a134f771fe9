"""The prompts: a file for each job of a model, and one on how to read data. An operator may replace any of them."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from leadbraid.errors import SettingsError
from leadbraid.models import digest
from leadbraid.models.visible import one_line
from leadbraid.per_job import JOBS

DATA = "data"
NAMES = (*JOBS, DATA)
BOUNDARY, MARK = "{boundary}", "{mark}"
LIMIT = 40_000
"""Characters of one prompt file."""
_PACKAGED = Path(__file__).parent / "texts"


@dataclass(frozen=True)
class Prompts:
    """The texts by name, and which of them are the operator's."""

    texts: Mapping[str, str]
    replaced: frozenset[str] = frozenset()

    @classmethod
    def load(cls, folder: Path | None = None) -> Self:
        """The packaged texts, and instead of them those that ``folder`` holds as ``<name>.txt``.

        Raises:
            SettingsError: The folder or a file of it cannot be used.
        """
        texts = {name: (_PACKAGED / f"{name}.txt").read_text("utf-8") for name in NAMES}
        own = _own(folder) if folder else {}
        return cls(texts | own, frozenset(own))

    def text(self, job: str) -> str:
        """The text of a job."""
        return self.texts[job]

    def about_data(self, boundary: str, mark: str) -> str:
        """How the data is to be read."""
        return self.texts[DATA].replace(BOUNDARY, boundary).replace(MARK, mark)

    def digest(self, job: str) -> str:
        """The version of a job's prompt: SHA-256 over its text, a line feed, and the text on data."""
        return digest(f"{self.texts[job]}\n{self.texts[DATA]}".encode())


def _own(folder: Path) -> dict[str, str]:
    try:
        files = sorted(one for one in folder.iterdir() if not one.name.startswith("."))
        own = {_name(one): _read(one) for one in files}
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "a file in it is not UTF-8 text"
        raise SettingsError(f"LEADBRAID_LLM_PROMPTS is {folder}, which cannot be read ({why}): correct it.") from None
    for name, text in own.items():
        if problem := _problem(name, text):
            raise SettingsError(f"The prompt {folder / f'{name}.txt'} {problem}.")
    return own


def _name(file: Path) -> str:
    if file.suffix != ".txt" or file.stem not in NAMES:
        listed = ", ".join(f"{name}.txt" for name in NAMES)
        raise SettingsError(f"{one_line(str(file), 300)} is no prompt: a folder of prompts holds only {listed}.")
    return file.stem


def _read(file: Path) -> str:
    """The text of a file that is one, and not larger than a prompt can be."""
    found = file.stat()
    if not stat.S_ISREG(found.st_mode):
        raise SettingsError(f"The prompt {file} is no ordinary file: put its text there.")
    if found.st_size > 4 * LIMIT:
        raise SettingsError(f"The prompt {file} is too large; at most {LIMIT} characters are sent.")
    return file.read_text("utf-8-sig")


def _problem(name: str, text: str) -> str:
    if not text.strip():
        return "is empty: write it, or take the file away to use the packaged one"
    if len(text) > LIMIT:
        return f"has {len(text)} characters; at most {LIMIT} are sent"
    if name == DATA and not (BOUNDARY in text and MARK in text):
        return f"must name {BOUNDARY} and {MARK}, so that a model can tell data from instructions"
    return ""
