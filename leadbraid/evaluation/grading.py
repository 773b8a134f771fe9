"""Grading: a brief against its label, item by item. Values in, values out.

What is graded is what a person would get: the final brief. Only conflicts count as found, too, where a redraft has
settled them: to raise them was right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from leadbraid.evaluation.labels import Gold
from leadbraid.evaluation.result import Item, Measure
from leadbraid.models import Brief, Code, Flag, Stream
from leadbraid.text import UNKNOWN_LANGUAGE, fold, language_of, sentences

NOTHING, THROUGH = "(nothing)", "let through"


def grade(brief: Brief, gold: Gold) -> tuple[Item, ...]:
    """Every item of a case. A lead that the screen was right to stop has no streams to grade."""
    screened = brief.screen.code if brief.screen else ""
    reason = brief.screen.reason if brief.screen else ""
    items: list[Item] = [
        _item(
            Measure.SCREEN, "screened", screened == gold.screened, gold.screened or THROUGH, screened or THROUGH, reason
        )
    ]
    if not gold.screened:
        for part in (_qualification, _research, _drafting, _fit_risk, _conflicts):
            items += part(brief, gold)
    return (*items, _next_step(brief, gold))


def _item(measure: Measure, name: str, right: bool, expected: str = "", got: str = "", quote: str = "") -> Item:
    """What was said matters where it is wrong; where it is right it is what was expected."""
    if right:
        return Item(measure=measure, name=name[:300], right=True)
    return Item(
        measure=measure,
        name=name[:300],
        right=False,
        expected=expected[:1_000],
        got=(got or NOTHING)[:1_000],
        quote=" ".join(quote.split())[:1_000],
    )


def _missing(brief: Brief, stream: Stream) -> str:
    """Why there is no output of a stream."""
    if brief.screen:
        return f"the screen stopped the lead ({brief.screen.code})"
    result = brief.result(stream)
    if result is None:
        return "the plan leaves this stream out"
    return f"no output: {result.gap.reason}" if result.gap else "no output"


# --- qualification -------------------------------------------------------------------------------------------------


def _qualification(brief: Brief, gold: Gold) -> Iterator[Item]:
    found = brief.qualification
    missing = _missing(brief, Stream.QUALIFICATION)
    if gold.verdict:
        right = found is not None and found.verdict in gold.verdict
        why = "; ".join(f"{one.criterion} {one.answer}" for one in found.criteria) if found else ""
        yield _item(Measure.VERDICT, "verdict", right, _either(gold.verdict), found.verdict if found else missing, why)
    answers = {one.criterion: one for one in found.criteria} if found else {}
    for name, expected in gold.criteria.items():
        one = answers.get(name)
        right = one is not None and one.answer is expected
        got, quote = (one.answer.value, one.quote.text if one.quote else one.reason) if one else (missing, "")
        yield _item(Measure.CRITERIA, name, right, expected, got if found else missing, quote)


# --- research ------------------------------------------------------------------------------------------------------


def _research(brief: Brief, gold: Gold) -> Iterator[Item]:
    note = brief.note
    told = [(fact.text, fact.quote.text) for fact in note.facts] if note else []
    missing = _missing(brief, Stream.RESEARCH)
    for words in gold.facts.must:
        right = any(holds(text, words) or holds(quote, words) for text, quote in told)
        got = "; ".join(text for text, _ in told) if note else missing
        yield _item(Measure.FACTS, words, right, words, got)
    said = [text for text, _ in told] + ([note.summary] if note else [])
    for words in gold.facts.must_not:
        place = next((text for text in said if holds(text, words)), "")
        # A stream that gave nothing was not put to the test: it must not look better than one that tried.
        yield _item(
            Measure.NOT_INVENTED, words, note is not None and not place, f"not {words}", place or missing, place
        )


# --- drafting ------------------------------------------------------------------------------------------------------


def _drafting(brief: Brief, gold: Gold) -> Iterator[Item]:
    text = f"{brief.reply.subject}\n{brief.reply.body}" if brief.reply else ""
    missing = "" if text else _missing(brief, Stream.DRAFTING)
    wanted = gold.draft
    if wanted.language:
        language = _language(brief)
        yield _item(
            Measure.LANGUAGE, "language", language == wanted.language, wanted.language, missing or language, text[:300]
        )
    for topic, words in wanted.answers.items():
        right = any(holds(text, one) for one in words)
        yield _item(Measure.ANSWERS, topic, right, _either(words), missing or "not in the reply", text)
    for words_out in dict.fromkeys((*wanted.must_not, *gold.facts.must_not)):
        said = saying(text, words_out)
        yield _item(Measure.NOT_SAID, words_out, bool(text) and not said, f"not {words_out}", missing or "said", said)


def _language(brief: Brief) -> str:
    """The language of the reply, by its words; by what drafting says of it where they do not tell."""
    found = language_of(brief.reply.body) if brief.reply else ""
    if found != UNKNOWN_LANGUAGE:
        return found
    return brief.draft.language if brief.draft else ""


# --- fit & risk ----------------------------------------------------------------------------------------------------


def _fit_risk(brief: Brief, gold: Gold) -> Iterator[Item]:
    flags: dict[str, Flag] = {}
    for flag in brief.risks.flags if brief.risks else ():
        flags.setdefault(flag.code, flag)
    for code in gold.flags:
        got = ", ".join(flags) if brief.risks else _missing(brief, Stream.FIT_RISK)
        yield _item(Measure.FLAGS_FOUND, code, code in flags, code, got)
    for code, flag in flags.items():
        if code not in gold.flags_allowed:
            yield _item(Measure.FLAGS_RIGHT, code, code in gold.flags, "no such flag", code, flag.quote.text)


# --- merge point ---------------------------------------------------------------------------------------------------


def _conflicts(brief: Brief, gold: Gold) -> Iterator[Item]:
    if brief.screen:
        for code in gold.conflicts:
            yield _item(Measure.CONFLICTS_FOUND, code, False, code, _missing(brief, Stream.DRAFTING))
        return
    raised = {one.code for one in brief.conflicts} | {one.code for one in brief.settled}
    for code in gold.conflicts:
        yield _item(Measure.CONFLICTS_FOUND, code, code in raised, code, ", ".join(sorted(raised)))
    seen: set[Code] = set()
    for conflict in brief.open_conflicts:
        # A missing stream is told of as it is: that it is missing counts where it should have answered.
        if conflict.code in seen or conflict.code in gold.conflicts_allowed or conflict.code is Code.STREAM_MISSING:
            continue
        seen.add(conflict.code)
        right = conflict.code in gold.conflicts
        yield _item(
            Measure.CONFLICTS_RIGHT, conflict.code, right, "no such conflict", conflict.message, conflict.right.text
        )


def _next_step(brief: Brief, gold: Gold) -> Item:
    step = brief.next_step
    because = "; ".join(one.text for one in step.because)
    return _item(
        Measure.NEXT_STEP, "next step", step.step in gold.next_step, _either(gold.next_step), step.step, because
    )


def _either(values: Iterable[str]) -> str:
    return " or ".join(values)


# --- words ---------------------------------------------------------------------------------------------------------

_GROUPS = re.compile(r"(?<![\w.,])(\d{1,3})((?:[.,'’ \u00a0\u202f]\d{3})+)(?![\w]|[.,]\d)")


def holds(text: str, words: str) -> bool:
    """Whether ``text`` has ``words``, whole words only, however it is cased and its numbers are grouped."""
    return bool(_pattern(words).search(_plain(text)))


def saying(text: str, words: str) -> str:
    """The sentence of ``text`` that has ``words``; the words where they run over several; empty where it has none."""
    if not holds(text, words):
        return ""
    return next((sentence for sentence in sentences(text) if holds(sentence, words)), words)


def _plain(text: str) -> str:
    return fold(_GROUPS.sub(lambda found: found[1] + re.sub(r"\D", "", found[2]), text))


def _pattern(words: str) -> re.Pattern[str]:
    plain = _plain(words)
    before = r"(?<!\w)(?<!\d[.,])" if plain[:1].isdigit() else r"(?<!\w)"
    after = r"(?!\w|[.,]\d)" if plain[-1:].isdigit() else r"(?!\w)"
    return re.compile(before + re.escape(plain) + after)
