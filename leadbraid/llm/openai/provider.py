"""The provider `openai`: any server that speaks the Responses API, asked once for each stream.

Three things happen here and nowhere else: a call is made (once, Temporal retries), whatever goes wrong becomes a
`ProviderError`, and an answer becomes an output. A model decides only what it was asked; scores, severities, strengths
and the recipient are ours, and a quote that does not stand in its source is never passed on.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from openai import AsyncOpenAI

from leadbraid.errors import SettingsError
from leadbraid.llm.openai import prompts
from leadbraid.llm.openai.answers import draft_of, note_of, qualification_of, report_of
from leadbraid.llm.openai.client import Bounded
from leadbraid.llm.openai.failures import provider_error
from leadbraid.llm.openai.prompts import AnswerT, Question
from leadbraid.llm.openai.responses import Response, text_of
from leadbraid.models import (
    CompanyNote,
    Draft,
    DraftingTask,
    FitRiskTask,
    Made,
    Qualification,
    QualificationTask,
    ResearchTask,
    RiskReport,
    StreamWork,
)
from leadbraid.models.visible import one_line
from leadbraid.settings import Settings
from leadbraid.sources.passage import Passage

OPENAI_URL = "https://api.openai.com/v1"
OUTPUT_TOKENS = 16_000
"""What a model may write for one answer, its reasoning included; ten times what the longest answer takes."""

Output = Qualification | CompanyNote | Draft | RiskReport


class OpenAIProvider:
    """Does the work of the streams with a model."""

    name = "openai"

    def __init__(self, client: AsyncOpenAI, model: str, *, timeout: timedelta) -> None:
        self._client = client
        self._model = model
        self._timeout = timeout

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The provider that the settings describe.

        Raises:
            SettingsError: There is neither a key nor a server of one's own, or one of them cannot be right.
        """
        key, url = _key(settings), _url(settings)
        client = AsyncOpenAI(
            api_key=key,
            base_url=url,
            max_retries=0,  # Temporal retries, and its history shows each try
            timeout=settings.llm_timeout,
            # Not followed: a redirect would carry the lead's words to a host that nobody chose.
            http_client=Bounded(follow_redirects=False, timeout=settings.llm_timeout),
        )
        return cls(client, settings.llm_model, timeout=timedelta(seconds=settings.llm_timeout))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def qualification(self, task: QualificationTask) -> StreamWork:
        """Weigh the ideal-customer criteria, one by one."""
        question = prompts.about_qualification(task, _boundary())
        return await self._work(question, lambda answer: qualification_of(answer, question, task.rules))

    async def research(self, task: ResearchTask, passages: tuple[Passage, ...]) -> StreamWork:
        """Say what is known about the company, from the lead's words and from ``passages`` of local documents."""
        question = prompts.about_company(task, passages, _boundary())
        return await self._work(question, lambda answer: note_of(answer, question, passages))

    async def drafting(self, task: DraftingTask) -> StreamWork:
        """Answer what the lead asked. With ``task.settle``: write it so that those conflicts are gone."""
        question = prompts.about_reply(task, _boundary())
        return await self._work(question, lambda answer: draft_of(answer, question, task.note))

    async def fit_risk(self, task: FitRiskTask) -> StreamWork:
        """List what should stop or slow us."""
        question = prompts.about_risks(task, _boundary())
        return await self._work(question, lambda answer: report_of(answer, question, task.rules))

    async def _work(self, question: Question[AnswerT], output_of: Callable[[AnswerT], Output]) -> StreamWork:
        """Ask, read, and make the stream's output.

        Raises:
            ProviderError: Whatever went wrong. Its cause is cut off, since foreign errors quote what they failed on.
        """
        try:
            response = Response.model_validate_json(await self._call(question))
            answer = question.answer.model_validate_json(text_of(response))
            return StreamWork(output=output_of(answer), made=self._made(question, response))
        except Exception as error:
            raise provider_error(error) from None

    async def _call(self, question: Question[Any]) -> bytes:
        # The client's time-out is for each read; a server that sends a byte a second would hold the stream for ever.
        async with asyncio.timeout(self._timeout.total_seconds()):
            raw = await self._client.responses.with_raw_response.create(
                model=self._model,
                instructions=question.instructions,
                input=question.data,
                text={
                    "format": {
                        "type": "json_schema",
                        "name": question.stream.value,
                        "schema": question.answer.model_json_schema(),
                        "strict": True,
                    }
                },
                max_output_tokens=OUTPUT_TOKENS,
                store=False,
            )
        return raw.content

    def _made(self, question: Question[Any], response: Response) -> Made:
        return Made(
            provider=self.name,
            model=one_line(response.model),
            prompt=question.prompt,
            tokens_in=response.usage.input_tokens if response.usage else None,
            tokens_out=response.usage.output_tokens if response.usage else None,
        )


def _boundary() -> str:
    """128 bits that no writer of a lead can guess. This is the edge: activities call it, workflows never."""
    return secrets.token_hex(16)


def _key(settings: Settings) -> str:
    key = settings.openai_api_key.get_secret_value().strip() if settings.openai_api_key else ""
    if not key and not settings.llm_base_url:
        raise SettingsError(
            "The provider openai needs OPENAI_API_KEY, or LEADBRAID_LLM_BASE_URL for a server that needs no key."
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise SettingsError("OPENAI_API_KEY holds a character that no key has; copy it again.")
    return key or "none"


def _url(settings: Settings) -> str:
    url = settings.llm_base_url or OPENAI_URL
    try:
        parts = urlsplit(url)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        right = False
    if not right or not url.isprintable() or " " in url:
        raise SettingsError("LEADBRAID_LLM_BASE_URL is not an address such as http://127.0.0.1:8000/v1.")
    return url
