"""The rule on links in the reply: only where the playbook's `links` permit them.

What counts is what a mail program would make clickable or a person would type: a web address with or without its
scheme, an e-mail address, the target of markdown and HTML. The usual disguises are taken off first.
"""

from __future__ import annotations

import html
import re
import unicodedata
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass

from leadbraid.conflicts.case import Case, conflict, quote
from leadbraid.models import Code, Conflict, Resolver, Severity


@dataclass(frozen=True)
class Link:
    """A link in a text. ``scheme`` is empty where none is written; ``clean`` is false where it hides where it leads."""

    text: str
    host: str
    scheme: str = ""
    port: str = ""
    path: str = ""
    clean: bool = True


def unpermitted_link(case: Case) -> Iterator[Conflict]:
    """The reply holds a link, or an address, that the playbook's `links` do not permit. Blocking.

    A steered draft's last step is a link for the reader to follow. The product's own name is none, even where it is
    written like a host; any other name that is (*Booking.com*) is one, since mail programs make it one.
    """
    for statement in case.statements:
        found = next((one for one in links_in(statement.shown) if not _may_stand(one, case)), None)
        if found:
            yield conflict(
                Code.UNPERMITTED_LINK,
                Severity.BLOCKING,
                Resolver.DRAFTING,
                f"The reply holds {found.text[:200]}, which the playbook's `links` lack. Leave it out or list it.",
                left=quote(case.author, statement.shown),
                right=quote("playbook:links", ", ".join(case.rules.links) or "no links"),
            )


def _may_stand(link: Link, case: Case) -> bool:
    return link.text.casefold() == case.rules.product.name.casefold() or permitted(link, case.rules.links)


# --- what is permitted ---------------------------------------------------------------------------------------------

_USUAL_PORTS = {"http": "80", "https": "443"}


def permitted(link: Link, allowed: tuple[str, ...]) -> bool:
    """Whether an entry of ``allowed`` covers ``link``.

    A host permits its pages, its *www.* form and its e-mail addresses; the beginning of an address permits what begins
    so, to the letter and up to the end of a word. Other schemes, other ports, and links that hide their aim never pass.
    """
    return link.clean and link.scheme in ("", "http", "https", "mailto") and any(_covers(one, link) for one in allowed)


def _covers(entry: str, link: Link) -> bool:
    if "://" not in entry and "/" not in entry:
        return _same_host(entry, link.host) and link.port in ("", _USUAL_PORTS.get(link.scheme, ""))
    wanted = urllib.parse.urlsplit(entry if "://" in entry else f"//{entry}")
    scheme = not wanted.scheme or link.scheme in ("", wanted.scheme)
    port = str(wanted.port or "") == link.port or link.port == _USUAL_PORTS.get(link.scheme, "")
    return scheme and port and _same_host(wanted.hostname or "", link.host) and _begins(wanted.path, link)


def _begins(wanted: str, link: Link) -> bool:
    if link.scheme == "mailto":
        return True
    path, plain = link.path or "/", wanted or "/"
    decoded = urllib.parse.unquote(path)
    if ".." in decoded or "\\" in decoded:
        return False
    return path.startswith(plain) and (plain.endswith("/") or path[len(plain) : len(plain) + 1] in ("", "/", "?", "#"))


def _same_host(wanted: str, host: str) -> bool:
    return _ascii(host).removeprefix("www.") == _ascii(wanted).removeprefix("www.")


def _ascii(host: str) -> str:
    """A host as the name system has it: small, without a last dot, other alphabets in their ASCII form."""
    plain = host.casefold().rstrip(".")
    try:
        return plain.encode("idna").decode("ascii")
    except UnicodeError:
        return plain


# --- what is a link ------------------------------------------------------------------------------------------------

_ENDINGS = (
    " com net org info biz name pro edu gov mil int mobi io ai app dev co me tv cc xyz online site shop"
    " store tech cloud link click top live one page space website digital agency email world today news"
    " blog life group team work support help systems network solutions services company center global plus"
    " zone fun icu vip win loan bid download stream rest bar buzz monster quest cam gle goo chat video"
    " social media money bank finance credit tax legal express delivery industries software host hosting"
    " domains cyou sbs lol ink wiki guru ninja rocks example test invalid onion local internal corp lan eu"
    " uk us ca au nz de at ch fr es it nl be lu pt ie pl cz sk hu ro bg gr hr si rs ba mk al tr ua by ru"
    " su kz ge am az se dk no fi is ee lv lt cn hk tw jp kr in pk bd lk th vn my sg id ph ae sa qa kw il"
    " ir iq eg ma tn dz ng ke gh za br ar cl mx pe ve ec uy py bo cr pa do cu pr gg je im li mc sm va tk"
    " ml ga cf gq ws to fm ly gd sh st pw la vc ag sc nu рф укр бел срб 中国 公司 网络 한국 भारत امارات xn--p1ai"
)
_KNOWN = frozenset(_ENDINGS.split())
_WORDS_THAT_END = frozenset(
    " it in at no me be us is to my by am so do one team work help life today support group world".split()
)
"""Endings that are words too: where the stop ends a sentence and a blank is missing, the next word has a capital."""
_FILES = frozenset(
    " md py js ts sh rs pl zip mov pdf doc docx xls xlsx csv txt png jpg jpeg gif svg html htm xml json"
    " yaml yml log eml ics exe".split()
)
_NOT_HOSTS = frozenset("asp.net vb.net ado.net ml.net f#.net".split())
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_HOST = rf"(?:{_LABEL}\.){{1,8}}(?:xn--[a-z0-9-]{{2,59}}|[^\W\d_]{{2,24}})"
_STOPS = r"\s<>\"'“”„«»\[\]{}|^`"
_SCHEME = re.compile(
    rf"(?<![\w+.-])(?P<scheme>h(?:tt|xx)ps?|[a-z][a-z0-9+-]{{1,20}})\s?:\s?(?P<slashes>[/\\]{{2,4}})\s?"
    rf"(?P<rest>(?:\[[0-9a-f:.]{{2,40}}\])?[^{_STOPS}]{{1,2000}})",
    re.IGNORECASE,
)
_NO_SLASHES = re.compile(
    rf"(?<![\w.])(?P<scheme>mailto|javascript|vbscript|data|tel|sms|callto|skype|https?):"
    rf"(?P<rest>[^{_STOPS}/][^{_STOPS}]{{1,2000}})",
    re.IGNORECASE,
)
_RELATIVE = re.compile(rf"(?<![:/\w\\])[/\\]{{2}}(?P<rest>{_HOST}[^{_STOPS}]{{0,2000}})", re.IGNORECASE)
_TARGET = re.compile(
    r"!?\[[^\[\]\n]{0,500}\]\(\s{0,4}<?(?P<target>[^\s()<>]{1,2000})"
    r"|\b(?:href|src|action)\s?=\s?[\"']?(?P<attr>[^\s\"'<>]{1,2000})",
    re.IGNORECASE,
)
_ADDRESS = re.compile(rf"(?<![\w.+-])[\w.+-]{{1,64}}\s?@\s?(?P<host>{_HOST}|\[[0-9a-f:.]{{3,40}}\])", re.IGNORECASE)
_BARE = re.compile(
    rf"(?<![\w@./\\:-])(?P<host>{_HOST})\.?(?P<port>:\d{{2,5}})?(?P<path>[/?#][^{_STOPS}]{{0,2000}})?(?![\w@-])",
    re.IGNORECASE,
)
_BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_NUMBERS = re.compile(
    rf"(?<![\w.])(?<!version )(?<!release )(?P<host>(?:{_BYTE}\.){{3}}{_BYTE})(?P<port>:\d{{2,5}})?"
    rf"(?P<path>/[^\s]{{0,2000}})?(?![\w.]\d)",
    re.IGNORECASE,
)
_DOT_WRITTEN = re.compile(r"\s?[\[({]\s?(?:\.|dot|punkt|point)\s?[\])}]\s?", re.IGNORECASE)
_COLON_WRITTEN = re.compile(r"[\[({]\s?:\s?[\])}]")
_AT_WRITTEN = re.compile(r"\s?[\[({]\s?(?:at|@|ät)\s?[\])}]\s?", re.IGNORECASE)


def links_in(text: str) -> tuple[Link, ...]:
    """The links and addresses in ``text`` and within those, each once, disguises taken off."""
    found = _read(text)
    within = (one for link in found for one in _read(_inner(link)))
    return tuple(dict.fromkeys((*found, *within)))


def _inner(link: Link) -> str:
    """What a link's path or query may lead on to."""
    inner = urllib.parse.unquote(link.path)
    return inner[1:] if "//" in inner else ""


def _read(text: str) -> list[Link]:
    plain = _undisguised(text)
    found: list[Link] = []
    for reader in (_with_scheme, _without_slashes, _relative, _targets, _addresses, _bare, _numbers):
        found.extend(reader(plain))
    return found


def _undisguised(text: str) -> str:
    """One form for each letter and dot; invisible characters, entities and written-out dots resolved."""
    unified = html.unescape(unicodedata.normalize("NFKC", text))
    seen = "".join(char for char in unified if unicodedata.category(char) != "Cf")
    dotted = re.sub(r"(?<=\w)[。｡․](?=\w)", ".", seen)
    return _AT_WRITTEN.sub("@", _COLON_WRITTEN.sub(":", _DOT_WRITTEN.sub(".", dotted)))


def _with_scheme(text: str) -> Iterator[Link]:
    for match in _SCHEME.finditer(text):
        scheme = match["scheme"].casefold().replace("hxxp", "http")
        yield _address(match.group(), scheme, match["rest"], clean="\\" not in match.group())


def _without_slashes(text: str) -> Iterator[Link]:
    for match in _NO_SLASHES.finditer(text):
        scheme = match["scheme"].casefold()
        if scheme == "mailto":
            host = urllib.parse.unquote(match["rest"]).partition("?")[0].rpartition("@")[2]
            yield Link(match.group(), host, scheme, clean="?" not in match["rest"] and "," not in match["rest"])
        elif scheme in ("http", "https"):
            yield _address(match.group(), scheme, match["rest"], clean=False)
        else:
            yield Link(match.group(), "", scheme, clean=False)


def _relative(text: str) -> Iterator[Link]:
    for match in _RELATIVE.finditer(text):
        yield _address(match.group(), "", match["rest"], clean=True)


def _address(text: str, scheme: str, rest: str, *, clean: bool) -> Link:
    """The link of what stands after the slashes."""
    authority, mark, path = _cut(rest.rstrip(".,;:!?)'*_"))
    _, at, place = authority.rpartition("@")
    host, _, port = place.partition(":") if not place.startswith("[") else (place, "", "")
    return Link(text, host or place, scheme, port, f"{mark}{path}", clean and not at and "%" not in place)


def _cut(rest: str) -> tuple[str, str, str]:
    """The authority, the character that ends it, and what follows."""
    match = re.search(r"[/?#\\]", rest)
    return (rest[: match.start()], match.group(), rest[match.end() :]) if match else (rest, "", "")


def _targets(text: str) -> Iterator[Link]:
    """Targets that are no address of themselves, such as ``[text](/login)``."""
    for match in _TARGET.finditer(text):
        target = match["target"] or match["attr"]
        if not any(
            (_SCHEME.search(target), _RELATIVE.search(target), _ADDRESS.search(target), _NO_SLASHES.search(target))
        ):
            bare = tuple(_bare(target))
            yield from bare or (Link(match.group(), "", clean=False),)


def _addresses(text: str) -> Iterator[Link]:
    for match in _ADDRESS.finditer(text):
        yield Link(match.group(), match["host"].replace(" ", ""), "mailto")


def _bare(text: str) -> Iterator[Link]:
    for match in _BARE.finditer(text):
        if _is_host(match["host"], bool(match["path"] or match["port"])):
            yield Link(
                match.group(), match["host"], "", (match["port"] or "")[1:], (match["path"] or "").rstrip(".,;:!?)")
            )


def _is_host(host: str, goes_on: bool) -> bool:
    """Whether a name with dots, written without a scheme, is where a link would lead."""
    first, _, ending = host.rpartition(".")
    small = ending.casefold()
    if host.casefold() in _NOT_HOSTS or small in _FILES or (len(first) < 2 and not goes_on):
        return False
    if host.casefold().startswith("www.") or small.startswith("xn--"):
        return True
    if small in _WORDS_THAT_END and ending != small and not host.isupper():
        return False
    return small in _KNOWN or (goes_on and len(first) > 2 and ending == small and "." in first)


def _numbers(text: str) -> Iterator[Link]:
    for match in _NUMBERS.finditer(text):
        yield Link(match.group(), match["host"], "", (match["port"] or "")[1:], match["path"] or "")
