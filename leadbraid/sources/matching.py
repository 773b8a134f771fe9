"""Which company a text concerns: e-mail domains, and names without their legal form. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from leadbraid.models import Lead
from leadbraid.text import fold

FREE_MAIL = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk hotmail.fr hotmail.de live.com live.de msn.com"
    " yahoo.com yahoo.co.uk yahoo.de yahoo.fr ymail.com icloud.com me.com mac.com aol.com gmx.de gmx.net gmx.at gmx.ch"
    " gmx.com web.de t-online.de freenet.de arcor.de mail.com email.com proton.me protonmail.com pm.me tutanota.com"
    " tuta.io fastmail.com hey.com zoho.com yandex.ru yandex.com mail.ru qq.com 163.com 126.com sina.com naver.com"
    " orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it tiscali.it alice.it hotmail.it hotmail.es"
    " telefonica.net terra.es bluewin.ch ziggo.nl kpnmail.nl planet.nl xs4all.nl telenet.be skynet.be wp.pl o2.pl"
    " onet.pl interia.pl seznam.cz centrum.cz uol.com.br bol.com.br rediffmail.com btinternet.com sky.com comcast.net"
    " verizon.net att.net rocketmail.com inbox.com hushmail.com posteo.de mailbox.org duck.com".split()
)
"""Domains where anybody can have an address: they say nothing of a company."""

_LEGAL_FORMS = frozenset(
    "gmbh ag kg ohg ug se ev eg mbh kgaa gbr ek ltd limited llc llp lp plc inc incorporated corp corporation co company"
    " sa sas sarl sasu srl spa sl bv nv ab as asa oy oyj aps pty kft sro doo pvt and und et".split()
)
_NO_NAME = frozenset("company test none n a na unknown private self employed freelance freelancer me myself".split())
_SHARED_ENDINGS = frozenset("co.uk org.uk com.au co.nz co.jp com.br co.za co.in com.tr com.cn com.mx com.sg".split())


def domain_of(address: str) -> str:
    """The domain of an e-mail address or a web address, lower case, without ``www.``; empty where there is none."""
    host = address.strip().lower().rpartition("@")[2]
    host = re.sub(r"^[a-z][a-z0-9+.-]{0,20}://", "", host)
    host = re.split(r"[/?#:\s]", host, maxsplit=1)[0].removeprefix("www.").strip(".")
    return host if "." in host else ""


def is_free_mail(domain: str) -> bool:
    """Whether anybody can have an address at ``domain``."""
    return domain.lower() in FREE_MAIL


def within_domain(domain: str, listed: str) -> bool:
    """Whether ``domain`` is ``listed`` or lies under it. An ending that many companies share holds nobody."""
    listed = listed.strip().lower().removeprefix("@").removeprefix("*.").strip(".")
    if not listed or listed in _SHARED_ENDINGS:
        return False
    return domain == listed or ("." in listed and domain.endswith(f".{listed}"))


def company_key(name: str) -> str:
    """A company's name for comparing: folded, no punctuation, no legal form (GmbH, Ltd) at its end."""
    found = re.sub(r"[^\w\s]|_", " ", fold(name).replace(".", "").replace("'", "")).split()
    while len(found) > 1 and found[-1] in _LEGAL_FORMS:
        found.pop()
    return " ".join(found)


@dataclass(frozen=True)
class Sought:
    """The company and the person that documents are searched for."""

    email: str
    domain: str
    company: str

    @classmethod
    def of(cls, lead: Lead) -> Sought:
        """What the lead gives to search by: a free-mail domain and a name that names nobody are left out."""
        domain = domain_of(lead.email)
        key = company_key(lead.company)
        usable = len(key) >= 3 and not _NO_NAME.issuperset(key.split())
        return cls(lead.email.casefold(), "" if is_free_mail(domain) else domain, key if usable else "")

    def names(self, text: str) -> bool:
        """Whether ``text`` holds the address, the domain or the company's name.

        A name of one word counts only with a capital letter somewhere, so that a company called like a common word is
        not found in every sentence with that word.
        """
        low = text.casefold()
        if self._email.search(low) or (self.domain and self._domain.search(low)):
            return True
        return bool(self.company) and any(self._is_name(match.group()) for match in self._company.finditer(text))

    @cached_property
    def _email(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w.+-]){re.escape(self.email)}(?![\w-]|\.\w)")

    @cached_property
    def _domain(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w-]){re.escape(self.domain)}(?![\w-]|\.\w)")

    @cached_property
    def _company(self) -> re.Pattern[str]:
        gap = r"[\W_]{1,3}"
        return re.compile(rf"(?<!\w){gap.join(map(re.escape, self.company.split()))}(?!\w)", re.IGNORECASE)

    def _is_name(self, found: str) -> bool:
        return " " in self.company or found != found.lower() or not re.search(r"[a-z]", found)
