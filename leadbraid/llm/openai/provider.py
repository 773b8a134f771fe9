"""The provider `openai`: any server that speaks one of OpenAI's APIs, asked once for each stream.

Three things happen here and nowhere else: a call is made, whatever goes wrong becomes a `ProviderError`, and an answer
becomes an output. Temporal tries again what may succeed later; here only two things are asked twice: an answer that
does not fit is sent back once with what is wrong, and a server that does not know a form is asked in a simpler one. A
model decides only what it was asked; scores, severities, strengths and the recipient are ours, and a quote that does
not stand in its source is never passed on.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Self, TypeVar

from openai import AsyncOpenAI
from pydantic import ValidationError

from leadbraid.llm.openai.answers import draft_of, judged_of, note_of, qualification_of, report_of
from leadbraid.llm.openai.apis import Api, Ask, Choice, Form, make_api
from leadbraid.llm.openai.calls import Calls
from leadbraid.llm.openai.client import client_for, is_openais_own
from leadbraid.llm.openai.failures import Unfit, misfit, named, provider_error, refuses_form
from leadbraid.llm.openai.forms import AnswerT
from leadbraid.llm.openai.json_text import json_in
from leadbraid.llm.openai.prompts import Prompts
from leadbraid.llm.openai.questions import Question, Questions
from leadbraid.llm.openai.replies import ANSWER_LIMIT, Reply
from leadbraid.llm.prices import Prices
from leadbraid.llm.rules.fit_risk import raised_flags
from leadbraid.logs import get_logger
from leadbraid.models import (
    DraftingTask,
    FitRiskTask,
    Judgement,
    JudgeTask,
    QualificationTask,
    ResearchTask,
    Stream,
    StreamWork,
)
from leadbraid.per_job import JOBS
from leadbraid.settings import Settings
from leadbraid.sources.passage import Passage

LEAST_TOKENS = 1_000
"""What a model must be allowed to write, or its answer is cut off: then the call is not worth making."""
CHARS_PER_TOKEN = 3
"""Few, so that the budget is not taken for larger than it is: English has about four, German and marked text fewer."""

OutputT = TypeVar("OutputT")
log = get_logger(__name__)


@dataclass(frozen=True)
class Terms:
    """What an operator allows: seconds for one answer, and tokens for one lead."""

    timeout: timedelta
    lead_tokens: int


class OpenAIProvider:
    """Does the work of the streams with a model, and judges their outputs."""

    name = "openai"

    def __init__(
        self,
        client: AsyncOpenAI,
        api: Api,
        choices: Mapping[str, Choice],
        terms: Terms,
        *,
        prompts: Prompts | None = None,
        prices: Prices | None = None,
    ) -> None:
        self._client = client
        self._api = api
        self._choices = choices
        self._terms = terms
        self._questions = Questions(prompts or Prompts.load())
        self._prices = prices or Prices()
        self._forms: dict[str, Form] = {}
        """What each model's server was found not to know, for as long as this process lives."""

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The provider that the settings describe.

        Raises:
            SettingsError: There is neither a key nor a server of one's own, or something of it cannot be used.
        """
        return cls(
            client_for(settings),
            make_api(settings.llm_api, openais_own=is_openais_own(settings)),
            {job: _choice(settings, job) for job in JOBS},
            Terms(timedelta(seconds=settings.llm_timeout), settings.llm_lead_tokens),
            prompts=Prompts.load(settings.llm_prompts),
            prices=Prices.load(settings.llm_prices),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def qualification(self, task: QualificationTask) -> StreamWork:
        """Weigh the ideal-customer criteria, one by one."""
        question = self._questions.about_qualification(task, _boundary())
        output, calls = await self._ask(
            question, task.spent, lambda given: qualification_of(given, question, task.rules)
        )
        return StreamWork(output=output, made=calls.made())

    async def research(self, task: ResearchTask, passages: tuple[Passage, ...]) -> StreamWork:
        """Say what is known about the company, from the lead's words and from ``passages`` of local documents."""
        question = self._questions.about_company(task, passages, _boundary())
        output, calls = await self._ask(question, task.spent, lambda given: note_of(given, question, passages))
        return StreamWork(output=output, made=calls.made())

    async def drafting(self, task: DraftingTask) -> StreamWork:
        """Answer what the lead asked. With ``task.settle``: write it so that those conflicts are gone."""
        question = self._questions.about_reply(task, _boundary())
        output, calls = await self._ask(question, task.spent, lambda given: draft_of(given, question, task.note))
        return StreamWork(output=output, made=calls.made())

    async def fit_risk(self, task: FitRiskTask) -> StreamWork:
        """List what should stop or slow us."""
        question, certain = self._questions.about_risks(task, _boundary()), raised_flags(task)
        rules = task.rules
        output, calls = await self._ask(question, task.spent, lambda given: report_of(given, question, rules, certain))
        return StreamWork(output=output, made=calls.made())

    async def judge(self, task: JudgeTask, sides: Mapping[Stream, str]) -> Judgement:
        """Say where two outputs do not go together. ``sides`` are the outputs in words, as a reviewer reads them."""
        question = self._questions.about_disagreements(sides, _boundary())
        (found, dropped), calls = await self._ask(question, task.spent, lambda given: judged_of(given, sides))
        return Judgement(found=found, dropped=dropped, made=calls.made())

    async def _ask(
        self, question: Question[AnswerT], spent: int, output_of: Callable[[AnswerT], OutputT]
    ) -> tuple[OutputT, Calls]:
        """Ask, read, and make the output.

        Raises:
            ProviderError: Whatever went wrong. Its cause is cut off, since foreign errors quote what they failed on.
        """
        choice = self._choices[question.job]
        calls = Calls(self.name, choice.model, question.prompt, self._prices)
        try:
            ask = self._within_budget(question, choice, spent)
            # The client's time-out is for each read; a server that sends a byte a second would hold the stream.
            async with asyncio.timeout(self._terms.timeout.total_seconds()):
                return await self._answer(ask, question, output_of, calls), calls
        except Exception as error:
            failed = provider_error(error)
            failed.made = calls.made()
            raise failed from None

    def _within_budget(self, question: Question[AnswerT], choice: Choice, spent: int) -> Ask:
        """The call, with no more tokens to write than the lead has left.

        Raises:
            ProviderError: Too few are left.
        """
        ask = Ask(question.job, choice, question.instructions, (question.data.text,), question.answer)
        read = (len(ask.told) + len(ask.turns[0])) // CHARS_PER_TOKEN
        left = self._terms.lead_tokens - spent - read
        if left < min(LEAST_TOKENS, choice.max_tokens):
            raise named("budget_spent", budget=f"{self._terms.lead_tokens:,}")
        return replace(ask, choice=replace(choice, max_tokens=min(choice.max_tokens, left)))

    async def _answer(
        self, ask: Ask, question: Question[AnswerT], output_of: Callable[[AnswerT], OutputT], calls: Calls
    ) -> OutputT:
        reply, ask = await self._send(ask, calls)
        try:
            return output_of(_read(reply, question))
        except Unfit as unfit:
            log.info("model_asked_again", job=question.job, why=str(unfit))
            shown = question.data.unmarked(reply.text)[:ANSWER_LIMIT]
            reply, _ = await self._send(ask.again(shown, str(unfit)), calls)
            return output_of(_read(reply, question))

    async def _send(self, ask: Ask, calls: Calls) -> tuple[Reply, Ask]:
        """Make the call, in the fullest form that the server knows; returns it too, for a second one."""
        model = ask.choice.model
        while True:
            ask = replace(ask, form=self._forms.get(model, Form.SCHEMA))
            try:
                reply = self._api.read(await self._api.send(self._client, ask))
            except asyncio.CancelledError:  # also when the time is up
                calls.unanswered()
                raise
            except Exception as error:
                if ask.form is Form.TEXT or not refuses_form(error):
                    calls.unanswered()
                    raise
                self._forms[model] = Form(ask.form + 1)
                log.info("simpler_form", model=model, form=self._forms[model].name.lower())
                continue
            calls.answered(reply)
            if reply.problem:
                raise reply.problem
            return reply, ask


def _read(reply: Reply, question: Question[AnswerT]) -> AnswerT:
    """The answer, in its form.

    Raises:
        Unfit: It is empty, too large, no JSON, or of another form.
    """
    text = question.data.unmarked(json_in(reply.text))
    if not text.strip():
        raise Unfit("is empty")
    if len(reply.text) > ANSWER_LIMIT:
        raise Unfit("is too large")
    if question.data.boundary in text:
        raise Unfit("holds the boundary of the data")
    try:
        return question.answer.model_validate_json(text)
    except ValidationError as error:
        raise Unfit(f"does not fit its form ({misfit(error)})") from None


def _choice(settings: Settings, job: str) -> Choice:
    return Choice(
        model=settings.llm_models.of(job) or "",
        max_tokens=settings.llm_token_limits.of(job) or 0,
        temperature=settings.llm_temperatures.of(job),
        effort=settings.llm_efforts.of(job),
    )


def _boundary() -> str:
    """128 bits that no writer of a lead can guess. This is the edge: activities call it, workflows never."""
    return secrets.token_hex(16)
