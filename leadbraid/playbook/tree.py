"""YAML as plain values with the line of every key: the one place that knows ruamel.

Only text, numbers, true/false, lists and blocks of keys are read. No tag makes an object, aliases are expanded within
a limit, and nothing but `Unreadable` is raised, whatever the text holds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

Path = tuple[str | int, ...]

MAX_BYTES = 512_000
TOO_LARGE = f"is larger than {MAX_BYTES // 1000} kB; a playbook is a few hundred lines"
MAX_DEPTH = 30
MAX_VALUES = 50_000


@dataclass(frozen=True)
class Problem:
    """Something wrong at a place. ``line`` is set where it is known better than by the path."""

    path: Path
    text: str
    line: int | None = None


class Unreadable(Exception):  # noqa: N818 - a finding on its way out, not a bug
    """The text is not YAML, or not of the kind that is read here."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text


@dataclass
class Tree:
    """The values of a file, and where each stands."""

    data: Any
    lines: dict[Path, int]
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of ``path``, or of the nearest thing around it that stands in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


@dataclass
class _Node:
    line: int
    value: Any


def read_tree(text: str) -> Tree:
    """Read ``text``. Duplicate keys, empty values and control characters come as problems, worse as `Unreadable`."""
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise Unreadable(1, TOO_LARGE)
    composer = _Composer(_events(text))
    root = composer.document()
    tree = Tree(data=None, lines={}, problems=composer.problems)
    tree.data = _flatten(root, (), tree, [MAX_VALUES])
    return tree


def _events(text: str) -> Iterator[Event]:
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except Unreadable:
        raise
    except Exception as error:  # the seam to ruamel: on broken text it raises more than its own classes
        raise Unreadable(_line_of(error, text), f"is not YAML: {_in_words(error)}") from None


def _line_of(error: Exception, text: str) -> int:
    """Where it breaks; where it was opened, if something was never closed."""
    opened = any(what in str(getattr(error, "context", "")) for what in ("quoted scalar", "flow"))
    marks = ("context_mark", "problem_mark") if opened else ("problem_mark", "context_mark")
    mark = next((found for name in marks if (found := getattr(error, name, None)) is not None), None)
    if mark is not None:
        return int(mark.line) + 1
    position = getattr(error, "position", 0)
    return text.count("\n", 0, position if isinstance(position, int) else 0) + 1


_PLAIN_WORDS = (
    ("mapping values are not allowed", "a colon starts a new key here; put text that holds a colon in quotes"),
    ("'\\t'", "there is a tab; indent with spaces"),
    ("found character", "this text must be put in quotes, as it starts with a character that YAML keeps for itself"),
    ("could not find expected ':'", "a key has no colon, or a text in quotes is not closed"),
    ("parsing a flow", "a bracket is opened and never closed, or a comma is missing"),
    ("<block end>", "the indentation does not fit the lines above, or a quote or bracket is not closed"),
    ("unexpected end of stream", "a quote is opened and never closed"),
    ("found undefined tag", "tags such as `!name` are not read"),
    ("special characters are not allowed", "there is a control character; remove it"),
)


def _in_words(error: Exception) -> str:
    said = " ".join(str(getattr(error, part, "") or "") for part in ("context", "problem", "reason"))
    for mark, plain in _PLAIN_WORDS:
        if mark in said:
            return plain
    return "the text breaks off or does not fit what stands before it; check indentation, quotes and brackets"


class _Composer:
    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self._anchors: dict[str, _Node] = {}
        self.problems: list[Problem] = []

    def document(self) -> _Node:
        root: _Node | None = None
        for event in self._events:
            if not isinstance(event, NodeEvent):
                continue
            if root is not None:
                raise Unreadable(_line(event), "a second document starts here; a playbook is one document")
            root = self._node(event, ())
        if root is None:
            raise Unreadable(1, "the file is empty; `leadbraid playbook new` writes one to start from")
        return root

    def _node(self, event: Event, path: Path) -> _Node:
        if len(path) > MAX_DEPTH:
            raise Unreadable(_line(event), f"is nested more than {MAX_DEPTH} levels deep")
        if isinstance(event, AliasEvent):
            return self._alias(event)
        self._refuse_tag(event)
        node = _Node(_line(event), self._value(event, path))
        if isinstance(event, NodeEvent) and event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _value(self, event: Event, path: Path) -> Any:
        match event:
            case MappingStartEvent():
                return self._mapping(path)
            case SequenceStartEvent():
                return self._sequence(path)
            case ScalarEvent():
                return self._scalar(event, path)
        raise Unreadable(_line(event), "is not YAML: the text breaks off here")

    def _alias(self, event: AliasEvent) -> _Node:
        try:
            return self._anchors[event.anchor]
        except KeyError:
            raise Unreadable(_line(event), f"`*{event.anchor}` stands for nothing that was named before") from None

    def _refuse_tag(self, event: Event) -> None:
        tag = getattr(event, "tag", None)
        if tag and str(tag) != "tag:yaml.org,2002:str":
            raise Unreadable(_line(event), "tags such as `!name` are not read; write plain text, lists and keys")

    def _sequence(self, path: Path) -> list[_Node]:
        items: list[_Node] = []
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self._node(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> dict[str, tuple[int, _Node]]:
        found: dict[str, tuple[int, _Node]] = {}
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(event)
            node = self._node(next(self._events), (*path, key))
            if key in found:
                self._duplicate((*path, key), first=found[key][0], line=_line(event))
            else:
                found[key] = (_line(event), node)
        return found

    def _key(self, event: Event) -> str:
        if not isinstance(event, ScalarEvent):
            raise Unreadable(_line(event), "a key is one word; put text with brackets or braces in quotes")
        if bad := _control(str(event.value)):
            raise Unreadable(_line(event), f"a key has {bad}; write plain text")
        return str(event.value)

    def _duplicate(self, path: Path, *, first: int, line: int) -> None:
        self.problems.append(Problem(path, f"is written twice, first in line {first}; keep one of them", line))

    def _scalar(self, event: ScalarEvent, path: Path) -> str | int | float | bool | None:
        value = str(event.value)
        if bad := _control(value):
            self.problems.append(Problem(path, f"has {bad}; write plain text", _line(event)))
        plain = event.style in (None, "") and not event.tag
        return plain_value(value) if plain else value


def _control(text: str) -> str:
    bad = next((char for char in text if unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t"), "")
    return f"the control character U+{ord(bad):04X}" if bad else ""


_INTEGER = re.compile(r"[-+]?[0-9]{1,15}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,15}|[0-9]{1,15}(\.[0-9]{0,15})?)(e[-+]?[0-9]{1,2})?", re.IGNORECASE)
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


def plain_value(text: str) -> str | int | float | bool | None:
    """What text without quotes means: a whole number, a number, true, false, nothing, or just the text (YAML 1.2)."""
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1


def _flatten(node: _Node, path: Path, tree: Tree, left: list[int]) -> Any:
    left[0] -= 1
    if left[0] < 0:
        raise Unreadable(node.line, f"holds more than {MAX_VALUES} values; aliases that repeat aliases are refused")
    tree.lines.setdefault(path, node.line)
    if isinstance(node.value, dict):
        return {key: _entry(entry, (*path, key), tree, left) for key, entry in node.value.items()}
    if isinstance(node.value, list):
        return [_flatten(item, (*path, place), tree, left) for place, item in enumerate(node.value)]
    return node.value


def _entry(entry: tuple[int, _Node], path: Path, tree: Tree, left: list[int]) -> Any:
    line, node = entry
    tree.lines[path] = line
    return _flatten(node, path, tree, left)
