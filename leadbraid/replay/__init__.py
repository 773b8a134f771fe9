"""Histories, exported or live, replayed against the workflow code as it is now: what would break, and where."""

from leadbraid.replay.broken import Broken, Place
from leadbraid.replay.live import Live
from leadbraid.replay.run import TYPES, Replayed, Unreadable, replay
from leadbraid.replay.sources import Exported, Recorded, Source, files_in

__all__ = [
    "TYPES",
    "Broken",
    "Exported",
    "Live",
    "Place",
    "Recorded",
    "Replayed",
    "Source",
    "Unreadable",
    "files_in",
    "replay",
]
