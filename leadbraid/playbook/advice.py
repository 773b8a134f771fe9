"""What is worth a second look in a usable playbook: texts that the merge point is likely to object to. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from leadbraid.conflicts.links import links_in, permitted
from leadbraid.models.outputs import Commitment
from leadbraid.models.playbook import Claim, Playbook, ReplyPattern
from leadbraid.playbook.checks import SLOTS
from leadbraid.playbook.tree import Path, Problem
from leadbraid.text import commitments_in, fold, is_factual, mentions, sentences, tone_of, words

Problems = Iterator[Problem]


def advice(playbook: Playbook) -> list[Problem]:
    """Everything worth a second look."""
    return [problem for rule in RULES for problem in rule(playbook)]


def _patterns(playbook: Playbook) -> Iterator[tuple[Path, ReplyPattern]]:
    for place, pattern in enumerate(playbook.reply_patterns):
        yield ("reply_patterns", place), pattern


def _texts(playbook: Playbook) -> Iterator[tuple[Path, str, str | None]]:
    """Every text that can get into a reply, but for greetings and sign-offs, with the rule an answer rests on."""
    for path, pattern in _patterns(playbook):
        yield (*path, "subject"), pattern.subject, None
        yield (*path, "body"), pattern.body, None
    for place, topic in enumerate(playbook.topics):
        for language, answer in topic.answers.items():
            yield ("topics", place, "answers", language), answer, topic.source


def _tones(playbook: Playbook) -> Problems:
    for path, pattern in _patterns(playbook):
        heard = tone_of(f"{pattern.subject}\n{pattern.body}")
        if heard.rank > pattern.tone.rank:
            text = f"sounds {heard}, but `tone` says {pattern.tone}; calm the words or declare `tone: {heard}`"
            yield Problem((*path, "body"), text)


def _promises(playbook: Playbook) -> Problems:
    for path, text, source in _texts(playbook):
        for commitment in commitments_in(text):
            if not any(_permits(claim, commitment, source) for claim in playbook.permitted_claims):
                problem = f"promises a {commitment.kind} that no permitted claim covers: `{commitment.text}`"
                yield Problem(path, f"{problem}; rephrase it or add it to `permitted_claims`")


def _permits(claim: Claim, commitment: Commitment, source: str | None) -> bool:
    carried = set(words(claim.text)) <= set(words(commitment.text))
    return claim.kind is commitment.kind and (carried or claim.id == source)


def _forbidden(playbook: Playbook) -> Problems:
    for path, text, _ in _texts(playbook):
        for promise in playbook.forbidden_promises:
            for phrase in promise.phrases:
                if mentions(text, phrase):
                    yield Problem(path, f"holds `{phrase}`, which `{promise.id}` forbids; rephrase it")


def _avoided(playbook: Playbook) -> Problems:
    for path, text, _ in _texts(playbook):
        for phrase in playbook.voice.avoid:
            if mentions(text, phrase):
                yield Problem(path, f"holds `{phrase}`, which `voice.avoid` lists; rephrase it")


def _linked(playbook: Playbook) -> Problems:
    signed = (
        (("voice", key, language), text)
        for key in ("greetings", "greetings_unnamed", "sign_offs")
        for language, text in getattr(playbook.voice, key).items()
    )
    for path, text in (*((path, text) for path, text, _ in _texts(playbook)), *signed):
        for link in links_in(text):
            if link.text != playbook.product.name and not permitted(link, playbook.links):
                yield Problem(
                    path, f"holds the link `{link.text}`, which `links` does not list; list it or take it out"
                )


def _sources(playbook: Playbook) -> Problems:
    facts = [fact.text for fact in playbook.product.facts]
    for path, pattern in _patterns(playbook):
        for sentence in sentences(pattern.body):
            sourced = sentence in pattern.sources or any(fact in sentence for fact in facts)
            if not sourced and not any(slot in sentence for slot in SLOTS) and is_factual(sentence):
                text = f"states a fact without a source: `{sentence}`; name a product fact or claim under `sources`"
                yield Problem((*path, "body"), text)


def _answer_sources(playbook: Playbook) -> Problems:
    for place, topic in enumerate(playbook.topics):
        for language, answer in topic.answers.items():
            if topic.source is None and any(is_factual(sentence) for sentence in sentences(answer)):
                text = "states a fact, but the topic has no `source`; name the product fact or claim it rests on"
                yield Problem(("topics", place, "answers", language), text)


def _phrases_once(playbook: Playbook) -> Problems:
    for places in _phrase_groups(playbook):
        first: dict[str, Path] = {}
        for phrase, path, rule in places:
            owner = first.setdefault(fold(phrase), (*path, rule))
            if owner[-1] != rule:
                yield Problem(path, f"`{phrase}` stands in `{owner[-1]}` already, so both apply; keep it in one")


def _phrase_groups(playbook: Playbook) -> Iterator[list[tuple[str, Path, str]]]:
    """Phrases that compete with each other, with their place and rule."""
    risks = (("exclusions", playbook.exclusions), ("escalations", playbook.escalations))
    yield [
        (phrase, (key, place, "when", "mentions", number), rule.id)
        for key, rules in risks
        for place, rule in enumerate(rules)
        for number, phrase in enumerate(rule.when.mentions)
    ]
    yield [
        (phrase, ("topics", place, "phrases", number), topic.id)
        for place, topic in enumerate(playbook.topics)
        for number, phrase in enumerate(topic.phrases)
    ]
    yield [
        (phrase, ("forbidden_promises", place, "phrases", number), promise.id)
        for place, promise in enumerate(playbook.forbidden_promises)
        for number, phrase in enumerate(promise.phrases)
    ]
    yield [
        (phrase, ("screen", key, number), key)
        for key in ("do_not_contact", "spam", "not_sales")
        for number, phrase in enumerate(getattr(playbook.screen, key))
    ]


def _met_and_missed(playbook: Playbook) -> Problems:
    for place, criterion in enumerate(playbook.ideal_customer.criteria):
        met = {fold(phrase) for phrase in criterion.see.mentions}
        for number, phrase in enumerate(criterion.see.missed_by):
            if fold(phrase) in met:
                path: Path = ("ideal_customer", "criteria", place, "see", "missed_by", number)
                yield Problem(path, f"`{phrase}` stands in `mentions` too; a phrase can meet or miss, not both")


def _unseen_risks(playbook: Playbook) -> Problems:
    for key, rules in (("exclusions", playbook.exclusions), ("escalations", playbook.escalations)):
        for place, rule in enumerate(rules):
            if not (rule.when.mentions or rule.when.countries or rule.when.domains):
                text = (
                    "names nothing, so the offline provider never raises it; add `mentions`, `countries` or `domains`"
                )
                yield Problem((key, place, "when"), text)


def _fall_backs(playbook: Playbook) -> Problems:
    for language in playbook.voice.languages[1:]:
        if not any(pattern.language == language and not pattern.asks for pattern in playbook.reply_patterns):
            text = f"has no pattern in `{language}` without `asks`; a lead in that language may get another language"
            yield Problem(("reply_patterns",), text)


RULES: tuple[Callable[[Playbook], Problems], ...] = (
    _tones,
    _promises,
    _forbidden,
    _avoided,
    _linked,
    _sources,
    _answer_sources,
    _phrases_once,
    _met_and_missed,
    _unseen_risks,
    _fall_backs,
)
