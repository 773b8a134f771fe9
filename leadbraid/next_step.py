"""The next step: decided last, from the whole brief, by the playbook's policy.

Everything that can decide is an *item*; a policy rule applies when each key it names is matched by at least one item.
More items can only make more rules apply, so what decided is exactly what the winning rule's keys matched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from leadbraid.conflicts import Case
from leadbraid.models import Answer, Because, Conflict, NextStep, Screened, Severity, Step, codes_named
from leadbraid.models.playbook import DEFAULT_EFFECTS, StepEffect, StepRule, StepWhen
from leadbraid.text import affirms, sentence_with
from leadbraid.written import asked_words


class Kind(StrEnum):
    """What an item is about; the order in which a brief lists them."""

    SCREEN = "screen"
    VERDICT = "verdict"
    FLAG = "flag"
    CONFLICT = "conflict"
    EVIDENCE = "evidence"
    MISSING = "missing"
    UNKNOWN = "unknown"
    ASKS = "asks"


@dataclass(frozen=True)
class Item:
    """One thing that can decide. ``final``: a screen that no policy can lift."""

    kind: Kind
    value: str
    text: str
    severity: Severity | None = None
    final: bool = False

    @property
    def name(self) -> str:
        """As a brief shows it."""
        return f"{self.kind}:{self.value}"[:300]

    @property
    def order(self) -> tuple[int, int, str, str]:
        """The worst first within a kind; the same for the same items, whatever order they came in."""
        rank = self.severity.rank if self.severity else 0
        return list(Kind).index(self.kind), -rank, self.value, self.text


def items_of(case: Case, conflicts: Iterable[Conflict] = (), screen: Screened | None = None) -> tuple[Item, ...]:
    """Everything in a brief that can decide its next step."""
    return tuple(
        dict.fromkeys(
            [
                *([Item(Kind.SCREEN, screen.code, screen.reason, final=screen.final)] if screen else []),
                *_from_streams(case),
                *(Item(Kind.CONFLICT, one.code, one.message, one.severity) for one in conflicts),
                *(Item(Kind.MISSING, stream, gap.reason or "no reason given") for stream, gap in case.gaps),
                *_asked(case),
            ]
        )
    )


def _from_streams(case: Case) -> Iterator[Item]:
    if case.qualification:
        found = case.qualification
        yield Item(Kind.VERDICT, found.verdict, f"judged {found.verdict.replace('_', ' ')}, {found.score} of 100")
        unknown = (one for one in found.criteria if one.answer is Answer.UNKNOWN)
        yield from (Item(Kind.UNKNOWN, one.criterion, one.reason) for one in unknown)
    if case.note:
        yield Item(Kind.EVIDENCE, case.note.evidence, f"the company note's evidence is {case.note.evidence}")
    yield from (Item(Kind.FLAG, flag.code, flag.text, flag.severity) for flag in case.flags)


def _asked(case: Case) -> Iterator[Item]:
    """The topics that the lead's words touch, each with the sentence that does."""
    words = asked_words(case.lead)
    for topic in case.rules.topics:
        if any(affirms(words, phrase) for phrase in topic.phrases):
            yield Item(Kind.ASKS, topic.id, sentence_with(words, topic.phrases) or topic.phrases[0])


def decide(items: Iterable[Item], policy: tuple[StepRule, ...], effects: Mapping[Step, StepEffect]) -> NextStep:
    """The step of the first rule that applies, with all that its keys matched and what it would be without each.

    A final screen gives `do_not_contact`, whatever the policy says. Where no rule applies a person must look:
    `hand_to_specialist`.
    """
    listed = tuple(sorted(set(items), key=lambda item: item.order))
    step, matched = _decided(listed, policy)
    because = tuple(
        Because(
            item=item.name,
            text=item.text[:1_000],
            without=_decided(tuple(one for one in listed if one != item), policy)[0],
        )
        for item in matched
    )
    return NextStep(step=step, sends=sends(step, effects), because=because)


def sends(step: Step, effects: Mapping[Step, StepEffect]) -> bool:
    """Whether approving ``step`` sends the reply. `do_not_contact` never does, whatever the playbook says."""
    return step is not Step.DO_NOT_CONTACT and (effects.get(step) or DEFAULT_EFFECTS[step]).sends


def _decided(items: tuple[Item, ...], policy: tuple[StepRule, ...]) -> tuple[Step, tuple[Item, ...]]:
    if final := tuple(item for item in items if item.final):
        return Step.DO_NOT_CONTACT, final
    for rule in policy:
        keys = [tuple(item for item in items if _matches(key, values, item)) for key, values in named_keys(rule.when)]
        if all(keys):
            matched = {item for found in keys for item in found}
            return rule.then, tuple(item for item in items if item in matched)
    return Step.HAND_TO_SPECIALIST, ()


def named_keys(when: StepWhen) -> tuple[tuple[str, frozenset[str]], ...]:
    """The keys that a rule names, with the values any of which is enough."""
    named = {key: getattr(when, key) for key in StepWhen.model_fields} | {"conflict": codes_named(when.conflict)}
    return tuple((key, frozenset(str(value) for value in values)) for key, values in named.items() if values)


def _matches(key: str, values: frozenset[str], item: Item) -> bool:
    if key == "severity":
        return item.kind is Kind.FLAG and item.severity is not None and item.severity.value in values
    return item.kind.value == key and item.value in values
