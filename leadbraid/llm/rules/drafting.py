"""Stream `drafting` by rules: the playbook's reply pattern for what the lead asked, its gaps filled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from leadbraid.llm.rules.clauses import TELLABLE
from leadbraid.llm.rules.gaps import GAP, Gaps, asked, greeting
from leadbraid.llm.rules.known import told_already
from leadbraid.llm.rules.letter import Letter, Paragraph, Piece, as_draft, fitted, paragraphs_of, split
from leadbraid.llm.rules.redraft import settled
from leadbraid.llm.rules.wishes import Wish, Wishes, wishes_in
from leadbraid.models import CommitmentKind, Draft, DraftingTask, Quote, Tone
from leadbraid.models.playbook import DraftingRules, ReplyPattern, Topic
from leadbraid.text import fold, is_factual, language_of, mentions, sentences, tone_of
from leadbraid.written import asked_words, own_words

_ANSWERS = 3
_THANKS = {"en": "Thank you for writing.", "de": "Danke für Ihre Nachricht."}
_SLOT = re.compile(r"\{\{[^{}]*\}\}")
_NO_SLOT = re.compile(r"\{\{(?!fact\d+\}\})")
_MEETING_WORDS = ("meeting", "call", "demo", "appointment", "termin", "gespräch")


@dataclass(frozen=True)
class Order:
    """What kind of letter is wanted."""

    language: str
    wishes: frozenset[Wish] = field(default_factory=frozenset)


def drafting(task: DraftingTask) -> Draft:
    """A first reply, a redraft that settles conflicts, or a reply as a reviewer wished."""
    if task.settle and task.previous:
        return _redraft(task, task.previous)
    wishes = wishes_in(task.note)
    letter = write(task, Order(_language(task), wishes.asked))
    letter, not_followed = _with_wishes(letter, wishes, task)
    return as_draft(_fit(letter), not_followed)


def _redraft(task: DraftingTask, previous: Draft) -> Draft:
    """The calmer or other pattern where that is what it takes, else the letter as it stands; then its sentences."""
    spoken = {pattern.language for pattern in task.rules.patterns}

    def rewritten(language: str, *, calmer: bool) -> Letter | None:
        wishes = frozenset([Wish.CALMER] if calmer else [])
        return write(task, Order(language, wishes)) if language in spoken else None

    return as_draft(_fit(settled(task, previous, rewritten)), previous.not_followed)


def _fit(letter: Letter) -> Letter:
    return fitted(letter, _THANKS.get(letter.language, ""))


def _language(task: DraftingTask) -> str:
    """The lead's language if the voice has it and a pattern is written in it, else the first that has a pattern."""
    spoken = {pattern.language for pattern in task.rules.patterns}
    wanted = (language_of(own_words(task.lead)), *task.rules.voice.languages)
    usable = (one for one in wanted if one in spoken and one in task.rules.voice.languages)
    return next(usable, task.rules.patterns[0].language if task.rules.patterns else "en")


# --- from a pattern to a letter ------------------------------------------------------------------------------------


def write(task: DraftingTask, order: Order) -> Letter:
    """The letter by the pattern that fits the lead and the order."""
    lead, rules = task.lead, task.rules
    topics = asked(asked_words(lead), rules.topics)
    pattern = _pattern(rules, topics, order)
    gaps = Gaps.of(task, order.language)
    if pattern.tone is Tone.CAREFUL and pattern.asks:
        # Such a pattern says no, or not yet: prices and dates beside it would say yes.
        topics = tuple(topic for topic in topics if topic.id in pattern.asks)
    writer = _Writer(pattern, task, gaps, tuple(_answers(topics, rules, order)))
    return Letter(
        subject=writer.subject(),
        greeting=greeting(rules.voice, order.language, gaps.person),
        paragraphs=tuple(filter(None, (writer.paragraph(part) for part in paragraphs_of(pattern.body)))),
        sign_off=rules.voice.sign_offs.get(order.language, ""),
        language=order.language,
        tone=pattern.tone,
        # Never "any": what our own notes say of a company must not reach it.
        wants=pattern.fact_kinds or tuple(kind.value for kind in TELLABLE),
    )


def _pattern(rules: DraftingRules, topics: tuple[Topic, ...], order: Order) -> ReplyPattern:
    """The first of the language whose `asks` are touched, else the first without, else the first at all.

    A wish for a meeting takes the patterns that speak of one; a wish for more care the least sure of those that fit.
    """
    touched = {topic.id for topic in topics}
    listed = [pattern for pattern in rules.patterns if pattern.language == order.language]
    fitting = [pattern for pattern in listed if touched.intersection(pattern.asks)]
    fitting += [pattern for pattern in listed if not pattern.asks]
    if Wish.MEETING in order.wishes:
        fitting = meeting_patterns(rules, order.language) or fitting
    if Wish.CALMER in order.wishes:
        fitting.sort(key=lambda pattern: pattern.tone.rank)
    return next(iter((*fitting, *listed, *rules.patterns)), _NOTHING)


_NOTHING = ReplyPattern(id="none", subject="", body="")


def meeting_patterns(rules: DraftingRules, language: str) -> list[ReplyPattern]:
    """The patterns that offer a meeting: their id or subject says so."""
    listed = (pattern for pattern in rules.patterns if pattern.language == language)
    return [
        pattern
        for pattern in listed
        if any(mentions(f"{pattern.id.replace('_', ' ')}\n{pattern.subject}", word) for word in _MEETING_WORDS)
    ]


@dataclass(frozen=True)
class _Answer:
    """A sentence that answers a topic, and the fact or claim that it rests on."""

    text: str
    source: Quote | None
    claim: CommitmentKind | None


def _answers(topics: tuple[Topic, ...], rules: DraftingRules, order: Order) -> Iterator[_Answer]:
    """The answers to the first three topics that have one in the language, each said once."""
    answered = {fold(topic.answers[order.language]): topic for topic in reversed(topics) if _has(topic, order.language)}
    first = [topic for topic in topics if topic in answered.values()][:_ANSWERS]
    for topic in first:
        source, claim = _rests_on(rules, topic.source)
        for sentence in sentences(topic.answers[order.language]):
            if not (Wish.CALMER in order.wishes and tone_of(sentence) is Tone.CONFIDENT):
                yield _Answer(sentence, source, claim)


def _has(topic: Topic, language: str) -> bool:
    return bool(topic.answers.get(language, "").strip())


def _rests_on(rules: DraftingRules, slug: str | None) -> tuple[Quote | None, CommitmentKind | None]:
    """The playbook's words behind a fact or claim, and the claim's kind."""
    fact = next((fact for fact in rules.product.facts if fact.id == slug), None)
    claim = next((claim for claim in rules.permitted_claims if claim.id == slug), None)
    found = fact or claim
    return (Quote(source=f"playbook:{slug}", text=found.text) if found else None), claim.kind if claim else None


@dataclass(frozen=True)
class _Writer:
    """One pattern with what fills it."""

    pattern: ReplyPattern
    task: DraftingTask
    gaps: Gaps
    answers: tuple[_Answer, ...]

    def subject(self) -> str:
        """The subject on one line; a gap that cannot be filled goes, with what it leaves dangling."""
        known = {gap for gap in GAP.findall(self.pattern.subject) if self.gaps.fill(f"{{{gap}}}") is not None}
        bare = _SLOT.sub("", GAP.sub(lambda match: match.group() if match[1] in known else "", self.pattern.subject))
        told = " ".join((self.gaps.fill(bare) or "").split()).strip(" ,:–-")
        return (told or self.task.rules.product.name.strip() or "Re:")[:300]

    def paragraph(self, template: str) -> Paragraph:
        """The sentences of one paragraph; those with an unfilled gap, or that ask for what is known, are left out."""
        return tuple(piece for text, joint in split(template) for piece in self._pieces(text, joint))

    def _pieces(self, template: str, joint: str) -> Iterator[Piece]:
        before, marked, after = template.partition("{answers}")
        if not marked:
            yield from self._piece(template, joint)
        elif self.answers:
            opening, *rest = self.answers
            yield replace(self._answer(opening, joint), text=f"{self.gaps.fill(before) or ''}{opening.text}")
            yield from (self._answer(one, " ") for one in rest)
            if after.strip(" .!?"):
                yield from self._piece(after.strip(), " ")

    def _answer(self, answer: _Answer, joint: str) -> Piece:
        return Piece(answer.text, answer.source, answer.claim, answer=True, joint=joint)

    def _piece(self, template: str, joint: str) -> Iterator[Piece]:
        filled = self.gaps.fill(template)
        known = told_already(template, self.task.lead)
        if filled is not None and filled.strip() and not known and not _NO_SLOT.search(filled):
            slug = next((slug for said, slug in self.pattern.sources.items() if fold(said) == fold(template)), None)
            source, claim = _rests_on(self.task.rules, slug)
            given = source or (self.gaps.source(template) if is_factual(filled) else None)
            yield Piece(filled, given, claim, joint=joint)


# --- a reviewer's wishes -------------------------------------------------------------------------------------------


def _with_wishes(letter: Letter, wishes: Wishes, task: DraftingTask) -> tuple[Letter, tuple[str, ...]]:
    """Follow what can be followed; name what cannot."""
    left = list(wishes.left)
    if Wish.MEETING in wishes.asked and not meeting_patterns(task.rules, letter.language):
        left.append("offer a meeting: the playbook has no pattern for it in this language")
    if Wish.SHORTER in wishes.asked:
        shorter = _shorter(letter)
        if shorter.words >= letter.words:
            left.append("shorter: no sentence of this reply is optional")
        letter = shorter
    for words in wishes.drop:
        gone = [piece for piece in letter.pieces if fold(words) in fold(piece.text)]
        if not gone:
            left.append(f"remove “{words}”: no sentence holds these words")
        letter = letter.without(*gone)
    if wishes.add:
        added = tuple(Piece(words, Quote(source="reviewer", text=words)) for words in wishes.add)
        letter = replace(letter, paragraphs=(*letter.paragraphs, added), changed=True)
    return letter, tuple(left)


def _shorter(letter: Letter) -> Letter:
    """The first sentence, one answer, and of the last paragraph what asks something. No slots.

    Of a careful letter what makes it careful stays instead: it says why there is no answer yet.
    """
    first, last = (letter.paragraphs[:1] or ((),))[0], (letter.paragraphs[1:] or ((),))[-1]
    asks = tuple(piece for piece in last if piece.text.endswith("?")) or last
    careful = tuple(piece for piece in letter.pieces if tone_of(piece.text) is Tone.CAREFUL)
    answer = next((id(piece) for piece in letter.pieces if piece.answer), 0)
    spoken = (*first[:1], *(careful if letter.tone is Tone.CAREFUL else asks))
    kept = {id(piece) for piece in spoken if not piece.slots and not piece.answer} | {answer}
    return letter.keeping(lambda piece: id(piece) in kept)
