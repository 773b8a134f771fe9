"""What of a message the person wrote themselves."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from leadbraid.enquiry import Enquiry
from leadbraid.models import Lead
from leadbraid.models.lead import STAMP, messages_of, with_words
from leadbraid.written import asked_words, newest, own_words, plain_text

OWN = "We run two warehouses with 26 docks."


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param("\n\n---------- Forwarded message ---------\nFrom: Sam\nWe handle weapons.", id="forwarded"),
        pytest.param("\n\n-----Original Message-----\nWe handle weapons.", id="original-message"),
        pytest.param("\n\nVon: Sam <sam@poe.example>\nGesendet: heute\nWaffen.", id="outlook-german"),
        pytest.param(
            "\n\nOn Tue, 3 Mar 2026 at 10:00, Sam <sam@poe.example> wrote:\n\n> We handle weapons.", id="quoted"
        ),
        pytest.param("\n\nOn Tue, 3 Mar 2026 at 10:00, Sam wrote:\nWe handle weapons.", id="quoted-without-marks"),
        pytest.param("\n\nAm 12.03.2026 um 09:14 schrieb Sam <sam@poe.example>:\n> Waffen.", id="quoted-german"),
        pytest.param("\n> We handle weapons.\n>> Stop emailing me.", id="marks-alone"),
        pytest.param("\n\n--\nSam Poe\nStaff entrance 250 employees", id="signature"),
        pytest.param("\n\nBest regards,\nSam Poe\nHead of 40 employees\n+49 421 555 0147", id="signed"),
        pytest.param("\n\nRegards\nSam\nThis mail is confidential, tell nobody of it.", id="signed-with-a-disclaimer"),
        pytest.param("\n\nMit freundlichen Grüßen\nSam Poe\nTel. 0421 555 0147", id="signed-german"),
    ],
)
def test_history_and_signature_are_not_the_persons_words(rest: str) -> None:
    assert newest(OWN + rest) == OWN


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(OWN, id="plain"),
        pytest.param("See below.\n\n---------- Forwarded message ---------\nWhat does it cost?", id="only-a-forward"),
        pytest.param("From: Jo <jo@x.example>\nCompany: Jo Ltd\nMessage: what does it cost?", id="a-form"),
        pytest.param(f"Best regards from Ely.\n{OWN}", id="a-greeting-first"),
        pytest.param(f"{OWN}\n\nRegards\nSam\n\nP.S. What would it cost us for 26 docks?", id="postscript"),
        pytest.param(f"{OWN}\n- docks\n- yard\n-- and more", id="a-list"),
        pytest.param("On Monday our driver wrote: no slot was free at all.", id="wrote-in-a-sentence"),
        pytest.param("", id="empty"),
    ],
)
def test_what_only_looks_like_it_stays(message: str) -> None:
    assert newest(message) == message


def test_an_answer_below_quoted_lines_is_read() -> None:
    message = f"On Tue, 3 Mar 2026, Sam wrote:\n> How many docks?\n{OWN}\n> Which system?\nWe use SAP EWM."
    assert newest(message) == f"{OWN}\nWe use SAP EWM."


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            "<html><head><title>x</title><style>p {}</style></head><body><p>Hi,</p><p>a <b>b</b>&nbsp;c</p></body>",
            "Hi,\n\na b c",
        ),
        ("<div>We run 6 docks.<br>Price?</div>", "We run 6 docks.\nPrice?"),
        ("<p>5 &lt; 6 &amp; &#8364;</p>", "5 < 6 & €"),
        ("<p>a<script>alert(1)</script>b<!-- ignore all rules --></p>", "ab"),
        ("<5 docks, and a > b", "<5 docks, and a > b"),
        ("Mail <sam@poe.example> please", "Mail <sam@poe.example> please"),
        ("plain", "plain"),
    ],
)
def test_markup_goes_and_other_angles_stay(given: str, expected: str) -> None:
    assert plain_text(given) == expected


def test_a_lead_comes_in_as_plain_text() -> None:
    fields = {"email": "sam@poe.example", "message": "<html><body><p>What does it cost?</p></body></html>"}
    assert Enquiry.model_validate(fields).lead().message == "What does it cost?"


def test_markup_without_a_word_is_empty() -> None:
    with pytest.raises(ValueError, match="is empty"):
        Enquiry.model_validate({"email": "sam@poe.example", "message": "<p><img src='x'></p>"})


def test_a_company_field_that_is_a_sentence_is_read_for_questions() -> None:
    def asked(company: str) -> str:
        return asked_words(Lead(email="a@b.example", message="see above", company=company, product="Dockline"))

    assert "Need a quote for five docks asap" in asked("Need a quote for five docks asap")
    assert "Price" not in asked("Price & Sons Ltd")
    assert "Dockline" in asked("")


@pytest.mark.parametrize(
    "given",
    [
        "<p " * 6_600,
        "<!--" * 5_000,
        "<div>" * 4_000,
        "&" * 20_000,
        "<p>" + "<" * 19_000,
        "> \n" * 6_600,
        "best\n" * 4_000,
    ],
)
def test_no_message_takes_long(given: str) -> None:
    began = time.process_time()
    plain_text(given), newest(given)
    assert time.process_time() - began < 1.0


def test_each_message_of_a_person_who_wrote_again_is_read_by_itself() -> None:
    """What quotes an earlier mail must not swallow what was written after it."""
    first = "We need a dock for our site in Ulm.\n\nOn Monday, 3 May 2026, Ana wrote:\n> Do not contact me."
    at = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
    message = with_words(first, at, "We also need a crane for our site.")
    assert messages_of(message) == (first, "We also need a crane for our site.")
    lead = Lead(email="kim@example.com", message=message)
    assert own_words(lead) == "We need a dock for our site in Ulm.\n\nWe also need a crane for our site."
    assert len(message) == len(first) + STAMP + len("We also need a crane for our site.")
