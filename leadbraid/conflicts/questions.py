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
    names, known = names_of(case), _known_phrases(words, case)
    said = [content(one, names) for one in sentences(case.shown) if not one.endswith("?")]
    for question in dict.fromkeys(one for one in sentences(words) if one.endswith("?")):
        asked = content(question, names)
        spoken_of = any(2 * len(asked & one) >= len(asked) for one in said)
        if len(asked) >= _TELLING and not spoken_of and not any(mentions(question, one) for one in known):
            yield conflict(
                Code.UNANSWERED,
                Severity.WARN,
                Resolver.REVIEWER,
                f"The lead asks “{question[:300]}”, and the reply does not speak of it. Answer it, or say who will.",
                left=quote(case.author, case.subject or case.body),
                right=quote("lead:message", question),
            )


def _known_phrases(words: str, case: Case) -> list[str]:
    """The topics' phrases that stand in ``words`` at all: most do not, and a message may hold a thousand questions."""
    return [phrase for topic in case.rules.topics for phrase in topic.phrases if mentions(words, phrase)]
