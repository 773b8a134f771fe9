"""What every model shares: frozen values, bounded texts, digests.

Models read from a Temporal history ignore fields they do not know, so that an older worker can read what a newer one
wrote. At the edges, and for what a provider answers, the same models are validated with ``extra="forbid"``.
"""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

Line = Annotated[str, StringConstraints(max_length=300)]
"""One line: a name, a title, a subject, a reason."""
Sentence = Annotated[str, StringConstraints(max_length=1_000)]
"""A few lines at most: a quote, a message to a person."""
Body = Annotated[str, StringConstraints(max_length=20_000)]
"""A letter: a lead's message, a reply."""
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
"""An id in a playbook."""


class Model(BaseModel):
    """A frozen value."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Severity(StrEnum):
    """How much something should stop us. ``blocking`` must be resolved or overridden before an approval counts."""

    INFO = "info"
    WARN = "warn"
    BLOCKING = "blocking"

    @property
    def rank(self) -> int:
        """0, 1 or 2; higher stops more."""
        return list(Severity).index(self)


class Tone(StrEnum):
    """How sure a text sounds, from the least to the most."""

    CAREFUL = "careful"
    MEASURED = "measured"
    CONFIDENT = "confident"

    @property
    def rank(self) -> int:
        """0, 1 or 2; higher is surer."""
        return list(Tone).index(self)


class Quote(Model):
    """Words taken from a source, to the letter.

    ``source`` is one of ``lead:<field>``, ``documents:<file>[#<row or line>]``, ``reviewer``, ``playbook:<id>``,
    or the name of a stream.
    """

    source: Line
    text: Sentence


def canonical_json(value: Any) -> bytes:
    """``value`` as JSON with sorted keys and no spaces, UTF-8: the one form that is hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(data: bytes) -> str:
    """``sha256:`` and 64 hex digits."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def model_digest(model: BaseModel) -> str:
    """The digest of a model's canonical JSON."""
    return digest(canonical_json(model.model_dump(mode="json")))
