"""Making a stranger's text safe to look at: what cannot be seen, or moves other text about, is written out."""

from __future__ import annotations

import unicodedata

_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_JOINERS = "\u200d\u200c\ufe0f"
"""Emoji and several scripts need these; they move nothing about."""


def visible(text: str, *, keep: str = "\n") -> str:
    """``text`` with control, bidirectional and invisible characters written as ``\\uXXXX``, but for those in ``keep``.

    A terminal then runs no escape sequence, and no text can pretend to be in another order than it is (UTS 36, 2.2).
    """
    return "".join(_shown(char, keep) for char in text)


def _shown(char: str, keep: str) -> str:
    if char in keep or char in _JOINERS or unicodedata.category(char) not in _HIDDEN:
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"


def one_line(text: str, limit: int = 300) -> str:
    """``text`` on one line, visible, cut to ``limit`` characters with an ellipsis."""
    flat = visible(" ".join(text.split()), keep="")
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
