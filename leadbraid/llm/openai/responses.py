"""What a server of the Responses API sends back, as far as it is read."""

from __future__ import annotations

from pydantic import BaseModel, Field

from leadbraid.llm.openai.failures import TOLD, named, unusable

ANSWER_LIMIT = 100_000
"""Characters of one answer."""


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


class Response(BaseModel):
    """What we need of a response of the Responses API. The SDK's own type checks nothing."""

    output: tuple[_Item, ...] = ()
    model: str = ""
    status: str | None = None
    error: _Why | None = None
    incomplete_details: _Why | None = None
    usage: _Usage | None = None


def text_of(response: Response) -> str:
    """The text of the answer.

    Raises:
        ProviderError: There is none, it was refused, or it is not whole.
    """
    parts = [part for item in response.output if item.type == "message" for part in item.content or ()]
    if response.error:
        raise named(TOLD.get(response.error.code or "", "server_error"))
    if any(part.type == "refusal" for part in parts):
        raise named("refusal")
    if response.status == "incomplete":
        reason = response.incomplete_details.reason if response.incomplete_details else ""
        raise named("refusal" if reason == "content_filter" else "truncated")
    if response.status not in (None, "completed"):
        raise unusable("never came to an end")
    text = "".join(part.text or "" for part in parts if part.type == "output_text")
    if not text.strip():
        raise unusable("is empty")
    if len(text) > ANSWER_LIMIT:
        raise unusable("is too large")
    return text
