"""The timeline: nothing is left out, nothing lies outside, all time is somebody's, and hostile text stays text."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from kit import GOLDEN_LEADS, HISTORIES
from rich.cells import cell_len
from timeline_builders import START, UGLY, Story, first_version, long_lead, plain_lead, seconds

from leadbraid.audit.history import decoded, read_files
from leadbraid.audit.marks import Sort, took
from leadbraid.audit.pages import as_html, as_markdown
from leadbraid.audit.record import make_record
from leadbraid.audit.schema import AuditRecord, CallEnd, Failure
from leadbraid.audit.stretches import MOST_PIECES, Scale, Whose
from leadbraid.audit.timeline import Lane, Timeline, timeline_of
from leadbraid.audit.timeline_layout import rows_of, text_width
from leadbraid.audit.timeline_svg import NARROW, WIDE, as_svg
from leadbraid.audit.timeline_text import as_lines, as_words
from leadbraid.cli import main
from leadbraid.models import State, Stream

SVG = "{http://www.w3.org/2000/svg}"


def files_of(name: str) -> list[Path]:
    return sorted(HISTORIES.glob(f"{name}.json")) + sorted(HISTORIES.glob(f"{name}.*.json"))


async def _record(name: str) -> AuditRecord:
    return make_record([await decoded(events, None) for events in read_files(files_of(name))])


def golden(name: str) -> Timeline:
    return timeline_of(asyncio.run(_record(name)))


def interrupted() -> AuditRecord:
    """A stream that fails, one that times out, one that never ends: the lead is terminated."""
    story = Story().wait(seconds(1))
    story.call("research", 2, stream=Stream.RESEARCH, end=CallEnd.FAILED, failures=(Failure(message=UGLY),))
    story.call("drafting", 3, stream=Stream.DRAFTING, end=CallEnd.TIMED_OUT)
    story.call("qualification", 0, stream=Stream.QUALIFICATION, end=CallEnd.OPEN)
    return story.wait(timedelta(minutes=5)).happens(f"terminated in Temporal by {UGLY}").record("terminated")


def waiting() -> AuditRecord:
    """Open, in review."""
    return first_version(Story()).wait(timedelta(days=1)).decide("note").record("open")


def reset() -> AuditRecord:
    """Sent; a day later an operator resets it to the time of its review."""
    story = first_version(Story())
    at = story.events + 1
    story.wait(seconds(60)).decide("approve").deliver(1, "sent").state(State.SENT).next_run()
    story.wait(timedelta(days=1))
    story._run_started = story.now
    return story.wait(timedelta(hours=1)).decide("reject").state(State.REJECTED).record(
        reset_from="run-1", reset_at=at
    )  # fmt: skip


MADE = {"plain": plain_lead, "long": long_lead, "interrupted": interrupted, "waiting": waiting, "reset": reset}
EVERY = [*GOLDEN_LEADS, *MADE]


@pytest.fixture(scope="module")
def timelines() -> dict[str, Timeline]:
    return {name: golden(name) for name in GOLDEN_LEADS} | {name: timeline_of(make()) for name, make in MADE.items()}


# --- nothing left out, nothing outside -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
def test_pieces_and_stretches_cover_the_whole_time_without_a_gap(name: str, timelines: dict[str, Timeline]) -> None:
    found = timelines[name]
    for parts in (found.stretches, found.pieces):
        assert parts[0].start == found.start
        assert parts[-1].end == found.end
        assert all(one.end == after.start for one, after in pairwise(parts))
        assert all(one.start < one.end for one in parts)
    assert sum((found.spent(whose) for whose in Whose), timedelta(0)) == found.end - found.start


@pytest.mark.parametrize("name", EVERY)
def test_every_call_and_mark_belongs_to_a_piece_and_none_lies_outside(
    name: str, timelines: dict[str, Timeline]
) -> None:
    found = timelines[name]
    assert {bar for part in found.parts for bar in part.bars} == set(found.bars)
    assert sum(len(part.marks) for part in found.parts) == len(found.marks)
    assert all(found.start <= one.start <= (one.run or one.end) <= one.end <= found.end for one in found.bars)
    assert all(found.start <= one.at <= found.end for one in found.marks)


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_drawn_outside_the_picture_and_no_labels_touch(
    name: str, width: int, timelines: dict[str, Timeline]
) -> None:
    svg = ElementTree.fromstring(as_svg(timelines[name], width))
    for rect in svg.iter(f"{SVG}rect"):
        x, wide = float(rect.attrib["x"]), float(rect.attrib["width"])
        assert x >= 0
        assert wide >= 0
        assert x + wide <= width
    for text in svg.iter(f"{SVG}text"):
        if text.attrib["class"] == "end":
            assert text_width(text.text or "") < float(text.attrib["x"])
    for row in rows_of(timelines[name], 100, width - 10):
        for labels in row.labels.values():
            for level in {one.level for one in labels}:
                line = [one for one in labels if one.level == level]
                ends = [one.text_x + text_width(one.text) for one in line]
                assert all(end <= after.text_x for end, after in zip(ends, line[1:], strict=False))
                assert ends[-1] <= width - 9


def test_every_call_has_its_own_words_in_the_picture(timelines: dict[str, Timeline]) -> None:
    for name in ("plain", "redrafted", "failed_stream"):
        svg = ElementTree.fromstring(as_svg(timelines[name]))
        titles = [one.text or "" for one in svg.iter(f"{SVG}title")]
        for bar in timelines[name].bars:
            assert any(title.startswith(f"{bar.name}: ") for title in titles), bar.name


# --- what it tells ---------------------------------------------------------------------------------------------------


def test_critical_path_goes_from_the_slowest_stream_over_the_redraft_to_the_review(
    timelines: dict[str, Timeline],
) -> None:
    [path] = timelines["redrafted"].paths
    assert [one.lane for one in path.steps] == [Lane.QUALIFICATION, Lane.MERGE, Lane.REDRAFT, Lane.MERGE]
    slowest = max(
        (
            one
            for one in timelines["redrafted"].bars
            if one.version == 1 and one.lane is not Lane.MERGE and not one.local
        ),
        key=lambda one: one.end,
    )
    assert slowest.critical
    assert sum(one.critical for one in timelines["redrafted"].bars) == 4


def test_a_rerun_has_a_path_of_its_own_which_does_not_reach_back_over_peoples_time(
    timelines: dict[str, Timeline],
) -> None:
    first, second = timelines["changes_then_approved"].paths
    assert (first.version, second.version) == (1, 2)
    assert [one.lane for one in second.steps] == [Lane.RESEARCH, Lane.MERGE]
    assert second.start > first.end


def test_review_after_a_refused_delivery_waited_for_that_delivery() -> None:
    paths = [path for path in timeline_of(long_lead()).paths if any(one.lane is Lane.DELIVERY for one in path.steps)]
    assert [[one.lane for one in path.steps] for path in paths] == [
        [Lane.DELIVERY, Lane.DELIVERY, Lane.DELIVERY, Lane.MERGE],
        [Lane.DELIVERY, Lane.MERGE],
    ]


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("approved", ["in review"]),
        ("held", ["in review", "held", "in review", "held"]),
        ("snoozed", ["in review", "snoozed", "in review"]),
        ("escalated_expired_and_reopened", ["in review", "expired", "in review"]),
    ],
)
def test_peoples_time_is_told_apart_with_its_state(
    name: str, states: list[str], timelines: dict[str, Timeline]
) -> None:
    assert [one.label for one in timelines[name].pieces if one.whose is Whose.PEOPLE] == states


def test_new_version_made_while_the_review_is_open_is_the_machines_time(timelines: dict[str, Timeline]) -> None:
    sides = [one.whose for one in timelines["wrote_again"].stretches]
    assert sides[:4] == [Whose.MACHINE, Whose.PEOPLE, Whose.MACHINE, Whose.PEOPLE]


def test_hours_between_two_attempts_are_broken_out_and_still_counted() -> None:
    found = timeline_of(
        first_version(Story()).wait(seconds(60)).deliver(1, "not_sent", "sent").state(State.SENT).record()
    )
    pauses = [one for one in found.pieces if one.label == "nothing ran"]
    assert [took(one.lasted) for one in pauses] == ["1 h"]
    assert pauses[0].scale is Scale.BREAK
    assert found.spent(Whose.MACHINE) > timedelta(hours=1)
    assert [one.result for one in found.bars if one.lane is Lane.DELIVERY] == ["not sent", "sent"]


def test_alarms_continue_as_new_and_resets_are_marks(timelines: dict[str, Timeline]) -> None:
    alarms = [one.label for one in timelines["escalated_expired_and_reopened"].marks if one.sort is Sort.ALARM]
    assert alarms == ["remind the reviewer", "escalate", "now lena's", "expire"]
    temporal = [one.label for one in timelines["continued"].marks if one.sort is Sort.TEMPORAL]
    assert temporal == ["continued as new"]


def test_time_between_an_end_and_a_reset_is_nobodys_and_the_review_goes_on(timelines: dict[str, Timeline]) -> None:
    found = timelines["reset"]
    assert found.spent(Whose.NOBODY) == timedelta(days=1)
    assert [one.label for one in found.stretches][-2:] == ["closed", "in review"]


def test_signed_and_claimed_are_told_apart_and_refusals_with_their_reason() -> None:
    story = first_version(Story()).decide("approve", "ana", by="ana").decide("note", "ben")
    story.decide("approve", "eve", accepted=False, code="stale_version", message="It names version 0.")
    signed, claimed, refused = timeline_of(story.record("open")).marks
    assert signed.label == "approve, by ana (signed)"
    assert claimed.label == "note, claimed by ben"
    assert (refused.sort, refused.label) == (Sort.REFUSED, "approve refused, claimed by eve")
    assert "stale_version" in refused.text


def test_attempts_failures_and_what_is_not_over_are_written(timelines: dict[str, Timeline]) -> None:
    text = "\n".join(as_lines(timelines["interrupted"]))
    assert re.search(r"Research .*× .*failed", text)
    assert re.search(r"Drafting .*× .*timed out", text)
    assert re.search(r"Qualification .*> .*not over", text)
    assert "working; terminated in Temporal." in text
    assert "3 tries" in "\n".join(as_lines(timelines["long"]))
    assert "3 tries" in as_svg(timelines["long"])


def test_text_alternative_tells_the_same(timelines: dict[str, Timeline]) -> None:
    words = as_words(timelines["redrafted"])
    assert "People, in review: 49 ms" in words
    assert "Critical path to version 2" in words
    assert "#1 approve, claimed by ana" in words
    assert words in (ElementTree.fromstring(as_svg(timelines["redrafted"])).findtext(f"{SVG}desc") or "")


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (0, "0 ms"), (0.0852, "85 ms"), (0.9996, "1.0 s"), (1.24, "1.2 s"), (59.97, "1 min"), (245, "4 min 5 s"),
        (7200, "2 h"), (183_600, "2 d 3 h"), (-3, "0 ms"),
    ],
)  # fmt: skip
def test_lengths_read_as_people_say_them(length: float, words: str) -> None:
    assert took(seconds(length)) == words


# --- long, ugly, bounded ---------------------------------------------------------------------------------------------


def test_long_lead_stays_readable_and_bounded(timelines: dict[str, Timeline]) -> None:
    found = timelines["long"]
    assert len(found.marks) > 60
    for width in (WIDE, NARROW):
        assert len(as_svg(found, width)) < 200_000
    assert len(as_words(found)) < 30_000


def test_middle_of_an_endless_story_is_folded() -> None:
    found = timeline_of(long_lead(rounds=120))
    assert len(found.pieces) == MOST_PIECES + 1
    [fold] = [one for one in found.pieces if one.scale is Scale.FOLDED]
    assert fold.whose is Whose.BOTH
    assert sum((found.spent(whose) for whose in Whose), timedelta(0)) == found.end - found.start
    assert len(as_svg(found)) < 200_000
    assert f"{fold.label}, " in as_svg(found)


def test_hostile_text_stays_text(timelines: dict[str, Timeline]) -> None:
    for name in ("long", "interrupted"):
        svg = as_svg(timelines[name])
        ElementTree.fromstring(svg)
        lines = as_lines(timelines[name], 80)
        for text in (svg, "\n".join(lines), as_words(timelines[name])):
            assert "\x1b" not in text
            assert "\u202e" not in text
        assert "<script" not in svg
        assert all(cell_len(line) <= 80 for line in lines)


def test_picture_has_no_script_and_loads_nothing(timelines: dict[str, Timeline]) -> None:
    svg = as_svg(timelines["long"])
    assert not re.search(r"<script|<foreignObject|<image|href|@import|\son\w+=", svg)
    assert set(re.findall(r"url\(([^)]*)\)", svg)) <= {f"#lt{WIDE}p", f"#lt{WIDE}h"}


def test_pages_hold_it() -> None:
    record = plain_lead()
    html = as_html(record)
    assert html.count('<svg xmlns="http://www.w3.org/2000/svg" class="lt"') == 2
    assert "Critical path to version 1" in as_markdown(record)


def test_lead_that_has_only_begun_can_be_drawn() -> None:
    found = timeline_of(Story().record("open"))
    assert found.start == found.end == START
    assert as_lines(found)
    ElementTree.fromstring(as_svg(found))


# --- the command -----------------------------------------------------------------------------------------------------


def test_command_draws_in_the_terminal_and_into_a_file(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    given = [part for file in files_of("approved") for part in ("--history", str(file))]
    assert main(["timeline", *given]) == 0
    assert "machine: working" in capfdbinary.readouterr().out.decode()
    assert main(["timeline", *given, "-o", str(tmp_path / "x.svg")]) == 0
    ElementTree.parse(tmp_path / "x.svg")
    assert main(["timeline", "lead-0", *given]) == 2
    assert b"Name a lead, or histories" in capfdbinary.readouterr().err
