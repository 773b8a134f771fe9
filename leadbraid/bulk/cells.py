"""From the cells of one row to the values of a lead: what tables write differently from what a lead has.

Only what is certain is understood. What is not is left out with a note, so that no lead is lost for a field it could
do without, and none comes in with a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from leadbraid.bulk.countries import country_of
from leadbraid.models.visible import one_line

_WHOLE = re.compile(r"(\d{1,3}(?:(?P<mark>[.,'’\u00a0\u202f ])\d{3}(?:(?P=mark)\d{3})*)?|\d+)(?:[.,]0{1,2})?")
_PEOPLE = re.compile(
    r"\s*(?:employees|people|staff|mitarbeit(?:er|ende|er\W{1,2}innen)|beschäftigte|MA)$", re.IGNORECASE
)
_MOST_EMPLOYEES = 10_000_000
_GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?(?:\s*Uhr)?")


def values_of(cells: Mapping[str, str], source: str) -> tuple[dict[str, object], tuple[str, ...]]:
    """The values of a lead, as the door takes them, and what was left out, each with its reason.

    Args:
        cells: Field of `leadbraid.bulk.columns` -> cell.
        source: Source of a row that names none.
    """
    filled = {field: cell.strip() for field, cell in cells.items() if cell.strip()}
    parts = [filled.pop(part, "") for part in ("first_name", "last_name")]
    values: dict[str, object] = {"source": source, **filled}
    if any(parts) and "name" not in filled:
        values["name"] = " ".join(filter(None, parts))
    notes = [note for field in _READ if field in filled and (note := _read(field, filled[field], values))]
    return values, tuple(notes)


def _read(field: str, cell: str, values: dict[str, object]) -> str:
    """Put the value of ``cell`` into ``values``, or take it out and say why."""
    understand, wanted = _READ[field]
    value = understand(cell)
    if value is not None:
        values[field] = value
        return ""
    del values[field]
    return f"{field} {one_line(cell, 60)!r} is not {wanted} and was left out"


def employees_of(cell: str) -> int | None:
    """The number that ``cell`` states, in either notation (*1.200*, *1,200*, *1 200*, *1200.0*); else None.

    A range or a round figure is no number: its middle or its end would be a guess, which qualification then trusts.
    """
    match = _WHOLE.fullmatch(_PEOPLE.sub("", cell.strip()))
    if match is None:
        return None
    number = int(re.sub(r"\D", "", match[1]))
    return number if number <= _MOST_EMPLOYEES else None


def received_of(cell: str) -> str | None:
    """The time as ISO 8601; None where day and month could be meant either way, or it is no time."""
    match = _GERMAN_DATE.fullmatch(cell)
    try:
        if match:
            day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
            return datetime(year, month, day, hour, minute, second).isoformat()  # noqa: DTZ001 - as the table has it
        return datetime.fromisoformat(cell).isoformat() if "-" in cell else None
    except ValueError:
        return None


def _country(cell: str) -> str | None:
    return country_of(cell) or None


_READ = {
    "employees": (employees_of, "an exact number"),
    "country": (_country, "a country known here by code, English or German name"),
    "received_at": (received_of, "a time as 2026-11-24T09:30 or 24.11.2026 09:30"),
}
