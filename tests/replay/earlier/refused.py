"""Why a decision does not count."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from leadbraid.models import Decision


class Refused(Exception):  # noqa: N818 - an answer, not a bug
    """A decision that does not count. ``code`` names the rule; ``decision`` is what it was, where it could be read."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.decision: Decision | None = None
