"""What can be said of a text by documented rules."""

from __future__ import annotations

import time

import pytest

from leadbraid import text
from leadbraid.models import Tone
from leadbraid.text import (
    affirms,
    commitments_in,
    fold,
    headcount_in,
    headcounts_in,
    is_factual,
    language_of,
    mentions,
    numbers,
    script_of,
    sentence_with,
    sentences,
    tone_of,
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("One. Two! Three? Four… Five", ("One.", "Two!", "Three?", "Four…", "Five")),
        ("We use old systems. They fail.", ("We use old systems.", "They fail.")),
        ("From Costa Rica. By sea.", ("From Costa Rica.", "By sea.")),
        ("See e.g. this one. Done.", ("See e.g. this one.", "Done.")),
        ("Dr. Who came. He left.", ("Dr. Who came.", "He left.")),
        ("Acme Inc. makes it. Acme Inc. We do too.", ("Acme Inc. makes it.", "Acme Inc.", "We do too.")),
        ("No. 5 is alive. We said no. Twice.", ("No. 5 is alive.", "We said no.", "Twice.")),
        ("Bis zum 1. März bitte. Danke.", ("Bis zum 1. März bitte.", "Danke.")),
        ("Line one\nline two", ("Line one", "line two")),
        ('He said "yes." She left.', ('He said "yes."', "She left.")),
        ("你好。再见。", ("你好。", "再见。")),
        ("  \n\n ", ()),
        ("", ()),
    ],
)
def test_sentences(given: str, expected: tuple[str, ...]) -> None:
    assert sentences(given) == expected


def test_every_sentence_is_a_substring() -> None:
    given = "A b.  C d!\n\tE (f). „G?“ H… 1. Mai. z.B. so 👍. مرحبا. 你好。x"
    assert all(one in given for one in sentences(given))


@pytest.mark.parametrize(
    ("given", "phrase", "held", "affirmed"),
    [
        ("We use SAP.", "sap", True, True),
        ("We don’t use SAP.", "SAP", True, False),
        ("We do not use SAP.", "SAP", True, False),
        ("Not only SAP, also Oracle.", "SAP", True, True),
        ("No, we use SAP.", "SAP", True, True),
        ("SAP nutzen wir nicht.", "SAP", True, False),
        ("Wir haben kein SAP.", "SAP", True, False),
        ("non-hazardous goods", "hazardous", True, False),
        ("no explosives, but hazardous goods", "hazardous goods", True, True),
        ("We never had it, then SAP came. We use SAP.", "SAP", True, True),
        ("SAPling", "SAP", False, False),
        ("Ｓ\u200bＡＰ", "SAP", True, True),
        ("we write C++ here", "C++", True, True),
        ("anything", "", False, False),
        ("anything", " ", False, False),
    ],
)
def test_mentions_and_affirms(given: str, phrase: str, held: bool, affirmed: bool) -> None:
    assert (mentions(given, phrase), affirms(given, phrase)) == (held, affirmed)


def test_sentence_with_takes_the_first_that_affirms() -> None:
    given = "We have no docks. We plan docks. More docks."
    assert sentence_with(given, ["docks"]) == "We plan docks."
    assert sentence_with(given, ["docks"], negated=True) == "We have no docks."
    assert sentence_with(given, ["ships"]) == ""


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("We would like to know what the machine costs and how it works with our parts.", "en"),
        ("Wir möchten wissen, was die Maschine kostet und wie sie mit unseren Teilen arbeitet.", "de"),
        ("Bonjour, nous sommes une entreprise de logistique et nous avons des quais.", "fr"),
        ("Hola, somos una empresa de logística y nos gustaría saber más por favor, gracias.", "es"),
        ("Buongiorno, siamo una ditta e vorremmo sapere come funziona per noi, grazie.", "it"),
        ("Hallo, wij zijn een bedrijf met vier magazijnen en wij zoeken een systeem voor ons.", "nl"),
        ("Hej, vi är ett företag med fyra lager och vi vill veta om det är något för oss.", "sv"),
        ("Price?", "en"),
        ("Preis?", "de"),
        ("Bitte um Rückruf.", "de"),
        ("Bonjour, quel est le prix ?", "fr"),
        ("see above", "unknown"),
        ("FYI", "unknown"),
        ("Moerdijk, Chur, Aarhus", "unknown"),
        ("👍👍👍", "unknown"),
        ("مرحبا نريد معرفة السعر من فضلكم", "unknown"),
        ("Здравствуйте, сколько стоит ваша система для нашего склада?", "unknown"),
        ("", "unknown"),
    ],
)
def test_language(given: str, expected: str) -> None:
    assert language_of(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("What does it cost?", "Latin"),
        ("Ｗｉｅ　viel?", "Latin"),
        ("Здравствуйте, сколько стоит SAP?", "Cyrillic"),
        ("مرحبا، نريد معرفة سعر النظام", "Arabic"),
        ("当社は倉庫を3か所運営しています。", "Japanese"),
        ("请告诉我们价格", "Chinese"),
        ("가격이 얼마입니까", "Hangul"),
        ("We met at the fair in 東京.", "Latin"),
        ("👍 12", ""),
        ("", ""),
    ],
)
def test_script(given: str, expected: str) -> None:
    assert script_of(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Thank you for writing. Here is the answer.", Tone.MEASURED),
        ("We would be delighted to help.", Tone.CONFIDENT),
        ("Great!", Tone.CONFIDENT),
        ("Before we can answer, we need to check this.", Tone.CAREFUL),
        ("This may work.", Tone.CAREFUL),
        ("We start in May, on 3 May, and until May.", Tone.MEASURED),
        ("Certainly, but it may depend.", Tone.MEASURED),
        ("", Tone.MEASURED),
    ],
)
def test_tone(given: str, expected: Tone) -> None:
    assert tone_of(given) is expected


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        ("It costs 300 EUR.", ["price"]),
        ("It costs €300.", ["price"]),
        ("You are live by 1 March.", ["date"]),
        ("It takes place within 6 weeks.", ["date"]),
        ("It is free of charge.", ["discount"]),
        ("You get 20 % off.", ["discount"]),
        ("You are live by the end of March.", ["date"]),
        ("It is ready next quarter.", ["date"]),
        ("We start in Q3.", ["date"]),
        ("All of it is done this year.", ["date"]),
        ("It works from March.", ["date"]),
        ("You are live in May 2027.", ["date"]),
        ("November at the latest.", ["date"]),
        ("Bis Ende März läuft alles.", ["date"]),
        ("Im Mai 2027 sind Sie so weit.", ["date"]),
        ("Wir sind nächsten Monat bei Ihnen.", ["date"]),
        ("You get 20 percent off.", ["discount"]),
        ("Sie bekommen 20 Prozent Nachlass.", ["discount"]),
        ("Sie bekommen 20 Prozent Rabatt.", ["discount"]),
        ("You pay half price.", ["discount"]),
        ("The set-up is on the house.", ["discount"]),
        ("Das ist für Sie gratis.", ["discount"]),
        ("We waive the fee.", ["discount"]),
        ("We have been in business since May 2019.", []),
        ("We have been in business since early March.", []),
        ("The firm was founded in March 2010.", []),
        ("Uns gibt es seit März 2020.", []),
        ("You may call us; the march of time.", []),
        ("Which times in the coming days suit you?", []),
        ("Half an hour is enough, the price is in the list.", []),
        ("Which system do you use today, and which do you march to?", []),
        ("We guarantee it.", ["guarantee"]),
        ("We will build this for you.", ["feature"]),
        ("Does it cost 300 EUR?", []),
        ("You wrote “by 1 March”.", []),
        ("We answer your question.", []),
    ],
)
def test_commitments(given: str, kinds: list[str]) -> None:
    assert [one.kind.value for one in commitments_in(given)] == kinds


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("We have 240 employees.", 240),
        ("We have about 1,200 employees.", 1200),
        ("Wir haben 1.200 Mitarbeiter.", 1200),
        ("ein Lager mit 95 Mitarbeitern", 95),
        ("nous sommes une entreprise avec 130 salariés", 130),
        ("We are 35 people.", 35),
        ("We're a team of five.", 5),
        ("A 40-person company.", 40),
        ("We employ over 1,500 people.", 1500),
        ("10k employees", 10_000),
        ("A hall where 420 people work.", 420),
        ("Can we use it for our 80 employees?", 80),
        ("Our customer has 900 employees, we have 12 employees.", 12),
        ("We plan to hire 20 employees.", None),
        ("Your 300 employees", None),
        ("Can you handle 500 employees?", None),
        ("Three people will join the call.", None),
        ("50 to 100 employees", None),
        ("We have employees.", None),
        ("", None),
    ],
)
def test_headcount(given: str, expected: int | None) -> None:
    assert headcount_in(given) == expected


def test_a_range_of_employees_stays_a_range() -> None:
    (found,) = headcounts_in("We have between 50 and 100 employees.")
    assert (found.low, found.high, found.text) == (50, 100, "between 50 and 100 employees")


def test_every_headcount_is_a_substring() -> None:
    given = "We are about 35 people in Ely; our other firm has 1 200 staff. A team of six."
    assert [one.low for one in headcounts_in(given)] == [35, 1200, 6]
    assert all(one.text in given for one in headcounts_in(given))


def test_numbers_lose_their_thousands_separators() -> None:
    assert numbers("1,200 and 1.200 and 3.5 and 7") == {"1200", "3.5", "7"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [("It sorts 9 parts.", True), ("Trusted by many.", True), ("Do you sort 9?", False), ("Thank you.", False)],
)
def test_factual(given: str, expected: bool) -> None:
    assert is_factual(given) is expected


def test_fold_unifies_forms_case_and_blanks() -> None:
    assert fold("  ＦＯＯ\u200b\n Straße’s ") == "foo strasse's"


HOSTILE = {
    "digits": "1" * 20_000,
    "digit groups": "1 111 " * 3_300,
    "blanks": "team of" + " " * 19_000 + "x",
    "quotes": '"' * 20_000,
    "lines": "a.\n" * 6_600,
    "full stops": ". " * 10_000,
    "abbreviations": "ms. dr. e.g. " * 1_500,
    "brackets": "(" * 10_000 + ")" * 10_000,
    "phrase": "sap not " * 2_500,
    "one word": "a" * 20_000,
    "emoji": "👍\u200d" * 10_000,
    "right to left": "مرحبا " * 3_300,
    "capitals": "We run A" + " Aa-Bb" * 3_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_long(name: str) -> None:
    given = HOSTILE[name]
    began = time.process_time()
    (
        sentences(given),
        language_of(given),
        script_of(given),
        tone_of(given),
        commitments_in(given),
        numbers(given),
        is_factual(given),
    )
    headcounts_in(given), affirms(given, "sap"), sentence_with(given, ["sap", "e.g."]), text.words(given)
    assert time.process_time() - began < 1.0
