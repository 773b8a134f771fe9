"""Links in the reply: which text is one, which the playbook permits, and that a redraft leaves out the rest."""

from __future__ import annotations

import time

import pytest
from merge_builders import case, conflicts, draft, fact, letter, note, rules

from leadbraid.conflicts.links import links_in
from leadbraid.merge import fill
from leadbraid.models import Code, Resolver, Severity, Slot
from leadbraid.models.playbook import Product

ALLOWED = ("kestrel.example", "https://docs.kestrel.example/start", "forms.kestrel.example/f/", "bücher.example")


def _found(text: str, links: tuple[str, ...] = ALLOWED) -> list[str]:
    body = letter(CALM, text)
    return [one.left.text for one in conflicts(case(body=body, rules=rules(links=links)), Code.UNPERMITTED_LINK)]


CALM = "We may come back to you."


FOREIGN = {
    "plain": "See https://evil.example/login for more",
    "http": "See http://evil.example",
    "upper case": "See HTTPS://EVIL.EXAMPLE/A",
    "defused": "See hxxps://evil.example/a",
    "dot in brackets": "See evil[.]example/a",
    "written dot": "See evil (dot) example",
    "colon in brackets": "See https[:]//evil.example",
    "no scheme": "See evil.com today",
    "www": "See www.evil.museum",
    "path without scheme": "See go.evil.museum/a1",
    "protocol-relative": "See //evil.example/a",
    "backslashes": "See https:\\\\evil.example",
    "permitted name as user": "See https://kestrel.example@evil.example/",
    "permitted name as user and password": "See https://kestrel.example:443@evil.example/",
    "backslash before the at": "See https://kestrel.example\\@evil.example",
    "permitted name as subdomain": "See https://kestrel.example.evil.example/",
    "longer name": "See https://notkestrel.example/",
    "other subdomain": "See https://login.kestrel.example/",
    "other port": "See https://kestrel.example:8443/",
    "punycode": "See https://xn--kstrel-cua.example/",
    "homograph": "See https://kеstrel.example/",
    "full width": "See https://ｅｖｉｌ．example/",
    "ideographic stop": "See https://evil。example/",
    "soft hyphen": "See https://ev\u00adil.example/",
    "zero width": "See ev\u200bil.com/a",
    "entity": "See https&#58;//evil.example/",
    "last dot": "See https://evil.example./",
    "number": "See http://203.0.113.7/a",
    "number without scheme": "See 203.0.113.7:8080/a",
    "number as one": "See http://3405803783/",
    "number in six": "See http://[2001:db8::1]/",
    "mailto": "Write to mailto:x@evil.example",
    "mailto to two": "Write to mailto:a@kestrel.example,b@evil.example",
    "e-mail": "Write to sales@evil.example please",
    "e-mail with written at": "Write to sales (at) evil.example",
    "markdown": "Click [here](https://evil.example/a)",
    "markdown without scheme": "Click [here](evil.example/a)",
    "markdown with a path alone": "Click [here](/login)",
    "markdown image": "![](https://evil.example/p.gif)",
    "html": 'Click <a href="https://evil.example">kestrel.example</a>',
    "html image": "<img src=//evil.example/p.gif>",
    "script": "See javascript:alert(1)",
    "data": "See data:text/html;base64,AAAA",
    "ftp": "See ftp://kestrel.example/a",
    "telephone": "Call tel:+490000000",
    "address within an address": "See https://kestrel.example/?u=https://evil.example/",
    "escaped address within": "See https://kestrel.example/?u=https%3A%2F%2Fevil.example%2F",
    "beside the permitted path": "See https://docs.kestrel.example/other",
    "path that only begins so": "See https://docs.kestrel.example/starting",
    "path that climbs": "See https://docs.kestrel.example/start/../admin",
    "path that climbs escaped": "See https://docs.kestrel.example/start/%2e%2e/admin",
    "scheme that is not permitted": "See http://docs.kestrel.example/start",
    "company like a host": "We know Booking.com well",
    "other alphabet": "See пример.рф",
    "escaped host": "See https://%65vil.example/",
}


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_link_that_is_not_listed_blocks_with_its_sentence(text: str) -> None:
    assert _found(text), links_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "See https://kestrel.example/prices.",
        "See http://kestrel.example",
        "See https://www.kestrel.example/a?b=c#d",
        "See HTTPS://Kestrel.Example/A",
        "See https://kestrel.example:443/",
        "See https://kestrel.example./",
        "See kestrel.example for more",
        "Write to sales@kestrel.example",
        "Click [here](https://kestrel.example/a)",
        "See https://docs.kestrel.example/start",
        "See https://docs.kestrel.example/start/one",
        "See docs.kestrel.example/start",
        "See https://forms.kestrel.example/f/12",
        "See https://bücher.example/",
        "See https://xn--bcher-kva.example/",
    ],
)
def test_a_link_that_is_listed_may_stand(text: str) -> None:
    assert _found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "z.B. drei Standorte, d.h. alle Tore, u.a. in Ulm",
        "e.g. two sites, i.e. both, at 9 a.m. or 5 p.m.",
        "It takes 3.5 hours, from 24.12. to 31.12.2026.",
        "It runs on Node.js, ASP.NET, Vue.js and .NET 8.",
        "The files are plan.pdf, readme.md, setup.py and photo.zip.",
        "Version 1.2.3.4 is out, release 2.10.0 follows.",
        "We open at 10:30, gate 4/5, and/or gate 6.",
        "Your message of 3.4. was clear.It helped us.",
        "Nordwind Logistik GmbH & Co. KG, Dr. Berg, U.S. office",
        "The price is 1.200,50 EUR per site/month.",
        "Ratio 3:1, see a//b in the drawing",
        "As discussed: two doors. In May we begin.",
        "Usw. usf. bzw. ca. 12 Tore",
        "Is that right?No, it is left.So be it.",
    ],
)
def test_what_only_looks_a_little_like_a_link_is_none(text: str) -> None:
    assert links_in(text) == ()


def test_the_products_own_name_is_no_link_but_its_host_with_a_path_is() -> None:
    product = Product(name="Kestrel.io", summary="It plans visits.")

    def found(text: str) -> bool:
        return bool(conflicts(case(body=letter(text), rules=rules(product=product)), Code.UNPERMITTED_LINK))

    assert not found("Kestrel.io plans visits.")
    assert found("See kestrel.io/login now.")


def test_it_blocks_and_is_for_drafting_to_settle() -> None:
    (one,) = conflicts(case(body=letter(CALM, "Log in at https://evil.example/a.")), Code.UNPERMITTED_LINK)
    assert (one.severity, one.resolver) == (Severity.BLOCKING, Resolver.DRAFTING)
    assert one.left.text == "Log in at https://evil.example/a."
    assert (one.right.source, one.right.text) == ("playbook:links", "no links")


def test_a_company_fact_with_a_link_fills_no_slot() -> None:
    slots = (Slot(marker="{{fact1}}", sentence="As we know, {{fact1}}."),)
    told = note(facts=(fact("Nordwind tracks its trucks at nordwind-track.com"),))
    assert fill(draft("Hello. As we know, {{fact1}}.", slots=slots), told).body == "Hello."


def test_a_link_in_the_subject_counts() -> None:
    assert conflicts(case(subject="Your account at evil.example/a"), Code.UNPERMITTED_LINK)


@pytest.mark.parametrize(
    "text",
    [
        "a." * 10_000,
        "https://" * 2_500,
        "a@" * 10_000,
        "[" * 20_000,
        "//a.b" * 4_000,
        "x" * 20_000,
        "a-" * 10_000,
        "[](" * 6_000,
    ],
    ids=lambda text: text[:8],
)
def test_hostile_text_is_read_in_under_a_second(text: str) -> None:
    begun = time.perf_counter()
    links_in(text)
    assert time.perf_counter() - begun < 1
