"""An import: each row through the one door, a bounded number of leads on their way to Temporal at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from leadbraid.bulk.cells import values_of
from leadbraid.bulk.tables import Record, Table
from leadbraid.errors import EngineError, LeadError
from leadbraid.intake import Taken, lead_of
from leadbraid.models import Lead

AT_ONCE = 32
"""Submissions under way: enough that none waits for the disk alone, too few to flood a server that others use."""

AGAIN = "import the same file again: what was taken is found there and stays one lead"
"""Why a stopped import costs nothing: a lead's id comes from what it says."""

Take = Callable[[Lead], Awaitable[Taken]]


class Kind(StrEnum):
    """What a remark says of its row."""

    REFUSED = "refused"
    NOTE = "note"


@dataclass(frozen=True)
class Remark:
    """What a person should know of one row. ``note``: its lead came in without something it had."""

    row: int
    line: int
    kind: Kind
    reason: str


@dataclass(frozen=True)
class Ready:
    """A row that is a lead."""

    lead: Lead
    notes: tuple[Remark, ...] = ()


@dataclass
class Totals:
    """What became of the rows so far. A dry run only knows ``valid`` ones."""

    valid: int = 0
    new: int = 0
    there: int = 0
    refused: int = 0
    noted: int = 0

    @property
    def rows(self) -> int:
        """Rows done with."""
        return self.valid + self.new + self.there + self.refused

    @property
    def taken(self) -> str:
        """What Temporal has of them, for a person."""
        return f"{self.new:,} new and {self.there:,} that were there already"


class Import:
    """One import, or the rehearsal of one.

    Args:
        table: Its rows.
        source: Source of a row that names none.
        hear: Told each refusal, and each note on a lead that came in.

    ``moved`` is called after each row, for whoever shows how far it is.
    """

    moved: Callable[[], None]

    def __init__(self, table: Table, source: str, hear: Callable[[Remark], None]) -> None:
        self.totals = Totals()
        self.moved = lambda: None
        self._rows: Iterator[Ready | Remark] = (ready(record, source) for record in table)
        self._hear = hear
        self._trouble: EngineError | None = None

    def check(self) -> None:
        """See what would be taken, without Temporal."""
        for row in self._rows:
            if isinstance(row, Ready):
                self.totals.valid += 1
                self._note(row)
            else:
                self._refuse(row)
            self.moved()

    async def send(self, take: Take) -> None:
        """Hand every lead to ``take``.

        Raises:
            EngineError: Temporal went away; says how many it had taken. The rows after that were not read.
        """
        # They share one iterator, so no more rows are in memory than are under way.
        await asyncio.gather(*(self._work(take) for _ in range(AT_ONCE)))
        if self._trouble:
            why = str(self._trouble).rpartition("; ")[0] or str(self._trouble).rstrip(".")
            raise EngineError(f"{why}, after {self.totals.taken}; {AGAIN}.")

    async def _work(self, take: Take) -> None:
        for row in self._rows:
            if isinstance(row, Ready):
                try:
                    self._taken(row, await take(row.lead))
                except EngineError as error:
                    self._trouble = error
            else:
                self._refuse(row)
            self.moved()
            if self._trouble:
                return

    def _taken(self, row: Ready, taken: Taken) -> None:
        if taken.new:
            self.totals.new += 1
            self._note(row)
        else:
            self.totals.there += 1

    def _note(self, row: Ready) -> None:
        self.totals.noted += bool(row.notes)
        for note in row.notes:
            self._hear(note)

    def _refuse(self, remark: Remark) -> None:
        self.totals.refused += 1
        self._hear(remark)


def ready(record: Record, source: str) -> Ready | Remark:
    """The lead that a row is, or why it is none."""
    if record.problem:
        return Remark(record.row, record.line, Kind.REFUSED, f"{record.where} {record.problem}.")
    values, notes = values_of(record.cells, source)
    try:
        lead = lead_of(values, record.where)
    except LeadError as error:
        return Remark(record.row, record.line, Kind.REFUSED, str(error))
    told = (Remark(record.row, record.line, Kind.NOTE, f"{record.where}: {note}.") for note in notes)
    return Ready(lead, tuple(told))
