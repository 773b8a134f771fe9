"""The next step: by policy, monotone, with reasons that are exactly what decided."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from merge_builders import case, flag, judged, lead, note, risks

from leadbraid.conflicts import find_conflicts
from leadbraid.models import Answer, Code, CriterionResult, Evidence, Gap, Screened, Severity, Step, Stream, Verdict
from leadbraid.models.playbook import DEFAULT_EFFECTS, StepEffect, StepRule, StepWhen
from leadbraid.next_step import Item, Kind, decide, items_of, named_keys

VALUES: dict[Kind, list[str]] = {
    Kind.SCREEN: ["spam", "not_sales", "suppressed"],
    Kind.VERDICT: [str(one) for one in Verdict],
    Kind.FLAG: ["dangerous_goods", "legal_terms"],
    Kind.CONFLICT: ["injection_suspected", "unsourced_claim"],
    Kind.EVIDENCE: [str(one) for one in Evidence],
    Kind.MISSING: [str(one) for one in Stream],
    Kind.UNKNOWN: ["headcount", "sites"],
    Kind.ASKS: ["pricing", "meeting"],
}


@st.composite
def an_item(draw: st.DrawFn) -> Item:
    kind = draw(st.sampled_from(Kind))
    severity = draw(st.sampled_from(Severity)) if kind in (Kind.FLAG, Kind.CONFLICT) else None
    final = kind is Kind.SCREEN and draw(st.booleans())
    return Item(kind, draw(st.sampled_from(VALUES[kind])), draw(st.sampled_from("ab")), severity, final)


def some_of(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.one_of(st.just(()), st.lists(st.sampled_from(values), unique=True, max_size=2).map(tuple))


WHENS = st.builds(
    StepWhen, severity=some_of([str(one) for one in Severity]), **{kind: some_of(VALUES[kind]) for kind in Kind}
)
POLICIES = st.lists(st.builds(StepRule, when=WHENS, then=st.sampled_from(Step)), max_size=6).map(tuple)
ITEMS = st.lists(an_item(), max_size=8).map(tuple)


@settings(max_examples=200, deadline=None)
@given(items=ITEMS, policy=POLICIES)
def test_removing_a_reason_changes_the_step_or_its_reasons_and_removing_anything_else_changes_nothing(
    items: tuple[Item, ...], policy: tuple[StepRule, ...]
) -> None:
    step = decide(items, policy, DEFAULT_EFFECTS)
    reasons = {(one.item, one.text) for one in step.because}
    for item in set(items):
        without = decide([one for one in items if one != item], policy, DEFAULT_EFFECTS)
        same = (without.step, [(b.item, b.text) for b in without.because]) == (
            step.step,
            [(b.item, b.text) for b in step.because],
        )
        twins = [one for one in set(items) if (one.name, one.text) == (item.name, item.text)]
        if (item.name, item.text) not in reasons:
            assert same
        elif len(twins) == 1:
            assert not same
            assert [b.without for b in step.because if (b.item, b.text) == (item.name, item.text)] == [without.step]


@settings(max_examples=100, deadline=None)
@given(items=ITEMS, policy=POLICIES, data=st.data())
def test_the_order_and_the_number_of_equal_items_change_nothing(
    items: tuple[Item, ...], policy: tuple[StepRule, ...], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(items + items))
    assert decide(shuffled, policy, DEFAULT_EFFECTS) == decide(items, policy, DEFAULT_EFFECTS)


@settings(max_examples=100, deadline=None)
@given(items=ITEMS, policy=POLICIES)
def test_a_final_screen_is_never_written_to_whatever_the_policy(
    items: tuple[Item, ...], policy: tuple[StepRule, ...]
) -> None:
    final = Item(Kind.SCREEN, "suppressed", "is on the list", final=True)
    every = {step: StepEffect(sends=True) for step in Step}
    step = decide((*items, final), policy, every)
    assert (step.step, step.sends) == (Step.DO_NOT_CONTACT, False)
    assert "screen:suppressed" in {one.item for one in step.because}


def test_do_not_contact_never_sends_even_if_the_playbook_says_so() -> None:
    effects = {Step.DO_NOT_CONTACT: StepEffect(sends=True)}
    assert not decide((), (StepRule(then=Step.DO_NOT_CONTACT),), effects).sends


def test_a_policy_without_a_match_asks_a_specialist() -> None:
    step = decide((), (StepRule(when=StepWhen(asks=("pricing",)), then=Step.REPLY_NOW),), DEFAULT_EFFECTS)
    assert (step.step, step.because) == (Step.HAND_TO_SPECIALIST, ())


@pytest.mark.parametrize(
    ("when", "item", "other"),
    [
        ({"screen": ["spam"]}, Item(Kind.SCREEN, "spam", ""), Item(Kind.SCREEN, "not_sales", "")),
        ({"verdict": ["unclear"]}, Item(Kind.VERDICT, "unclear", ""), Item(Kind.VERDICT, "qualified", "")),
        ({"evidence": ["thin"]}, Item(Kind.EVIDENCE, "thin", ""), Item(Kind.EVIDENCE, "solid", "")),
        ({"flag": ["dpa"]}, Item(Kind.FLAG, "dpa", "", Severity.INFO), Item(Kind.CONFLICT, "dpa", "")),
        (
            {"severity": ["blocking"]},
            Item(Kind.FLAG, "dpa", "", Severity.BLOCKING),
            Item(Kind.CONFLICT, "misdeclared", "", Severity.BLOCKING),
        ),
        ({"conflict": ["overlap"]}, Item(Kind.CONFLICT, "overlap", ""), Item(Kind.FLAG, "overlap", "")),
        (
            {"conflict": ["instructs_reader"]},  # a name of before
            Item(Kind.CONFLICT, "injection_suspected", ""),
            Item(Kind.CONFLICT, "overlap", ""),
        ),
        ({"asks": ["pricing"]}, Item(Kind.ASKS, "pricing", ""), Item(Kind.ASKS, "meeting", "")),
        ({"unknown": ["sites"]}, Item(Kind.UNKNOWN, "sites", ""), Item(Kind.ASKS, "sites", "")),
        ({"missing": ["research"]}, Item(Kind.MISSING, "research", ""), Item(Kind.MISSING, "drafting", "")),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_each_key_of_when_matches_its_own_kind_only(when: dict[str, list[str]], item: Item, other: Item) -> None:
    policy = (StepRule(when=StepWhen.model_validate(when), then=Step.NURTURE), StepRule(then=Step.REPLY_NOW))
    assert decide((item, other), policy, DEFAULT_EFFECTS).step is Step.NURTURE
    assert decide((other,), policy, DEFAULT_EFFECTS).step is Step.REPLY_NOW


def test_every_key_of_when_is_one_that_items_can_match() -> None:
    assert set(StepWhen.model_fields) == {str(kind) for kind in Kind} | {"severity"}
    assert named_keys(StepWhen(asks=("pricing",))) == (("asks", frozenset({"pricing"})),)


def test_a_code_of_before_is_read_by_the_name_of_today() -> None:
    assert Code("instructs_reader") is Code.INJECTION_SUSPECTED
    with pytest.raises(ValueError, match="no_code"):
        Code("no_code")


def test_all_keys_of_a_rule_must_match_and_all_matches_are_reasons() -> None:
    policy = (
        StepRule(when=StepWhen(asks=("meeting",), verdict=(Verdict.QUALIFIED,)), then=Step.PROPOSE_MEETING),
        StepRule(then=Step.REPLY_NOW),
    )
    items = (Item(Kind.ASKS, "meeting", "a demo"), Item(Kind.VERDICT, "qualified", "judged so"))
    step = decide(items, policy, DEFAULT_EFFECTS)
    assert step.step is Step.PROPOSE_MEETING
    assert [(one.item, one.without) for one in step.because] == [
        ("verdict:qualified", Step.REPLY_NOW),
        ("asks:meeting", Step.REPLY_NOW),
    ]


def test_items_come_from_every_part_of_a_brief() -> None:
    weighed = CriterionResult(criterion="headcount", answer=Answer.UNKNOWN, reason="no number was given")
    found = case(
        "We can start tomorrow and it costs 10 EUR.",
        lead=lead(message="Can we have a demo? No quote needed yet."),
        qualification=judged().model_copy(update={"criteria": (weighed,)}),
        note=note(evidence=Evidence.THIN),
        risks=risks(flag(Severity.BLOCKING)),
        gaps=((Stream.DRAFTING, Gap(reason="quota", tries=2)),),
    )
    names = {item.name for item in items_of(found, find_conflicts(found), Screened(code="spam", reason="links"))}
    assert names >= {
        "screen:spam",
        "verdict:qualified",
        "unknown:headcount",
        "evidence:thin",
        "flag:legal_terms",
        "missing:drafting",
        "asks:meeting",
        "conflict:unpermitted_promise",
    }
    assert "asks:pricing" not in names
