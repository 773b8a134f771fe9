"""The honest model: answers from the request alone, by the rules of the offline provider, in the form asked for.

It looks at nothing but the request and the operator's playbook.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from leadbraid.conflicts import instructs
from leadbraid.llm.fake.redrafting import drafting_task
from leadbraid.llm.fake.request import Asked
from leadbraid.llm.fake.told import fit_risk_task, qualification_task, research_task
from leadbraid.llm.openai import forms
from leadbraid.llm.rules.drafting import drafting
from leadbraid.llm.rules.fit_risk import fit_risk
from leadbraid.llm.rules.qualification import qualification
from leadbraid.llm.rules.research import research
from leadbraid.models import Playbook, Quote, Stream
from leadbraid.text import sentences

NOT_OURS = "This is Leadbraid's fake model. It answers nothing but what Leadbraid asks."


def honest(asked: Asked, playbook: Playbook) -> str:
    """The answer as JSON text. A request that is not Leadbraid's gets a plain sentence."""
    match asked.job:
        case "qualification":
            return _weighed(asked, playbook).model_dump_json()
        case "research":
            return _known(asked).model_dump_json()
        case "drafting":
            return _written(asked, playbook).model_dump_json()
        case "fit_risk":
            return _flagged(asked, playbook).model_dump_json()
        case "judge":
            return forms.JudgeAnswer(disagreements=list(disagreements(asked))[:5]).model_dump_json()
        case _:
            return NOT_OURS


def _quote(quote: Quote) -> forms.WireQuote:
    return forms.WireQuote(source=quote.source, text=quote.text)


def _weighed(asked: Asked, playbook: Playbook) -> forms.QualificationAnswer:
    given = qualification(qualification_task(asked, playbook)).criteria
    return forms.QualificationAnswer(
        criteria=[
            forms.WireCriterion(
                criterion=one.criterion, answer=one.answer, reason=one.reason, quote=one.quote and _quote(one.quote)
            )
            for one in given
        ]
    )


def _known(asked: Asked) -> forms.ResearchAnswer:
    note = research(*research_task(asked))
    facts = [forms.WireFact(kind=one.kind, text=one.text, quote=_quote(one.quote)) for one in note.facts]
    return forms.ResearchAnswer(
        company=note.company, person=note.person, summary=note.summary, facts=facts, not_found=list(note.not_found)
    )


def _written(asked: Asked, playbook: Playbook) -> forms.DraftingAnswer:
    draft = drafting(drafting_task(asked, playbook))
    return forms.DraftingAnswer(
        subject=draft.subject,
        body=draft.body,
        language=draft.language,
        tone=draft.tone,
        slots=[forms.WireSlot.model_validate(one.model_dump()) for one in draft.slots],
        commitments=[forms.WireCommitment(kind=one.kind, text=one.text) for one in draft.commitments],
        sources=[forms.WireSource(sentence=one.sentence, quote=_quote(one.source)) for one in draft.sources],
        not_followed=list(draft.not_followed),
    )


def _flagged(asked: Asked, playbook: Playbook) -> forms.FitRiskAnswer:
    found = fit_risk(fit_risk_task(asked, playbook)).flags
    flags = [forms.WireFlag(rule=one.code, quote=_quote(one.quote)) for one in found]
    return forms.FitRiskAnswer(flags=flags, orders=list(_orders(asked)))


def _orders(asked: Asked) -> Iterator[forms.WireQuote]:
    """The sentences of strangers that the rule on orders sees; a model would see others."""
    for section in asked.sections:
        if section.source.startswith("lead:"):
            told = [one for one in sentences(section.text) if instructs(one)]
            yield from (forms.WireQuote(source=section.source, text=one) for one in told[:5])


# --- judge ---------------------------------------------------------------------------------------------------------

_COUNTED = re.compile(r"(?<![\w.,–-])(?P<number>\d[\d.,]*\d|\d)\s(?P<noun>[^\W\d_]{4,})")
_SHOWN = 300


def disagreements(asked: Asked) -> Iterator[forms.WireDisagreement]:
    """Rule: two outputs that count the same thing, and no number of the one is a number of the other."""
    counted = {Stream(one.source): _counts(one.text) for one in asked.sections}
    for left, right in combinations(counted, 2):
        for noun in sorted(counted[left].keys() & counted[right].keys()):
            ours, theirs = counted[left][noun], counted[right][noun]
            if not ours.keys() & theirs.keys():
                yield _contradiction(noun, (left, next(iter(ours.values()))), (right, next(iter(theirs.values()))))


def _counts(text: str) -> dict[str, dict[str, str]]:
    """What is counted, by its noun: each number with the sentence that it stands in."""
    found: dict[str, dict[str, str]] = {}
    for sentence in (one for line in text.split("\n") for one in sentences(line)):
        for match in _COUNTED.finditer(sentence):
            number = re.sub(r"\D", "", match["number"])
            found.setdefault(match["noun"].casefold(), {}).setdefault(number, sentence[:_SHOWN])
    return found


def _contradiction(noun: str, left: tuple[Stream, str], right: tuple[Stream, str]) -> forms.WireDisagreement:
    return forms.WireDisagreement(
        kind=forms.Kind.CONTRADICTION,
        left=left[0],
        left_quote=left[1],
        right=right[0],
        right_quote=right[1],
        why=f"They give different numbers of {noun}.",
    )
