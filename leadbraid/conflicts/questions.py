"""The rule on what the lead asked and the reply does not speak of."""

from __future__ import annotations

from collections.abc import Iterator

from leadbraid.conflicts.case import Case, conflict, quote
from leadbraid.conflicts.promises import names_of
from leadbraid.conflicts.words import content
from leadbraid.models import Code, Conflict, Resolver, Severity
from leadbraid.text import LATIN, UNKNOWN_LANGUAGE, language_of, mentions, script_of, sentences
from leadbraid.written import own_words

_TELLING = 2


def unanswered(case: Case) -> Iterator[Conflict]:
    """The lead asks something that no topic of the playbook knows and the reply does not speak of. Warn.

    A question speaks of its content words, the names aside; one with less than two is talk (*how are you?*). The reply
    speaks of it where one of its sentences has half of them. Only for leads in a language that we write.
    """
    words = own_words(case.lead)
    readable = language_of(words) in (*case.rules.languages, UNKNOWN_LANGUAGE) and script_of(words) in (LATIN, "")
    if not case.shown or not readable:
        return
    said = [content(one, names_of(case)) for one in sentences(case.shown) if not one.endswith("?")]
    for question in (one for one in sentences(words) if one.endswith("?") and not _known(one, case)):
        asked = content(question, names_of(case))
        if len(asked) >= _TELLING and not any(2 * len(asked & one) >= len(asked) for one in said):
            yield conflict(
                Code.UNANSWERED,
                Severity.WARN,
                Resolver.REVIEWER,
                f"The lead asks “{question[:300]}”, and the reply does not speak of it. Answer it, or say who will.",
                left=quote(case.author, case.subject or case.body),
                right=quote("lead:message", question),
            )


def _known(question: str, case: Case) -> bool:
    return any(mentions(question, phrase) for topic in case.rules.topics for phrase in topic.phrases)
