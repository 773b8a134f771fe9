"""Enquiries as they come in, worked offline by the example playbook: what a sales manager would expect of each brief."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from leadbraid.enquiry import Enquiry
from leadbraid.llm.rules import RulesProvider
from leadbraid.models import Answer, Brief
from leadbraid.playbook import load_playbook
from leadbraid.rehearsal import Rehearsal
from leadbraid.sources.documents import Documents

ROOT = Path(__file__).parents[1]
PLAYBOOK = load_playbook(ROOT / "playbooks" / "dockline.yaml")
SAMPLES: list[dict[str, Any]] = YAML(typ="safe").load(ROOT / "tests" / "data" / "inbound.yaml")


def brief_of(fields: dict[str, Any]) -> Brief:
    lead = Enquiry.model_validate(fields, extra="forbid").lead()
    return asyncio.run(Rehearsal(lead, PLAYBOOK, RulesProvider(), Documents(None)).brief(frozenset()))


def _criteria(brief: Brief, answer: Answer) -> set[str]:
    judgment = brief.qualification
    return {one.criterion for one in judgment.criteria if one.answer is answer} if judgment else set()


def _missing(brief: Brief, expect: dict[str, Any]) -> list[str]:
    """What of the expectation does not hold, in words."""
    reply = f"{brief.reply.subject}\n{brief.reply.body}" if brief.reply else ""
    opened = {one.code.value for one in brief.open_conflicts}
    screen = brief.screen.code if brief.screen else None
    flags = sorted(one.code for one in brief.risks.flags) if brief.risks else []
    wrong = [
        *([f"step {brief.next_step.step}"] if brief.next_step.step != expect.get("step", brief.next_step.step) else []),
        *([f"screen {screen}"] if screen != expect.get("screen") else []),
        *([f"flags {flags}"] if flags != sorted(expect.get("flags", flags)) else []),
        *(f"{code} is not open" for code in expect.get("open", ()) if code not in opened),
        *(f"{code} is open" for code in expect.get("quiet", ()) if code in opened),
        *(f"{one} is not met" for one in expect.get("met", ()) if one not in _criteria(brief, Answer.MET)),
        *(f"{one} is known" for one in expect.get("unknown", ()) if one not in _criteria(brief, Answer.UNKNOWN)),
        *(f"does not say {words!r}" for words in expect.get("says", ()) if words not in reply),
        *(f"says {words!r}" for words in expect.get("never", ()) if words in reply),
    ]
    return [*wrong, reply] if wrong else []


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample["id"] for sample in SAMPLES])
def test_the_brief_is_what_a_sales_manager_expects(sample: dict[str, Any]) -> None:
    assert set(sample["expect"]) <= {"step", "screen", "flags", "open", "quiet", "met", "unknown", "says", "never"}
    assert _missing(brief_of(sample["lead"]), sample["expect"]) == []


def test_a_sample_that_does_not_hold_is_told() -> None:
    brief = brief_of({"email": "kim@firm.example", "message": "What does it cost?"})
    assert len(_missing(brief, {"step": "decline", "says": ["no such words"], "met": ["headcount"]})) == 4
