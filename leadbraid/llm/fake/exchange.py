"""One request and the answer to it: how a text becomes a whole response of the API that was asked."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass
from typing import Any

from leadbraid.llm.fake.request import Asked
from leadbraid.llm.fake.wire import (
    CHARS_PER_TOKEN,
    REASONING,
    Answered,
    Finish,
    Scripted,
    Usage,
    as_completion,
    as_json,
    as_response,
    tokens,
)
from leadbraid.settings import LlmApi

BLOCK = 128
"""Tokens of a prompt are cached in blocks of this many."""
_LEAST_BLOCKS = 8
_REMEMBERED = 10_000


class Prompts:
    """The beginnings of the prompts so far: what the next one shares with them, a server would have in its cache."""

    def __init__(self) -> None:
        self._known: set[bytes] = set()

    def cached(self, prompt: str) -> int:
        """How many tokens of ``prompt`` an earlier one began with: whole blocks, eight at least, else 0."""
        size = BLOCK * CHARS_PER_TOKEN
        ends = range(size, len(prompt) + 1, size)
        marks = [hashlib.sha256(prompt[:end].encode("utf-8", "surrogatepass")).digest() for end in ends]
        blocks = len(list(itertools.takewhile(self._known.__contains__, marks)))
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        self._known.update(marks)
        return blocks * BLOCK if blocks >= _LEAST_BLOCKS else 0


@dataclass(frozen=True)
class Exchange:
    """A request, and what the model says to it. ``cached``: tokens of its prompt that a cache holds."""

    asked: Asked
    text: str
    number: int = 1
    created: int = 0
    cached: int = 0

    def honest(self) -> Scripted:
        """The whole answer; cut off where the request allows fewer tokens."""
        limit = self.asked.limit
        room = None if limit is None else max(0, limit - self._reasoning)
        if room is not None and tokens(self.text) > room:
            return self.reply(self.text[: room * CHARS_PER_TOKEN], finish=Finish.LENGTH)
        return self.reply(self.text)

    def reply(self, text: str, *, refusal: str = "", finish: Finish = Finish.STOP, **fields: Any) -> Scripted:
        """``text`` as a response of this API; ``fields`` replace fields of it."""
        answered = Answered(
            text=text,
            refusal=refusal,
            finish=finish,
            model=f"{self.asked.model}-fake",
            usage=self._usage(text or refusal),
            number=self.number,
            created=self.created,
        )
        chat = self.asked.api is LlmApi.CHAT
        return as_json((as_completion(answered) if chat else as_response(answered, self.asked.body)) | fields)

    @property
    def _reasoning(self) -> int:
        effort = self.asked.body.get("reasoning_effort") or (self.asked.body.get("reasoning") or {}).get("effort")
        return 0 if effort in ("none", "minimal") else REASONING

    def _usage(self, text: str) -> Usage:
        return Usage(
            read=tokens(self.asked.prompt),
            cached=self.cached,
            written=tokens(text) + self._reasoning,
            reasoning=self._reasoning,
        )
