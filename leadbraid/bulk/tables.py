"""A table, read row by row: CSV in its many forms, or JSON lines. A row is told or refused, never guessed."""

from __future__ import annotations

import csv
import io
import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TextIO

from leadbraid.bulk.columns import Columns, field_of, match_columns, require_columns, shown
from leadbraid.bulk.names import plain
from leadbraid.bulk.textfile import undecoded
from leadbraid.errors import InputError
from leadbraid.intake import parse_object
from leadbraid.models.visible import one_line

LINE_LIMIT = 1_000_000
"""Characters of one line; what is longer is no row of a table."""
_HEAD = 64 * 1024
_DELIMITERS = ",;\t"
_IGNORED_SHOWN = 50


@dataclass(frozen=True)
class Record:
    """One row. ``row`` counts as a spreadsheet does, ``line`` as an editor does, both from 1.

    ``problem``: why its cells cannot be used; then it has none.
    """

    row: int
    line: int
    cells: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    @property
    def where(self) -> str:
        """What to call it in a sentence."""
        return f"Row {self.row} (line {self.line})"


class Table(Protocol):
    """Rows by field, read once.

    ``ignored``: the columns that nobody knows. ``unmet``: those chosen that are nowhere. Of JSON lines both are told of
    the lines read so far.
    """

    @property
    def ignored(self) -> tuple[str, ...]: ...

    @property
    def unmet(self) -> tuple[str, ...]: ...

    def __iter__(self) -> Iterator[Record]: ...


def read_table(text: TextIO, chosen: Mapping[str, str], where: str) -> Table:
    """The table in ``text``, from its beginning: JSON lines where it begins with a brace, else CSV.

    Raises:
        InputError: It is neither, or its header cannot be used.
    """
    head = text.read(_HEAD)
    text.seek(0)
    match head.lstrip("\ufeff \t\r\n")[:1]:
        case "":
            raise InputError(f"{where} is empty.")
        case "{":
            return JsonLines(text, chosen, head, where)
        case "[":
            raise InputError(
                f"{where} is a JSON list; import takes one object a line (`jq -c '.[]' FILE` makes them of a list)."
            )
        case _:
            return CsvTable(text, chosen, head, where)


# --- lines ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Line:
    number: int
    text: str
    cut: bool = False


class _Lines:
    """The lines of a file, numbered; some can be put back, to be read again."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._back: deque[_Line] = deque()
        self._number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> _Line:
        if self._back:
            return self._back.popleft()
        text = self._file.readline(LINE_LIMIT)
        if not text:
            raise StopIteration
        self._number += 1
        return _Line(self._number, text, cut=len(text) == LINE_LIMIT and self._skip_rest(text))

    def _skip_rest(self, text: str) -> bool:
        while text and not text.endswith(("\n", "\r")):
            text = self._file.readline(LINE_LIMIT)
        return True

    def put_back(self, lines: list[_Line]) -> None:
        self._back.extendleft(reversed(lines))


# --- CSV -----------------------------------------------------------------------------------------------------------


class CsvTable:
    """CSV with a header, delimited by ``,``, ``;`` or tab: whichever gives the header more known columns."""

    def __init__(self, text: TextIO, chosen: Mapping[str, str], head: str, where: str) -> None:
        self._lines = _Lines(text)
        told = _told_delimiter(head)
        if told:
            next(self._lines)
        self._delimiter = told or _likeliest(head)
        self._row = 0
        header = self._header(where)
        self._width = len(header)
        self._columns: Columns = match_columns(header, chosen, where)
        require_columns(self._columns, header, where)

    @property
    def ignored(self) -> tuple[str, ...]:
        """The columns that nobody knows."""
        return tuple(shown(name) for name in self._columns.ignored)

    @property
    def unmet(self) -> tuple[str, ...]:
        """None: a header without a chosen column is refused."""
        return ()

    def _header(self, where: str) -> list[str]:
        cells: list[str] = []
        while not any(plain(cell) for cell in cells):
            try:
                line, cells, problem = self._next()
            except StopIteration:
                raise InputError(f"{where} has no header: its first row must name the columns.") from None
            if problem:
                raise InputError(f"{where} has no usable header: line {line} {problem}.")
        while not cells[-1].strip():
            cells.pop()
        return cells

    def __iter__(self) -> Iterator[Record]:
        while True:
            try:
                line, cells, problem = self._next()
            except StopIteration:
                return
            if problem or any(cell.strip() for cell in cells):
                yield self._record(line, cells, problem)

    def _record(self, line: int, cells: list[str], problem: str) -> Record:
        problem = problem or self._misfit(cells)
        if problem:
            return Record(self._row, line, problem=problem)
        return Record(self._row, line, {name: cells[place] for name, place in self._columns.places.items()})

    def _misfit(self, cells: list[str]) -> str:
        if len(cells) < self._width or any(cell.strip() for cell in cells[self._width :]):
            more = "; a cell that holds the delimiter needs quotes" if len(cells) > self._width else ""
            return f"has {len(cells)} cells where the header has {self._width}{more}"
        return _NOT_UTF_8 if any(undecoded(cell) for cell in cells) else ""

    def _next(self) -> tuple[int, list[str], str]:
        """The next row: its first line, its cells, and what is wrong with it.

        After a broken row reading goes on at its second line: a quote that is never closed costs its own row, not all
        that follow.

        Raises:
            StopIteration: There is none.
        """
        taken: list[_Line] = []
        reader = csv.reader(self._fed(taken), delimiter=self._delimiter, strict=True, skipinitialspace=True)
        self._row += 1
        try:
            cells = next(reader)
        except csv.Error as error:
            self._lines.put_back(taken[1:])
            return taken[0].number, [], _CELL_TOO_LONG if "field limit" in str(error) else _BROKEN
        cut = any(line.cut for line in taken)
        return taken[0].number, [] if cut else cells, _TOO_LONG if cut else ""

    def _fed(self, taken: list[_Line]) -> Iterator[str]:
        for line in self._lines:
            taken.append(line)
            yield line.text


_BROKEN = "has a quote that is not closed, or one inside a quoted cell that is not doubled"
_CELL_TOO_LONG = f"has a cell of over {csv.field_size_limit():,} characters, or a quote that is not closed"
_TOO_LONG = f"has a line of over {LINE_LIMIT:,} characters"
_NOT_UTF_8 = "holds bytes that are not UTF-8, as the rest of the file is"


def _told_delimiter(head: str) -> str:
    """Of a first line ``sep=;``, as Excel reads and writes it."""
    first = head.lstrip("\ufeff").split("\n", 1)[0].strip("\r\"' ")
    return first[4] if len(first) == 5 and first[:4].casefold() == "sep=" else ""


def _likeliest(head: str) -> str:
    return max(_DELIMITERS, key=lambda delimiter: _fitness(head, delimiter))


def _fitness(head: str, delimiter: str) -> tuple[int, int]:
    """How many known columns the first filled row has when it is split so, and how many cells."""
    try:
        rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
        header = next((row for row in rows if any(cell.strip() for cell in row)), [])
    except csv.Error:
        return 0, 0
    return sum(bool(field_of(name)) for name in header), len(header)


# --- JSON lines ----------------------------------------------------------------------------------------------------


class JsonLines:
    """One JSON object a line. Each has its own keys, so what is ambiguous or missing is told of its row."""

    def __init__(self, text: TextIO, chosen: Mapping[str, str], head: str, where: str) -> None:
        self._lines = _Lines(text)
        self._chosen = dict(chosen)
        self._ignored: dict[str, None] = {}
        self._unmet = {plain(column): column for column in chosen.values()}
        for column in chosen.values():
            if column.startswith("#"):
                raise InputError(
                    f"{where} is JSON lines, which have no column {shown(column)}; --map takes a key of them."
                )
        if head.lstrip("\ufeff").split("\n", 1)[0].strip() == "{":
            raise InputError(f"{where} is JSON over several lines; import takes one object a line (`jq -c . FILE`).")

    @property
    def ignored(self) -> tuple[str, ...]:
        """The keys met so far that nobody knows."""
        return tuple(self._ignored)

    @property
    def unmet(self) -> tuple[str, ...]:
        """The chosen keys that no line so far had."""
        return tuple(shown(column) for column in self._unmet.values())

    def __iter__(self) -> Iterator[Record]:
        for line in self._lines:
            text = line.text.strip()
            if text:
                yield self._record(line, text.removeprefix("\ufeff"))

    def _record(self, line: _Line, text: str) -> Record:
        where = Record(line.number, line.number).where
        if line.cut or undecoded(text):
            return Record(line.number, line.number, problem=_TOO_LONG if line.cut else _NOT_UTF_8)
        try:
            cells = self._cells(parse_object(text.encode(), where), where)
        except InputError as error:
            why = str(error).removeprefix(f"{where} ").removesuffix(".").replace("line 1, column", "column")
            return Record(line.number, line.number, problem=why)
        return Record(line.number, line.number, cells)

    def _cells(self, values: Mapping[str, Any], where: str) -> dict[str, str]:
        filled = {name: value for name, value in values.items() if value is not None}
        names, met = list(filled), {plain(name) for name in values}
        self._unmet = {key: column for key, column in self._unmet.items() if key not in met}
        met = {plain(name) for name in names}
        there = {name: column for name, column in self._chosen.items() if plain(column) in met}
        columns = match_columns(names, there, where)
        for name in columns.ignored[: _IGNORED_SHOWN - len(self._ignored)]:
            self._ignored.setdefault(shown(name))
        return {name: _cell(names[place], filled[names[place]], where) for name, place in columns.places.items()}


def _cell(name: str, value: object, where: str) -> str:
    if isinstance(value, bool | dict | list):
        told = one_line(json.dumps(value), 40)
        raise InputError(f"{where} has {told} as {shown(name)!r}, which is no text and no number.")
    return str(value)
