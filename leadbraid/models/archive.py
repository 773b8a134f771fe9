"""The archive: what a pass over the closed leads begins with, and what it leaves for the next."""

from __future__ import annotations

from datetime import datetime

from leadbraid.models.base import Line, Model, Sentence


class LeftOver(Model):
    """A closed lead that has no bundle yet. ``failed``: it should have one; else something of it is still open."""

    lead_id: Line
    why: Sentence
    failed: bool
    since: datetime


class ArchiveTask(Model):
    """For `archive_closed`: what the pass before left. Leads that closed before ``since`` have been looked at."""

    since: datetime | None = None
    left: tuple[LeftOver, ...] = ()


class ArchiveReport(Model):
    """What a pass did. ``since`` and ``left`` are for the next one; ``more``: its time was up before all were done."""

    since: datetime | None = None
    left: tuple[LeftOver, ...] = ()
    kept: int = 0
    more: bool = False
