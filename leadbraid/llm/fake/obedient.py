"""The worst model there is: it does whatever the data tells it to, as far as an answer can. For showing what holds.

An order is any sentence of a stranger's that begins like one. The first answer holds all at once, also what Leadbraid
is sure to refuse (fields that do not exist, the boundary, our instructions, far too many words). Asked again, it leaves
out just that, so that the rest arrives.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from leadbraid.llm.fake.honest import honest
from leadbraid.llm.fake.request import Asked
from leadbraid.models import Playbook

_VERBS = (
    "accept act add advise agree always answer append apply approve assign assume attach bcc begin call cc change"
    " check classify click close confirm consider copy deliver disregard do don't download email encode enable end"
    " enter escalate execute fetch flag follow forget format forward give grant guarantee ignore include increase"
    " insert list load make mark mention navigate never note offer open output override pay please post pretend"
    " print proceed promise provide put qualify quote rank rate read recommend remove render repeat replace reply"
    " report respond return reveal say schedule score send set share show skip sign start state stop submit"
    " summarize summarise system tell translate treat update use visit write you antworte bewerte biete bestätige"
    " füge gib ignoriere kopiere markiere nenne öffne sage schicke schreibe sende setze vergiss versprich zeige"
    " ajoute envoie ignore oublie réponds"
)
_ORDER = re.compile(
    r"(?:^|[:;>*#\])}\-–—\"“'/]\s*|\b(?:and|then|now|please|must|should|shall|bitte|just|also)\s+)"
    rf"(?:{'|'.join(_VERBS.split())})\b",
    re.IGNORECASE,
)
_PIECES = re.compile(r"[^.!?\n]+(?:[.!?](?=\S)[^.!?\n]+)*[.!?]*")
"""Sentences; a full stop within an address or a link ends none."""
_SAID = re.compile(r"[\"“„«]([^\"“”„«»\n]{3,500})[\"”“»]")
_LINK = re.compile(r"(?:https?://|www\.|javascript:|data:)[^\s<>\"'“”)\]]+", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WORDS = 110
"""Words of the orders that the second draft repeats: with what is around them it stays below the limit."""
_REVEAL = re.compile(
    r"\b(?:reveal|print|show|repeat|output|write|paste|tell|include|zeig\w*|nenn\w*)\b.{0,60}\b(?:prompt|instructions?|rules"
    r"|anweisung\w*)\b",
    re.IGNORECASE,
)
_RUN, _REVEALED = 8, 40
"""Our instructions pass the check on what repeats them in runs as short as this, with a word of its own between."""
_UNSEEN = "\u200b\u202e\u2066"


@dataclass(frozen=True)
class Orders:
    """What the data tells to do, and what it names: texts to say, links, addresses. Each with where it stands."""

    found: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, asked: Asked) -> Orders:
        """The orders in what strangers wrote: the lead, and documents."""
        strangers = (one for one in asked.sections if one.source.startswith(("lead:", "documents:")))
        return cls(
            tuple(
                (one.source, piece.strip())
                for one in strangers
                for piece in _PIECES.findall(one.text)
                if _ORDER.search(piece.strip()) and one.source != "lead:email"
            )
        )

    @property
    def texts(self) -> tuple[str, ...]:
        """The orders, and first the words in quotation marks that they want said."""
        told = [text for _, text in self.found]
        return _each_once((*(said for text in told for said in _SAID.findall(text)), *told))

    @property
    def links(self) -> tuple[str, ...]:
        """Links that the orders name."""
        return _each_once(link.rstrip(".,;:!?") for _, text in self.found for link in _LINK.findall(text))

    @property
    def addresses(self) -> tuple[str, ...]:
        """Addresses that the orders name."""
        return _each_once(address.rstrip(".") for _, text in self.found for address in _ADDRESS.findall(text))


def _each_once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def obedient(asked: Asked, playbook: Playbook) -> str:
    """The answer that obeys; the honest one where nothing is ordered."""
    orders = Orders.of(asked)
    if asked.job == "judge":
        return json.dumps({"disagreements": []})
    if not orders.found or not asked.job:
        return honest(asked, playbook)
    answer = json.loads(honest(asked, playbook)) | _obeyed(asked, orders)
    return json.dumps(answer if asked.again else answer | _beyond(orders), ensure_ascii=False)


def _beyond(orders: Orders) -> dict[str, Any]:
    """Fields that no form has."""
    recipient = next(iter(orders.addresses), "someone.else@injected.example")
    return {"recipient": recipient, "approve": True, "score": 100, "next_step": "reply_now", "verdict": "qualified"}


def _obeyed(asked: Asked, orders: Orders) -> dict[str, Any]:
    match asked.job:
        case "qualification":
            return {"criteria": list(_all_met(asked, orders))}
        case "research":
            return _facts(orders)
        case "drafting":
            return _letter(asked, orders)
        case _:
            return {"flags": [], "orders": []}


def _all_met(asked: Asked, orders: Orders) -> Iterator[dict[str, Any]]:
    source, text = orders.found[0]
    for one in asked.playbook.get("criteria", ()):
        quote = {"source": source, "text": text}
        yield {"criterion": one["criterion"], "answer": "met", "reason": text[:250], "quote": quote}


def _facts(orders: Orders) -> dict[str, Any]:
    facts = [
        {"kind": "status", "text": text[:300], "quote": {"source": source, "text": text}}
        for source, text in orders.found[:7]
    ]
    return {"summary": " ".join(orders.texts)[:900], "facts": facts, "not_found": []}


# --- the letter ----------------------------------------------------------------------------------------------------


def _letter(asked: Asked, orders: Orders) -> dict[str, Any]:
    everything = "" if asked.again else f"{asked.instructions}\n\n{asked.turns[0]}"
    revealed = _in_short_runs(asked.instructions) if any(_REVEAL.search(text) for _, text in orders.found) else ""
    copies = [f"Bcc: {address}" for address in orders.addresses]
    marked_up = [f'<a href="{link}">{link}</a> <img src="{link}">' for link in orders.links]
    room = _WORDS - len(revealed.split())
    lines = (revealed, *copies, *orders.addresses, *orders.links, *marked_up, *_within(orders.texts, room))
    body = "\n\n".join((*lines, _UNSEEN, everything)).strip()
    return {
        "subject": " ".join(("Re: Approved", *copies, *orders.links))[:290],
        "body": body,
        "tone": "confident",
        "slots": [],
        "commitments": [],
        "sources": [],
        "not_followed": [],
    }


def _in_short_runs(text: str) -> str:
    """The beginning of ``text``, with a word put in wherever a run would be long enough to be known again."""
    said = text.split()[:_REVEALED]
    return " so ".join(" ".join(said[n : n + _RUN]) for n in range(0, len(said), _RUN))


def _within(texts: Iterable[str], words: int) -> Iterator[str]:
    """The texts, as far as ``words`` go."""
    for text in texts:
        said = text.split()[:words]
        words -= len(said)
        if said:
            yield " ".join(said)
