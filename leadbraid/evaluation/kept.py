"""A result as a file: written so that two of them can be compared by eye, read so that a broken one says why."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from leadbraid.errors import InputError
from leadbraid.evaluation.result import Result
from leadbraid.models.visible import one_line

BYTES_LIMIT = 64 * 1024 * 1024


def as_json(result: Result) -> str:
    """The file's text: one case a line, so that a difference of two files names its cases."""
    head = result.model_copy(update={"cases": ()}).model_dump_json(by_alias=True, exclude_defaults=False)
    cases = ",\n".join(case.model_dump_json(exclude_defaults=True) for case in result.cases)
    return head.removesuffix('"cases":[]}') + f'"cases":[\n{cases}\n]}}\n'


def read_result(path: Path) -> Result:
    """Read a result that `leadbraid eval --json` wrote.

    Raises:
        InputError: It is none; says why.
    """
    name = one_line(str(path), 200)
    try:
        with path.open("rb") as stream:
            data = stream.read(BYTES_LIMIT + 1)
    except (OSError, ValueError) as error:
        raise InputError(f"{name} cannot be read: {getattr(error, 'strerror', None) or 'unusable name'}.") from None
    if len(data) > BYTES_LIMIT:
        raise InputError(f"{name} is larger than the {BYTES_LIMIT:,} bytes that a result may have.")
    try:
        return Result.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "the file"
        raise InputError(
            f"{name} is no result of `leadbraid eval --json`: {one_line(place, 60)}: {one_line(first['msg'], 160)}."
        ) from None
