"""Measuring the rule on orders to the reader: how many attacks it catches, how many ordinary mails it accuses."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from merge_builders import case, conflicts, lead

from leadbraid.models import Code

MATERIAL = Path(__file__).parents[1] / "evals" / "injection"


@dataclass(frozen=True)
class Entry:
    """One text of the material. ``fields``: where in the lead it stands."""

    id: str
    set: str
    kind: str
    language: str
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def accused(self) -> bool:
        """Whether the merge point raises the conflict on a lead with this text."""
        return bool(conflicts(case(lead=lead(**self.fields)), Code.INJECTION_SUSPECTED))


def entries(name: str, *sets: str) -> tuple[Entry, ...]:
    """The entries of a file of the material that belong to ``sets``."""
    read = map(json.loads, (MATERIAL / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
    return tuple(_entry(one) for one in read if one["set"] in sets)


def _entry(one: dict[str, Any]) -> Entry:
    fields = one.get("fields") or {one.get("field", "message"): one["text"]}
    return Entry(one["id"], one["set"], one["kind"], one["language"], fields)


@dataclass(frozen=True)
class Rate:
    """How many of some texts were accused; ``told`` says it by kind, with the ids of those that were not or were."""

    accused: int
    of: int
    told: str

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.accused / self.of


def measured(texts: Iterable[Entry]) -> Rate:
    """How many of ``texts`` are accused."""
    judged = [(one, one.accused) for one in texts]
    of, hit = Counter(one.kind for one, _ in judged), Counter(one.kind for one, accused in judged if accused)
    kinds = (f"{kind}: {hit[kind]} of {of[kind]}" for kind in sorted(of))
    accused = [one.id for one, is_accused in judged if is_accused]
    passed = [one.id for one, is_accused in judged if not is_accused]
    fewer = min((accused, passed), key=len)
    return Rate(len(accused), len(judged), "\n".join([*kinds, f"the fewer: {', '.join(fewer)}"]))
