"""The two APIs that servers speak: how a question is put to either, and where its answer stands."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Protocol

from openai import AsyncOpenAI

from leadbraid.llm.openai.forms import Wire
from leadbraid.llm.openai.replies import ChatCompletion, Reply, Response
from leadbraid.settings import LlmApi


class Form(IntEnum):
    """How a server is made to answer in a form; a later one asks less of it."""

    SCHEMA = 0
    JSON = 1
    TEXT = 2


@dataclass(frozen=True)
class Choice:
    """The operator's choices for one job. What is None is not sent: the server's default holds."""

    model: str
    max_tokens: int
    temperature: float | None = None
    effort: str | None = None


@dataclass(frozen=True)
class Ask:
    """One call. ``turns`` are user and assistant by turns, the user first."""

    job: str
    choice: Choice
    instructions: str
    turns: tuple[str, ...]
    answer: type[Wire]
    form: Form = Form.SCHEMA

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of the answer."""
        return self.answer.model_json_schema()

    @property
    def told(self) -> str:
        """The instructions; with the form in words where the server is not held to it."""
        if self.form is Form.SCHEMA:
            return self.instructions
        form = f"# The form of your answer\n\nOne JSON object by this schema, no more:\n\n{json.dumps(self.schema)}"
        return f"{self.instructions}\n\n{form}"

    def messages(self) -> list[dict[str, str]]:
        """The turns with their roles."""
        roles = ("user", "assistant")
        first = f"{self.turns[0]}{'' if self.form is Form.SCHEMA else _REMINDER}"
        return [{"role": roles[n % 2], "content": text} for n, text in enumerate((first, *self.turns[1:]))]

    def again(self, answer: str, problem: str) -> Ask:
        """The same, with an answer that did not do and what was wrong with it."""
        schema = "" if self.form is not Form.SCHEMA else f" Its JSON Schema is:\n\n{json.dumps(self.schema)}"
        wrong = f"Your answer {problem}. Give the whole answer again, in the form that was asked for.{schema}"
        return replace(self, turns=(*self.turns, answer or "(nothing)", wrong))


_REMINDER = "\n\nAnswer with one JSON object by the schema in the instructions."
"""JSON mode of the Responses API is refused where no input message speaks of JSON."""


class Api(Protocol):
    """One of the two."""

    async def send(self, client: AsyncOpenAI, ask: Ask) -> bytes:
        """The body of the server's response. Raises whatever the SDK raises."""

    def read(self, body: bytes) -> Reply:
        """What is in it. Raises `ValidationError` where it is no response."""


class ResponsesApi:
    """``POST /responses``."""

    async def send(self, client: AsyncOpenAI, ask: Ask) -> bytes:
        """One call."""
        messages = ask.messages()
        raw = await client.responses.with_raw_response.create(
            model=ask.choice.model,
            instructions=ask.told,
            input=messages if len(messages) > 1 else messages[0]["content"],  # type: ignore[arg-type] # plain dicts
            max_output_tokens=ask.choice.max_tokens,
            store=False,
            **self._more(ask),
        )
        return raw.content

    def _more(self, ask: Ask) -> dict[str, Any]:
        schema = {"type": "json_schema", "name": ask.job, "schema": ask.schema, "strict": True}
        forms: dict[Form, dict[str, Any]] = {
            Form.SCHEMA: {"text": {"format": schema}},
            Form.JSON: {"text": {"format": {"type": "json_object"}}},
        }
        more = forms.get(ask.form, {})
        if ask.choice.temperature is not None:
            more["temperature"] = ask.choice.temperature
        if ask.choice.effort:
            more["reasoning"] = {"effort": ask.choice.effort}
        return more

    def read(self, body: bytes) -> Reply:
        """The reply in it."""
        return Response.model_validate_json(body).reply()


@dataclass(frozen=True)
class ChatApi:
    """``POST /chat/completions``. ``limit`` is the field for the most tokens: OpenAI's own has a new name for it."""

    limit: str = "max_tokens"

    async def send(self, client: AsyncOpenAI, ask: Ask) -> bytes:
        """One call."""
        raw = await client.chat.completions.with_raw_response.create(
            model=ask.choice.model,
            messages=[{"role": "system", "content": ask.told}, *ask.messages()],  # type: ignore[list-item] # plain dicts
            **self._more(ask),
        )
        return raw.content

    def _more(self, ask: Ask) -> dict[str, Any]:
        schema = {"name": ask.job, "schema": ask.schema, "strict": True}
        forms: dict[Form, dict[str, Any]] = {
            Form.SCHEMA: {"response_format": {"type": "json_schema", "json_schema": schema}},
            Form.JSON: {"response_format": {"type": "json_object"}},
        }
        more = {self.limit: ask.choice.max_tokens, **forms.get(ask.form, {})}
        if ask.choice.temperature is not None:
            more["temperature"] = ask.choice.temperature
        if ask.choice.effort:
            more["reasoning_effort"] = ask.choice.effort
        return more

    def read(self, body: bytes) -> Reply:
        """The reply in it."""
        return ChatCompletion.model_validate_json(body).reply()


def make_api(api: LlmApi, *, openais_own: bool) -> Api:
    """The API that the settings choose. Other servers than OpenAI's know ``max_tokens`` best."""
    if api is LlmApi.RESPONSES:
        return ResponsesApi()
    return ChatApi("max_completion_tokens" if openais_own else "max_tokens")
