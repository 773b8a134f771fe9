"""A letter in pieces: sentences that know where they come from, so that one can go without harm to the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from leadbraid.models import Commitment, CommitmentKind, Draft, Quote, SentenceSource, Slot, Tone
from leadbraid.text import fold, is_factual, sentences, tone_of

WORDS = 150
_SLOT_WORDS = 15
_MARKER = re.compile(r"\{\{fact\d+\}\}")
_MARKERS = ("{{fact1}}", "{{fact2}}")
_SENTENCE = 1_000


@dataclass(frozen=True)
class Piece:
    """A sentence. ``joint`` stands between it and the one before; ``answer``: it answers a topic the lead asked."""

    text: str
    source: Quote | None = None
    claim: CommitmentKind | None = None
    answer: bool = False
    joint: str = " "

    @property
    def slots(self) -> tuple[str, ...]:
        """The markers in it, each once."""
        return tuple(dict.fromkeys(_MARKER.findall(self.text)))


Paragraph = tuple[Piece, ...]


@dataclass(frozen=True)
class Letter:
    """A reply before it is a draft. ``changed``: it is no longer the pattern as the playbook declares it."""

    subject: str
    greeting: str
    paragraphs: tuple[Paragraph, ...]
    sign_off: str
    language: str
    tone: Tone
    wants: tuple[str, ...] = ()
    changed: bool = False

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """All sentences between greeting and sign-off."""
        return tuple(piece for paragraph in self.paragraphs for piece in paragraph)

    @property
    def body(self) -> str:
        """The text, paragraphs set apart by an empty line."""
        told = (self.greeting, *map(_joined, self.paragraphs), self.sign_off)
        return "\n\n".join(part for part in told if part)

    @property
    def words(self) -> int:
        """How long it will be at most, once its slots are filled."""
        return len(self.body.split()) + _SLOT_WORDS * sum(len(piece.slots) for piece in self.pieces)

    def without(self, *gone: Piece) -> Letter:
        """Without these very sentences."""
        marks = {id(piece) for piece in gone}
        return self.keeping(lambda piece: id(piece) not in marks)

    def keeping(self, kept: Callable[[Piece], bool]) -> Letter:
        """Without the sentences that are not to be kept."""
        left = tuple(tuple(piece for piece in paragraph if kept(piece)) for paragraph in self.paragraphs)
        return replace(self, paragraphs=tuple(filter(None, left)), changed=self.changed or left != self.paragraphs)

    def rewording(self, reword: Callable[[str], str]) -> Letter:
        """With each sentence and the subject reworded."""
        said = tuple(
            tuple(replace(piece, text=reword(piece.text)) for piece in paragraph) for paragraph in self.paragraphs
        )
        return replace(self, subject=reword(self.subject), paragraphs=said)


def _joined(paragraph: Paragraph) -> str:
    return "".join(f"{piece.joint if n else ''}{piece.text}" for n, piece in enumerate(paragraph))


def split(paragraph: str) -> Iterator[tuple[str, str]]:
    """The sentences of a paragraph, each with what joins it to the one before: a blank or a line break."""
    reached = 0
    for sentence in sentences(paragraph):
        start = paragraph.find(sentence, reached)
        yield sentence, "\n" if "\n" in paragraph[reached:start] else " "
        reached = start + len(sentence)


def paragraphs_of(body: str) -> tuple[str, ...]:
    """The paragraphs of a text."""
    return tuple(part.strip() for part in re.split(r"\n[ \t]*\n", body) if part.strip())


# --- length and slots ----------------------------------------------------------------------------------------------


def fitted(letter: Letter, thanks: str) -> Letter:
    """At most 150 words, each marker once, and never without a sentence.

    What goes first: answers beyond the first, from the last; then slots; then sentences from the end, the first last.
    """
    letter = _each_marker_once(letter)
    while letter.words > WORDS and (spare := _spare(letter)):
        letter = letter.without(spare)
    if not letter.pieces:
        letter = replace(letter, paragraphs=((Piece(thanks),),) if thanks else (), changed=True)
    return letter


def _spare(letter: Letter) -> Piece | None:
    pieces = letter.pieces
    answers = [piece for piece in pieces if piece.answer]
    slots = [piece for piece in pieces if piece.slots]
    middle = [piece for paragraph in letter.paragraphs[1:-1] for piece in paragraph if not piece.answer]
    return next(iter((answers[1:] or slots or middle or list(pieces[1:]))[-1:]), None)


def _each_marker_once(letter: Letter) -> Letter:
    used: set[str] = set()
    good: list[int] = []
    for piece in letter.pieces:
        if used.isdisjoint(piece.slots) and set(piece.slots) <= set(_MARKERS) and len(piece.text) <= _SENTENCE:
            used.update(piece.slots)
            good.append(id(piece))
    return letter.keeping(lambda piece: not piece.slots or id(piece) in good)


# --- to a draft, and back ------------------------------------------------------------------------------------------


def as_draft(letter: Letter, not_followed: tuple[str, ...] = ()) -> Draft:
    """The letter as the stream's output. What was changed is declared by its text, not by its pattern."""
    body = letter.body[:20_000]
    own = _MARKER.sub(" ", f"{letter.subject}\n{body}")
    claimed = tuple(Commitment(kind=one.claim, text=one.text[:_SENTENCE]) for one in letter.pieces if one.claim)
    return Draft(
        subject=letter.subject[:300],
        body=body,
        language=letter.language,
        tone=tone_of(own) if letter.changed else letter.tone,
        slots=tuple(_slots(letter))[:2],
        commitments=claimed[:20],
        sources=tuple(
            SentenceSource(sentence=one.text, source=one.source)
            for one in letter.pieces
            if one.source and is_factual(one.text) and len(one.text) <= _SENTENCE
        )[:30],
        not_followed=tuple(one[:_SENTENCE] for one in not_followed)[:5],
    )


def _slots(letter: Letter) -> Iterator[Slot]:
    for piece in letter.pieces:
        for marker in piece.slots:
            yield Slot(marker=marker, sentence=piece.text, wants=letter.wants[:10])


def as_letter(draft: Draft, greetings: tuple[str, ...], sign_off: str, answers: frozenset[str]) -> Letter:
    """A draft taken apart again. ``greetings`` are templates; ``answers`` the playbook's answers, folded."""
    sources = {fold(one.sentence): one.source for one in draft.sources}
    claims = {fold(one.text): one.kind for one in draft.commitments}
    parts = list(paragraphs_of(draft.body))
    end = parts.pop() if parts and fold(parts[-1]) == fold(sign_off) else ""
    start = parts.pop(0) if parts and any(_greets(parts[0], one) for one in greetings) else ""

    def piece(text: str, joint: str) -> Piece:
        key = fold(text)
        return Piece(text, sources.get(key), claims.get(key), key in answers, joint)

    made = tuple(tuple(piece(text, joint) for text, joint in split(part)) for part in parts)
    wants = next((slot.wants for slot in draft.slots), ())
    return Letter(draft.subject, start, made, end and sign_off, draft.language, draft.tone, wants)


def _greets(line: str, template: str) -> bool:
    return re.fullmatch(re.escape(template).replace(re.escape("{name}"), ".{1,80}"), line) is not None
