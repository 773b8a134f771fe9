"""What a test tells the fake to answer, in either API."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from leadbraid.llm.fake.exchange import Exchange
from leadbraid.llm.fake.wire import Finish, Scripted, error


def says(
    answer: Any, *, finish: Finish = Finish.STOP, refusal: str = "", **fields: Any
) -> Callable[[Exchange], Scripted]:
    """The model answers with ``answer``, as JSON unless it is text; ``fields`` replace those of the response."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return lambda exchange: exchange.reply(text, refusal=refusal, finish=finish, **fields)


def fails(status: int, code: str | None = None, message: str = "no", **headers: str) -> Scripted:
    """An error as the API words it; ``retry_after`` becomes the header ``retry-after``."""
    return error(status, message, kind=code, code=code, **headers)
