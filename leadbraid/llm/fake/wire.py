"""What a server of OpenAI's APIs puts on the wire: responses, chat completions, errors, models. Pure.

Field for field as the API reference has them, so that the official client reads them as it reads the real ones. Tokens
are counted by one rule: four characters are one token, and what is left over is one more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

CHARS_PER_TOKEN = 4
REASONING = 64
"""Tokens of reasoning that each answer is said to have taken."""
JSON_TYPE = "application/json"


class Finish(StrEnum):
    """Why an answer ends, in the words of Chat Completions."""

    STOP = "stop"
    LENGTH = "length"
    FILTER = "content_filter"


_INCOMPLETE = {Finish.LENGTH: "max_output_tokens", Finish.FILTER: "content_filter"}
"""The same in the words of the Responses API."""


@dataclass(frozen=True)
class Scripted:
    """What is sent for one request, as bytes, and how.

    ``wait``: seconds before the first byte. ``drip``: after the body, this many bytes more, one each ``pause`` seconds
    (0: as fast as it goes). ``hang_up``: close without an answer. ``reset``: after what is sent, break the connection.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    drip: int = 0
    pause: float = 0.0
    hang_up: bool = False
    reset: bool = False


@dataclass(frozen=True)
class Usage:
    """Tokens of one call. ``cached`` are part of ``read``, ``reasoning`` of ``written``."""

    read: int = 0
    cached: int = 0
    written: int = 0
    reasoning: int = 0


@dataclass(frozen=True)
class Answered:
    """One answer, before it is put into the form of either API. ``number`` makes its ids."""

    text: str = ""
    refusal: str = ""
    finish: Finish = Finish.STOP
    model: str = "fake-model"
    usage: Usage = Usage()
    number: int = 1
    created: int = 0


def tokens(text: str) -> int:
    """How many tokens ``text`` counts as."""
    return -(-len(text) // CHARS_PER_TOKEN)


def made_id(prefix: str, number: int) -> str:
    """An id as the API's look, the same for the same number."""
    return f"{prefix}{hashlib.sha256(f'{prefix}{number}'.encode()).hexdigest()[:48]}"


# --- Responses API -------------------------------------------------------------------------------------------------


def as_response(answered: Answered, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A response: reasoning first, then the message. What was asked for is repeated, as the API does."""
    incomplete = _INCOMPLETE.get(answered.finish)
    return {
        "id": made_id("resp_", answered.number),
        "object": "response",
        "created_at": answered.created,
        "status": "incomplete" if incomplete else "completed",
        "background": False,
        "error": None,
        "incomplete_details": {"reason": incomplete} if incomplete else None,
        "instructions": asked.get("instructions"),
        "max_output_tokens": asked.get("max_output_tokens"),
        "max_tool_calls": None,
        "model": answered.model,
        "output": _output(answered, "incomplete" if incomplete else "completed"),
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "prompt_cache_key": None,
        "reasoning": {"effort": (asked.get("reasoning") or {}).get("effort", "medium"), "summary": None},
        "safety_identifier": None,
        "service_tier": "default",
        "store": asked.get("store", True),
        "temperature": asked.get("temperature", 1.0),
        "text": {"format": (asked.get("text") or {}).get("format", {"type": "text"}), "verbosity": "medium"},
        "tool_choice": "auto",
        "tools": [],
        "top_logprobs": 0,
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": _usage(answered.usage),
        "user": None,
        "metadata": {},
    }


def _output(answered: Answered, status: str) -> list[dict[str, Any]]:
    part: dict[str, Any] = {"type": "output_text", "text": answered.text, "annotations": [], "logprobs": []}
    if answered.refusal:
        part = {"type": "refusal", "refusal": answered.refusal}
    message = {
        "id": made_id("msg_", answered.number),
        "type": "message",
        "status": status,
        "role": "assistant",
        "content": [part],
    }
    return [{"id": made_id("rs_", answered.number), "type": "reasoning", "summary": []}, message]


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.read,
        "input_tokens_details": {"cached_tokens": usage.cached, "cache_write_tokens": 0},
        "output_tokens": usage.written,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.read + usage.written,
    }


# --- Chat Completions ----------------------------------------------------------------------------------------------


def as_completion(answered: Answered) -> dict[str, Any]:
    """A chat completion with one choice."""
    message: dict[str, Any] = {
        "role": "assistant",
        "content": None if answered.refusal else answered.text,
        "refusal": answered.refusal or None,
        "annotations": [],
    }
    usage = answered.usage
    return {
        "id": made_id("chatcmpl-", answered.number),
        "object": "chat.completion",
        "created": answered.created,
        "model": answered.model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": answered.finish.value}],
        "usage": {
            "prompt_tokens": usage.read,
            "completion_tokens": usage.written,
            "total_tokens": usage.read + usage.written,
            "prompt_tokens_details": {"cached_tokens": usage.cached, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": usage.reasoning,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        },
        "service_tier": "default",
        "system_fingerprint": None,
    }


# --- models and errors ---------------------------------------------------------------------------------------------


def as_model(name: str) -> dict[str, Any]:
    """One entry of the list of models."""
    return {"id": name, "object": "model", "created": 0, "owned_by": "leadbraid-fake"}


def as_json(value: object, status: int = 200, **headers: str) -> Scripted:
    """``value`` as a JSON body. In names of headers ``_`` stands for a hyphen."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Scripted(json.dumps(value).encode(), status, {"content-type": JSON_TYPE} | named)


def error(
    status: int, message: str, *, kind: str | None, param: str | None = None, code: str | None = None, **headers: str
) -> Scripted:
    """An error in the API's envelope; ``kind`` is its ``type``."""
    told = {"error": {"message": message, "type": kind, "param": param, "code": code}}
    return as_json(told, status, **headers)
