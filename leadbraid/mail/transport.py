"""The seam to whatever carries a message out of the house."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal, Protocol

Commit = Callable[[], Awaitable[None]]
"""Awaited right before the step that cannot be taken back. Raises `NotSent` or `MailRefused`: then do not take it."""


@dataclass(frozen=True)
class Handed:
    """A message that was handed over, and where it went."""

    place: str


class Transport(Protocol):
    """Carries one message, at most once for each accepted commit."""

    async def hand_over(self, message: EmailMessage, delivery_id: str, attempt: int, commit: Commit) -> Handed:
        """Do all that can be taken back, await ``commit``, then the one step that cannot.

        Raises:
            NotSent: Certainly nothing left; trying again is safe.
            MailRefused: Certainly nothing left, and trying again is of no use.
        """

    async def look_up(self, delivery_id: str) -> Handed | Literal[False] | None:
        """What became of a delivery: handed over, certainly not (and never will be), or None where nobody can tell."""
