"""One request as the fake reads it: which API, what is asked, in which form, and the text a model would be shown."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from leadbraid.llm.openai.apart import Section, sections_of
from leadbraid.settings import LlmApi

PATHS = {"/v1/responses": LlmApi.RESPONSES, "/v1/chat/completions": LlmApi.CHAT}
JOB_OF = {
    "QualificationAnswer": "qualification",
    "ResearchAnswer": "research",
    "DraftingAnswer": "drafting",
    "FitRiskAnswer": "fit_risk",
    "JudgeAnswer": "judge",
}
"""The job that a schema's title tells."""
_TITLE = re.compile(rf'"title": ?"({"|".join(JOB_OF)})"')
_PLAYBOOK = "# The playbook"


@dataclass(frozen=True)
class Asked:
    """One request as it arrived. ``body`` is empty where it was no JSON object; names of headers are lower case."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    readable: bool = True

    @property
    def api(self) -> LlmApi:
        """Which API was asked."""
        return PATHS.get(self.path, LlmApi.RESPONSES)

    @property
    def model(self) -> str:
        """The model asked for."""
        return str(self.body.get("model") or "")

    @property
    def form(self) -> Mapping[str, Any]:
        """The form of the answer: ``type``, and with a schema ``name``, ``schema``, ``strict``."""
        if self.api is LlmApi.CHAT:
            given = _object(self.body.get("response_format"))
            return _object(given.get("json_schema")) | {"type": given.get("type", "text")}
        return {"type": "text"} | _object(_object(self.body.get("text")).get("format"))

    @property
    def limit(self) -> int | None:
        """The most tokens that may be written."""
        names = ("max_output_tokens", "max_completion_tokens", "max_tokens")
        return next((self.body[name] for name in names if isinstance(self.body.get(name), int)), None)

    @cached_property
    def instructions(self) -> str:
        """What the system says."""
        system = "\n\n".join(text for role, text in self._messages if role in ("system", "developer"))
        return f"{self.body.get('instructions') or ''}{system}"

    @cached_property
    def turns(self) -> tuple[str, ...]:
        """What user and assistant said by turns."""
        return tuple(text for role, text in self._messages if role not in ("system", "developer"))

    @property
    def prompt(self) -> str:
        """All that is read, in the order in which it is."""
        return "\n\n".join((self.instructions, *self.turns))

    @property
    def again(self) -> bool:
        """Whether an answer of this model was sent back to it."""
        return len(self.turns) > 1

    @property
    def job(self) -> str:
        """What is asked for: a stream, or `judge`; empty where Leadbraid did not ask."""
        found = _TITLE.search(f"{json.dumps(self.form.get('schema'))}\n{self.prompt}")
        return JOB_OF[found[1]] if found else ""

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The data, set apart."""
        return sections_of(self.turns[0]) if self.turns else ()

    @property
    def playbook(self) -> dict[str, Any]:
        """The rules that the instructions tell; empty where they tell none."""
        told = self.instructions.partition(_PLAYBOOK)[2].lstrip()
        try:
            return _object(json.JSONDecoder().raw_decode(told)[0])
        except ValueError:
            return {}

    @cached_property
    def _messages(self) -> tuple[tuple[str, str], ...]:
        given = self.body.get("messages" if self.api is LlmApi.CHAT else "input")
        if isinstance(given, str):
            return (("user", given),)
        listed = given if isinstance(given, list) else []
        return tuple((str(one.get("role")), _text(one.get("content"))) for one in listed if isinstance(one, dict))


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(content: object) -> str:
    """A message's text, whether it is one or comes in parts."""
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""
