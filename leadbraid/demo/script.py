"""What the demo does with each sample lead: who reviews it how, and how it must end (``examples/demo.yaml``)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from leadbraid.errors import InputError
from leadbraid.models import Brief, DecisionKind, Edit, Model, Reply, State, Step, Stream


class Words(Model):
    """How the scripted reviewer changes the reply: ``replace`` old words by new ones, or ``add`` a sentence."""

    replace: dict[str, str] = Field(default_factory=dict)
    add: str = ""

    def applied(self, reply: Reply) -> Edit:
        """The reply in the reviewer's words."""
        body = reply.body
        for old, new in self.replace.items():
            body = body.replace(old, new)
        return Edit(subject=reply.subject, body=f"{body.rstrip()}\n\n{self.add}" if self.add else body)


class Act(Model):
    """One decision of the scripted reviewer. ``overrides`` are by conflict code; ids are looked up when it is made."""

    decision: DecisionKind
    note: str = ""
    reason: str | None = None
    streams: tuple[Stream, ...] = ()
    next_step: Step | None = None
    overrides: dict[str, str] = Field(default_factory=dict)
    edit: Words | None = None

    def made(self, brief: Brief, reviewer: str) -> dict[str, Any]:
        """The decision on ``brief``, as a signal carries it."""
        given = self.model_dump(mode="json", exclude_defaults=True, exclude={"edit", "overrides"})
        given |= {"decision": self.decision.value, "reviewer": reviewer, "version": brief.version}
        given["overrides"] = {
            one.id: why for one in brief.open_conflicts if (why := self.overrides.get(one.code.value)) is not None
        }
        if self.decision is DecisionKind.APPROVE:
            given |= self._bytes(brief)
        return given

    def _bytes(self, brief: Brief) -> dict[str, Any]:
        if brief.reply is None or (self.next_step or brief.next_step.step) not in brief.steps_that_send:
            return {}
        if self.edit is None:
            return {"reply": brief.reply.digest}
        edited = self.edit.applied(brief.reply)
        changed = Reply(recipient=brief.reply.recipient, subject=edited.subject, body=edited.body)
        return {"edited": edited.model_dump(), "reply": changed.digest}


class Sample(Model):
    """One sample lead. ``outage``: a stream whose provider the demo makes fail; ``ends``: the states it may end in."""

    file: str
    shows: str
    playbook: str = ""
    outage: Stream | None = None
    reviewer: str = "ana"
    acts: Annotated[tuple[Act, ...], Field(min_length=1)]
    ends: State
    step: Step


class Script(Model):
    """The demo."""

    latency: dict[Stream, float] = Field(description="Simulated seconds of one call of a stream.")
    samples: Annotated[tuple[Sample, ...], Field(min_length=1)]


def load_script(folder: Path) -> Script:
    """Read ``demo.yaml`` of the examples.

    Raises:
        InputError: It is not there or not a script; says what is wrong.
    """
    file = folder / "demo.yaml"
    try:
        return Script.model_validate(YAML(typ="safe").load(file.read_text("utf-8")), extra="forbid")
    except OSError as error:
        raise InputError(
            f"{file} cannot be read: {error.strerror}; run the demo from a clone or an installed wheel."
        ) from None
    except (YAMLError, ValidationError) as error:
        raise InputError(f"{file} is not a demo script: {error}") from None
