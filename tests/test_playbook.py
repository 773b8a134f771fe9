"""Reading a playbook: what passes, what each mistake is told, and that nothing else ever comes out."""

from __future__ import annotations

import re
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from leadbraid.errors import Finding, PlaybookError
from leadbraid.models import Plan, Playbook, Step, Stream, Tone, Wait
from leadbraid.plan import SHIPPED, waits_for
from leadbraid.playbook import (
    NEW_PLAYBOOK,
    advise,
    advise_text,
    check_playbook,
    load_playbook,
    parse_playbook,
    playbook_digest,
    show_effective,
)
from leadbraid.playbook.checks import SCREEN_CODES
from leadbraid.playbook.hints import HINTS
from leadbraid.text import tone_of, words

ROOT = Path(__file__).resolve().parent.parent
DOCKLINE = ROOT / "playbooks" / "dockline.yaml"
GUIDE = ROOT / "docs" / "playbook.md"

BASE = """\
name: base
product:
  name: Sorter
  summary: It sorts parcels.
  facts:
    - {id: speed, text: "It sorts 900 parcels an hour."}
ideal_customer:
  qualify_at: 50
  criteria:
    - id: size
      question: Big enough?
      weight: 2
      see: {headcount: {min: 5, max: 50}}
exclusions:
  - {id: rival, text: A rival, severity: blocking, when: {mentions: [we sort too], domains: [rival.example]}}
escalations:
  - {id: legal, text: For counsel, severity: warn, when: {mentions: [liability]}}
regions:
  - {id: home, countries: [DE], terms: [Berlin office]}
voice:
  languages: [en]
  greetings: {en: "Hello {name},"}
  greetings_unnamed: {en: "Hello,"}
  sign_offs: {en: Kind regards}
  avoid: [synergies]
topics:
  - id: price
    phrases: [price]
    answers: {en: It costs 5 EUR a parcel.}
    source: claim_price
reply_patterns:
  - id: priced
    asks: [price]
    subject: Prices of {product}
    body: |
      Thank you for asking.
      We saw that {{fact1}}.
      {answers}
    fact_kinds: [sites]
  - id: plain
    subject: Your enquiry
    body: Thank you for writing to us.
permitted_claims:
  - {id: claim_price, kind: price, text: costs 5 EUR a parcel}
forbidden_promises:
  - {id: no_gifts, kind: discount, phrases: [for nothing]}
tone_limits:
  confident: {warn: blocking}
next_step_policy:
  - {when: {flag: rival}, then: decline}
  - then: reply_now
next_steps:
  decline: {sends: false}
overlaps: []
screen:
  spam_links: 3
review:
  remind_after: PT4H
  due_after: P1D
  expire_after: P14D
max_redrafts: 1
stream_plan: parallel
"""


def _edited(*edits: tuple[str, str]) -> str:
    text = BASE
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in BASE"
        text = text.replace(old, new)
    return text


def _findings(text: str) -> tuple[Finding, ...]:
    with pytest.raises(PlaybookError) as caught:
        parse_playbook(text, "book.yaml")
    return caught.value.findings


def test_base_is_right_and_gives_what_it_says() -> None:
    book = parse_playbook(BASE, "book.yaml")
    assert (book.name, book.max_redrafts, book.screen.spam_links) == ("base", 1, 3)
    assert book.stream_plan == SHIPPED["parallel"]


# Each row: what is changed in BASE, the key, and words of the message. ">>" marks the line that must be named.
_OWN_PLAN = "stream_plan:\n  waits:\n"
MISTAKES: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "unknown key": ("  qualify_at: 50", ">>  qualify_it: 50", "ideal_customer.qualify_it", ("Did you mean `qualify_at`?",)),
    "unknown top key": ("max_redrafts: 1", ">>redrafts: 1", "redrafts", ("Did you mean `max_redrafts`?", "screen")),
    "unknown inner key": (
        "see: {headcount: {min: 5, max: 50}}",
        "see:\n>>        head_count: {min: 5}",
        "ideal_customer.criteria[size].see.head_count",
        ("Did you mean `headcount`?",),
    ),
    "missing key": ("      question: Big enough?\n", "", "ideal_customer.criteria[size].question", ("is missing", "e.g.")),
    "missing section": ("name: base\n", "", "name", ("is missing: write a short name",)),
    "number for text": ("name: base", ">>name: 42", "name", ('should be text, but is the number 42; put it in quotes: "42"',)),
    "list for text": ("name: base", ">>name: [a]", "name", ("should be text, but is a list",)),
    "text for number": ("      weight: 2", ">>      weight: heavy", "ideal_customer.criteria[size].weight", ("whole number", "`heavy`")),
    "fraction for number": ("      weight: 2", ">>      weight: 2.5", "ideal_customer.criteria[size].weight", ("whole number",)),
    "true for number": ("      weight: 2", ">>      weight: true", "ideal_customer.criteria[size].weight", ("whole number", "true")),
    "text for list": ("    asks: [price]", ">>    asks: price", "reply_patterns[priced].asks", ("should be a list", "`price`")),
    "text for block": ("  decline: {sends: false}", ">>  decline: no", "next_steps.decline", ("block of keys (sends)",)),
    "text for true": ("  decline: {sends: false}", ">>  decline: {sends: maybe}", "next_steps.decline.sends", ("true or false",)),
    "too high": ("      weight: 2", ">>      weight: 101", "ideal_customer.criteria[size].weight", ("at most 100",)),
    "too low": ("      weight: 2", ">>      weight: 0", "ideal_customer.criteria[size].weight", ("at least 1",)),
    "too many redrafts": ("max_redrafts: 1", ">>max_redrafts: 3", "max_redrafts", ("is 3; it must be at most 2",)),
    "empty list": ("    phrases: [price]", ">>    phrases: []", "topics[price].phrases", ("at least 1 entry",)),
    "too long": ("name: base", f">>name: {'x' * 301}", "name", ("has 301 characters; at most 300",)),
    "empty value": ("max_redrafts: 1", ">>max_redrafts:", "max_redrafts", ("is empty",)),
    "empty phrase": ("    phrases: [price]", '>>    phrases: [price, " "]', "topics[price].phrases[2]", ("is empty",)),
    "duplicate key": ("max_redrafts: 1", "max_redrafts: 1\n>>max_redrafts: 1", "max_redrafts", ("written twice, first in line 61",)),
    "wrong severity": (
        "  - {id: legal, text: For counsel, severity: warn,",
        ">>  - {id: legal, text: For counsel, severity: high,",
        "escalations[legal].severity",
        ("`high`", "info, warn, blocking"),
    ),
    "wrong step": ("  - then: reply_now", ">>  - then: reply_later", "next_step_policy[2].then", ("Did you mean `reply_now`?", "nurture")),
    "wrong tone": ("  confident: {warn: blocking}", ">>  bold: {warn: blocking}", "tone_limits.bold", ("careful, measured, confident",)),
    "wrong id": ("  - id: price\n    ph", ">>  - id: The Price\n    ph", "topics[The Price].id", ("small letters",)),
    "wrong country": ("countries: [DE]", "countries: [Germany]", "regions[home].countries[1]", ("two capital letters",)),
    "wrong language": ("  languages: [en]", ">>  languages: [en, english]", "voice.languages[2]", ("two small letters",)),
    "wrong duration": ("  due_after: P1D", ">>  due_after: 1 day", "review.due_after", ("`1 day`", "P14D (days)", "PT4H (hours)")),
    "seconds as duration": ("  due_after: P1D", ">>  due_after: 3600", "review.due_after", ("PT4H (hours)",)),
    "months as duration": ("  due_after: P1D", ">>  due_after: P1M", "review.due_after", ("P14D (days)",)),
    "control character": ("name: base", '>>name: "ba\\x07se"', "name", ("U+0007",)),
    "same id twice": ("    - id: size", ">>    - id: speed", "ideal_customer.criteria[speed].id", ("`speed` is the id of product.facts, entry 1",)),
    "unknown source": ("    source: claim_price", ">>    source: claim_prize", "topics[price].source", ("Did you mean `claim_price`?",)),
    "unknown asks": ("    asks: [price]", ">>    asks: [prices]", "reply_patterns[priced].asks[1]", ("Did you mean `price`?",)),
    "unknown flag": ("  - {when: {flag: rival}", ">>  - {when: {flag: rivals}", "next_step_policy[1].when.flag[1]", ("`rival`", "legal")),
    "unknown criterion": ("  - {when: {flag: rival}", ">>  - {when: {unknown: [siz]}", "next_step_policy[1].when.unknown[1]", ("`size`",)),
    "unknown topic": ("  - {when: {flag: rival}", ">>  - {when: {asks: [prise]}", "next_step_policy[1].when.asks[1]", ("`price`",)),
    "unknown conflict": ("  - {when: {flag: rival}", ">>  - {when: {conflict: [overlapp]}", "next_step_policy[1].when.conflict[1]", ("`overlap`",)),
    "unknown screen": ("  - {when: {flag: rival}", ">>  - {when: {screen: spams}", "next_step_policy[1].when.screen[1]", ("`spam`",)),
    "unknown verdict": ("  - {when: {flag: rival}", ">>  - {when: {verdict: good}", "next_step_policy[1].when.verdict[1]", ("not_qualified",)),
    "link with a query": ("max_redrafts: 1", "max_redrafts: 1\n>>links: [ok.example, https://a.example/?b]", "links[2]", ("`https://a.example/?b`", "`example.com`")),
    "link in capitals": ("max_redrafts: 1", "max_redrafts: 1\n>>links: [Example.com]", "links[1]", ("small letters",)),
    "link that is a word": ("max_redrafts: 1", "max_redrafts: 1\n>>links: [website]", "links[1]", ("`website`",)),
    "link to an address": ("max_redrafts: 1", "max_redrafts: 1\n>>links: [a@b.example]", "links[1]", ("`a@b.example`",)),
    "source for no sentence": (
        "    fact_kinds: [sites]",
        '    sources:\n>>      "It is fast.": speed',
        "reply_patterns[priced].sources.It is fast.",
        ("no sentence of this pattern's body",),
    ),
    "source unknown": (
        "    fact_kinds: [sites]",
        '    sources:\n>>      "Thank you for asking.": sped',
        "reply_patterns[priced].sources.Thank you for asking.",
        ("Did you mean `speed`?",),
    ),
    "placeholder in subject": (
        "    subject: Prices of {product}",
        ">>    subject: Prices for {name}",
        "reply_patterns[priced].subject",
        ("`{name}`", "{company}"),
    ),
    "slot in subject": ("    subject: Prices of {product}", ">>    subject: As {{fact1}}", "reply_patterns[priced].subject", ("{{fact1}}",)),
    "placeholder in body": ("    body: Thank you for writing to us.", ">>    body: Hi {firm}", "reply_patterns[plain].body", ("`{firm}`",)),
    "third slot": ("    body: Thank you for writing to us.", '>>    body: "{{fact3}}."', "reply_patterns[plain].body", ("`{{fact3}}`",)),
    "open brace": ("    body: Thank you for writing to us.", ">>    body: Dear {company", "reply_patterns[plain].body", ("`{`",)),
    "placeholder in greeting": ('  greetings: {en: "Hello {name},"}', '>>  greetings: {en: "Hello {first},"}', "voice.greetings.en", ("{name}",)),
    "placeholder in answer": ("    answers: {en: It costs", '>>    answers: {en: "It {x} costs 5 EUR a parcel."} #', "topics[price].answers.en", ("`{x}`",)),
    "two slots in a sentence": (
        "    body: Thank you for writing to us.",
        '>>    body: "As {{fact1}} and {{fact2}}, we write."',
        "reply_patterns[plain].body",
        ("a sentence of its own",),
    ),
    "a slot twice": (
        "    body: Thank you for writing to us.",
        '>>    body: "See {{fact1}}. And {{fact1}}."',
        "reply_patterns[plain].body",
        ("more than once",),
    ),
    "answers beside a slot": (
        "    body: Thank you for writing to us.",
        '>>    body: "As {{fact1}}, {answers}"',
        "reply_patterns[plain].body",
        ("a sentence of its own",),
    ),
    "second slot alone": ("    body: Thank you for writing to us.", '>>    body: "As {{fact2}}."', "reply_patterns[plain].body", ("without `{{fact1}}`",)),
    "fact kinds without a slot": ("    body: Thank you for writing to us.", "    body: Thank you.\n>>    fact_kinds: [sites]", "reply_patterns[plain].fact_kinds", ("{{fact1}}",)),
    "too many words": ("    body: Thank you for writing to us.", f">>    body: {'word ' * 151}", "reply_patterns[plain].body", ("has 151 words",)),
    "subject in two lines": ("    subject: Your enquiry", ">>    subject: |\n      Your\n      enquiry", "reply_patterns[plain].subject", ("one line",)),
    "no greeting": ("  sign_offs: {en: Kind regards}", ">>  sign_offs: {de: Gruß}", "voice.sign_offs", ("no text for `en`",)),
    "pattern language": ("  - id: priced\n", "  - id: priced\n>>    language: de\n", "reply_patterns[priced].language", ("`de` is not a language",)),
    "answer language": ("    answers: {en:", ">>    answers: {de:", "topics[price].answers.de", ("`de` is not a language",)),
    "no fall-back": ("  - id: plain\n", "  - id: plain\n    asks: [price]\n", "reply_patterns", ("is without `asks`",)),
    "policy not total": ("  - then: reply_now", ">>  - {when: {flag: legal}, then: nurture}", "next_step_policy[2]", ("last rule must have no `when`",)),
    "policy rule never read": ("  - {when: {flag: rival}, then: decline}", ">>  - then: decline", "next_step_policy[1]", ("never read",)),
    "do not contact sends": ("  decline: {sends: false}", ">>  do_not_contact: {sends: true}", "next_steps.do_not_contact.sends", ("never sends",)),
    "overlap with itself": (
        "overlaps: []",
        "overlaps:\n>>  - {streams: [research, research], overlap_reason: both look at it}",
        "overlaps[1].streams",
        ("overlap with itself",),
    ),
    "overlap without reason": (
        "overlaps: []",
        "overlaps:\n>>  - {streams: [research, fit_risk], overlap_reason: so}",
        "overlaps[1].overlap_reason",
        ("at least 10",),
    ),
    "reminder too late": ("  remind_after: PT4H", ">>  remind_after: P1D", "review.remind_after", ("before the review is due",)),
    "expires too early": ("  expire_after: P14D", ">>  expire_after: PT5H", "review.expire_after", ("before it is due",)),
    "bounds swapped": ("{min: 5, max: 50}}", "{min: 50, max: 5}}", "ideal_customer.criteria[size].see.headcount", ("swap them",)),
    "bounds empty": ("{min: 5, max: 50}}", "{}}", "ideal_customer.criteria[size].see.headcount", ("needs `min`, `max`",)),
    "domain with an at": ("[rival.example]", "['@rival.example']", "exclusions[rival].when.domains[1]", ("`example.com`",)),
    "unknown plan": ("stream_plan: parallel", ">>stream_plan: paralel", "stream_plan", ("Did you mean `parallel`?", "sequential")),
    "wait without why": ("stream_plan: parallel", f"{_OWN_PLAN}>>    - {{stream: drafting, on: research}}", "stream_plan.waits[1].why", ("each dependency must say why:",)),
    "wait with empty why": (
        "stream_plan: parallel",
        f"{_OWN_PLAN}>>    - {{stream: drafting, on: research, why: ''}}",
        "stream_plan.waits[1].why",
        ("each dependency must say why:",),
    ),
    "unknown stream": (
        "stream_plan: parallel",
        f"{_OWN_PLAN}>>    - {{stream: drafting, on: reserch, why: because}}",
        "stream_plan.waits[1].on",
        ("Did you mean `research`?",),
    ),
    "cycle": (
        "stream_plan: parallel",
        ">>" + _OWN_PLAN + "    - {stream: drafting, on: research, why: abc}\n    - {stream: research, on: drafting, why: abc}",
        "stream_plan",
        ("wait for each other in a circle",),
    ),
    "shipped name": (
        "stream_plan: parallel",
        "stream_plan:\n>>  name: partial\n  streams: [drafting]",
        "stream_plan.name",
        ("write `stream_plan: partial`",),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "said"), MISTAKES.values(), ids=MISTAKES)
def test_mistake_is_told_with_its_line_key_and_what_would_be_right(
    old: str, new: str, key: str, said: tuple[str, ...]
) -> None:
    marked = _edited((old, new))
    line = next((n for n, one in enumerate(marked.splitlines(), 1) if one.startswith(">>")), None)
    findings = _findings(marked.replace(">>", ""))
    assert [finding.key for finding in findings] == [key]
    (finding,) = findings
    assert line is None or finding.line == line
    assert all(part in finding.problem for part in said), finding.problem
    assert str(finding).startswith(f"book.yaml:{finding.line}: {key}: ")


@pytest.mark.parametrize(("old", "new", "key", "said"), MISTAKES.values(), ids=MISTAKES)
def test_no_mistake_is_told_in_the_words_of_a_library(old: str, new: str, key: str, said: tuple[str, ...]) -> None:
    told = "\n".join(finding.problem for finding in _findings(_edited((old, new)).replace(">>", "")))
    assert not re.search(r"pydantic|tuple|dict\b|instance|input|valid|type=|ruamel|[Ss]tring|None|mapping", told), told


NOT_YAML = {
    "empty": ("", 1, "`leadbraid playbook new`"),
    "only a comment": ("# nothing\n", 1, "the file is empty"),
    "colon in text": ("name: a: b\n", 1, "in quotes"),
    "tab": ("product:\n\tname: x\n", 2, "a tab"),
    "open quote": ('name: x\nproduct: "y\n', 2, "never closed"),
    "open bracket": ("name: [a\n", 1, "never closed"),
    "bad indentation": ("name: x\nproduct:\n  name: y\n summary: z\n", 4, "indentation"),
    "reserved character": ("name: x\nproduct: @y\n", 2, "in quotes"),
    "object": ("name: !!python/object/apply:os.system [ls]\n", 1, "tags"),
    "own tag": ("a: 1\nname: !include x\n", 2, "tags"),
    "two documents": ("name: x\n---\nname: y\n", 3, "second document"),
    "list as a key": ("? [a, b]\n: c\n", 1, "a key is one word"),
    "unknown alias": ("name: *other\n", 1, "stands for nothing"),
    "alias within itself": ("name: &a [*a]\n", 1, "stands for nothing"),
    "deep": ("[" * 3_000, 1, "levels deep"),
    "null byte": ("name: a\x00b\n", 1, "not YAML"),
    "large": ("#" + "x" * 512_000, 1, "larger than 512 kB"),
    "a list": ("- a\n- b\n", 1, "should be a block of keys (name, product"),
    "a word": ("hello\n", 1, "but is the text `hello`"),
}


@pytest.mark.parametrize(("text", "line", "said"), NOT_YAML.values(), ids=NOT_YAML)
def test_what_is_no_playbook_at_all_is_one_finding_with_its_line(text: str, line: int, said: str) -> None:
    (finding,) = _findings(text)
    assert finding.line == line
    assert said in finding.problem


def test_alias_bomb_is_refused() -> None:
    levels = "\n".join(f"k{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]" for n in range(8))
    (finding,) = _findings(f"k0: &a0 [lol]\n{levels}\n")
    assert "aliases that repeat aliases" in finding.problem


def test_alias_that_repeats_a_list_is_read() -> None:
    text = _edited(
        ("{mentions: [we sort too]", "{mentions: &shared [we sort too]"), ("  avoid: [synergies]", "  avoid: *shared")
    )
    assert parse_playbook(text, "b").voice.avoid == ("we sort too",)


def test_all_findings_come_at_once_in_the_order_of_the_file() -> None:
    text = _edited(
        ("name: base", "name: 42"),
        ("    source: claim_price", "    source: nothing"),
        ("  due_after: P1D", "  due_after: soon"),
        ("stream_plan: parallel", "stream_plan: fast"),
    )
    findings = _findings(text)
    assert [finding.key for finding in findings] == ["name", "topics[price].source", "review.due_after", "stream_plan"]
    assert [finding.line for finding in findings] == sorted(finding.line for finding in findings)


def test_a_wrong_section_gives_no_findings_about_what_refers_to_it() -> None:
    findings = _findings(_edited(("    phrases: [price]", "    phrases: price")))
    assert [finding.key for finding in findings] == ["topics[price].phrases"]


# --- files ---------------------------------------------------------------------------------------------------------


def _load_problem(path: Path) -> Finding:
    with pytest.raises(PlaybookError) as caught:
        load_playbook(path)
    (finding,) = caught.value.findings
    assert finding.file == str(path)
    return finding


def test_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    assert "No such file" in _load_problem(tmp_path / "none.yaml").problem
    assert "directory" in _load_problem(tmp_path).problem


def test_file_that_is_not_utf8_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("name: x\nproduct: für\n".encode("latin-1"))
    finding = _load_problem(path)
    assert (finding.line, "UTF-8" in finding.problem) == (2, True)


def test_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    path.write_bytes(b"\xff" * 600_000)
    assert "512 kB" in _load_problem(path).problem


def test_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "windows.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode())
    assert load_playbook(path) == parse_playbook(BASE, "book.yaml")


# --- conveniences --------------------------------------------------------------------------------------------------


def test_single_word_in_a_policy_condition_is_a_list_of_one() -> None:
    listed = _edited(("{flag: rival}", "{flag: [rival]}"))
    assert parse_playbook(listed, "b") == parse_playbook(BASE, "b")


def test_a_former_name_of_a_conflict_is_no_mistake() -> None:
    old = _edited(("{flag: rival}", "{conflict: instructs_reader}"))
    assert parse_playbook(old, "b").next_step_policy[0].when.conflict == ("instructs_reader",)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_plan_is_named_by_one_word(name: str) -> None:
    text = _edited(("stream_plan: parallel", f"stream_plan: {name}"))
    assert parse_playbook(text, "b").stream_plan == SHIPPED[name]


def test_own_plan_runs_all_streams_unless_told_otherwise() -> None:
    waits = "stream_plan:\n  name: mine\n  waits:\n    - {stream: drafting, on: fit_risk, why: to know the risks}"
    plan = parse_playbook(_edited(("stream_plan: parallel", waits)), "b").stream_plan
    assert (plan.name, plan.streams) == ("mine", tuple(Stream))
    assert waits_for(plan, Stream.DRAFTING) == (Stream.FIT_RISK,)


def test_rows_left_out_of_a_table_keep_their_defaults() -> None:
    book = parse_playbook(BASE, "b")
    assert set(book.tone_limits) == set(Tone)
    assert set(book.next_steps) == set(Step)
    assert book.next_steps[Step.REPLY_NOW].sends
    assert not book.next_steps[Step.DECLINE].sends


def test_norway_is_a_country_and_not_the_word_no() -> None:
    book = parse_playbook(_edited(("countries: [DE]", "countries: [DE, NO]")), "b")
    assert book.regions[0].countries == ("DE", "NO")


# --- digest and effective form -------------------------------------------------------------------------------------


def test_digest_ignores_comments_order_and_defaults_written_out() -> None:
    same = "# a comment\nmax_redrafts: 1\n" + _edited(
        ("max_redrafts: 1\n", ""), ("      weight: 2", "      weight: 2 #")
    )
    written = _edited(("      weight: 2", "      weight: 2\n      required: false"))
    digests = {playbook_digest(parse_playbook(text, "b")) for text in (BASE, same, written)}
    assert len(digests) == 1
    assert playbook_digest(parse_playbook(_edited(("      weight: 2", "      weight: 3")), "b")) not in digests


@pytest.mark.parametrize("text", [BASE, NEW_PLAYBOOK, DOCKLINE.read_text()], ids=["base", "new", "dockline"])
def test_effective_form_holds_every_key_and_gives_the_same_digest(text: str) -> None:
    book = parse_playbook(text, "b")
    shown = show_effective(book)
    assert playbook_digest(parse_playbook(shown, "b")) == playbook_digest(book)
    assert all(re.search(rf"^{key}:", shown, re.MULTILINE) for key in Playbook.model_fields)
    assert re.search(r"remind_after: P", shown)


def test_effective_form_keeps_an_own_plan() -> None:
    waits = (
        "stream_plan:\n  streams: [research, drafting]\n  waits:\n    - {stream: drafting, on: research, why: 'on: no'}"
    )
    book = parse_playbook(_edited(("stream_plan: parallel", waits)), "b")
    assert book.stream_plan == Plan(
        name="own",
        streams=(Stream.RESEARCH, Stream.DRAFTING),
        waits=(Wait(stream=Stream.DRAFTING, on=Stream.RESEARCH, why="on: no"),),
    )
    assert parse_playbook(show_effective(book), "b") == book


_PRINTED = st.characters(exclude_categories=["Cc", "Cs"])
_ANY_TEXT = st.text(_PRINTED | st.just("\n"), min_size=1, max_size=60).filter(lambda text: bool(text.strip()))


@settings(max_examples=60, deadline=None)
@given(
    text=_ANY_TEXT
    | st.sampled_from(["NO", "on", "1e3", "- x", "a: b", "~", "0x1", "2024-01-01", "# x", "*a", "x\n\n", "true"])
)
def test_effective_form_keeps_any_text(text: str) -> None:
    book = parse_playbook(BASE, "b")
    odd = book.model_copy(update={"product": book.product.model_copy(update={"summary": text})})
    assert parse_playbook(show_effective(odd), "b") == odd


# --- advice --------------------------------------------------------------------------------------------------------

ADVICE = {
    "surer than declared": ("    body: Thank you for writing to us.", ">>    body: This is a perfect fit!", "sounds confident"),
    "promise": ("    body: Thank you for writing to us.", ">>    body: You will have it within 2 weeks.", "promises a date"),
    "forbidden": ("    body: Thank you for writing to us.", ">>    body: You get it for nothing.", "`no_gifts` forbids"),
    "avoided": ("    body: Thank you for writing to us.", ">>    body: We find synergies.", "`voice.avoid`"),
    "no source": ("    body: Thank you for writing to us.", ">>    body: We are the market leader.", "a fact without a source"),
    "link": ("    body: Thank you for writing to us.", ">>    body: See sorter.example for more.", "`links` does not list"),
    "link in the sign-off": ("  sign_offs: {en: Kind regards}", ">>  sign_offs: {en: www.sorter.example}", "`links` does not list"),
    "answer without source": ("    source: claim_price\n", "", "the topic has no `source`"),
    "phrase in two rules": ("mentions: [liability]", "mentions: [We Sort Too]", "stands in `rival` already"),
    "met and missed": ("      see: {headcount", ">>      see: {mentions: [belt], missed_by: [Belt], headcount", "meet or miss"),
    "rule that sees nothing": ("when: {mentions: [liability]}", "when: {}", "never raises it"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), ADVICE.values(), ids=ADVICE)
def test_what_is_worth_a_second_look_is_a_warning_with_its_line(old: str, new: str, said: str) -> None:
    marked = _edited((old, new))
    line = next((n for n, one in enumerate(marked.splitlines(), 1) if one.startswith(">>")), None)
    warnings = [one for one in advise_text(marked.replace(">>", ""), "book.yaml") if said in one.problem]
    assert warnings
    assert line is None or line in [warning.line for warning in warnings]


def test_language_without_a_fall_back_is_a_warning() -> None:
    text = _edited(
        ("  languages: [en]", "  languages: [en, de]"),
        ('  greetings: {en: "Hello {name},"}', '  greetings: {en: "Hello {name},", de: "Hallo {name},"}'),
        ('  greetings_unnamed: {en: "Hello,"}', '  greetings_unnamed: {en: "Hello,", de: "Hallo,"}'),
        ("  sign_offs: {en: Kind regards}", "  sign_offs: {en: Kind regards, de: Gruß}"),
    )
    assert ["`de`" in warning.problem for warning in advise_text(text, "b")] == [True]


def test_base_needs_no_second_look() -> None:
    assert advise_text(BASE, "b") == ()


# --- garbage -------------------------------------------------------------------------------------------------------


def _only_a_playbook_error(text: str) -> None:
    try:
        parse_playbook(text, "b")
    except PlaybookError as error:
        assert error.findings
        assert all(finding.line >= 1 and finding.key and finding.problem for finding in error.findings)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80) | st.text("-:{}[]&*!|>'\"%@`#,? \n\tab1~", max_size=60))
def test_garbage_gives_nothing_but_findings(text: str) -> None:
    _only_a_playbook_error(text)


_SNIPPETS = st.sampled_from(
    [
        "",
        ":",
        "- ",
        "  ",
        "\n",
        "{",
        "}",
        "[",
        "]",
        "null",
        "true",
        "1e9",
        "-1",
        "'",
        '"',
        "&a ",
        "*a",
        "<<: ",
        "!!int ",
    ]
) | st.text(max_size=5)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_broken_playbook_gives_nothing_but_findings(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(BASE)))
    end = data.draw(st.integers(start, min(len(BASE), start + 40)))
    _only_a_playbook_error(BASE[:start] + data.draw(_SNIPPETS) + BASE[end:])


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_playbook_with_any_value_at_any_key_gives_nothing_but_findings(data: st.DataObject) -> None:
    lines = BASE.splitlines()
    number = data.draw(st.integers(0, len(lines) - 1))
    key = lines[number].partition(":")[0]
    value = data.draw(
        st.sampled_from(["[]", "{}", "[[1]]", "{a: {b: c}}", "1.5", "true", "~", "x", "'\\u2028'", "99999999999"])
    )
    _only_a_playbook_error("\n".join([*lines[:number], f"{key}: {value}", *lines[number + 1 :]]))


# --- what is shipped -----------------------------------------------------------------------------------------------


def test_new_playbook_is_short_commented_and_passes_without_a_warning() -> None:
    assert len(NEW_PLAYBOOK.splitlines()) <= 40
    assert NEW_PLAYBOOK.count("#") >= 8
    assert advise_text(NEW_PLAYBOOK, "new.yaml") == ()


def test_dockline_passes_without_a_warning() -> None:
    assert check_playbook(DOCKLINE).warnings == advise(DOCKLINE) == ()
    assert check_playbook(DOCKLINE).playbook == load_playbook(DOCKLINE)


def _models(kind: Any) -> set[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        inner = [_models(field.annotation) for field in kind.model_fields.values()]
        return {kind}.union(*inner)
    if get_origin(kind) in (tuple, dict, Union, UnionType, Annotated):
        return set().union(*(_models(one) for one in get_args(kind)))
    return set()


KEYS = sorted({(model.__name__, key) for model in _models(Playbook) for key in model.model_fields})


@pytest.mark.parametrize(("model", "key"), KEYS)
def test_every_key_is_in_the_guide_and_in_the_example(model: str, key: str) -> None:
    assert f"`{key}`" in GUIDE.read_text()
    assert re.search(rf"(^|[\s{{,#-]){key}:", DOCKLINE.read_text(), re.MULTILINE)


def test_every_key_that_must_be_there_has_a_hint() -> None:
    required = {
        f"{model.__name__}.{key}"
        for model in _models(Playbook)
        for key, field in model.model_fields.items()
        if field.is_required()
    }
    assert required == set(HINTS)


def test_dockline_uses_every_section_away_from_its_default() -> None:
    book = load_playbook(DOCKLINE)
    empty = [key for key in Playbook.model_fields if getattr(book, key) in ((), {}, None)]
    assert empty == []


def test_dockline_patterns_sound_as_they_declare() -> None:
    for pattern in load_playbook(DOCKLINE).reply_patterns:
        assert tone_of(f"{pattern.subject}\n{pattern.body}") is pattern.tone, pattern.id


def test_dockline_can_reach_every_step_and_answers_in_every_language() -> None:
    book = load_playbook(DOCKLINE)
    assert {rule.then for rule in book.next_step_policy} == set(Step)
    for language in book.voice.languages:
        ours = [pattern for pattern in book.reply_patterns if pattern.language == language]
        assert {pattern.tone for pattern in ours} == set(Tone)
        assert all(language in topic.answers for topic in book.topics)


def test_dockline_replies_stay_short_with_three_answers_in_them() -> None:
    book = load_playbook(DOCKLINE)
    longest = sorted((len(words(text)) for topic in book.topics for text in topic.answers.values()), reverse=True)
    assert max(len(words(pattern.body)) for pattern in book.reply_patterns) + sum(longest[:3]) <= 150


@pytest.mark.parametrize("code", SCREEN_CODES)
def test_policy_may_name_what_the_screen_answers(code: str) -> None:
    source = (ROOT / "leadbraid" / "screen.py").read_text()
    assert f'"{code}"' in source
