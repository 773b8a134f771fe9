"""The rule on what the reply binds us to: only what the playbook permits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadbraid.conflicts.case import Case, Statement, conflict, quote
from leadbraid.conflicts.words import amounts, content
from leadbraid.models import Code, CommitmentKind, Conflict, Resolver, Severity
from leadbraid.models.playbook import Claim, Promise
from leadbraid.text import affirms, commitments_in, fold, sentences, words

_ARTICLED = {
    CommitmentKind.PRICE: "a price",
    CommitmentKind.DATE: "a date",
    CommitmentKind.DISCOUNT: "a discount",
    CommitmentKind.FEATURE: "a feature",
    CommitmentKind.GUARANTEE: "a guarantee",
}


def unpermitted_promise(case: Case) -> Iterator[Conflict]:
    """The reply binds us to a price, date, discount, feature or guarantee that no permitted claim covers. Blocking.

    A phrase of `forbidden_promises` is never permitted. What refuses a promise, or only tells the lead's own words
    again, binds nobody; a company fact in a slot is not ours.
    """
    for statement in case.statements:
        binding = binding_part(statement.ours, case)
        if found := _forbidden(binding, case):
            yield _promise(
                case, statement, "uses a phrase that is never permitted", f"playbook:{found[0].id}", found[1]
            )
        elif kinds := uncovered(binding, case):
            named = " and ".join(_ARTICLED[kind] for kind in kinds)
            message = f"binds us to {named} that the playbook does not permit"
            yield _promise(case, statement, message, *_nearest(kinds[0], case))


def _promise(case: Case, statement: Statement, what: str, source: str, right: str) -> Conflict:
    return conflict(
        Code.UNPERMITTED_PROMISE,
        Severity.BLOCKING,
        Resolver.DRAFTING,
        f"“{statement.shown[:300]}” {what}. Leave it out, or have the playbook permit it.",
        left=quote(case.author, statement.shown),
        right=quote(source, right),
    )


def _nearest(kind: CommitmentKind, case: Case) -> tuple[str, str]:
    """What is permitted of this kind, to compare with."""
    claim = next((claim for claim in case.rules.permitted_claims if claim.kind is kind), None)
    return (f"playbook:{claim.id}", claim.text) if claim else ("playbook:permitted_claims", f"no {kind}")


def _forbidden(sentence: str, case: Case) -> tuple[Promise, str] | None:
    if sentence.endswith("?"):
        return None
    clear = re.sub(r"\b(?:not only|not just|nicht nur|no doubt)\b", "", fold(sentence))
    return next(
        ((promise, one) for promise in case.rules.forbidden_promises for one in promise.phrases if affirms(clear, one)),
        None,
    )


def uncovered(sentence: str, case: Case) -> tuple[CommitmentKind, ...]:
    """The kinds of commitment in ``sentence`` that no permitted claim of the same kind covers."""
    kinds = {one.kind for one in commitments_in(sentence)}
    return tuple(
        kind
        for kind in CommitmentKind
        if kind in kinds
        and not any(claim.kind is kind and covers(claim, sentence, case) for claim in case.rules.permitted_claims)
    )


def covers(claim: Claim, sentence: str, case: Case) -> bool:
    """Whether a permitted claim covers what ``sentence`` commits to.

    Rule: every amount of the sentence (number, span, day, currency) is in the claim, and the sentence carries at least
    two of the claim's content words and at least two thirds of them, the names of product, company and person aside. Or
    the sentence stands, to the letter, in a playbook answer that rests on the claim.
    """
    if _answered(claim, sentence, case):
        return True
    if not amounts(sentence) <= amounts(claim.text):
        return False
    wanted = content(claim.text, names_of(case))
    shared = wanted & content(sentence, names_of(case))
    return len(shared) >= min(2, len(wanted)) and 3 * len(shared) >= 2 * len(wanted)


def _answered(claim: Claim, sentence: str, case: Case) -> bool:
    said = fold(sentence)
    resting = (topic for topic in case.rules.topics if topic.source == claim.id)
    return any(said == fold(one) for topic in resting for text in topic.answers.values() for one in sentences(text))


def names_of(case: Case) -> frozenset[str]:
    """Words that stand in any sentence about us or them, and so prove nothing."""
    return frozenset(words(f"{case.rules.product.name} {case.lead.company} {case.lead.name}"))


# --- what does not bind --------------------------------------------------------------------------------------------

_REFUSAL = re.compile(
    r"\b(?:we|i)\s+(?:can ?not|can['\u2019]t|(?:are|am) (?:unable|not able) to|do not|don['\u2019]t)\s+(?:yet\s+)?"
    r"(?:promise|offer|give|grant|guarantee|commit|name|confirm|quote|say|deliver|make)\b"
    r"[^.,;:]*?(?=[.,;:]|\b(?:but|except|unless|until)\b|$)"
    r"|(?:^|(?<=[.,;:]))[^.,;:]{0,80}\b(?:kann|können)\b[^.,;:]{0,80}\b(?:nicht(?! nur)|kein\w*)\b"
    r"[^.,;:]*?(?=[.,;:]|\b(?:aber|sondern|außer)\b|$)",
    re.IGNORECASE,
)
_RESTATES = re.compile(
    r"\b(?:you|sie|vous|usted)\s+(?:[\w']+\s+){0,2}?(?:wrote|write|mention(?:ed)?|said|say|ask(?:ed)?|told|need|want"
    r"|plan|are looking|have|run|schreib\w*|erwähn\w*|frag\w*|brauch\w*|benötig\w*|planen|nann\w*|nennen|suchen)\b"
    r"|\byour (?:budget|deadline|message|enquiry|inquiry|request|question|target|plan|go-live)\b"
    r"|\bihr(?:e|en|er|em)? (?:budget|frist|anfrage|frage|termin|nachricht)\b",
    re.IGNORECASE,
)
_BINDS = re.compile(
    r"\b(?:we|our|ours|i|wir|unser\w*|ich|grant\w*|yours|agreed?|approved?|confirm\w*|can|will|shall|gladly|happy"
    r"|guarantee\w*|kann|können|werden|wird|gerne?|bestätig\w*|gewähr\w*|bekommen|erhalten|get|receive)\b",
    re.IGNORECASE,
)
_ASKS_WHETHER = re.compile(r"\b(?:ask|frag|wonder|wissen)\w*\s+(?:\w+\s+){0,2}?(?:whether|if|ob)\b", re.IGNORECASE)
_ANSWERS = re.compile(
    r"\b(?:yes|ja|indeed|of course|sure)\b|[,;:]\s*(?:and |und )?(?:we|i|it|wir|ich)\b", re.IGNORECASE
)


def binding_part(sentence: str, case: Case) -> str:
    """What of ``sentence`` can bind us: without its refusals, and nothing where it tells the lead's words again.

    Rule for telling again: it speaks of what *you* wrote, need or ask, commits nobody in the first person, and all its
    amounts are in the lead's own words.
    """
    rest = _REFUSAL.sub(" ", sentence)
    whether = _ASKS_WHETHER.search(rest) and not _ANSWERS.search(rest)
    restates = _RESTATES.search(rest) and not _BINDS.search(rest)
    theirs = amounts("\n".join(case.lead.words().values()))
    return "" if (whether or restates) and amounts(rest) <= theirs else " ".join(rest.split())
