"""Audit records of made-up leads, told step by step on a clock of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from builders import lead

from leadbraid.audit.schema import (
    Attempt,
    AuditRecord,
    Call,
    CallEnd,
    DecisionRecord,
    DeliveryRecord,
    Failure,
    Occurrence,
    Place,
    PlaybookRecord,
    Review,
    RunRecord,
    StateRecord,
    VersionRecord,
)
from leadbraid.models import Reply, State, Stream

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
UGLY = "<script>alert(1)</script>\x1b[31m\u202e\"&'; 王小明 🦊 " + "x" * 300
DAY = timedelta(days=1)


def seconds(n: float) -> timedelta:
    return timedelta(seconds=n)


class Story:
    """Tells a lead's way; ``record`` is the account of it. Every step moves the clock."""

    def __init__(self) -> None:
        self.now = START
        self.run = "run-1"
        self.events = 1
        self.version = 0
        self.calls: list[Call] = []
        self.told: dict[str, list[Any]] = {}
        self.runs: list[RunRecord] = []
        self._run_started = START

    def place(self) -> Place:
        self.events += 1
        return Place(run_id=self.run, event_id=self.events, at=self.now)

    def wait(self, length: timedelta) -> Story:
        self.now += length
        return self

    def add(self, part: str, one: Any) -> Story:
        self.told.setdefault(part, []).append(one)
        return self

    def call(
        self, name: str, lasts: float, *, waits: float = 0.1, end: CallEnd = CallEnd.COMPLETED, **more: Any
    ) -> Call:
        """A call that is scheduled now; the clock stays."""
        begun = self.now
        place = self.place()
        self.events += 2
        started = begun + seconds(waits)
        ended = None if end is CallEnd.OPEN else started + seconds(lasts)
        version = more.pop("version", self.version)
        made = Call(
            place=place, name=name, activity_id=f"{name}-v{version}", version=version, scheduled=begun,
            started=started, ended=ended, end=end, attempts=more.pop("attempts", 1), **more,
        )  # fmt: skip
        self.calls.append(made)
        return made

    def streams(self, *names: Stream, why: str = "", **more: Any) -> Story:
        """They run side by side; the clock moves to the end of the last."""
        made = [
            self.call(name, 2.0 + n * 1.3, stream=name, summary=f"{name.label}{why}", version=self.version + 1, **more)
            for n, name in enumerate(names)
        ]
        self.now = max(one.ended for one in made if one.ended) + seconds(0.02)
        return self

    def assemble(self, how: str = "first version", *, taken: bool = True) -> Story:
        self.version += 1
        made = self.call("assemble", 0.05, waits=0.01)
        self.add(
            "versions",
            VersionRecord(place=made.place, version=self.version, how=how, taken=taken, digest="", brief={}),
        )
        self.now += seconds(0.08)
        return self

    def state(self, state: State) -> Story:
        return self.add("states", StateRecord(place=self.place(), state=state))

    def review(self) -> Story:
        later = dict.fromkeys(("remind_at", "due_at", "expire_at"), self.now + DAY)
        self.add("reviews", Review(place=self.place(), **later))
        return self.state(State.IN_REVIEW)

    def decide(self, kind: str, who: str = "ana", *, accepted: bool = True, **more: Any) -> Story:
        told = {"claimed_by": who} | more
        place = self.place()
        self.now += seconds(0.01)
        return self.add(
            "decisions",
            DecisionRecord(place=place, door="update decide", kind=kind, seen=self.version, accepted=accepted, **told),
        )

    def happens(self, what: str) -> Story:
        return self.add("occurrences", Occurrence(place=self.place(), what=what))

    def deliver(self, number: int, *fates: str, between: timedelta = timedelta(hours=1)) -> Story:
        """Attempts, one for each fate, with a wait between them."""
        self.state(State.DELIVERING)
        begun, attempts = self.place(), []
        for n, fate in enumerate(fates, 1):
            self.now += between if n > 1 else seconds(0.1)
            made = self.call("transmit", 0.8, version=0, summary=f"Send the approved reply, attempt {n}")
            attempts.append(
                Attempt(
                    number=n, scheduled=made.scheduled, started=made.started, ended=made.ended, end=made.end, fate=fate
                )
            )
            self.now = (made.ended or self.now) + seconds(0.1)
        reply = Reply(recipient="kim@example.com", subject="Hello", body="Hello")
        return self.add(
            "deliveries",
            DeliveryRecord(
                delivery_id=f"delivery-{number}", place=begun, reply=reply, digest=reply.digest, message_id="<1@x>",
                sender="a@example.com", approved_by="ana", approved_at=begun.at, attempts=tuple(attempts),
            ),
        )  # fmt: skip

    def next_run(self, closed: str = "completed", **more: Any) -> Story:
        """The run ends; what follows happens in another."""
        self.runs.append(
            RunRecord(
                workflow_id="lead-0123456789abcdef", run_id=self.run, type="LeadFollowUp", started=self._run_started,
                ended=None if closed == "open" else self.now, closed=closed, head="", events=(), **more,
            )
        )  # fmt: skip
        self.run = f"run-{len(self.runs) + 1}"
        self._run_started = self.now
        return self

    def record(self, closed: str = "completed", **run: Any) -> AuditRecord:
        """The account, with the last run closed so."""
        self.next_run(closed, **run)
        states = self.told.get("states", [])
        return AuditRecord(
            made_by="test",
            lead_id="lead-0123456789abcdef",
            state=states[-1].state if states else State.WORKING,
            ended=closed,
            started=START,
            closed=self.runs[-1].ended,
            lead=lead(),
            mail_from="a@example.com",
            playbooks=(
                PlaybookRecord(place=Place(run_id="run-1", event_id=1, at=START), digest="", name="p", plan="x"),
            ),
            calls=tuple(self.calls),
            runs=tuple(self.runs),
            **{name: tuple(found) for name, found in self.told.items()},
        )


def first_version(story: Story, **more: Any) -> Story:
    return story.wait(seconds(0.1)).streams(*Stream, **more).assemble().review()


def plain_lead() -> AuditRecord:
    """Worked, approved after two hours, sent."""
    story = first_version(Story()).wait(timedelta(hours=2)).decide("approve").deliver(1, "sent")
    return story.state(State.SENT).record()


def long_lead(rounds: int = 20) -> AuditRecord:
    """Some 400 events: many rounds of changes, notes by the dozen, two deliveries that failed and one that did not."""
    story = first_version(Story(), attempts=3, failures=(Failure(message=UGLY),))
    streams = list(Stream)
    for n in range(rounds):
        story.wait(timedelta(hours=3)).decide("note", UGLY).wait(timedelta(minutes=3)).decide("note", "ben")
        if n % 5 == 1:
            story.wait(timedelta(hours=20)).happens("remind the reviewer (due 25 Nov 14:39 UTC)")
            story.decide("approve", UGLY, accepted=False, code="stale_version", message=UGLY)
        story.wait(timedelta(minutes=40)).decide("request_changes", UGLY if n % 3 else "李雷韩梅梅")
        story.state(State.CHANGES_REQUESTED).streams(*streams[n % 4 : n % 4 + 2]).assemble(
            f"changes requested by {UGLY}"[:300]
        )
        if n % 4 == 0:
            story.streams(Stream.DRAFTING, why=" (redraft 1)").assemble("redraft 1", taken=bool(n % 8))
        if n % 6 == 5:
            story.next_run("continued as new")
        story.review()
    for n, fates in enumerate((("not_sent", "not_sent", "refused"), ("refused",), ("not_sent", "sent")), 1):
        story.wait(DAY).decide("approve", "ana", by="ana").deliver(n, *fates)
        if n < 3:
            story.assemble("delivery refused").review()
    return story.state(State.SENT).record()
