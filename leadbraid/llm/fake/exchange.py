"""One request and the answer to it: how a text becomes a whole response of the API that was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from leadbraid.llm.fake.request import Asked
from leadbraid.llm.fake.wire import (
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

CACHED = 128
"""Tokens of a prompt are cached in blocks of this many, from the eighth block on."""


@dataclass(frozen=True)
class Exchange:
    """A request, and what the model says to it. ``shared``: characters that an earlier prompt began with, too."""

    asked: Asked
    text: str
    number: int = 1
    created: int = 0
    shared: int = 0

    def honest(self) -> Scripted:
        """The whole answer; cut off where the request allows fewer tokens."""
        limit = self.asked.limit
        room = None if limit is None else max(0, limit - self._reasoning)
        if room is not None and tokens(self.text) > room:
            return self.reply(self.text[: room * 4], finish=Finish.LENGTH)
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
        read, blocks = tokens(self.asked.prompt), tokens("x" * self.shared) // CACHED
        return Usage(
            read=read,
            cached=min(read, blocks * CACHED) if blocks >= 8 else 0,
            written=tokens(text) + self._reasoning,
            reasoning=self._reasoning,
        )
