"""What a server sends back, as far as it is read. Both APIs end as one `Reply`."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, Field

from leadbraid.errors import ProviderError
from leadbraid.llm.openai.failures import TOLD, named

ANSWER_LIMIT = 100_000
"""Characters of one answer."""


@dataclass(frozen=True)
class Reply:
    """One answer. ``problem``: why its text is not to be used. Tokens are None where the server does not tell."""

    text: str
    model: str
    problem: ProviderError | None
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_cached: int | None = None


class _Detail(BaseModel):
    cached_tokens: int | None = Field(default=None, ge=0)


# --- Responses API -------------------------------------------------------------------------------------------------


class _Part(BaseModel):
    type: str
    text: str | None = None


class _Item(BaseModel):
    type: str
    content: tuple[_Part, ...] | None = None


class _Why(BaseModel):
    reason: str | None = None
    code: str | None = None


class _Usage(BaseModel):
    input_tokens: int | None = Field(default=None, ge=0)
    output_tokens: int | None = Field(default=None, ge=0)
    input_tokens_details: _Detail | None = None


class Response(BaseModel):
    """What we need of a response of the Responses API. The SDK's own type checks nothing."""

    output: tuple[_Item, ...]
    model: str = ""
    status: str | None = None
    error: _Why | None = None
    incomplete_details: _Why | None = None
    usage: _Usage | None = None

    def reply(self) -> Reply:
        """As a reply."""
        usage = self.usage or _Usage()
        parts = [part for item in self.output if item.type == "message" for part in item.content or ()]
        return Reply(
            text="".join(part.text or "" for part in parts if part.type == "output_text"),
            model=self.model,
            problem=self._problem(parts),
            tokens_in=usage.input_tokens,
            tokens_out=usage.output_tokens,
            tokens_cached=usage.input_tokens_details.cached_tokens if usage.input_tokens_details else None,
        )

    def _problem(self, parts: list[_Part]) -> ProviderError | None:
        if self.error:
            return named(TOLD.get(self.error.code or "", "server_error"))
        if any(part.type == "refusal" for part in parts):
            return named("refusal")
        if self.status == "incomplete":
            reason = self.incomplete_details.reason if self.incomplete_details else ""
            return named("refusal" if reason == "content_filter" else "truncated")
        if self.status not in (None, "completed"):
            return named("bad_response", why="it never came to an end")
        return None


# --- Chat Completions ----------------------------------------------------------------------------------------------


class _ChatPart(BaseModel):
    type: str = "text"
    text: str | None = None
    refusal: str | None = None


class _Message(BaseModel):
    content: str | tuple[_ChatPart, ...] | None = None
    refusal: str | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, tuple):
            return "".join(part.text or "" for part in self.content if part.type == "text")
        return self.content or ""

    @property
    def refused(self) -> bool:
        parts = self.content if isinstance(self.content, tuple) else ()
        return bool(self.refusal) or any(part.type == "refusal" for part in parts)


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _ChatUsage(BaseModel):
    prompt_tokens: int | None = Field(default=None, ge=0)
    completion_tokens: int | None = Field(default=None, ge=0)
    prompt_tokens_details: _Detail | None = None


class ChatCompletion(BaseModel):
    """What we need of a chat completion."""

    choices: tuple[_Choice, ...] = Field(min_length=1)
    model: str = ""
    usage: _ChatUsage | None = None

    def reply(self) -> Reply:
        """As a reply: the first choice, since one is asked for."""
        usage, first = self.usage or _ChatUsage(), self.choices[0]
        return Reply(
            text=first.message.text,
            model=self.model,
            problem=self._problem(first),
            tokens_in=usage.prompt_tokens,
            tokens_out=usage.completion_tokens,
            tokens_cached=usage.prompt_tokens_details.cached_tokens if usage.prompt_tokens_details else None,
        )

    def _problem(self, choice: _Choice) -> ProviderError | None:
        match choice.finish_reason:
            case "length":
                return named("truncated")
            case "content_filter":
                return named("refusal")
            case _ if choice.message.refused:
                return named("refusal")
            case None | "stop" | "":
                return None
            case _:  # tool_calls, function_call, or a word of the server's own: not an answer
                return named("bad_response", why="it never came to an end")
