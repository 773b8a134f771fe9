"""What of a message the person wrote themselves: without markup, quoted history and signature. Pure.

Mail programs add all three. A phrase in somebody else's words must not screen, qualify or flag the one who quotes them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser

from leadbraid.models import Lead
from leadbraid.models.lead import messages_of

# --- markup --------------------------------------------------------------------------------------------------------

_MARKUP = re.compile(r"<(?:!doctype html|html|body|head|div|p|br|table|span|style)\b[^<>]*>", re.IGNORECASE)
_BLOCKS = frozenset("address blockquote br div h1 h2 h3 h4 h5 h6 hr li ol p table td th tr ul".split())
_UNSEEN = frozenset("head script style title".split())


def plain_text(message: str) -> str:
    """``message`` without its HTML, if it is written in HTML; any other text as it is (*<5 docks* is no markup)."""
    if not _MARKUP.search(message):
        return message
    reader = _Reader()
    reader.feed(message)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.found).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Collects the text, with a line break where a block begins or ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 (the base class names it)
        self._unseen += tag in _UNSEEN
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.found.append(re.sub(r"\s+", " ", data))

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.found.append("\n")


# --- quoted history and signature ----------------------------------------------------------------------------------

_EARLIER = re.compile(
    r"^(?:[-_ ]*(?:original message|forwarded message|ursprüngliche nachricht|weitergeleitete nachricht"
    r"|message d'origine|message transféré)[-_ ]*|begin forwarded message:|(?:from|von|de): .*@.*)$",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(
    r"^(?:on .{5,120} wrote:|am .{5,120} schrieb.{0,120}:|le .{5,120} a écrit ?:)$",
    re.IGNORECASE,
)
_CLOSES = re.compile(
    r"^(?:(?:many |kind |best |warm )?(?:regards|thanks)|best wishes|best|cheers|sincerely"
    r"|yours (?:sincerely|faithfully|truly)|(?:mit )?(?:freundlichen?|besten?|vielen?|schönen?|liebe) grü(?:ß|ss)en?"
    r"|(?:mfg|vg|lg)|cordialement|bien à vous|saludos|atentamente"
    r"|cordiali saluti|met vriendelijke groet(?:en)?)[,.!]?$",
    re.IGNORECASE,
)
_DISCLAIMS = re.compile(r"\b(?:confidential|intended recipient|disclaimer|vertraulich\w*|empfänger)\b", re.IGNORECASE)
_SIGNATURE_LINES = 10
_FEW_WORDS = 5


def own_words(lead: Lead) -> str:
    """What the person wrote: of each message the newest part, without the signature."""
    return "\n\n".join(newest(message) for message in messages_of(lead.message))


def asked_words(lead: Lead) -> str:
    """All that may hold a question: the message, the product asked about, and a company field that is a sentence."""
    misplaced = lead.company if len(lead.company.split()) > _FEW_WORDS else ""
    return "\n".join((own_words(lead), lead.product, misplaced))


@lru_cache(maxsize=256)
def newest(message: str) -> str:
    """The newest part of a mail: lines of ``message``, none of them changed.

    Rule: lines that begin with ``>`` are somebody else's, and so is all that follows a line that forwards or introduces
    an earlier mail. The signature goes too: from ``--`` on, or from a closing formula with at most ten lines after it,
    none of them a sentence but a disclaimer. Where less than five words would be left (*see below*), the whole message
    counts: then the rest is what the person wants read.
    """
    lines = _without_history(message.split("\n"))
    end = next((n for n, line in enumerate(lines) if _closes(line) and _signs(line, lines[n + 1 :])), len(lines))
    kept = "\n".join(lines[:end]).strip()
    return kept if len(kept.split()) >= _FEW_WORDS else message


def _without_history(lines: list[str]) -> list[str]:
    kept: list[str] = []
    for n, line in enumerate(lines):
        told = line.strip()
        quoted_below = next((one for one in lines[n + 1 : n + 4] if one.strip()), "").lstrip().startswith(">")
        if _EARLIER.match(told) or (_INTRODUCES.match(told) and not quoted_below):
            break
        # Below quoted lines somebody may go on: their answer stands under the question.
        if not told.startswith(">") and not _INTRODUCES.match(told):
            kept.append(line)
    return kept


def _closes(line: str) -> bool:
    return line.rstrip() == "--" or _CLOSES.match(line.strip()) is not None


def _signs(line: str, below: list[str]) -> bool:
    """Whether a signature begins with this line that closes the letter."""
    after = [one.strip() for one in below if one.strip()]
    return line.rstrip() == "--" or (len(after) <= _SIGNATURE_LINES and not any(map(_sentence, after)))


def _sentence(line: str) -> bool:
    return line.endswith((".", "?", "!")) and len(line.split()) >= _FEW_WORDS and not _DISCLAIMS.search(line)
