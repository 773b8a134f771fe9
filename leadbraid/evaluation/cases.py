"""Reading a dataset: a folder with one file a case, and what research may look at for all of them.

Beside the cases there may be ``documents/`` (an account list and notes) and ``suppressed.txt``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from leadbraid.errors import DatasetError, Finding, InputError
from leadbraid.evaluation.labels import Case, Gold, GoldDraft, GoldFacts, Label
from leadbraid.models import Lead, Model, Playbook
from leadbraid.models.base import canonical_json, digest
from leadbraid.models.visible import one_line
from leadbraid.playbook.tree import Tree, Unreadable, read_tree

SUFFIXES = (".yaml", ".yml", ".json")
BYTES_LIMIT = 256 * 1024
DOCUMENTS, SUPPRESSED = "documents", "suppressed.txt"
_BLOCKS: dict[tuple[str, ...], type[Model]] = {
    (): Label,
    ("lead",): Lead,
    ("gold",): Gold,
    ("gold", "facts"): GoldFacts,
    ("gold", "draft"): GoldDraft,
}


@dataclass(frozen=True)
class Dataset:
    """Labelled leads, in the order of their names, with what research looks at and who must not be written to.

    ``digest`` is that of all labels and of every document: the same digest, the same questions.
    """

    name: str
    cases: tuple[Case, ...]
    documents: Path | None
    suppressed: Path | None
    digest: str

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every tag that a case has, in order."""
        return tuple(sorted({kind for case in self.cases for kind in case.label.kind}))

    def part(self, kinds: frozenset[str], limit: int | None) -> Dataset:
        """So many cases of any of these kinds, of all kinds where none is named; spread evenly over their names."""
        chosen = [case for case in self.cases if not kinds or kinds.intersection(case.label.kind)]
        count = min(limit or len(chosen), len(chosen))
        return replace(self, cases=tuple(chosen[place * len(chosen) // count] for place in range(count)))


def read_dataset(folder: Path) -> Dataset:
    """Read every case of a folder; one that is wrong ends it, with every finding of all files.

    Raises:
        DatasetError: With the findings, each with file, line and key.
        InputError: There is no such folder, or no case in it.
    """
    if not folder.is_dir():
        raise InputError(f"{one_line(str(folder), 200)} is no folder; a dataset is a folder with one file a case.")
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES and file.is_file())
    if not files:
        raise InputError(f"{one_line(str(folder), 200)} holds no case ({', '.join(SUFFIXES)}).")
    cases, findings = list[Case](), list[Finding]()
    for file in files:
        try:
            cases.append(read_case(file))
        except DatasetError as error:
            findings.extend(error.findings)
    findings.extend(_twice(files))
    if findings:
        raise DatasetError(tuple(findings))
    documents, suppressed = folder / DOCUMENTS, folder / SUPPRESSED
    return Dataset(
        name=folder.resolve().name,
        cases=tuple(cases),
        documents=documents if documents.is_dir() else None,
        suppressed=suppressed if suppressed.is_file() else None,
        digest=_digest(cases, documents, suppressed),
    )


def read_case(file: Path) -> Case:
    """Read one case.

    Raises:
        DatasetError: With every finding.
    """
    tree = _tree(file)
    findings = [_finding(file, tree, problem.path, problem.text, problem.line) for problem in tree.problems]
    if not findings and isinstance(tree.data, dict):
        try:
            label = Label.model_validate(tree.data, extra="forbid")
        except ValidationError as error:
            findings = [_of(file, tree, one) for one in error.errors(include_url=False)]
        else:
            findings = [_finding(file, tree, ("gold", *path), text) for path, text in _odd(label.gold)]
            if not findings:
                return Case(id=file.stem, digest=_digest_of(tree.data), label=label)
    elif not findings:
        findings = [Finding(str(file), 1, "(file)", f"is no block of keys ({', '.join(Label.model_fields)})")]
    raise DatasetError(tuple(sorted(findings, key=lambda finding: finding.line)))


def _tree(file: Path) -> Tree:
    try:
        with file.open("rb") as stream:
            data = stream.read(BYTES_LIMIT + 1)
        if len(data) > BYTES_LIMIT:
            raise _whole(file, 1, f"is larger than the {BYTES_LIMIT:,} bytes that a case may have")
        text = data.decode("utf-8-sig")
        if not text.strip():
            raise _whole(file, 1, "is empty; docs/evaluation.md shows what a case looks like")
        return read_tree(text)
    except OSError as error:
        raise _whole(file, 1, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise _whole(file, error.object.count(b"\n", 0, error.start) + 1, "is not UTF-8 text; save it so") from None
    except Unreadable as error:
        raise _whole(file, error.line, error.text.replace("a playbook", "a case")) from None


def _whole(file: Path, line: int, text: str) -> DatasetError:
    return DatasetError((Finding(str(file), line, "(file)", text),))


def _twice(files: Iterable[Path]) -> Iterable[Finding]:
    seen: dict[str, Path] = {}
    for file in files:
        if file.stem in seen:
            yield Finding(str(file), 1, "(file)", f"has the same name as {seen[file.stem].name}; rename one of them")
        seen.setdefault(file.stem, file)


def _odd(gold: Gold) -> Iterable[tuple[tuple[str, ...], str]]:
    """What the models let pass and no lead can fulfil."""
    if gold.screened:
        for field in gold.of_streams:
            yield (field,), f"has no sense beside `screened: {gold.screened}`: no stream works on such a lead"
    for field in ("flags", "conflicts"):
        for code in sorted(set(getattr(gold, field)) & set(getattr(gold, f"{field}_allowed"))):
            yield (f"{field}_allowed",), f"`{code}` stands in `{field}` too; a code must be raised, or it may be"


# --- findings ------------------------------------------------------------------------------------------------------


def _of(file: Path, tree: Tree, error: ErrorDetails) -> Finding:
    path = tuple(step for step in error["loc"] if step != "[key]")
    return _finding(file, tree, path, _words(error, path))


def _finding(file: Path, tree: Tree, path: tuple[str | int, ...], text: str, line: int | None = None) -> Finding:
    key = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{one_line(step, 40)}" for step in path).lstrip(".")
    return Finding(str(file), line or tree.line(path), key or "(file)", text)


def _words(error: ErrorDetails, path: tuple[str | int, ...]) -> str:
    match error["type"]:
        case "extra_forbidden":
            return _unknown(str(path[-1]), path[:-1])
        case "missing":
            return "is missing"
        case "enum":
            return f"{_shown(error['input'])} is not known here; write {error['ctx']['expected']}"
        case "string_pattern_mismatch" if path[-1:] == ("screened",):
            return f"{_shown(error['input'])} is no code of the screen; leave the key out where streams should work"
        case "value_error":
            return one_line(str(error["ctx"]["error"]), 200)
        case "too_short":
            return "is empty; name at least one"
        case _:
            return f"{_shown(error['input'])}: {one_line(error['msg'], 200)}"


def _unknown(key: str, around: tuple[str | int, ...]) -> str:
    block = _BLOCKS.get(tuple(str(step) for step in around))
    known = list(block.model_fields) if block else []
    near = get_close_matches(key, known, n=1)
    hint = f"did you mean `{near[0]}`? " if near else ""
    return f"is no key of a case; {hint}known are {', '.join(known)}"


def _shown(value: object) -> str:
    return f"`{one_line(str(value), 60)}`" if isinstance(value, str | int | float) else "this"


# --- what a playbook knows -----------------------------------------------------------------------------------------


def unknown_to(playbook: Playbook, cases: Iterable[Case]) -> tuple[str, ...]:
    """What labels expect and this playbook cannot give, in sentences: a typing error, or a label for another one."""
    listed = tuple(cases)
    criteria = {criterion.id for criterion in playbook.ideal_customer.criteria}
    flags = {rule.id for rule in (*playbook.exclusions, *playbook.escalations)}
    found = [
        ("criterion", name, case.id) for case in listed for name in case.label.gold.criteria if name not in criteria
    ]
    found += [("flag", name, case.id) for case in listed for name in case.label.gold.flags if name not in flags]
    return tuple(
        f"The playbook {playbook.name} has no {what} `{name}`, which the case {case} expects: it counts as wrong."
        for what, name, case in dict.fromkeys(found)
    )


def _digest_of(data: Mapping[str, object]) -> str:
    """Of what was asked and what is right, as it was written: a new field of ours makes no other case of it."""
    return digest(canonical_json([data["lead"], data["gold"]]))


def _digest(cases: Iterable[Case], documents: Path, suppressed: Path) -> str:
    files = sorted(documents.iterdir()) if documents.is_dir() else []
    files += [suppressed] if suppressed.is_file() else []
    read = {file.name: digest(file.read_bytes()) for file in files if file.is_file()}
    return digest(canonical_json([[case.id, case.digest] for case in cases] + [read]))
