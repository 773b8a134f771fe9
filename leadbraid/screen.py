"""The screen: leads that need no stream. Pure; the suppression list comes in as an argument.

The checks run in a fixed order and the first that speaks decides. The first two are final: nobody may write to such a
person, whatever a playbook, a model or a reviewer says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from leadbraid.models import Lead, Screened
from leadbraid.models.playbook import ScreenRules
from leadbraid.text import affirms, fold, sentences
from leadbraid.written import own_words

_LINK = re.compile(r"https?://[^\s<>\"')]+|\bwww\.[^\s<>\"')]+", re.IGNORECASE)
_REASON_LIMIT = 300


def screen(lead: Lead, rules: ScreenRules, suppressed: frozenset[str]) -> Screened | None:
    """Why ``lead`` needs no stream; None where there is something to work on.

    Args:
        lead: The lead.
        rules: The playbook's phrases.
        suppressed: Addresses and domains nobody may write to, folded. A domain covers its subdomains.
    """
    return (
        _suppressed(lead, suppressed)
        or _do_not_contact(lead, rules)
        or _spam(lead, rules)
        or _not_sales(lead, rules)
        or _no_words(lead)
    )


def _suppressed(lead: Lead, suppressed: frozenset[str]) -> Screened | None:
    """The address, its domain or a domain above it is on the suppression list."""
    found = suppressed_as(lead.email, suppressed)
    return _screened("suppressed", f"{found} is on the suppression list", final=True) if found else None


def suppressed_as(address: str, suppressed: frozenset[str]) -> str:
    """The entry of the suppression list that ``address`` is on it by; empty where it is not."""
    return next((name for name in _names(address) if name in suppressed), "")


def _names(address: str) -> Iterable[str]:
    """What may stand on the list for ``address``: itself, itself without a ``+tag``, its domain and those above."""
    local, _, domain = fold(address).rpartition("@")
    yield f"{local}@{domain}"
    yield f"{local.partition('+')[0]}@{domain}"
    for form in dict.fromkeys((domain, _ascii(domain))):
        labels = form.split(".")
        yield from (".".join(labels[start:]) for start in range(len(labels)))


def _ascii(domain: str) -> str:
    """``domain`` as the DNS has it; as it is where that form cannot be made."""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def _do_not_contact(lead: Lead, rules: ScreenRules) -> Screened | None:
    """The person asks not to be contacted."""
    found = _said(own_words(lead), rules.do_not_contact)
    return _screened("do_not_contact", f"the person writes “{found}”", final=True) if found else None


def _spam(lead: Lead, rules: ScreenRules) -> Screened | None:
    """A phrase of mass mail, or too many links."""
    if found := _said(own_words(lead), rules.spam):
        return _screened("spam", f"the message says “{found}”")
    links = _LINK.findall(own_words(lead))
    if len(links) >= rules.spam_links:
        return _screened("spam", f"the message holds {len(links)} links, first “{links[0]}”")
    return None


def _not_sales(lead: Lead, rules: ScreenRules) -> Screened | None:
    """An application, a support case: somebody else's work."""
    found = _said(own_words(lead), rules.not_sales)
    return _screened("not_sales", f"not a sales enquiry: the message says “{found}”") if found else None


def _no_words(lead: Lead) -> Screened | None:
    """Nothing but signs, digits or emoji."""
    if any(char.isalpha() for char in lead.message):
        return None
    return _screened("no_words", f"the message holds no words: “{lead.message}”")


def _said(message: str, phrases: Iterable[str]) -> str:
    """The sentence that affirms any of ``phrases``, as written; the phrase where it runs over several sentences."""
    phrase = next((one for one in phrases if affirms(message, one)), "")
    if not phrase:
        return ""
    holding = (one for one in sentences(message) if affirms(one, phrase))
    return next(holding, phrase)


def _screened(code: str, reason: str, *, final: bool = False) -> Screened:
    if len(reason) > _REASON_LIMIT:
        reason = reason[: _REASON_LIMIT - 2] + "…" + ("”" if "“" in reason else "")
    return Screened(code=code, reason=" ".join(reason.split()), final=final)
