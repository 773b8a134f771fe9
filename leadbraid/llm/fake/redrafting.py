"""A redraft as a request tells it: the last draft as text, and what is wrong with it in sentences. Pure.

A model reads the sentences of the conflicts; the rules want codes and quotes. The patterns below read them back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadbraid.llm.fake.request import Asked
from leadbraid.llm.fake.told import drafting_rules, section, shared
from leadbraid.llm.rules.clauses import TELLABLE
from leadbraid.llm.rules.drafting import drafting
from leadbraid.models import Code, Conflict, Draft, DraftingTask, Playbook, Quote, Resolver, Severity, Slot, Stream
from leadbraid.models.playbook import DraftingRules
from leadbraid.text import language_of, sentences, tone_of

_MARKER = re.compile(r"\{\{fact[12]\}\}")
_SAID, _KNOWN = "“(?P<left>.*)”", "“(?P<right>.*)”"
_READ: tuple[tuple[Code, str], ...] = (
    (Code.LANGUAGE_MISMATCH, r"The reply is \w+, the lead writes \w+\."),
    (Code.TONE_OVER_RISK, r"The reply sounds \w+, but there is a"),
    (Code.CONTRADICTS_NOTE, rf"The reply says {_SAID}, the company note says {_KNOWN}\."),
    (Code.CONTRADICTS_NOTE, rf"The reply greets {_SAID}, the company note knows {_KNOWN}\."),
    (Code.REGION_MISMATCH, rf"{_SAID} belongs to the region "),
    (Code.UNPERMITTED_PROMISE, rf"{_SAID} (?:uses a phrase|binds us)"),
    (Code.UNPERMITTED_LINK, r"The reply holds (?P<left>.*), which the playbook's `links` lack\."),
    (Code.UNANSWERED, r"The lead asks “"),
    (Code.IGNORES_FACT, r"The reply does not use the strongest fact"),
    (Code.MISDECLARED, r"The draft declares its "),
    (Code.UNSOURCED_CLAIM, rf"{_SAID} "),
)
"""How a conflict's sentence begins, by its code; the first that fits."""


def drafting_task(asked: Asked, playbook: Playbook) -> DraftingTask:
    """For `drafting`: a first draft, a rerun with a reviewer's words, or a redraft."""
    first = DraftingTask(**shared(asked), rules=drafting_rules(asked, playbook))
    settle = tuple(conflicts_told(section(asked.sections, "settle")))
    text = section(asked.sections, "previous")
    return first.model_copy(update={"settle": settle, "previous": _draft(text, first)}) if settle and text else first


def conflicts_told(text: str) -> Iterator[Conflict]:
    """The conflicts behind their sentences. One in words that no pattern knows is kept as one that no rule acts on."""
    for line in re.split(r"^- ", text, flags=re.MULTILINE):
        if line.strip():
            yield _conflict(line.strip())


def _conflict(message: str) -> Conflict:
    found = ((code, re.match(pattern, message, re.DOTALL)) for code, pattern in _READ)
    code, match = next(((code, match) for code, match in found if match), (Code.UNANSWERED, None))
    words = match.groupdict() if match else {}
    return Conflict(
        id="",
        code=code,
        severity=Severity.WARN,
        message=message[:1_000],
        left=Quote(source=Stream.DRAFTING, text=(words.get("left") or "")[:1_000]),
        right=Quote(source=Stream.RESEARCH, text=(words.get("right") or "")[:1_000]),
        resolver=Resolver.DRAFTING,
    )


# --- the last draft ------------------------------------------------------------------------------------------------


def _draft(text: str, first: DraftingTask) -> Draft:
    """The last draft with what it declared of itself: what the rules declare of the same sentences."""
    subject, _, body = text.partition("\n\n")
    drafts = (drafting(first), drafting(first.model_copy(update={"note": "more careful"})))
    same = next((one for one in drafts if one.body == body), None)
    return Draft(
        subject=subject[:300],
        body=body,
        language=same.language if same else _language(body, first.rules),
        tone=same.tone if same else tone_of(_MARKER.sub(" ", text)),
        slots=tuple(_slots(body)),
        commitments=tuple(
            {one.text: one for draft in drafts for one in draft.commitments if one.text in body}.values()
        ),
        sources=tuple(
            {one.sentence: one for draft in drafts for one in draft.sources if one.sentence in body}.values()
        ),
    )


def _language(body: str, rules: DraftingRules) -> str:
    found = language_of(body)
    return found if found in rules.voice.languages else rules.voice.languages[0]


def _slots(body: str) -> Iterator[Slot]:
    for sentence in sentences(body):
        for marker in _MARKER.findall(sentence):
            yield Slot(marker=marker, sentence=sentence, wants=tuple(kind.value for kind in TELLABLE)[:10])
