"""The JSON in what a model wrote, where it wrote something around it. Pure."""

from __future__ import annotations

import re

_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)


def json_in(text: str) -> str:
    """The one JSON object of ``text``: all of it, what a code fence holds, or what stands between the outer braces.

    Models without structured outputs think aloud first, or wrap their answer; what is not JSON then is found by whoever
    reads it.
    """
    text = _THOUGHT.sub("", text).strip()
    if text.startswith("{"):
        return text
    inner = _fenced(text) or text
    first, last = inner.find("{"), inner.rfind("}")
    return inner[first : last + 1] if 0 <= first < last else inner


def _fenced(text: str) -> str:
    """What the first code fence holds; empty where there is none. By plain search, which no text makes slow."""
    _, opened, rest = text.partition("```")
    _, line, rest = rest.partition("\n")
    inner, closed, _ = rest.partition("```")
    return inner.strip() if opened and line and closed else ""
