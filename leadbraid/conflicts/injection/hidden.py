"""Places of a text that a person does not see and a model reads: comments, hidden elements, attributes, fences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

_MARKUP = re.compile(r"<[!/a-zA-Z]")
_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*[01](?:\.\d+)?(?:px|pt|em"
    r"|rem|%)?\s*(?:;|$|!)"
    r"|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)|max-height\s*:\s*0|(?:^|;)\s*(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|$)"
    r"|(?:left|top|text-indent|margin-left|right|bottom)\s*:\s*-\d{3,}|clip(?:-path)?\s*:|mso-hide\s*:\s*all"
    r"|(?:^|;|\s)color\s*:\s*(?:#f[a-f0-9]f[a-f0-9]f[a-f0-9]\b|#fff\b|white|transparent"
    r"|rgba?\([^)]*,\s*0\)|rgb\(\s*25\d)",
    re.IGNORECASE,
)
_WHITE = re.compile(r"white|#f[a-f0-9]f[a-f0-9]f[a-f0-9]|#fff|transparent", re.IGNORECASE)
_TEXT_ATTRIBUTES = frozenset(
    ("alt", "title", "aria-label", "aria-description", "content", "value", "placeholder", "summary")
)
_UNSEEN_TAGS = frozenset(("template", "noscript", "script", "style", "title", "head", "noembed", "object"))
_EMPTY_TAGS = frozenset("area base br col embed hr img input link meta source track wbr".split())
_MARKDOWN_COMMENT = re.compile(
    r"^[ \t]{0,3}\[[^\]\n]{1,40}\]:[ \t]{0,4}(?:#|<>|\S{1,200})[ \t]{1,4}[(\"'](.{1,2000})[)\"'][ \t]*$", re.MULTILINE
)
_LINK_TITLE = re.compile(r"\]\(\s{0,4}[^\s()]{1,500}\s{1,4}[\"'(]([^\"\n]{1,1000})[\"')]\s{0,4}\)")
_IMAGE_TEXT = re.compile(r"!\[([^\]\n]{1,1000})\]\(")
_FENCE = re.compile(r"^(?:```|~~~)[^\n]{0,40}\n(.{1,4000}?)\n(?:```|~~~)", re.MULTILINE | re.DOTALL)


def hidden_places(text: str) -> Iterator[str]:
    """What of ``text`` a mail program or a page would not show, piece by piece."""
    for pattern in (_MARKDOWN_COMMENT, _LINK_TITLE, _IMAGE_TEXT, _FENCE):
        yield from (match.group(1) for match in pattern.finditer(text))
    if _MARKUP.search(text):
        parser = _Unseen()
        parser.feed(text)
        parser.close()
        yield from parser.pieces
        if rest := "".join(parser.unseen).strip():
            yield rest


class _Unseen(HTMLParser):
    """Collects comments, texts of attributes, and what stands in elements that are not shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.unseen: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_comment(self, data: str) -> None:
        self.pieces.append(data)

    def handle_decl(self, decl: str) -> None:
        self.pieces.append(decl)

    def handle_pi(self, data: str) -> None:
        self.pieces.append(data)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._texts(attrs)
        if tag not in _EMPTY_TAGS:
            self._open.append((tag, self._hides or _is_hidden(tag, dict(attrs))))
            del self._open[:-_DEEPEST]

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        if self._hides:
            self.unseen.append(data + " ")

    @property
    def _hides(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def _texts(self, attrs: list[tuple[str, str | None]]) -> None:
        self.pieces.extend(
            value for name, value in attrs if value and (name in _TEXT_ATTRIBUTES or name.startswith("data-"))
        )


_DEEPEST = 60
"""Elements within elements; what is deeper no longer knows its outermost, which is hidden or not already."""


def _is_hidden(tag: str, attrs: dict[str, str | None]) -> bool:
    return (
        tag in _UNSEEN_TAGS
        or "hidden" in attrs
        or (attrs.get("aria-hidden") or "").casefold() == "true"
        or bool(_UNSEEN.search(attrs.get("style") or ""))
        or bool(_WHITE.fullmatch((attrs.get("color") or "").strip()))
        or (attrs.get("size") or "") == "0"
    )
