"""From plain values to a `Playbook`: what is unknown, missing or of the wrong kind, said in words.

Every section of the file is judged by itself. Sections that are wrong are replaced by a stand-in, so that the rest can
still be checked against each other in the same run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from leadbraid.models.outputs import Stream
from leadbraid.models.playbook import DEFAULT_EFFECTS, DEFAULT_TONES, Playbook, ReviewPolicy
from leadbraid.plan import SHIPPED
from leadbraid.playbook.hints import DURATION, FORMS, HINTS
from leadbraid.playbook.tree import Path, Problem, Tree

Values = dict[str, Any]

_STAND_IN: Values = {
    "name": "stand-in",
    "product": {"name": "stand-in", "summary": "stand-in"},
    "ideal_customer": {"criteria": [{"id": "stand_in_criterion", "question": "stand-in"}]},
    "reply_patterns": [{"id": "stand_in_pattern", "subject": "stand-in", "body": "stand-in"}],
    "next_step_policy": [{"then": "reply_now"}],
    "stream_plan": SHIPPED["parallel"].model_dump(mode="json"),
}


@dataclass(frozen=True)
class Shaped:
    """A playbook whose sections are right but for those in ``broken``, which hold a stand-in."""

    playbook: Playbook
    broken: frozenset[str]
    problems: tuple[Problem, ...]


def shape(tree: Tree) -> Shaped:
    """Judge the values of a file, section by section."""
    data = tree.data
    if not isinstance(data, dict):
        return _nothing(f"should be a block of keys ({_listed(Playbook.model_fields)}), but is {_what(data)}")
    values, problems = prepare(data)
    problems += [*tree.problems, *_odd_values(data, ())]
    problems += _unsaid(problems, _shape_problems(values))
    broken = frozenset(str(problem.path[0]) for problem in problems if problem.path)
    sound = {key: value for key, value in values.items() if key in Playbook.model_fields and key not in broken}
    return Shaped(Playbook.model_validate(_STAND_IN | sound), broken, tuple(problems))


def _nothing(text: str) -> Shaped:
    everything = frozenset(Playbook.model_fields)
    return Shaped(Playbook.model_validate(_STAND_IN), everything, (Problem((), text),))


def _unsaid(said: list[Problem], more: list[Problem]) -> list[Problem]:
    places = {problem.path for problem in said}
    return [problem for problem in more if problem.path not in places]


def _odd_values(value: object, path: Path) -> Iterator[Problem]:
    """What the models would let pass: keys without a value, and true or false where a number belongs."""
    if isinstance(value, dict | list):
        for step, entry in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _odd_values(entry, (*path, step))
    elif value is None or (isinstance(value, str) and not value.strip()):
        yield Problem(path, f"is empty: {_write(path)}; or take the key out")
    elif isinstance(value, bool) and _is_number(path):
        yield Problem(path, f"should be a whole number, but is {_what(value)}")


def _is_number(path: Path) -> bool:
    owner = _model_at(path[:-1])
    field = owner.model_fields.get(str(path[-1])) if owner else None
    return field is not None and _bare(field.annotation) is int


# --- conveniences --------------------------------------------------------------------------------------------------


def prepare(data: Values) -> tuple[Values, list[Problem]]:
    """The short forms written out: a plan by name, a single word for a list, rows left to their defaults."""
    values, problems = dict(data), list[Problem]()
    if "stream_plan" in values:
        values["stream_plan"] = _plan(values["stream_plan"], problems)
    if isinstance(values.get("next_step_policy"), list):
        values["next_step_policy"] = [_step_rule(rule) for rule in values["next_step_policy"]]
    if isinstance(values.get("tone_limits"), dict):
        values["tone_limits"] = _rows(DEFAULT_TONES) | values["tone_limits"]
    if isinstance(values.get("next_steps"), dict):
        values["next_steps"] = _rows(DEFAULT_EFFECTS) | values["next_steps"]
    _durations(values.get("review"), problems)
    return values, problems


def _rows(rows: Mapping[Any, BaseModel]) -> Values:
    return {key.value: row.model_dump(mode="json") for key, row in rows.items()}


def _plan(value: object, problems: list[Problem]) -> object:
    path: Path = ("stream_plan",)
    if isinstance(value, str) and value.strip():
        if value not in SHIPPED:
            text = f"`{value}` is no plan that is shipped. {_one_of(value, SHIPPED)}; or write a block with `waits`"
            problems.append(Problem(path, text))
        return SHIPPED.get(value, SHIPPED["parallel"]).model_dump(mode="json")
    if not isinstance(value, dict):
        return value
    return {"name": "own", "streams": [stream.value for stream in Stream]} | value


def _step_rule(rule: object) -> object:
    if not isinstance(rule, dict) or not isinstance(rule.get("when"), dict):
        return rule
    when = {key: [value] if isinstance(value, str) else value for key, value in rule["when"].items()}
    return rule | {"when": when}


_DURATION = re.compile(r"P(?=.)(\d{1,3}W)?(\d{1,4}D)?(T(?=\d)(\d{1,4}H)?(\d{1,4}M)?(\d{1,5}S)?)?")


def _durations(review: object, problems: list[Problem]) -> None:
    for key, value in review.items() if isinstance(review, dict) else ():
        field = ReviewPolicy.model_fields.get(str(key))
        wanted = field is not None and field.annotation is timedelta
        if wanted and value is not None and not (isinstance(value, str) and _DURATION.fullmatch(value)):
            problems.append(Problem(("review", key), f"{_shown(value)} is no duration; {DURATION}"))


# --- what pydantic says, in words ----------------------------------------------------------------------------------


def _shape_problems(values: Values) -> list[Problem]:
    try:
        Playbook.model_validate(values, extra="forbid")
    except ValidationError as error:
        return _innermost([_problem(one) for one in error.errors(include_url=False)])
    return []


def _innermost(problems: list[Problem]) -> list[Problem]:
    """Without those that only follow from another inside: a list whose one entry is wrong is not empty."""
    around = {problem.path[:end] for problem in problems for end in range(len(problem.path))}
    return [problem for problem in problems if problem.path not in around]


def _problem(error: ErrorDetails) -> Problem:
    path = tuple(step for step in error["loc"] if step != "[key]")
    return Problem(path, _words(error, path))


def _words(error: ErrorDetails, path: Path) -> str:
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    match kind:
        case "extra_forbidden":
            return f"this key is not known. {_one_of(str(path[-1]), _fields(_model_at(path[:-1])))}"
        case "missing":
            return f"is missing: {_write(path)}"
        case "enum":
            return f"{_shown(given)} is not known here. {_one_of(str(given), _choices(str(context['expected'])))}"
        case "string_pattern_mismatch":
            return f"{_shown(given)} does not fit: {FORMS.get(str(context['pattern']), _write(path))}"
        case "date_type" | "date_parsing" | "date_from_datetime_parsing" | "date_from_datetime_inexact":
            return f"{_shown(given)} is no day; write it as 2026-12-25"
        case _:
            return _size_words(kind, given, context) or _type_words(kind, given, path)


def _size_words(kind: str, given: Any, context: Mapping[str, Any]) -> str:
    match kind:
        case "greater_than_equal":
            return f"is {given}; it must be at least {context['ge']}"
        case "less_than_equal":
            return f"is {given}; it must be at most {context['le']}"
        case "string_too_long":
            return f"has {len(given)} characters; at most {context['max_length']} are read, so shorten it"
        case "string_too_short":
            return f"has {len(given)} characters; say it in at least {context['min_length']}"
        case "too_short":
            return f"needs at least {_entries(context['min_length'])}, but has {context['actual_length']}"
        case "too_long":
            return f"takes at most {_entries(context['max_length'])}, but has {len(given)}"
        case _:
            return ""


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _type_words(kind: str, given: Any, path: Path) -> str:
    what = _what(given)
    if kind.startswith("string"):
        quoted = f'; put it in quotes: "{given}"' if isinstance(given, int | float) else ""
        return f"should be text, but is {what}{quoted}"
    if kind.startswith("int"):
        return f"should be a whole number, but is {what}"
    if kind.startswith("bool"):
        return f"should be true or false, but is {what}"
    if kind.startswith("tuple"):
        return f"should be a list, each entry on a line with `- ` before it or all in [ ], but is {what}"
    if kind.startswith(("model", "dict", "mapping")):
        known = _listed(_fields(_model_at(path)))
        return f"should be a block of keys{f' ({known})' if known else ''}, but is {what}"
    return f"cannot be used as it is: {_write(path)}"


def _what(value: object) -> str:
    match value:
        case None:
            return "empty"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text {_shown(value)}"
        case list() | tuple():
            return "a list"
        case _:
            return "a block of keys"


def _shown(value: object) -> str:
    text = str(value) if isinstance(value, str | int | float) else _what(value)
    return f"`{text if len(text) <= 60 else text[:59] + '…'}`"


def _choices(expected: str) -> list[str]:
    return re.findall(r"'([^']*)'", expected)


def _listed(names: Any) -> str:
    return ", ".join(str(name) for name in names)


def _one_of(given: str, known: Any) -> str:
    """Did you mean the nearest, and what there is."""
    names = [str(name) for name in known]
    near = get_close_matches(given.casefold().replace("-", "_").replace(" ", "_"), names, n=1)
    return (f"Did you mean `{near[0]}`? " if near else "") + f"Known are: {_listed(names)}"


def _write(path: Path) -> str:
    """What to write at ``path``."""
    owner, key = _model_at(path[:-1]), str(path[-1]) if path else ""
    hint = HINTS.get(f"{owner.__name__}.{key}") if owner else None
    return hint or "see docs/playbook.md for what belongs here"


# --- which model stands where --------------------------------------------------------------------------------------


def _model_at(path: Path) -> type[BaseModel] | None:
    kind: Any = Playbook
    for step in path:
        kind = _inner(kind, step)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _inner(kind: Any, step: str | int) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        field = kind.model_fields.get(str(step))
        return _bare(field.annotation) if field else None
    arguments = get_args(kind)
    if get_origin(kind) is dict:
        return _bare(arguments[1])
    return _bare(arguments[0]) if get_origin(kind) is tuple else None


def _bare(kind: Any) -> Any:
    """``kind`` without `Annotated` and without `None`."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return _bare(next(one for one in get_args(kind) if one is not type(None)))
    return kind


def _fields(model: type[BaseModel] | None) -> tuple[str, ...]:
    return tuple(model.model_fields) if model else ()
