"""An automatic redraft: one plain reaction to each conflict that drafting owns."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from leadbraid.llm.rules.gaps import greeting
from leadbraid.llm.rules.letter import Letter, Piece, as_letter
from leadbraid.llm.rules.names import company_name, in_writing, person_name
from leadbraid.models import Code, Conflict, Draft, DraftingTask, Tone
from leadbraid.text import fold, language_of, mentions, numbers, sentences, tone_of
from leadbraid.written import own_words

_MARKER = re.compile(r"\\\{\\\{fact\d\\\}\\\}")


class Rewrite(Protocol):
    """Writes the letter anew in a language, or says that it cannot."""

    def __call__(self, language: str, *, calmer: bool) -> Letter | None:
        """The letter by another pattern; None where the language has none."""


def settled(task: DraftingTask, previous: Draft, rewrite: Rewrite) -> Letter:
    """The previous letter with a reaction to each conflict. Greeting, sign-off and a first word of thanks stay."""
    letter = _rewritten(task, previous, rewrite) or _as_it_stands(task, previous)
    for conflict in task.settle:
        letter = _react(letter, conflict, task)
    return letter


def _as_it_stands(task: DraftingTask, previous: Draft) -> Letter:
    voice = task.rules.voice
    greetings = (*voice.greetings.values(), *voice.greetings_unnamed.values())
    texts = (text for topic in task.rules.topics for text in topic.answers.values())
    answers = frozenset(fold(sentence) for text in texts for sentence in sentences(text))
    return as_letter(previous, greetings, voice.sign_offs.get(previous.language, ""), answers)


def _rewritten(task: DraftingTask, previous: Draft, rewrite: Rewrite) -> Letter | None:
    """Another pattern: a calmer one where the tone is too sure, or one in the lead's language."""
    codes = {conflict.code for conflict in task.settle}
    calmer = Code.TONE_OVER_RISK in codes
    if Code.LANGUAGE_MISMATCH in codes:
        other = rewrite(language_of(own_words(task.lead)), calmer=calmer)
        if other or not calmer:
            return other
    return rewrite(previous.language, calmer=True) if calmer else None


def _react(letter: Letter, conflict: Conflict, task: DraftingTask) -> Letter:
    match conflict.code:
        case Code.TONE_OVER_RISK:
            return letter.keeping(lambda piece: not (piece.answer and tone_of(piece.text) is Tone.CONFIDENT))
        case Code.UNPERMITTED_PROMISE | Code.UNPERMITTED_LINK | Code.UNSOURCED_CLAIM | Code.REGION_MISMATCH:
            return _without(letter, conflict.left.text, task)
        case Code.CONTRADICTS_NOTE:
            return _corrected(letter, conflict, task)
        case _:
            return letter


# --- sentences that go ---------------------------------------------------------------------------------------------


def _without(letter: Letter, quoted: str, task: DraftingTask) -> Letter:
    """Without the quoted sentence. A subject that is quoted gives way to the product's name."""
    if not fold(quoted):
        return letter
    left = letter.keeping(lambda piece: not _is_quoted(piece, quoted))
    if _overlaps(letter.subject, quoted) and left.pieces == letter.pieces:
        return replace(letter, subject=task.rules.product.name or "Re:", changed=True)
    return left


def _is_quoted(piece: Piece, quoted: str) -> bool:
    """Whether ``quoted`` is this sentence, or part of it, or the sentence with its slot filled."""
    if not piece.slots:
        return _overlaps(piece.text, quoted)
    filled = _MARKER.sub(".{0,300}", re.escape(fold(piece.text)))
    return re.fullmatch(filled, fold(quoted)) is not None or _overlaps(piece.text, quoted)


def _overlaps(text: str, quoted: str) -> bool:
    one, other = fold(text), fold(quoted)
    return bool(one) and bool(other) and (one in other or other in one)


# --- names and facts that are corrected ----------------------------------------------------------------------------


def _corrected(letter: Letter, conflict: Conflict, task: DraftingTask) -> Letter:
    """The note's name for the company or the person; where it is another fact, the sentence goes.

    A number on both sides is a count, not a name. The greeting holds the person, any other sentence the company.
    """
    said, right = conflict.left.text, conflict.right.text
    greets = bool(letter.greeting) and _overlaps(letter.greeting, said)
    if greets or (task.lead.name and fold(said) == fold(task.lead.name)):
        return replace(letter, greeting=greeting(task.rules.voice, letter.language, in_writing(person_name(right))))
    named = task.lead.company
    if named and mentions(said, named) and company_name(right) and not (numbers(said) and numbers(right)):
        return letter.rewording(_renaming(named, company_name(right)))
    return _without(letter, said, task)


def _renaming(old: str, new: str) -> Callable[[str], str]:
    pattern = re.compile(rf"(?<!\w){re.escape(' '.join(old.split()))}(?!\w)", re.IGNORECASE)
    return lambda text: pattern.sub(lambda _: new, text)
