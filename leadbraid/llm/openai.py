"""The provider `openai`: any server that speaks the Responses API, asked once for each stream.

Three things happen here and nowhere else: a call is made (once, Temporal retries), whatever goes wrong becomes a
`ProviderError`, and an answer becomes an output. A model decides only what it was asked; scores, severities, strengths
and the recipient are ours, and a quote that does not stand in its source is never passed on.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from openai import APIConnectionError, APIStatusError, APITimeoutError, AsyncOpenAI, DefaultAsyncHttpxClient
from pydantic import BaseModel, Field, ValidationError

from leadbraid.errors import ProviderError, SettingsError
from leadbraid.llm import prompts
from leadbraid.llm.prompts import AnswerT, Question
from leadbraid.models import (
    Answer,
    Commitment,
    CompanyNote,
    CriterionResult,
    Draft,
    DraftingTask,
    Evidence,
    Fact,
    FitRiskTask,
    Flag,
    Made,
    Qualification,
    QualificationTask,
    ResearchTask,
    RiskReport,
    SentenceSource,
    Slot,
    StreamWork,
    Verdict,
)
from leadbraid.models.playbook import Criterion, FitRiskRules, QualificationRules
from leadbraid.models.visible import one_line
from leadbraid.settings import Settings
from leadbraid.sources.passage import Passage, PassageKind
from leadbraid.text import numbers, words

if TYPE_CHECKING:
    import httpx2

OPENAI_URL = "https://api.openai.com/v1"
RESPONSE_LIMIT = 2_000_000
"""Bytes of one response. A server repeats the instructions in it, so it is far longer than the answer."""
ANSWER_LIMIT = 100_000
OUTPUT_TOKENS = 16_000
"""What a model may write for one answer, its reasoning included; ten times what the longest answer takes."""
LONGEST_WAIT = timedelta(seconds=60)
DRAFT_WORDS, DRAFT_CHARS = 150, 3_000
SUMMARY_WORDS = 80

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
            http_client=_Bounded(follow_redirects=False, timeout=settings.llm_timeout),
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
            response = _Response.model_validate_json(await self._call(question))
            answer = question.answer.model_validate_json(_text(response))
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

    def _made(self, question: Question[Any], response: _Response) -> Made:
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


class _TooLarge(Exception):  # noqa: N818 - told to nobody but `provider_error`
    """A response beyond `RESPONSE_LIMIT`."""


class _Bounded(DefaultAsyncHttpxClient):
    """Reads no more of a response than `RESPONSE_LIMIT`, unpacked, whatever its status."""

    async def send(
        self,
        request: httpx2.Request,
        *,
        stream: bool = False,  # noqa: ARG002 - what the base class calls it; here a response is always whole
        **options: Any,
    ) -> httpx2.Response:
        response = await super().send(request, stream=True, **options)
        body = bytearray()
        try:
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > RESPONSE_LIMIT:
                    raise _TooLarge
        finally:
            await response.aclose()
        packing = ("content-encoding", "content-length", "transfer-encoding")
        headers = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in packing]
        return type(response)(response.status_code, headers=headers, content=bytes(body), request=request)


# --- what goes wrong -----------------------------------------------------------------------------------------------

_SENTENCES = {
    "rate_limited": "The model server takes no more calls for now.",
    "quota_exhausted": "The account behind OPENAI_API_KEY has no quota left; add credit, or set another key.",
    "bad_request": "The model server refuses the request; LEADBRAID_LLM_MODEL may not know structured outputs.",
    "too_long": "The request is too long for the model; set LEADBRAID_LLM_MODEL to one with a larger context.",
    "bad_key": "The model server refuses the key; check OPENAI_API_KEY (and LEADBRAID_LLM_BASE_URL, if it is set).",
    "forbidden": "OPENAI_API_KEY may not use this model here; set another key, or another LEADBRAID_LLM_MODEL.",
    "not_found": "The server knows no such model or address; check LEADBRAID_LLM_MODEL and LEADBRAID_LLM_BASE_URL.",
    "redirected": "The server sends us elsewhere; set LEADBRAID_LLM_BASE_URL to the address it really has.",
    "server_error": "The model server failed.",
    "unreachable": "The model server cannot be reached; check LEADBRAID_LLM_BASE_URL and the network.",
    "timeout": "The model server did not answer within LEADBRAID_LLM_TIMEOUT.",
    "refusal": "The model, or a content filter before it, refuses to answer.",
    "truncated": "The model's answer was cut off at its length limit.",
}
_RETRYABLE = frozenset(("rate_limited", "server_error", "unreachable", "timeout", "bad_output"))
_STATUS = {401: "bad_key", 402: "quota_exhausted", 403: "forbidden", 404: "not_found", 429: "rate_limited"}
_STATUS |= {408: "server_error", 409: "server_error"}
_TOLD = {
    "insufficient_quota": "quota_exhausted",
    "rate_limit_exceeded": "rate_limited",
    "context_length_exceeded": "too_long",
    "content_filter": "refusal",
    "content_policy_violation": "refusal",
    "invalid_prompt": "refusal",
    "model_not_found": "not_found",
}
"""Words of a server that say more than its status."""


def provider_error(error: Exception) -> ProviderError:
    """What ``error`` means for a stream: the one place where anything foreign is translated.

    No word of a server or a model goes into the message: it could be the lead's text, or a part of the key.
    """
    match error:
        case ProviderError():
            return error
        case APITimeoutError() | TimeoutError():  # before the connection error, which it is one of
            return _error("timeout")
        case APIStatusError():
            return _status_error(error)
        case APIConnectionError():
            return _error("unreachable")
        case ValidationError():
            return unusable(f"does not fit its form ({_misfit(error)})")
        case _TooLarge():
            return unusable("is too large")
        case _:  # a body of an unexpected shape raises anything: AttributeError, RecursionError, UnicodeError
            return unusable(f"cannot be read ({type(error).__name__})")


def unusable(why: str) -> ProviderError:
    """An answer came, but nothing can be made of it; asking again may help."""
    return ProviderError(f"The model's answer {why}.", code="bad_output", retryable=True)


def _error(code: str, *, status: int | None = None, **more: Any) -> ProviderError:
    told = f" (HTTP {status})" if status else ""
    retryable = more.pop("retryable", code in _RETRYABLE)
    return ProviderError(_SENTENCES[code][:-1] + told + ".", code=code, retryable=retryable, **more)


def _status_error(error: APIStatusError) -> ProviderError:
    status, headers = error.status_code, error.response.headers
    told = (_TOLD.get(word) for word in (error.code, error.type) if isinstance(word, str))
    code = next((code for code in told if code), None) if 400 <= status < 500 else None
    code = code or _STATUS.get(status) or _by_class(status)
    # The server knows best whether the same call can succeed, but for a quota: that needs a person.
    asked = {"true": True, "false": False}.get(headers.get("x-should-retry", "").strip().lower())
    retryable = code in _RETRYABLE if asked is None or code == "quota_exhausted" else asked
    return _error(code, status=status, retryable=retryable, retry_after=retry_after(headers) if retryable else None)


def _by_class(status: int) -> str:
    if status >= 500:
        return "server_error"
    return "bad_request" if status >= 400 else "redirected"


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """How long the server asks us to wait, at most a minute; None where it says nothing, or nothing sensible.

    ``retry-after-ms``, or ``retry-after`` in seconds or as a date (RFC 9110, 10.2.3), which is counted from the
    response's own date, so that two clocks need not agree.
    """
    waits = (
        _seconds(headers.get("retry-after-ms", ""), 0.001),
        _seconds(headers.get("retry-after", ""), 1.0),
        _until(headers.get("retry-after", ""), headers.get("date", "")),
    )
    seconds = next((wait for wait in waits if wait is not None and wait > 0), None)
    return None if seconds is None else min(timedelta(seconds=min(seconds, 3_600.0)), LONGEST_WAIT)


def _seconds(stated: str, unit: float) -> float | None:
    return float(stated) * unit if re.fullmatch(r"\s*\d{1,15}(\.\d{0,9})?\s*", stated, re.ASCII) else None


def _until(then: str, now: str) -> float | None:
    try:
        return (parsedate_to_datetime(then) - parsedate_to_datetime(now)).total_seconds()
    except (ValueError, TypeError, OverflowError):  # not a date; or one of them without a zone
        return None


def _misfit(error: ValidationError) -> str:
    """What is wrong and where, without the words of the answer: a field that is too much is named by the model."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = first["loc"][:-1] if first["type"] == "extra_forbidden" else first["loc"]
    return f"{first['type']} at {'.'.join(map(str, place)) or 'the top'}"


# --- the response --------------------------------------------------------------------------------------------------


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


class _Response(BaseModel):
    """What we need of a response of the Responses API. The SDK's own type checks nothing."""

    output: tuple[_Item, ...] = ()
    model: str = ""
    status: str | None = None
    error: _Why | None = None
    incomplete_details: _Why | None = None
    usage: _Usage | None = None


def _text(response: _Response) -> str:
    """The text of the answer.

    Raises:
        ProviderError: There is none, it was refused, or it is not whole.
    """
    parts = [part for item in response.output if item.type == "message" for part in item.content or ()]
    if response.error:
        raise _error(_TOLD.get(response.error.code or "", "server_error"))
    if any(part.type == "refusal" for part in parts):
        raise _error("refusal")
    if response.status == "incomplete":
        reason = response.incomplete_details.reason if response.incomplete_details else ""
        raise _error("refusal" if reason == "content_filter" else "truncated")
    if response.status not in (None, "completed"):
        raise unusable("never came to an end")
    text = "".join(part.text or "" for part in parts if part.type == "output_text")
    if not text.strip():
        raise unusable("is empty")
    if len(text) > ANSWER_LIMIT:
        raise unusable("is too large")
    return text


# --- from an answer to an output -----------------------------------------------------------------------------------


def qualification_of(
    answer: prompts.QualificationAnswer, question: Question[Any], rules: QualificationRules
) -> Qualification:
    """Each criterion of the playbook once, and the score and verdict that follow.

    An answer without a quote that stands in its source counts as unknown, but for what the address alone can tell.
    """
    given = {one.criterion: one for one in answer.criteria}
    if len(given) < len(answer.criteria) or given.keys() - {one.id for one in rules.criteria}:
        raise unusable("names a criterion twice, or one that the playbook does not have")
    results = tuple(_weighed(one, given.get(one.id), question) for one in rules.criteria)
    score, verdict = judged(rules, {one.criterion: one.answer for one in results})
    return Qualification(verdict=verdict, score=score, criteria=results)


def _weighed(criterion: Criterion, given: prompts.WireCriterion | None, question: Question[Any]) -> CriterionResult:
    if given is None:
        return CriterionResult(criterion=criterion.id, answer=Answer.UNKNOWN, reason="The model gave no answer.")
    quote = question.quoted(given.quote)
    if given.answer is not Answer.UNKNOWN and quote is None and not criterion.see.business_email:
        reason = "The model named no words of the lead that show it."
        return CriterionResult(criterion=criterion.id, answer=Answer.UNKNOWN, reason=reason)
    return CriterionResult(criterion=criterion.id, answer=given.answer, reason=one_line(given.reason), quote=quote)


def judged(rules: QualificationRules, answers: Mapping[str, Answer]) -> tuple[int, Verdict]:
    """Score and verdict. The score is the weight met, of all weight; a required criterion missed decides by itself.

    *Unclear*: what is unknown, a required criterion among it, could still turn the verdict.
    """
    total = sum(one.weight for one in rules.criteria)
    met = sum(one.weight for one in rules.criteria if answers.get(one.id) is Answer.MET)
    missed = sum(one.weight for one in rules.criteria if answers.get(one.id) is Answer.MISSED)
    required = [answers.get(one.id, Answer.UNKNOWN) for one in rules.criteria if one.required]
    score, best = _percent(met, total), _percent(total - missed, total)
    if Answer.MISSED in required or best < rules.qualify_at:
        return score, Verdict.NOT_QUALIFIED
    certain = score >= rules.qualify_at and Answer.UNKNOWN not in required
    return score, Verdict.QUALIFIED if certain else Verdict.UNCLEAR


def _percent(part: int, whole: int) -> int:
    """Rounded half up. The verdict goes by the score as it is shown."""
    return (200 * part + whole) // (2 * whole)


def note_of(answer: prompts.ResearchAnswer, question: Question[Any], passages: tuple[Passage, ...]) -> CompanyNote:
    """The facts that stand in their sources, the strongest first; names and summary only as far as they do."""
    strengths = {one.source: 3 if one.kind is PassageKind.ACCOUNT else 2 for one in passages}
    found = [fact for one in answer.facts if (fact := _fact(one, question, strengths))]
    ranked = sorted(found, key=lambda fact: -fact.strength)[:7]
    facts = tuple(fact.model_copy(update={"id": f"fact{n}"}) for n, fact in enumerate(ranked, start=1))
    summary = " ".join(answer.summary.split()[:SUMMARY_WORDS]) if facts else "No source says anything of the company."
    return CompanyNote(
        company=_named(answer.company, question),
        person=_named(answer.person, question),
        summary=one_line(prompts.plain(summary), 1_000),
        facts=facts,
        evidence=evidence_of(facts),
        not_found=tuple(one_line(prompts.plain(one)) for one in answer.not_found[:10] if one.strip()),
    )


def _fact(wire: prompts.WireFact, question: Question[Any], strengths: Mapping[str, int]) -> Fact | None:
    """The fact; None where its quote stands nowhere, or holds another number."""
    quote, text = question.quoted(wire.quote), " ".join(prompts.plain(wire.text).split())
    if quote is None or not text or len(text) > 300 or not numbers(text) <= numbers(quote.text):
        return None
    kind = re.sub(r"\W+", "_", wire.kind.casefold()).strip("_")[:60] or "other"
    return Fact(id="", kind=kind, text=text, quote=quote, strength=strengths.get(quote.source, 1))


def _named(name: str, question: Question[Any]) -> str:
    found = (prompts.found_in(section.text, name) for section in question.quotable)
    return one_line(next((one for one in found if one), ""))


def evidence_of(facts: Iterable[Fact]) -> Evidence:
    """*Solid*: our account record, or two facts of our notes. *Some*: one fact of ours, or two of the lead's."""
    strengths = [fact.strength for fact in facts]
    if 3 in strengths or strengths.count(2) >= 2:
        return Evidence.SOLID
    return Evidence.SOME if 2 in strengths or len(strengths) >= 2 else Evidence.THIN


def draft_of(answer: prompts.DraftingAnswer, question: Question[Any], note: str) -> Draft:
    """The draft, with what it declares of itself only as far as that stands in it."""
    subject, body = " ".join(prompts.plain(answer.subject).split()), prompts.plain(answer.body).strip()
    _check_length(subject, body)
    return Draft(
        subject=subject,
        body=body,
        language=answer.language if re.fullmatch(r"[a-z]{2}", answer.language) else "unknown",
        tone=answer.tone,
        slots=_slots(answer.slots, body),
        commitments=tuple(
            Commitment(kind=one.kind, text=text)
            for one in answer.commitments
            if (text := prompts.found_in(body, one.text)[:1_000])
        )[:20],
        sources=tuple(
            SentenceSource(sentence=sentence, source=quote)
            for one in answer.sources
            if (sentence := prompts.found_in(body, one.sentence)[:1_000]) and (quote := question.quoted(one.quote))
        )[:30],
        not_followed=tuple(found for one in answer.not_followed if (found := prompts.found_in(note, one)[:1_000]))[:5],
    )


def _check_length(subject: str, body: str) -> None:
    if not subject or not body or len(subject) > 300:
        raise unusable("is no draft: subject or body is empty, or the subject too long")
    if (count := len(words(body))) > DRAFT_WORDS or len(body) > DRAFT_CHARS:
        raise unusable(f"is too long: {count} words, {len(body)} characters; at most {DRAFT_WORDS} and {DRAFT_CHARS}")


def _slots(given: list[prompts.WireSlot], body: str) -> tuple[Slot, ...]:
    """The slots, if each marker of the body has one, each once, in a sentence of the body."""
    markers = sorted(re.findall(r"\{\{.*?\}\}", body))
    sentences = [prompts.plain(one.sentence).strip() for one in given]
    placed = all(one.marker in text and text in body for one, text in zip(given, sentences, strict=True))
    if markers != sorted(one.marker for one in given) or len(set(markers)) < len(markers) or not placed:
        raise unusable("has slots that do not match its body")
    pairs = zip(given, sentences, strict=True)
    return tuple(Slot(marker=one.marker, sentence=text, wants=_wants(one)) for one, text in pairs)


def _wants(slot: prompts.WireSlot) -> tuple[str, ...]:
    return tuple(one_line(kind.casefold(), 60) for kind in slot.wants[:10])


def report_of(answer: prompts.FitRiskAnswer, question: Question[Any], rules: FitRiskRules) -> RiskReport:
    """The flags whose words stand in their source, each rule once, the worst first. All but the quote is the rule's."""
    by_id = {rule.id: rule for rule in (*rules.exclusions, *rules.escalations)}
    if any(one.rule not in by_id for one in answer.flags):
        raise unusable("names a rule that the playbook does not have")
    quotes = {one.rule: quote for one in reversed(answer.flags) if (quote := question.quoted(one.quote))}
    excluding = {rule.id for rule in rules.exclusions}
    flags = sorted(
        (
            Flag(
                code=rule.id,
                severity=rule.severity,
                text=rule.text,
                quote=quotes[rule.id],
                excludes=rule.id in excluding,
            )
            for rule in by_id.values()
            if rule.id in quotes
        ),
        key=lambda flag: (-flag.severity.rank, not flag.excludes),
    )
    return RiskReport(flags=tuple(flags[:7]), more=max(0, len(flags) - 7))
