"""Which meanings together are an order to the reader, and what makes them none.

An order needs what is to be done *and* what it is aimed at: our rules, verdicts, reviews, recipients, secrets. Alone
neither says anything: *please ignore my previous mail* is ordinary, and so is *we score suppliers*.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from leadbraid.conflicts.injection.concepts import Concept
from leadbraid.conflicts.injection.matching import Clause, Hit, Token


@dataclass(frozen=True)
class Order:
    """Meanings that together are an order.

    ``needs``: all of them, the first being the verb, within ``near`` characters of it. ``told``: the verb must be told
    to the reader, not said of somebody. ``asked``: a question is an order too. ``unless``: what takes it back.
    """

    needs: tuple[Concept, ...]
    near: int = 70
    told: bool = True
    asked: bool = False
    unless: tuple[Concept, ...] = ()


ORDERS: tuple[Order, ...] = (
    # forget what you were told
    Order((Concept.FORGET, Concept.RULES, Concept.EARLIER), unless=(Concept.OWN_MAIL,), asked=True),
    Order((Concept.FORGET, Concept.RULES, Concept.YOURS), near=50, unless=(Concept.OWN_MAIL,), asked=True),
    Order((Concept.FORGET, Concept.TOLD), near=12, asked=True),
    Order((Concept.FORGET, Concept.RULES, Concept.ACT), near=60, unless=(Concept.OWN_MAIL,)),
    Order((Concept.VOID, Concept.TOLD), near=40, told=False, unless=(Concept.OWN_MAIL,)),
    Order((Concept.ALTER, Concept.OUR_RULES), near=20),
    Order((Concept.FORGET, Concept.OUR_RULES), near=25, unless=(Concept.OWN_MAIL,)),
    Order((Concept.PRETEND, Concept.TOLD), near=15),
    Order((Concept.AUTHORITY, Concept.MUST, Concept.REPLY), near=70, told=False),
    Order((Concept.VOID, Concept.RULES, Concept.YOURS), told=False, unless=(Concept.OWN_MAIL,)),
    Order((Concept.VOID, Concept.RULES, Concept.EARLIER), told=False, unless=(Concept.OWN_MAIL,)),
    Order((Concept.OBEY, Concept.ONLY, Concept.THIS_TEXT), near=60, unless=(Concept.OWN_MAIL,), asked=True),
    Order((Concept.AUTHORITY, Concept.DISABLE, Concept.CHECKS), near=110, told=False),
    Order((Concept.DISABLE, Concept.CHECKS, Concept.RATE, Concept.LEAD), near=90),
    Order((Concept.DISABLE, Concept.CHECKS, Concept.APPROVE, Concept.LEAD), near=90),
    # be somebody else
    Order((Concept.ROLE, Concept.FREE), near=90, told=False),
    Order((Concept.ROLE, Concept.MACHINE, Concept.OBEY), near=90, told=False),
    Order((Concept.ROLE, Concept.STAFF), near=40, told=False),
    # judge us well
    Order((Concept.RATE, Concept.LEAD, Concept.GOOD), near=60),
    Order((Concept.RATE, Concept.SCORE, Concept.TOP), near=60),
    Order((Concept.RATE, Concept.LEAD, Concept.SCORE, Concept.GOOD), near=80),
    Order((Concept.MUST, Concept.SCORE, Concept.TOP, Concept.LEAD), near=70, told=False),
    Order((Concept.MUST, Concept.LEAD, Concept.SCORE, Concept.GOOD), near=70, told=False),
    Order((Concept.RATED, Concept.LEAD, Concept.GOOD), near=60, told=False),
    Order((Concept.RATED, Concept.SCORE, Concept.TOP), near=40, told=False),
    Order((Concept.RATED, Concept.CRITERIA, Concept.GOOD), near=70, told=False),
    Order((Concept.RATE, Concept.CRITERIA, Concept.GOOD), near=70),
    Order((Concept.REGARDLESS, Concept.CRITERIA, Concept.LEAD), near=90, told=False),
    Order((Concept.REGARDLESS, Concept.CRITERIA, Concept.SCORE), near=90, told=False),
    Order((Concept.RECOMMEND, Concept.LEAD, Concept.REGARDLESS), near=70),
    Order((Concept.RECOMMEND, Concept.LEAD, Concept.TOP), near=60),
    # nobody need look
    Order((Concept.APPROVE, Concept.SKIP, Concept.REVIEW), near=70),
    Order((Concept.JUMP, Concept.REVIEW), near=25),
    Order((Concept.RATE, Concept.REVIEW, Concept.DONE), near=40),
    Order((Concept.APPROVED, Concept.LEAD), near=80, told=False),
    Order((Concept.HIDE, Concept.RISK), near=60),
    Order((Concept.MENTION, Concept.RISK, Concept.NOT), near=40),
    Order((Concept.TELL_NOT, Concept.WATCHER), near=25),
    Order((Concept.TELL, Concept.WATCHER, Concept.GOOD), near=60),
    Order((Concept.ACT, Concept.TELL_NOT), near=30),
    Order((Concept.PRETEND, Concept.REVIEW), near=50),
    Order((Concept.RATE, Concept.RISK, Concept.LOW), near=60),
    # let something out, or in
    Order((Concept.CHANGE, Concept.RECIPIENT), near=50),
    Order((Concept.SEND, Concept.INTERNAL), near=70),
    Order((Concept.REVEAL, Concept.SECRET), near=60),
    Order((Concept.INSERT, Concept.REPLY, Concept.VERBATIM), near=90),
    Order((Concept.INSERT, Concept.REPLY, Concept.LINK), near=90),
    Order((Concept.INSERT, Concept.REPLY, Concept.PROMISE), near=90),
    Order((Concept.INSERT, Concept.REPLY, Concept.PRETEND), near=20),
    Order((Concept.MUST, Concept.REPLY, Concept.PROMISE), near=90),
    Order((Concept.FETCH, Concept.LINK, Concept.INTERNAL), near=100),
    Order((Concept.FETCH, Concept.LINK, Concept.OBEY, Concept.THIS_TEXT), near=150),
    Order((Concept.FETCH, Concept.LINK, Concept.OBEY, Concept.RULES), near=150),
    Order((Concept.RUN, Concept.TOOL), near=20),
    Order((Concept.ANSWER, Concept.ONLY, Concept.ONE_WORD), near=60),
    Order((Concept.REPLY, Concept.MUST, Concept.ONE_WORD), near=50, told=False),
    # told to a machine
    Order((Concept.DEAR, Concept.ROBOT), near=3, told=False),
    Order((Concept.IF_YOU_ARE, Concept.ROBOT), near=3, told=False),
    Order((Concept.TO_WHOM, Concept.MACHINE, Concept.READS), near=60, told=False),
    Order((Concept.MACHINE, Concept.MUST, Concept.RATE, Concept.GOOD), near=110, told=False),
    Order((Concept.MACHINE, Concept.READS, Concept.MUST, Concept.LEAD), near=90, told=False),
    Order((Concept.MACHINE, Concept.MUST, Concept.ACT, Concept.LEAD), near=70, told=False),
    Order((Concept.MACHINE, Concept.MUST, Concept.RECOMMEND, Concept.LEAD), near=90, told=False),
)
"""For text that anybody can see."""
HIDDEN: tuple[Order, ...] = (
    *(Order(order.needs, order.near + 40, told=False, asked=True) for order in ORDERS),
    *(
        Order(needs, near=100, told=False, asked=True)
        for needs in (
            (Concept.FORGET, Concept.RULES),
            (Concept.RATE, Concept.GOOD),
            (Concept.RATE, Concept.SCORE),
            (Concept.RATE, Concept.TOP),
            (Concept.RECOMMEND, Concept.LEAD),
            (Concept.RECOMMEND, Concept.MUST),
            (Concept.APPROVE, Concept.LEAD),
            (Concept.SKIP, Concept.REVIEW),
            (Concept.ROLE, Concept.MACHINE),
            (Concept.CRITERIA, Concept.GOOD),
            (Concept.MACHINE, Concept.RATE),
            (Concept.MACHINE, Concept.MUST),
            (Concept.MACHINE, Concept.APPROVE),
            (Concept.MUST, Concept.GOOD),
            (Concept.MUST, Concept.VERBATIM),
            (Concept.INSERT, Concept.LINK, Concept.REPLY),
            (Concept.RULES, Concept.RECOMMEND),
            (Concept.RULES, Concept.APPROVE),
        )
    ),
)
"""For text that was hidden from people: who hides an order has no ordinary reason."""

_MIXED = (Concept.FORGET, Concept.RULES)
_QUESTION = re.compile(r"[?？؟;]?[?？؟][\s\"'”’)»\]]*$")
_POLITE = re.compile(r"\b(?:would|could|might|may|can|will) (?:you|i|it)\b|\bwould be\b|\bmind\b")


def orders(clause: Clause, rules: Sequence[Order] = ORDERS) -> bool:
    """Whether ``clause`` gives an order to whoever or whatever reads it."""
    found = clause.hits
    asks = bool(_QUESTION.search(clause.text))
    for language, hits in found.items():
        english = language == "en"
        if any(
            _given(order, hits, clause, english)
            for order in rules
            if not asks or (order.asked and (not english or _POLITE.search(clause.text)))
        ):
            return True
    return len(found) > 1 and _in_two_languages(found)


def _given(order: Order, hits: Mapping[Concept, tuple[Hit, ...]], clause: Clause, english: bool) -> bool:
    if not all(concept in hits for concept in order.needs) or any(concept in hits for concept in order.unless):
        return False
    return any(
        _completed(first, order, hits)
        for first in hits[order.needs[0]]
        if not order.told or (_told(first, clause) if english else not _of_others(first, hits))
    )


def _completed(first: Hit, order: Order, hits: Mapping[Concept, tuple[Hit, ...]]) -> bool:
    """Whether all other meanings stand near ``first``, each in words of its own."""
    taken = [first]
    for concept in order.needs[1:]:
        near = _nearest(first, hits[concept], taken, order.near)
        if near is None:
            return False
        taken.append(near)
    return True


def _nearest(first: Hit, hits: tuple[Hit, ...], taken: list[Hit], near: int) -> Hit | None:
    place = bisect_left(hits, first.start, key=lambda hit: hit.start)
    around = hits[max(0, place - 4) : place + 5]
    free = (hit for hit in around if not any(hit.start < one.end and one.start < hit.end for one in taken))
    best = min(free, key=lambda hit: _gap(first, hit), default=None)
    return best if best and _gap(first, best) <= near else None


def _gap(one: Hit, other: Hit) -> int:
    return max(other.start - one.end, one.start - other.end, 0)


def _in_two_languages(found: Mapping[str, Mapping[Concept, tuple[Hit, ...]]]) -> bool:
    """*Ignoriere alle previous instructions*: the verb in one language, what it is aimed at in another."""
    verbs = [hit for hits in found.values() for hit in hits.get(Concept.FORGET, ())]
    aims = [hit for hits in found.values() for hit in hits.get(Concept.RULES, ())]
    which = [hit for hits in found.values() for hit in hits.get(Concept.EARLIER, ())]
    own = any(Concept.OWN_MAIL in hits for hits in found.values())
    return not own and any(
        verb.end <= one.start <= aim.start and aim.start - verb.end <= 30
        for verb in verbs[:20]
        for one in which[:20]
        for aim in aims[:20]
        if one.end <= aim.start
    )


# --- who is told ---------------------------------------------------------------------------------------------------

_FILLERS = frozenset(
    "now then just kindly instead simply first also always quietly immediately directly once only so again today"
    " still".split()
)
_TELLS = frozenset(
    "please you do don assistant ai model bot llm agent system chatbot gpt everyone anyone let pls kindly hence"
    " therefore thus unless until yourself".split()
)
_LINKS = frozenset("must should will shall to and or could would can may ought ll have has by".split())
_OTHERS = frozenset(
    "we i they he she users drivers carriers dispatchers people staff customers suppliers bidders tenderers who nobody"
    " visitors employees competitors colleagues hauliers our my their operators trucks anybody someone team board"
    " manager managers company law auditor auditors which shift us them him her eu".split()
)
_BREAKS = frozenset('.,;:!?-–—(>\n"“„«*•|]})/')


def _told(verb: Hit, clause: Clause) -> bool:
    """Whether an English verb is told to the reader: it opens a clause, or *please*, *you must* or so precede it."""
    number = verb.token
    while number > 0:
        before, this = clause.tokens[number - 1], clause.tokens[number]
        if any(char in _BREAKS for char in clause.text[before.end : this.start]):
            return True
        if before.text in _FILLERS:
            number -= 1
        elif before.text in _TELLS:
            return True
        else:
            return before.text in _LINKS and _leads(clause, number)
    return True


def _leads(clause: Clause, number: int) -> bool:
    """Whether *to*, *and*, *must* before word ``number`` goes back to the reader, not to somebody else."""
    for before in reversed(clause.tokens[max(0, number - 9) : number - 1]):
        if before.text in _OTHERS:
            return False
        if before.text in _TELLS or before.text == "your":
            return not _of_somebody(clause, before)
    return clause.tokens[number - 1].text in ("and", "or", "must", "shall")


def _of_somebody(clause: Clause, noun: Token) -> bool:
    """Whether *our*, *my* or *their* stands before ``noun``: our assistant is not the reader."""
    return re.search(r"\b(?:our|my|their|his|her) $", clause.text[: noun.start]) is not None


def _of_others(verb: Hit, hits: Mapping[Concept, tuple[Hit, ...]]) -> bool:
    """Whether, in another language than English, a word such as *we* or *drivers* stands right before the verb."""
    return any(0 <= verb.start - one.end <= 12 for one in hits.get(Concept.SELF, ()))


def clauses(pieces: Iterable[str]) -> Iterator[Clause]:
    """The clauses of ``pieces``, each once; long ones in windows that overlap."""
    seen: set[str] = set()
    for piece in pieces:
        for start in range(0, max(1, len(piece) - _OVERLAP), _WINDOW - _OVERLAP):
            window = piece[start : start + _WINDOW]
            if window not in seen:
                seen.add(window)
                yield Clause(window)


_WINDOW, _OVERLAP = 600, 200
