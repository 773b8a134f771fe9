"""Reading a playbook: YAML in, a `Playbook` or every finding out, each with file, line, key and what would be right.

The parts: ``playbook.tree`` reads, ``playbook_shape`` judges each key, ``playbook_checks`` what must hold between them,
``playbook_advice`` what is worth a second look, ``playbook_show`` writes it back, ``playbook_new`` is a first one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from leadbraid.errors import Finding, PlaybookError
from leadbraid.models.base import model_digest
from leadbraid.models.playbook import Playbook
from leadbraid.playbook.advice import advice
from leadbraid.playbook.checks import check
from leadbraid.playbook.new import NEW_PLAYBOOK
from leadbraid.playbook.shape import shape
from leadbraid.playbook.show import show_effective
from leadbraid.playbook.tree import MAX_BYTES, TOO_LARGE, Problem, Tree, Unreadable, read_tree
from leadbraid.playbook.tree import Path as KeyPath

__all__ = [
    "NEW_PLAYBOOK",
    "Checked",
    "advise",
    "advise_text",
    "check_playbook",
    "load_playbook",
    "parse_playbook",
    "playbook_digest",
    "show_effective",
]

WHOLE_FILE = "(file)"
"""Stands for the key where a finding is about the file as a whole."""


@dataclass(frozen=True)
class Checked:
    """A playbook that can be used, and what is worth a second look in it."""

    playbook: Playbook
    warnings: tuple[Finding, ...]


def load_playbook(path: Path) -> Playbook:
    """Read a playbook file.

    Raises:
        PlaybookError: With every finding.
    """
    return parse_playbook(_read(path), str(path))


def parse_playbook(text: str, name: str) -> Playbook:
    """Read a playbook's text; ``name`` is the file's name in findings.

    Raises:
        PlaybookError: With every finding.
    """
    return _parse(text, name)[0]


def check_playbook(path: Path) -> Checked:
    """Read a playbook file and look for what is worth a second look too: what `leadbraid playbook check` prints.

    Raises:
        PlaybookError: With every finding that makes it unusable.
    """
    text, name = _read(path), str(path)
    return Checked(parse_playbook(text, name), advise_text(text, name))


def advise(path: Path) -> tuple[Finding, ...]:
    """What is worth a second look in a playbook file. None of it makes the playbook unusable.

    Raises:
        PlaybookError: If it is unusable.
    """
    return check_playbook(path).warnings


def advise_text(text: str, name: str) -> tuple[Finding, ...]:
    """`advise` for a playbook's text; ``name`` is the file's name in findings.

    Raises:
        PlaybookError: If it is unusable.
    """
    playbook, tree = _parse(text, name)
    return _findings(advice(playbook), tree, name)


def playbook_digest(playbook: Playbook) -> str:
    """What a lead records as the playbook it ran under; comments and written-out defaults do not change it."""
    return model_digest(playbook)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name cannot be used"
        raise _one_finding(str(path), 1, f"cannot be read: {reason}; name a playbook file") from None
    if len(raw) > MAX_BYTES:
        raise _one_finding(str(path), 1, TOO_LARGE)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _one_finding(str(path), line, "is not UTF-8 text; save it as UTF-8") from None


def _one_finding(name: str, line: int, text: str) -> PlaybookError:
    return PlaybookError((Finding(name, line, WHOLE_FILE, text),))


def _parse(text: str, name: str) -> tuple[Playbook, Tree]:
    try:
        tree = read_tree(text)
    except Unreadable as error:
        raise _one_finding(name, error.line, error.text) from None
    shaped = shape(tree)
    problems = [*shaped.problems, *check(shaped.playbook, shaped.broken)]
    if problems:
        raise PlaybookError(_findings(problems, tree, name))
    return shaped.playbook, tree


def _findings(problems: Iterable[Problem], tree: Tree, name: str) -> tuple[Finding, ...]:
    found = (
        Finding(name, problem.line or tree.line(problem.path), _key(problem.path, tree.data), problem.text)
        for problem in problems
    )
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: finding.line))


def _key(path: KeyPath, data: object) -> str:
    """``path`` as people read it: ``topics[pricing].answers.de``. An entry without an id is counted from 1."""
    key = ""
    for step in path:
        data = _at(data, step)
        if isinstance(step, int):
            rule_id = data.get("id") if isinstance(data, dict) else None
            key += f"[{rule_id if isinstance(rule_id, str) else step + 1}]"
        else:
            key += ("." if key else "") + (step if len(step) <= 40 else step[:39] + "…")
    return key or WHOLE_FILE


def _at(data: object, step: str | int) -> object:
    if isinstance(data, dict):
        return data.get(step)
    return data[step] if isinstance(data, list) and isinstance(step, int) and step < len(data) else None
