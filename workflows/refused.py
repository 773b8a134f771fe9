"""Why a decision does not count."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - an answer, not a bug
    """A decision that does not count. ``code`` names the rule."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
