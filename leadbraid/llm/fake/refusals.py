"""What the real API refuses, and how it says so. A fake that takes anything would hide what a real server refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openai.types.chat.completion_create_params import CompletionCreateParamsBase
from openai.types.responses.response_create_params import ResponseCreateParamsBase

from leadbraid.llm.fake.request import Asked
from leadbraid.llm.fake.wire import Scripted, error
from leadbraid.settings import LlmApi

KNOWN = {
    LlmApi.RESPONSES: frozenset((*ResponseCreateParamsBase.__annotations__, "stream")),
    LlmApi.CHAT: frozenset((*CompletionCreateParamsBase.__annotations__, "stream")),
}
"""The parameters of either API, as the official client lists them."""
FORMS = frozenset(("text", "json_object", "json_schema"))
_LEAST_TOKENS = {"max_output_tokens": 16, "max_completion_tokens": 1, "max_tokens": 1}
_UNSUPPORTED = ("allOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "patternProperties")
_INVALID = "invalid_request_error"


def refusal(asked: Asked, models: tuple[str, ...], forms: frozenset[str]) -> Scripted | None:
    """The error for a request that the API would not answer; None where it would.

    ``models`` are those that are served (none: any); ``forms`` the forms of an answer that are known.
    """
    if "authorization" not in asked.headers:
        return error(401, "You did not provide an API key.", kind=_INVALID)
    if not asked.readable:
        return _bad("We could not parse the JSON body of your request.")
    checks = (_fields(asked), _numbers(asked), _form(asked, forms), _model(asked, models))
    return next((found for check in checks for found in check), None)


def _bad(message: str, param: str | None = None, code: str | None = None) -> Scripted:
    return error(400, message, kind=_INVALID, param=param, code=code)


def _fields(asked: Asked) -> Iterator[Scripted]:
    for name in asked.body:
        if name not in KNOWN[asked.api]:
            yield _bad(f"Unknown parameter: '{name[:100]}'.", name[:100], "unknown_parameter")
    content = "messages" if asked.api is LlmApi.CHAT else "input"
    for name in ("model", content):
        if not asked.body.get(name):
            yield _bad(f"Missing required parameter: '{name}'.", name, "missing_required_parameter")
    if not asked.turns:
        yield _bad(f"Invalid type for '{content}'.", content, "invalid_type")
    if asked.body.get("stream"):
        yield _bad("This server does not stream.", "stream", "unsupported_value")


def _numbers(asked: Asked) -> Iterator[Scripted]:
    body = asked.body
    heat = body.get("temperature")
    if heat is not None and not _number(heat):
        yield _bad("Invalid type for 'temperature': expected a decimal.", "temperature", "invalid_type")
    elif heat is not None and not 0 <= heat <= 2:
        high = heat > 2
        word, bound, code = (
            ("<= 2", "maximum", "decimal_above_max_value") if high else (">= 0", "minimum", "decimal_below_min_value")
        )
        yield _bad(
            f"Invalid 'temperature': {bound} value. Expected a value {word}, but got {heat}.", "temperature", code
        )
    for name, least in _LEAST_TOKENS.items():
        given = body.get(name)
        if given is not None and (not isinstance(given, int) or given < least):
            yield _bad(f"Invalid '{name}': expected a value >= {least}.", name, "integer_below_min_value")


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _model(asked: Asked, models: tuple[str, ...]) -> Iterator[Scripted]:
    if models and asked.model not in models:
        message = f"The model '{asked.model[:100]}' does not exist or you do not have access to it."
        yield error(404, message, kind=_INVALID, code="model_not_found")


# --- the form of the answer ----------------------------------------------------------------------------------------


def _form(asked: Asked, forms: frozenset[str]) -> Iterator[Scripted]:
    param = "response_format" if asked.api is LlmApi.CHAT else "text.format"
    kind = asked.form["type"]
    if kind not in FORMS:
        yield _bad(f"Invalid value for '{param}.type'.", f"{param}.type", "invalid_value")
    elif kind not in forms:
        yield _bad(f"'{param}' of type '{kind}' is not supported with this model.", param, "unsupported_value")
    elif kind == "json_object" and "json" not in asked.prompt.lower():
        yield _bad(f"The messages must contain the word 'json' in some form to use '{param}' of 'json_object'.", param)
    elif kind == "json_schema":
        yield from _schema(asked, param)


def _schema(asked: Asked, param: str) -> Iterator[Scripted]:
    name, schema = asked.form.get("name"), asked.form.get("schema")
    where = param if asked.api is LlmApi.CHAT else f"{param}.schema"
    if not isinstance(name, str) or not name:
        yield _bad(f"Missing required parameter: '{param}.name'.", f"{param}.name", "missing_required_parameter")
    elif not isinstance(schema, dict):
        yield _bad(f"Missing required parameter: '{where}'.", where, "missing_required_parameter")
    elif asked.form.get("strict") and (problem := strictness(schema)):
        yield _bad(f"Invalid schema for response_format '{name[:64]}': {problem}", where, "invalid_json_schema")


def strictness(schema: Mapping[str, Any]) -> str:
    """Why ``schema`` is no strict one; empty where it is.

    Rules: the top is an object; each object allows nothing beyond its properties and requires all of them; no
    defaults, and none of the keywords that strict schemas do not know.
    """
    if schema.get("type") != "object" or "anyOf" in schema:
        return "schema must be a JSON Schema of 'type: \"object\"' without 'anyOf' at its top."
    return next(_problems(schema, ()), "")


def _problems(part: object, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(part, list):
        for number, one in enumerate(part):
            yield from _problems(one, (*path, str(number)))
    if not isinstance(part, dict):
        return
    if part.get("type") == "object":
        yield from _object(part, path)
    for word in ("default", *_UNSUPPORTED):
        if word in part:
            yield f"In context={path}, '{word}' is not permitted."
    for holder in ("properties", "$defs"):
        for name, one in (part.get(holder) or {}).items():
            yield from _problems(one, (*path, holder, name))
    for holder in ("items", "anyOf"):
        yield from _problems(part.get(holder), (*path, holder))


def _object(part: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    if part.get("additionalProperties") is not False:
        yield f"In context={path}, 'additionalProperties' is required to be supplied and to be false."
    properties, required = part.get("properties") or {}, part.get("required")
    missing = sorted(set(properties) - set(required or ()))
    if required is None or missing:
        named = f" Missing '{missing[0]}'." if missing else ""
        yield f"In context={path}, 'required' is required to be an array including every key in properties.{named}"
