"""What a server sends back, as far as it is read. Both APIs end as one `Reply`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

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


MOST_TOKENS = 10_000_000
"""Far more than any model reads or writes at once; what a server tells beyond it is as good as nothing."""


def _tokens(told: object) -> int | None:
    """A number of tokens; None for anything else. A good answer must not be lost for what stands beside it."""
    return told if type(told) is int and 0 <= told <= MOST_TOKENS else None


def _block(told: object) -> object:
    return told if isinstance(told, dict) else None


def _text(told: object) -> str:
    return told if isinstance(told, str) else ""


Tokens = Annotated[int | None, BeforeValidator(_tokens)]
Text = Annotated[str, BeforeValidator(_text)]


class _Detail(BaseModel):
    cached_tokens: Tokens = None


def _cached(details: _Detail | None, read: int | None) -> int | None:
    """Cached tokens are part of those read: more of them than those are no number to trust."""
    cached = details.cached_tokens if details else None
    return cached if cached is not None and read is not None and cached <= read else None


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
    input_tokens: Tokens = None
    output_tokens: Tokens = None
    input_tokens_details: Annotated[_Detail | None, BeforeValidator(_block)] = None


class Response(BaseModel):
    """What we need of a response of the Responses API. The SDK's own type checks nothing."""

    output: tuple[_Item, ...]
    model: Text = ""
    status: str | None = None
    error: _Why | None = None
    incomplete_details: _Why | None = None
    usage: Annotated[_Usage | None, BeforeValidator(_block)] = None

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
            tokens_cached=_cached(usage.input_tokens_details, usage.input_tokens),
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
    prompt_tokens: Tokens = None
    completion_tokens: Tokens = None
    prompt_tokens_details: Annotated[_Detail | None, BeforeValidator(_block)] = None


class ChatCompletion(BaseModel):
    """What we need of a chat completion."""

    choices: tuple[_Choice, ...] = Field(min_length=1)
    model: Text = ""
    usage: Annotated[_ChatUsage | None, BeforeValidator(_block)] = None

    def reply(self) -> Reply:
        """As a reply: the first choice, since one is asked for."""
        usage, first = self.usage or _ChatUsage(), self.choices[0]
        return Reply(
            text=first.message.text,
            model=self.model,
            problem=self._problem(first),
            tokens_in=usage.prompt_tokens,
            tokens_out=usage.completion_tokens,
            tokens_cached=_cached(usage.prompt_tokens_details, usage.prompt_tokens),
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
