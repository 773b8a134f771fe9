"""The audit record: what it tells of each golden lead, that no rule is asked, and that hostile text stays text."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from kit import GOLDEN_LEADS, HISTORIES
from markdown_it import MarkdownIt
from pydantic import BaseModel
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import PayloadCodec

from leadbraid import conflicts
from leadbraid.audit import schema
from leadbraid.audit.history import CHAIN_START, Run, _payloads, decoded, next_link, read_files, read_text
from leadbraid.audit.pages import as_html, as_markdown
from leadbraid.audit.record import make_record
from leadbraid.audit.schema import AuditRecord, CallEnd, DecisionRecord
from leadbraid.errors import AuditError
from leadbraid.models import DecisionVerdict, State
from workflows.verdicts import Verdicts


def files_of(name: str) -> list[Path]:
    return sorted(HISTORIES.glob(f"{name}.json")) + sorted(HISTORIES.glob(f"{name}.*.json"))


def runs_of(name: str) -> list[Run]:
    return [Run(events) for events in read_files(files_of(name))]


def record_of(name: str) -> AuditRecord:
    return make_record(runs_of(name))


def told(record: AuditRecord) -> list[tuple[str, bool | None, str]]:
    return [(one.kind, one.accepted, one.code) for one in record.decisions]


# --- what it tells -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GOLDEN_LEADS)
def test_every_golden_lead_has_an_account(name: str) -> None:
    record = record_of(name)
    assert record.notes == ()
    assert record.ended in ("completed", "cancelled")
    assert record.outcome is not None
    assert record.state is record.outcome.state
    assert all(one.end is not CallEnd.OPEN for one in record.calls)
    assert AuditRecord.model_validate_json(record.to_json()).to_json() == record.to_json()
    sent = [one for one in record.deliveries if one.fate == "sent"]
    assert bool(sent) == (record.state is State.SENT)
    for one in sent:
        assert one.was_approved
        assert one.message_id == record.outcome.message_id
        assert one.sent_at and one.attempts[-1].committed and one.attempts[-1].committed <= one.sent_at


def test_approval_is_told_with_its_bytes_its_door_and_what_was_seen() -> None:
    record = record_of("approved")
    [decision] = record.decisions
    [version] = record.versions
    assert (decision.kind, decision.accepted, decision.door) == ("approve", True, "signal review")
    assert (decision.claimed_by, decision.by) == ("ana", "")
    assert decision.seen == version.version == 1
    assert decision.seen_digest == version.digest
    assert decision.approved is not None
    assert decision.approved.digest == decision.approved_digest == version.reply == record.deliveries[0].digest
    assert decision.approved.model_dump() == version.brief["reply"]
    assert [one.state for one in record.states] == [State.IN_REVIEW, State.DELIVERING, State.SENT]


def test_edited_words_are_the_bytes_that_were_approved() -> None:
    record = record_of("edited")
    [decision] = record.decisions
    assert decision.door == "update decide"
    assert decision.approved is not None
    assert decision.approved.body == "Hello Kim,\n\nshall we talk?\n\nAna"
    assert decision.approved.recipient == "edited@example.com"
    assert record.deliveries[0].reply == decision.approved
    assert (decision.seen, [one.version for one in record.versions]) == (1, [1, 2])


def test_every_refusal_is_told_with_its_reason_whatever_the_door() -> None:
    assert told(record_of("refused_signal")) == [
        ("unreadable", False, "malformed"),
        ("approve", False, "unknown_signal"),
        ("aprove", False, "malformed"),
        ("approve", True, ""),
    ]
    refused = record_of("refused_update").decisions[0]
    assert (refused.accepted, refused.code, refused.door) == (False, "stale_version", "update decide")
    assert refused.seen != refused.current == 1


def test_signature_that_was_not_accepted_proves_nobody() -> None:
    refused, counted = record_of("bad_signature").decisions
    assert refused.checked is not None
    assert not refused.checked.valid
    assert (refused.by, refused.claimed_by, refused.code) == ("", "ana", "bad_signature")
    assert counted.checked is None


def test_streams_are_told_with_their_maker_their_tries_and_their_failures() -> None:
    record = record_of("failed_stream")
    failed = [one for one in record.calls if one.end is CallEnd.FAILED]
    assert [(one.name, one.version) for one in failed] == [("research", 1)]
    assert failed[0].attempts >= 1
    assert "told to fail" in failed[0].failures[-1].message
    made = [one for one in record.calls if one.stream and one.end is CallEnd.COMPLETED]
    assert {one.provider for one in made} == {"scripted"}
    assert all(one.output and one.worker for one in made)


def test_redraft_and_the_version_before_it_are_both_told() -> None:
    record = record_of("redrafted")
    assert [(one.version, one.how, one.taken) for one in record.versions] == [
        (1, "first version", True),
        (2, "redraft 1", True),
    ]
    assert record.decisions[0].seen == 2


def test_owners_alarms_and_states_are_told() -> None:
    record = record_of("escalated_expired_and_reopened")
    assert [(one.to, one.why.split(" when ")[0]) for one in record.assigned] == [
        ("ana", "by the playbook's owners"),
        ("lena", "escalated"),
    ]
    assert [one.what.split(":")[0].split(" (")[0] for one in record.occurrences] == [
        "remind the reviewer",
        "escalate",
        "expire",
    ]
    assert [one.to for one in record_of("assigned_and_noted").assigned] == ["ben"]
    assert record_of("assigned_and_noted").assigned[0].why.startswith("assigned by ana")


def test_approval_that_was_taken_back_does_not_stand() -> None:
    record = record_of("held")
    assert [one.kind for one in record.decisions] == ["approve", "take_back", "approve"]
    assert record.deliveries[0].was_approved
    assert record.approvals == record.deliveries[0].approvals == (3,)


def test_long_review_is_one_account_over_its_runs() -> None:
    record = record_of("continued")
    leads = [one for one in record.runs if one.type == "LeadFollowUp"]
    assert [one.closed for one in leads] == ["continued as new", "completed"]
    assert leads[1].continued_from == leads[0].run_id
    assert {one.place.run_id for one in record.decisions} == {one.run_id for one in leads}
    assert all(one.accepted for one in record.decisions)
    alone = make_record([Run(events) for events in read_files([HISTORIES / "continued.json"])])
    assert any(leads[0].run_id in note for note in alone.notes)
    assert alone.decisions[-1].approved is not None, "what was carried over is known all the same"
    assert alone.states[0].state is State.IN_REVIEW, "a run goes on in the state that it was left in"


def test_words_that_came_later_and_refreshed_playbooks_are_told() -> None:
    record = record_of("wrote_again")
    assert [one.taken for one in record.words] == [True]
    refreshed = record_of("playbook_refreshed")
    assert len({one.digest for one in refreshed.playbooks}) == len(refreshed.playbooks) == 2


def test_lead_without_its_delivery_says_so() -> None:
    record = make_record([Run(events) for events in read_files([HISTORIES / "approved.json"])])
    assert record.deliveries[0].fate == "sent"
    assert record.deliveries[0].attempts == ()
    assert any(record.deliveries[0].delivery_id in note for note in record.notes)


def test_of_refused_signals_the_first_fifty_are_told() -> None:
    verdicts = Verdicts()
    refused = DecisionVerdict(accepted=False, state=State.IN_REVIEW, version=1, code="stale_version")
    for n in range(1, 61):
        verdicts.tell(n, refused)
    verdicts.tell(61, refused.model_copy(update={"accepted": True}))
    assert [one.n for one in verdicts._new] == [*range(1, 51), 61]


# --- from histories alone, and the same from each source -----------------------------------------------------------


@pytest.mark.parametrize("name", ["redrafted", "edited", "wrote_again"])
def test_record_is_the_same_when_every_rule_finds_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = record_of(name).to_json()
    monkeypatch.setattr(conflicts, "RULES", ())
    assert record_of(name).to_json() == before


def test_order_of_the_files_does_not_matter() -> None:
    runs = runs_of("continued")
    assert make_record(runs[::-1]).to_json() == make_record(runs).to_json()


class Reversing(PayloadCodec):
    """Bytes in reverse, marked as such: what an encryption codec does to a history, as far as reading it goes."""

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [
            Payload(metadata={"encoding": b"test/reversed"}, data=one.SerializeToString()[::-1]) for one in payloads
        ]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [
            Payload.FromString(one.data[::-1]) if one.metadata.get("encoding") == b"test/reversed" else one
            for one in payloads
        ]


async def _encoded(run: Run) -> list[HistoryEvent]:
    events = [HistoryEvent.FromString(event.SerializeToString()) for event in run.events]
    for event in events:
        for payload in list(_payloads(event)):
            payload.CopyFrom((await Reversing().encode([payload]))[0])
    return events


def test_encrypted_history_gives_the_same_digests_and_the_same_account() -> None:
    async def work() -> None:
        plain = runs_of("edited")
        encoded = [await _encoded(run) for run in plain]
        assert b"shall we talk" not in Run(tuple(encoded[0])).to_json()
        found = [await decoded(events, Reversing()) for events in encoded]
        assert [run.head for run in found] == [run.head for run in plain]
        assert make_record(found).to_json() == make_record(plain).to_json()

    asyncio.run(work())


def test_temporal_command_and_the_download_of_the_ui_give_the_same_digests_and_account() -> None:
    ours = Path(__file__).parent / "audit"
    command, download = [
        [Run(events) for events in read_files([ours / f"lead.{way}.json", ours / f"delivery.{way}.json"])]
        for way in ("cli", "ui")
    ]
    assert [run.head for run in command] == [run.head for run in download]
    assert make_record(command).to_json() == make_record(download).to_json()
    assert make_record(command).deliveries[0].was_approved
    with pytest.raises(AuditError, match="is no workflow history") as told:
        read_files([ours / "delivery.readable.json"])
    assert "Human Readable" in str(told.value)


def test_codec_that_cannot_decode_is_one_sentence() -> None:
    class Broken(Reversing):
        async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
            raise ValueError("no such key\nid 7")

    with pytest.raises(AuditError, match="cannot be decoded") as told:
        asyncio.run(decoded(runs_of("approved")[0].events, Broken()))
    assert len(str(told.value).splitlines()) == 1


def test_chain_is_what_the_documentation_says() -> None:
    run = runs_of("rejected")[0]
    link = CHAIN_START
    for line in run.lines:
        link = next_link(link, line)
    assert run.head == link
    swapped = Run((run.events[0], run.events[2], run.events[1], *run.events[3:]))
    assert swapped.head != run.head
    assert read_text("copy", run.to_json().decode()) == run.events
    assert [json.loads(line.rstrip(b",")) for line in run.to_json().splitlines()[1:-1]]


# --- what cannot be used -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"events": []}',
        '{"events": [1]}',
        '{"events": {"a": 1}}',
        '{"events": [{"eventId": "x"}]}',
        "\0",
        "[" * 5000,
    ],
)
def test_file_without_a_history_is_one_sentence(text: str, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(text, "utf-8")
    with pytest.raises(AuditError) as told:
        read_files([file])
    assert str(file) in str(told.value)
    assert len(str(told.value).splitlines()) == 1


def test_histories_of_two_leads_or_of_another_delivery_are_refused() -> None:
    with pytest.raises(AuditError, match="of 2 leads"):
        make_record([*runs_of("approved"), *runs_of("rejected")])
    with pytest.raises(AuditError, match="does not belong"):
        make_record([*runs_of("rejected"), runs_of("approved")[1]])
    with pytest.raises(AuditError, match="twice"):
        make_record([*runs_of("approved"), runs_of("approved")[0]])
    with pytest.raises(AuditError, match="of no lead"):
        make_record(runs_of("approved")[1:])


def test_history_that_was_tampered_with_is_one_sentence() -> None:
    found = json.loads((HISTORIES / "approved.json").read_text())
    start = found["events"][0]["workflowExecutionStartedEventAttributes"]
    start["input"]["payloads"][0]["data"] = base64.b64encode(b'{"lead_id": 7}').decode()
    with pytest.raises(AuditError, match="cannot be read") as told:
        make_record([Run(read_text("x", json.dumps(found)))])
    assert len(str(told.value).splitlines()) == 1


# --- hostile text --------------------------------------------------------------------------------------------------

EVIL = "<script>alert(1)</script>\"'--> ```\n# title | [x](javascript:alert(1)) ![i](http://evil.example/i.png) \u202egnp.exe\x1b[31m"


def _poisoned(value: Any, key: str = "") -> Any:
    """Every text that a person, a page or a model may have written."""
    if isinstance(value, dict):
        return {name: _poisoned(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_poisoned(one, key) for one in value]
    return EVIL if isinstance(value, str) and key in STRANGERS else value


STRANGERS = frozenset(
    """name message company job_title email phone website recipient subject body text source sentence reason note
    claimed_by by role key identity how reviewer decided_by reply_to criterion summary language to why what
    message_id place worker code went_to sender approved_by provider model prompt door conflict decision_id""".split()
)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.loads += [
            name for name, value in attrs if name in ("src", "onerror", "onclick") or "script:" in (value or "")
        ]


@pytest.fixture(params=["refused_signal", "edited"])
def poisoned(request: pytest.FixtureRequest) -> AuditRecord:
    record = record_of(request.param)
    evil = {"note": EVIL, "reviewer": EVIL, "role": EVIL, "reason": EVIL, "edited": {"subject": EVIL, "body": EVIL}}

    def of(one: DecisionRecord) -> DecisionRecord:
        changes = {"sent": evil, "claimed_by": EVIL, "message": EVIL, "code": EVIL, "door": EVIL, "identity": EVIL}
        return one.model_copy(update=changes | {"role": EVIL})

    lead = record.lead.model_copy(update=dict.fromkeys(("name", "message", "company", "email"), EVIL))
    reply = record.deliveries[0].reply.model_copy(update={"recipient": EVIL, "subject": EVIL, "body": EVIL})
    delivery = record.deliveries[0].model_copy(
        update={"reply": reply, "note": EVIL, "approved_by": EVIL, "went_to": EVIL}
    )
    version = record.versions[0]
    brief = _poisoned(version.brief) | {"conflicts": version.brief["conflicts"]}
    brief["results"] = version.brief["results"]
    return record.model_copy(
        update={
            "lead": lead,
            "reason": EVIL,
            "notes": (EVIL,),
            "deliveries": (delivery,),
            "decisions": tuple(of(one) for one in record.decisions),
            "versions": (version.model_copy(update={"how": EVIL, "brief": brief}),),
        }
    )


def test_page_runs_loads_and_reorders_nothing(poisoned: AuditRecord) -> None:
    page = as_html(poisoned)
    tags = Tags()
    tags.feed(page)
    assert not tags.found & {"script", "img", "iframe", "object", "embed", "link", "form", "base"}
    assert tags.loads == []
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_markdown_formats_and_links_nothing_of_a_stranger(poisoned: AuditRecord) -> None:
    text = as_markdown(poisoned)
    assert "\x1b" not in text
    assert "\u202e" not in text
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    inline = [child for token in tokens for child in (token.children or [])]
    assert {child.type for child in inline} <= {"text", "code_inline", "strong_open", "strong_close", "softbreak"}
    assert not [token for token in tokens if token.type.startswith("html")]
    headings = [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"]
    assert not [heading for heading in headings if heading.startswith("title")]


# --- the documentation ---------------------------------------------------------------------------------------------


def _fields(model: type[BaseModel]) -> set[str]:
    return {field.serialization_alias or name for name, field in model.model_fields.items()}


def test_every_part_of_the_record_is_documented() -> None:
    text = (Path(__file__).parents[1] / "docs" / "audit-record.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z_]+)`", text))
    ours = [
        one
        for one in vars(schema).values()
        if isinstance(one, type) and issubclass(one, BaseModel) and one.__module__ == schema.__name__
    ]
    wanted = {field for model in ours for field in _fields(model)}
    assert wanted - named == set()
