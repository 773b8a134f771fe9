"""The screen: which leads need no stream, in which order, and with which words."""

from __future__ import annotations

import pytest

from leadbraid.models import Lead
from leadbraid.models.playbook import ScreenRules
from leadbraid.screen import screen

RULES = ScreenRules()


def lead(message: str = "We need dock planning for 14 sites.", email: str = "anna@mail.nordwind.example") -> Lead:
    return Lead(email=email, message=message)


@pytest.mark.parametrize(
    ("email", "listed", "found"),
    [
        pytest.param("anna@nordwind.example", "anna@nordwind.example", True, id="address"),
        pytest.param("Anna@Nordwind.Example", "anna@nordwind.example", True, id="address-in-another-case"),
        pytest.param("anna+news@nordwind.example", "anna@nordwind.example", True, id="address-with-a-tag"),
        pytest.param("anna@nordwind.example", "nordwind.example", True, id="domain"),
        pytest.param("anna@mail.nordwind.example", "nordwind.example", True, id="subdomain"),
        pytest.param("anna@münchen.example", "xn--mnchen-3ya.example", True, id="international-domain"),
        pytest.param("anna@nordwind.example", "mail.nordwind.example", False, id="only-a-subdomain-is-listed"),
        pytest.param("anna@notnordwind.example", "nordwind.example", False, id="a-domain-that-merely-ends-so"),
        pytest.param("bert@nordwind.example", "anna@nordwind.example", False, id="somebody-else"),
    ],
)
def test_suppressed_addresses_and_domains_are_final(email: str, listed: str, found: bool) -> None:
    screened = screen(lead(email=email), RULES, frozenset({listed}))
    assert (screened is not None) is found
    if screened:
        assert (screened.code, screened.final) == ("suppressed", True)
        assert listed in screened.reason


@pytest.mark.parametrize(
    ("message", "code", "quoted"),
    [
        ("Please do not contact me again. I mean it.", "do_not_contact", "Please do not contact me again."),
        ("Don’t contact me any more.", "do_not_contact", "Don’t contact me any more."),
        ("I said: do not\ncontact me.", "do_not_contact", "do not contact me"),
        ("Bitte nicht kontaktieren!", "do_not_contact", "Bitte nicht kontaktieren!"),
        ("Hi! We sell backlinks for cheap.", "spam", "We sell backlinks for cheap."),
        ("https://a.example https://b.example www.c.example http://d.example", "spam", "https://a.example"),
        ("Please find my CV for the role.", "not_sales", "Please find my CV for the role."),
        ("Anbei meine Bewerbung als Fahrer.", "not_sales", "Anbei meine Bewerbung als Fahrer."),
        ("Bitte löschen Sie meine Daten.", "do_not_contact", "Bitte löschen Sie meine Daten."),
        ("Schreiben Sie mir nicht mehr!", "do_not_contact", "Schreiben Sie mir nicht mehr!"),
        ("Take me off your list.", "do_not_contact", "Take me off your list."),
        ("Our news. View this email in your browser.", "spam", "View this email in your browser."),
        ("We help SaaS companies grow. Time for a call?", "spam", "We help SaaS companies grow."),
        ("Wir bieten Suchmaschinenoptimierung an.", "spam", "Wir bieten Suchmaschinenoptimierung an."),
        ("I would like to apply for the role of driver.", "not_sales", "I would like to apply for the role of driver."),
        ("Anbei mein Lebenslauf.", "not_sales", "Anbei mein Lebenslauf."),
        ("We are an existing customer and stuck.", "not_sales", "We are an existing customer and stuck."),
        ("Ich kann mich nicht anmelden.", "not_sales", "Ich kann mich nicht anmelden."),
        ("I am a journalist. Who can I talk to?", "not_sales", "I am a journalist."),
        ("We have decided for another provider.", "not_sales", "We have decided for another provider."),
        ("👍👍 🎉", "no_words", "👍👍 🎉"),
        ("?? 12345 !!", "no_words", "?? 12345 !!"),
    ],
)
def test_screened_leads_say_why_in_the_leads_own_words(message: str, code: str, quoted: str) -> None:
    screened = screen(lead(message), RULES, frozenset())
    assert screened is not None
    assert (screened.code, screened.final) == (code, code == "do_not_contact")
    assert quoted in screened.reason


@pytest.mark.parametrize(
    "message",
    [
        "We need dock planning for 14 sites.",
        "Please don't unsubscribe me from the newsletter, we like it.",
        "See https://nordwind.example and https://nordwind.example/sites for our sites.",
        "こんにちは。価格を教えてください。",
        "مرحبا، نريد عرض أسعار.",
        "We are not looking for SEO services, we want your planning tool.",
        "What would it cost us for 14 sites?\n\nOn Tue, 3 Mar 2026, Sam wrote:\n> Do not contact me again.",
        "Our drivers cannot see their slots in the tool of today, so we look for another.",
        "How do you handle error messages of a carrier's system?",
        "We work with several companies like yours and compare offers.",
    ],
)
def test_ordinary_enquiries_pass(message: str) -> None:
    assert screen(lead(message), RULES, frozenset()) is None


def test_the_order_is_fixed_suppressed_first_no_words_last() -> None:
    message = "Do not contact me. Casino backlinks. My CV is attached."
    listed = frozenset({"nordwind.example"})
    kept = RULES
    for code, dropped in [("suppressed", None), ("do_not_contact", "do_not_contact"), ("spam", "spam")]:
        screened = screen(lead(message), kept, listed)
        assert screened is not None and screened.code == code
        listed = frozenset()
        kept = kept.model_copy(update={dropped: ()}) if dropped else kept
    screened = screen(lead(message), kept, listed)
    assert screened is not None and screened.code == "not_sales"


def test_a_long_quote_is_cut_to_one_line() -> None:
    screened = screen(lead("backlinks " + "very " * 200), RULES, frozenset())
    assert screened is not None
    assert len(screened.reason) <= 300 and "\n" not in screened.reason
