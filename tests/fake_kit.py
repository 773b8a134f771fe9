"""What the tests of the fake model's server share: whole requests, exchanges without any client's help, providers."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from builders import drafting_task, fit_risk_task, lead, playbook, qualification_task, research_task
from openai import OpenAI

from leadbraid.llm.fake import Behaviour, Failing, FakeModels
from leadbraid.llm.openai import OpenAIProvider, forms
from leadbraid.llm.openai.prompts import Prompts
from leadbraid.llm.openai.questions import Question, Questions
from leadbraid.models import Brief, Lead, Stream
from leadbraid.plan import SHIPPED
from leadbraid.playbook import load_playbook
from leadbraid.rehearsal import Rehearsal
from leadbraid.settings import Settings
from leadbraid.sources.documents import Documents

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
LEADS = sorted((EXAMPLES / "leads").glob("*.json"))
DOCKLINE = load_playbook(ROOT / "playbooks" / "dockline.yaml")
BOUNDARY = "0123456789abcdef" * 2
APIS = ("responses", "chat")
PATHS = {"responses": "/v1/responses", "chat": "/v1/chat/completions"}
QUESTIONS = Questions(Prompts.load())


@contextlib.contextmanager
def failing(kind: str) -> Iterator[FakeModels]:
    """A server that always fails so."""
    with FakeModels(playbook(), Behaviour(failing=(Failing(kind),))) as started:
        yield started


def client(fake: FakeModels) -> OpenAI:
    """The official client."""
    return OpenAI(base_url=fake.url, api_key="none", max_retries=0)


@contextlib.asynccontextmanager
async def provider(fake: FakeModels, **fields: Any) -> AsyncIterator[OpenAIProvider]:
    """Our provider, asking that server."""
    made = OpenAIProvider.from_settings(
        Settings(_env_file=None, **({"llm": "openai", "llm_base_url": fake.url, "llm_timeout": 20} | fields))
    )
    try:
        yield made
    finally:
        await made.close()


def risks(one: Lead | None = None) -> Question[forms.FitRiskAnswer]:
    """A question about risks, of a lead that a tender and the terms are flagged for."""
    message = "This is a tender. What are your terms?"
    return QUESTIONS.about_risks(fit_risk_task(one or lead(message=message)), BOUNDARY)


def request(api: str = "responses", question: Question[Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A whole request, in the strict form."""
    asked = question or risks()
    schema = {"name": "answer", "schema": asked.answer.model_json_schema(), "strict": True}
    if api == "chat":
        messages = [{"role": "system", "content": asked.instructions}, {"role": "user", "content": asked.data.text}]
        told: dict[str, Any] = {
            "messages": messages,
            "response_format": {"type": "json_schema", "json_schema": schema},
        }
    else:
        told = {
            "instructions": asked.instructions,
            "input": asked.data.text,
            "text": {"format": {"type": "json_schema"} | schema},
        }
    return {"model": "some-model"} | told | fields


class Raw:
    """One exchange without any client's help. ``error``: how the connection broke."""

    def __init__(self, fake: FakeModels, api: str, body: object, timeout: float = 10, **headers: str) -> None:
        self.status, self.body, self.error = 0, b"", ""
        self.headers: dict[str, str] = {}
        connection = http.client.HTTPConnection("127.0.0.1", urlsplit(fake.url).port, timeout=timeout)
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            connection.request("POST", PATHS[api], sent, {"authorization": "Bearer none"} | headers)
            answer = connection.getresponse()
            self.status = answer.status
            self.headers = {name.lower(): value for name, value in answer.getheaders()}
            self.body = answer.read()
        except (http.client.HTTPException, OSError) as error:
            self.error = type(error).__name__
        finally:
            connection.close()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """What the model said."""
        told = self.json
        if "choices" in told:
            return told["choices"][0]["message"]["content"]
        return told["output"][1]["content"][0]["text"]


async def brief_of(one: Lead, worker: Any, plan: str = "parallel") -> Brief:
    """The brief of the shipped playbook that ``worker`` comes to, redrafts included."""
    book = DOCKLINE.model_copy(update={"stream_plan": SHIPPED[plan]})
    return await Rehearsal(one, book, worker, Documents(EXAMPLES / "documents")).brief(frozenset())


def shown(brief: Brief) -> tuple[Any, ...]:
    """What a reviewer sees of a brief, without how it was made."""
    codes = sorted(one.code for one in brief.open_conflicts)
    reply = brief.reply
    return brief.next_step.step, brief.next_step.sends, codes, reply and (reply.recipient, reply.subject, reply.body)


def lead_task(stream: Stream, one: Lead) -> Any:
    """The task of a stream for a lead, by the shipped playbook."""
    match stream:
        case Stream.QUALIFICATION:
            return qualification_task(one, DOCKLINE)
        case Stream.RESEARCH:
            return research_task(one)
        case Stream.DRAFTING:
            return drafting_task(one, DOCKLINE)
        case Stream.FIT_RISK:
            return fit_risk_task(one, DOCKLINE)
