"""The offline provider's drafts: patterns and gaps, redrafts, a reviewer's wishes, and any lead at all."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from builders import (
    PATTERNS,
    drafting_task,
    fact,
    fit_risk_task,
    lead,
    playbook,
    qualification_task,
    research_task,
    researched,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from leadbraid.errors import ProviderError
from leadbraid.llm.rules import RulesProvider
from leadbraid.llm.rules.drafting import drafting
from leadbraid.llm.rules.fit_risk import fit_risk
from leadbraid.llm.rules.gaps import when_in
from leadbraid.llm.rules.qualification import qualification
from leadbraid.llm.rules.research import research
from leadbraid.llm.rules.wishes import Wish, wishes_in
from leadbraid.llm.simulated import LABEL, Simulated
from leadbraid.models import Code, CommitmentKind, Conflict, Draft, Lead, Quote, Resolver, Severity, Stream, Tone
from leadbraid.models.playbook import ReplyPattern, Voice

PRICE = "Sortomat costs from 300 EUR a month."
SPEED = "Absolutely fast: Sortomat sorts 900 parts an hour."


def drafted(message: str = "What does it cost?", book: Any = None, **fields: Any) -> Draft:
    """The first draft for a message."""
    return drafting(drafting_task(lead(message=message, **fields), book))


def with_pattern(**fields: Any) -> Any:
    """A playbook with one pattern only."""
    return playbook(reply_patterns=(ReplyPattern(**({"id": "only", "subject": "Hi", "body": "Thank you."} | fields)),))


# --- patterns and gaps ---------------------------------------------------------------------------------------------


def test_the_whole_letter() -> None:
    draft = drafted("What does it cost, and how fast is it? We want to start in Q2.")
    assert draft.subject == "What Sortomat costs Corrubox Ltd"
    assert draft.body == (
        "Hello Kim Doe,\n\n"
        "Thank you for asking about Sortomat. You wish to begin in Q2.\n\n"
        f"{PRICE} {SPEED}\n\n"
        "We saw that {{fact1}}. Sortomat takes 4 square metres.\n\n"
        "How many parts do you sort?\n\n"
        "Kind regards\nThe Sortomat team"
    )
    assert (draft.language, draft.tone) == ("en", Tone.MEASURED)
    assert [(slot.marker, slot.sentence, slot.wants) for slot in draft.slots] == [
        ("{{fact1}}", "We saw that {{fact1}}.", ("sites", "headcount"))
    ]
    assert [(one.kind, one.text) for one in draft.commitments] == [(CommitmentKind.PRICE, PRICE)]
    assert {one.sentence: one.source.source for one in draft.sources} == {
        "You wish to begin in Q2.": "lead:message",
        PRICE: "playbook:claim_price",
        SPEED: "playbook:fact_speed",
        "Sortomat takes 4 square metres.": "playbook:fact_size",
    }


@pytest.mark.parametrize(
    ("message", "subject"),
    [
        ("What does it cost?", "What Sortomat costs Corrubox Ltd"),
        ("Could we have a meeting about the price?", "Meeting at Corrubox Ltd"),
        ("We do not need the price.", "Your enquiry"),
        ("Hello there.", "Your enquiry"),
        ("Guten Tag, wie schnell ist die Maschine und was kostet sie für uns?", "Ihre Anfrage"),
        ("Bonjour, nous sommes une entreprise et nous avons une question pour vous.", "Your enquiry"),
    ],
)
def test_which_pattern(message: str, subject: str) -> None:
    assert drafted(message).subject == subject


def test_a_draft_says_the_language_it_is_written_in() -> None:
    french = "Bonjour, nous sommes une entreprise et nous avons une question pour vous."
    assert drafted(french).language == "en"
    german = with_pattern(language="de", body="vielen Dank.")
    assert drafted("What does it cost you and your team?", german).language == "de"


def test_answers_are_only_those_in_the_language_at_most_three_in_the_leads_order() -> None:
    german = drafted("Wie schnell ist die Maschine, was kostet sie für uns, und wie ist der footprint?")
    assert "\n\nSortomat sortiert schnell. Sortomat kostet ab 300 EUR im Monat.\n\n" in german.body
    many = drafted("Noise? Footprint? How fast? The cost?")
    assert f"\n\nIt is as quiet as a fridge. Sortomat takes 4 square metres. {SPEED}\n\n" in many.body


def test_without_answers_their_sentence_goes() -> None:
    assert "{answers}" not in drafted("Hello there.").body
    inline = with_pattern(body="Thank you. Here it is: {answers} So far.")
    assert drafted("Hello there.", inline).body.split("\n\n")[1] == "Thank you."
    assert drafted("The cost?", inline).body.split("\n\n")[1] == f"Thank you. Here it is: {PRICE} So far."


@pytest.mark.parametrize(
    ("fields", "greeting", "where"),
    [
        ({"name": "Kim Doe"}, "Hello Kim Doe,", "at Corrubox Ltd?"),
        ({"name": ""}, "Hello,", "at Corrubox Ltd?"),
        ({"name": "<b>Kim</b>"}, "Hello,", "at Corrubox Ltd?"),
        ({"name": "Kim http://evil.example"}, "Hello,", "at Corrubox Ltd?"),
        ({"company": ""}, "Hello Kim Doe,", "at your company?"),
        ({"company": "Visit evil.example now"}, "Hello Kim Doe,", "at your company?"),
        ({"company": "{{fact1}}"}, "Hello Kim Doe,", "at your company?"),
        ({"company": "{answers}"}, "Hello Kim Doe,", "at your company?"),
    ],
)
def test_only_what_looks_like_a_name_is_written(fields: dict[str, str], greeting: str, where: str) -> None:
    body = drafted("Hello there.", **fields).body
    assert body.startswith(f"{greeting}\n\n")
    assert f"What do you sort {where}" in body


def test_the_notes_names_are_used_where_the_plan_gives_them() -> None:
    before = researched(
        fact("sites", "Corrubox North runs 2 plants", "2"), company="Corrubox North", person="Kim Smith"
    )
    draft = drafting(drafting_task(lead(message="Hello there."), before=(before,)))
    assert draft.body.startswith("Hello Kim Smith,")
    assert "at Corrubox North?" in draft.body
    assert draft.slots


@pytest.mark.parametrize(
    ("message", "language", "expected"),
    [
        ("We have to go live by 1 March.", "en", "by 1 March"),
        ("We want it in Q2 2027, please.", "en", "in Q2 2027"),
        ("We want to start next month.", "en", "next month"),
        ("We plan to start before the end of the year.", "en", "before the end of the year"),
        ("We need it within six weeks.", "en", "within six weeks"),
        ("It was hot in May. We want to start in June.", "en", "in June"),
        ("We were founded in 1987.", "en", ""),
        ("Not needed, but not in May.", "en", ""),
        ("Wir möchten bis Ende März starten.", "de", "bis Ende März"),
        ("Wir wollen zum 1. April beginnen.", "de", "zum 1. April"),
        ("Wir planen das in diesem Jahr.", "de", "in diesem Jahr"),
        ("Wir möchten bis Ende März starten.", "en", ""),
        ("Nous voulons en mars.", "fr", ""),
    ],
)
def test_when_in_the_leads_own_words(message: str, language: str, expected: str) -> None:
    assert when_in(message, language) == expected


def test_a_sentence_whose_gap_cannot_be_filled_is_dropped() -> None:
    assert "You wish to begin" not in drafted("What does it cost?").body
    odd = with_pattern(subject="When {when}, {nonsense}", body="Thank you. Here is {nonsense}. {{other}} is none. Bye.")
    draft = drafted("Hello.", odd)
    assert (draft.subject, draft.body.split("\n\n")[1]) == ("When", "Thank you. Bye.")


@pytest.mark.parametrize(
    ("question", "told", "message"),
    [
        ("How many people work for you?", True, "We have 80 employees."),
        ("How many people work for you?", False, "We run two plants."),
        ("How many sites is this about?", True, "We run two large plants."),
        ("How many sites is this about?", True, "Wir haben ein Lager in Bremen."),
        ("How many sites is this about?", False, "This is about a plant."),
        ("How many dock doors are there?", True, "One hall, 30 docks."),
        ("How many dock doors are there?", False, "I write a thesis on dock scheduling."),
        ("Which warehouse system do you use?", True, "Does it integrate with Oracle?"),
        ("Which warehouse system do you use?", True, "We use paper lists."),
        ("Which warehouse system do you use?", False, "We have 80 employees."),
        ("How many sites, and how many dock doors?", False, "We run two plants."),
        ("How many sites, and how many dock doors?", True, "We run two plants with 8 docks."),
        ("Wie viele Menschen arbeiten bei Ihnen?", True, "Wir haben 80 Mitarbeiter."),
        ("Wie viele Verladetore sind es?", True, "Ein Lager mit 9 Rampen."),
        ("Mit welchem Lagerverwaltungssystem arbeiten Sie?", True, "Wir arbeiten mit SAP EWM."),
        ("How many birds are there?", False, "We have two birds."),
        ("Tell us how many sites.", False, "We run two plants."),
    ],
)
def test_what_the_lead_told_is_not_asked_again(question: str, told: bool, message: str) -> None:
    draft = drafted(message, with_pattern(body=f"Thank you. {question} Bye."))
    assert (question not in draft.body) is told
    assert "Thank you." in draft.body


def test_the_forms_own_fields_are_told_too() -> None:
    book = with_pattern(body="Thank you. How many employees are there? Which country is it?")
    assert "How many employees" not in drafted("Hello.", book, employees=80).body
    assert "Which country" not in drafted("Hello.", book, country="GB").body
    assert "Which country" in drafted("Hello.", book, country="").body


@pytest.mark.parametrize(
    ("fields", "greeting"),
    [
        ({"name": "kim"}, "Hello Kim,"),
        ({"name": "KIM DE VRIES"}, "Hello Kim de Vries,"),
        ({"name": "Accounts"}, "Hello,"),
        ({"name": "Corrubox", "company": "Corrubox"}, "Hello,"),
    ],
)
def test_whom_a_letter_greets(fields: dict[str, str], greeting: str) -> None:
    assert drafted("Hello there.", **fields).body.startswith(f"{greeting}\n\n")


def test_slots_never_ask_for_what_our_notes_say_or_which_country_it_is() -> None:
    (slot,) = drafted("Hello there.").slots
    assert slot.wants
    assert not {"note", "status", "contact", "country"}.intersection(slot.wants)


def test_each_marker_once_and_no_third() -> None:
    book = with_pattern(body="Thanks. A {{fact1}}. B {{fact2}}. C {{fact1}}. D {{fact3}}. E.")
    draft = drafted("Hello.", book)
    assert draft.body.split("\n\n")[1] == "Thanks. A {{fact1}}. B {{fact2}}. E."
    assert [slot.marker for slot in draft.slots] == ["{{fact1}}", "{{fact2}}"]


def test_at_most_150_words() -> None:
    long = " ".join(f"Sentence {'w ' * 8}number {letter}." for letter in "abcdefghijklmnopqrstuvwxyz")
    draft = drafted("The cost, how fast?", with_pattern(body=f"Thank you.\n\n{long}\n\n{{answers}}\n\nThe end."))
    assert len(draft.body.split()) <= 150
    assert "Thank you." in draft.body
    assert PRICE in draft.body
    assert "The end." in draft.body


def test_a_voice_without_the_language_greets_nobody_wrongly() -> None:
    book = playbook(
        voice=Voice(languages=("fr",)), reply_patterns=(ReplyPattern(id="a", language="fr", subject="", body="Merci."),)
    )
    draft = drafted("Hello.", book)
    assert (draft.subject, draft.body, draft.language) == ("Sortomat", "Merci.", "fr")


def test_a_pattern_of_gaps_alone_still_gives_a_letter() -> None:
    draft = drafted("Hello.", with_pattern(body="{when}"))
    assert draft.body == "Hello Kim Doe,\n\nThank you for writing.\n\nKind regards\nThe Sortomat team"


# --- redrafts ------------------------------------------------------------------------------------------------------


def conflict(code: Code, left: str, right: str = "") -> Conflict:
    return Conflict(
        id=f"{code}-1",
        code=code,
        severity=Severity.BLOCKING,
        message="m",
        left=Quote(source="drafting", text=left),
        right=Quote(source="research", text=right),
        resolver=Resolver.DRAFTING,
    )


def redrafted(message: str, *conflicts: Conflict, book: Any = None, **fields: Any) -> Draft:
    """The draft after one redraft."""
    one = lead(message=message, **fields)
    previous = drafting(drafting_task(one, book))
    return drafting(drafting_task(one, book, settle=conflicts, previous=previous))


ASKS = "What does it cost, and how fast is it? We want to start in Q2."


def test_too_sure_a_tone_takes_the_calmer_pattern_without_confident_answers() -> None:
    draft = redrafted("Could we have a meeting?", conflict(Code.TONE_OVER_RISK, "We would be delighted."))
    assert (draft.tone, draft.subject) == (Tone.CAREFUL, "Your enquiry")
    no_careful = playbook(reply_patterns=tuple(one for one in PATTERNS if one.id != "careful_en"))
    kept = redrafted(ASKS, conflict(Code.TONE_OVER_RISK, SPEED), book=no_careful)
    assert SPEED not in kept.body
    assert PRICE in kept.body


@pytest.mark.parametrize(
    "code", [Code.UNPERMITTED_PROMISE, Code.UNPERMITTED_LINK, Code.UNSOURCED_CLAIM, Code.REGION_MISMATCH]
)
def test_a_quoted_sentence_goes_and_the_rest_stays(code: Code) -> None:
    draft = redrafted(ASKS, conflict(code, PRICE))
    assert PRICE not in draft.body
    assert draft.commitments == ()
    assert all(one.sentence != PRICE for one in draft.sources)
    assert draft.body.startswith("Hello Kim Doe,\n\nThank you for asking about Sortomat. You wish to begin in Q2.\n\n")
    assert SPEED in draft.body
    assert draft.body.endswith("Kind regards\nThe Sortomat team")


def test_a_filled_slot_is_found_by_what_stands_around_it() -> None:
    draft = redrafted(ASKS, conflict(Code.UNSOURCED_CLAIM, "We saw that Corrubox runs 900 plants in Leeds."))
    assert draft.slots == ()
    assert "{{fact1}}" not in draft.body


def test_never_an_empty_letter() -> None:
    sentences = ["Thank you for writing.", "We saw that {{fact1}}.", "What do you sort at Corrubox Ltd?"]
    draft = redrafted("Hello there.", *(conflict(Code.UNSOURCED_CLAIM, one) for one in sentences))
    assert draft.body == "Hello Kim Doe,\n\nThank you for writing.\n\nKind regards\nThe Sortomat team"


def test_the_notes_company_replaces_the_leads() -> None:
    wrong = conflict(Code.CONTRADICTS_NOTE, "What do you sort at Corrubox Ltd?", "Corrubox North")
    draft = redrafted("Hello there.", wrong)
    assert "at Corrubox North?" in draft.body
    assert "Corrubox Ltd" not in draft.body + draft.subject
    named = conflict(Code.CONTRADICTS_NOTE, "What Sortomat costs Corrubox Ltd", "Corrubox North")
    assert redrafted(ASKS, named).subject == "What Sortomat costs Corrubox North"


def test_the_notes_person_is_greeted() -> None:
    wrong = conflict(Code.CONTRADICTS_NOTE, "Hello Kim Doe,", "Ada Quist")
    assert redrafted("Hello there.", wrong).body.startswith("Hello Ada Quist,\n\n")


def test_a_number_that_the_note_denies_goes_with_its_sentence() -> None:
    wrong = conflict(Code.CONTRADICTS_NOTE, "Sortomat takes 4 square metres.", "Corrubox Ltd has 5 square metres")
    assert "4 square metres" not in redrafted(ASKS, wrong).body


def test_another_language_if_there_is_a_pattern_else_unchanged() -> None:
    english = "What does it cost for you and your team?"
    german = "Guten Tag, was kostet die Maschine und wie schnell ist sie für uns?"
    one, other = lead(message=english), lead(message=german)
    wrong = conflict(Code.LANGUAGE_MISMATCH, "Hello Kim Doe,")
    previous = drafting(drafting_task(one))
    assert drafting(drafting_task(other, settle=(wrong,), previous=previous)).language == "de"
    french = lead(message="Bonjour, nous sommes une entreprise et nous avons une question pour vous.")
    assert drafting(drafting_task(french, settle=(wrong,), previous=previous)).body == previous.body


def test_a_second_redraft_keeps_what_the_first_did() -> None:
    one = lead(message=ASKS)
    first = redrafted(ASKS, conflict(Code.UNPERMITTED_PROMISE, PRICE))
    second = drafting(drafting_task(one, settle=(conflict(Code.UNSOURCED_CLAIM, SPEED),), previous=first))
    assert PRICE not in second.body
    assert SPEED not in second.body
    assert second.slots == first.slots


# --- a reviewer's wishes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("note", "asked", "left"),
    [
        ("shorter", {Wish.SHORTER}, ()),
        ("Please make it shorter and offer a meeting.", {Wish.SHORTER, Wish.MEETING}, ()),
        ("Bitte kürzer und vorsichtiger.", {Wish.SHORTER, Wish.CALMER}, ()),
        ("Bitte einen Termin anbieten", {Wish.MEETING}, ()),
        ("Less confident, but mention our dog.", {Wish.CALMER}, ("mention our dog",)),
        ("Don't make it shorter", set(), ("Don't make it shorter",)),
        ("do not offer a meeting", set(), ("do not offer a meeting",)),
        ("👍", set(), ()),
        ("", set(), ()),
    ],
)
def test_reading_a_note(note: str, asked: set[Wish], left: tuple[str, ...]) -> None:
    found = wishes_in(note)
    assert (set(found.asked), found.left) == (asked, left)


def wished(note: str, message: str = ASKS) -> Draft:
    return drafting(drafting_task(lead(message=message), note=note))


def test_shorter_keeps_the_first_sentence_one_answer_and_what_is_asked() -> None:
    draft = wished("shorter")
    assert draft.body.split("\n\n")[1:-1] == [
        "Thank you for asking about Sortomat.",
        PRICE,
        "How many parts do you sort?",
    ]
    assert draft.not_followed == ()


def test_shorter_is_not_followed_where_nothing_became_shorter() -> None:
    book = with_pattern(body="Thank you.\n\n{answers}\n\nWhat do you sort?")
    draft = drafting(drafting_task(lead(message="What does it cost?"), book, note="shorter"))
    assert draft.not_followed == ("shorter: no sentence of this reply is optional",)
    assert draft.body == drafting(drafting_task(lead(message="What does it cost?"), book)).body


def test_a_careful_letter_made_shorter_still_says_why_there_is_no_answer() -> None:
    draft = wished("more careful and shorter")
    assert "Before we can answer, we need to check with a colleague." in draft.body
    assert draft.tone is Tone.CAREFUL


def test_offering_a_meeting_and_more_care() -> None:
    assert wished("offer a meeting").subject == "Meeting at Corrubox Ltd"
    assert wished("more careful, please").tone is Tone.CAREFUL
    german = wished("offer a meeting", "Was kostet die Maschine und wie schnell ist sie für uns?")
    assert german.not_followed == ("offer a meeting: the playbook has no pattern for it in this language",)


def test_removing_and_adding_words() -> None:
    draft = wished('remove "4 square metres" and add "We answer within a day."; be nicer')
    assert "4 square metres" not in draft.body
    assert draft.body.endswith("We answer within a day.\n\nKind regards\nThe Sortomat team")
    assert draft.not_followed == ("be nicer",)
    assert wished('drop "no such words"').not_followed == ("remove “no such words”: no sentence holds these words",)


# --- any lead, any playbook ----------------------------------------------------------------------------------------


def everything(one: Lead, book: Any = None, note: str = "") -> tuple[Any, ...]:
    return (
        qualification(qualification_task(one, book, note=note)),
        research(research_task(one, note=note), ()),
        drafting(drafting_task(one, book, note=note)),
        fit_risk(fit_risk_task(one, book, note=note)),
    )


def checked(one: Lead, note: str = "") -> None:
    sources = one.words() | {"lead:email": one.email, "reviewer": note}
    judged, company, draft, risks = everything(one, note=note)
    quotes = [*(c.quote for c in judged.criteria), *(f.quote for f in company.facts), *(f.quote for f in risks.flags)]
    assert all(quote.text in sources[quote.source] for quote in quotes if quote)
    assert len(draft.body.split()) <= 150
    for output in (judged, company, draft, risks):
        type(output).model_validate_json(output.model_dump_json(), extra="forbid")


WORDS = st.sampled_from(
    "we run have are employees 12 50-100 warehouses plants cost price based in Leeds, Germany. not? never! by 1 March \n "
    "explosives your terms {{fact1}} {answers} http://x.example <b> 👍 مرحبا \u202e use SAP and our wir betreiben zwei".split(
        " "
    )
)
MESSAGES = st.one_of(st.lists(WORDS, min_size=1, max_size=40).map(" ".join), st.text(max_size=200))


def _lead(**fields: Any) -> Lead | None:
    try:
        return lead(**fields)
    except ValueError:
        return None


@settings(max_examples=150, deadline=None)
@given(message=MESSAGES, name=st.text(max_size=40), company=st.text(max_size=40), note=MESSAGES)
def test_every_lead_and_note_gives_four_valid_outputs(message: str, name: str, company: str, note: str) -> None:
    if one := _lead(message=message, name=name, company=company):
        checked(one, note[:1_000])


LONG = {
    "emoji": "👍" * 20_000,
    "right to left": "مرحبا بكم " * 2_000,
    "no blanks": "a" * 20_000,
    "digits": "1" * 20_000,
    "employees": "We have 12 employees. " * 900,
    "clauses": "We run 12 warehouses and we use SAP and we ship boxes. " * 360,
    "one sentence": "we run two plants and our own sorting machine uses explosives, " * 310,
    "founded": "founded in " * 1_800,
    "places": "based in Aa Bb Cc, " * 1_050,
    "dates": "we want by the end of the " * 760,
    "lines": "a\n" * 9_900,
    "quotes": '"' * 20_000,
    "prices": "cost price how fast " * 1_000,
    "german": "nutzen wir " * 1_800,
    "dashes": "-" * 20_000,
    "markers": "{{fact1}} {answers} " * 1_000,
}


@pytest.mark.parametrize("name", LONG)
def test_twenty_thousand_characters_take_no_second(name: str) -> None:
    one = lead(message=LONG[name][:20_000], name="Kim" * 90, company="Aa " * 90)
    began = time.process_time()
    everything(one, note=LONG[name][:1_000])
    assert time.process_time() - began < 1.0
    checked(one, LONG[name][:1_000].strip())


# --- the demo's wrapper --------------------------------------------------------------------------------------------


async def test_simulated_latency_waits_and_says_so() -> None:
    slow = Simulated(RulesProvider(), {Stream.DRAFTING: timedelta(milliseconds=50)}, frozenset())
    began = time.monotonic()
    work = await slow.drafting(drafting_task(lead()))
    assert time.monotonic() - began >= 0.05
    assert work.made.provider == slow.name == f"rules {LABEL}"
    assert (await slow.qualification(qualification_task(lead()))).made.provider == "rules"
    assert (await slow.fit_risk(fit_risk_task(lead()))).output == fit_risk(fit_risk_task(lead()))


async def test_a_simulated_outage_is_one_leads_and_one_streams() -> None:
    task = research_task(lead())
    down = Simulated(RulesProvider(), {}, frozenset({(task.lead_id, Stream.RESEARCH)}))
    with pytest.raises(ProviderError, match="simulated outage") as error:
        await down.research(task, ())
    assert (error.value.code, error.value.retryable) == ("simulated_outage", True)
    assert (await down.research(research_task(lead(message="Another.")), ())).output is not None
