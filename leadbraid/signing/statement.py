"""What is signed, to the byte. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leadbraid.models import canonical_json

PREFIX = b"leadbraid-decision-v1\n"
"""Sets these bytes apart from anything else that the same key may sign, and from later forms."""
SIGNATURE = "signature"


def signed_bytes(decision: Mapping[str, Any], lead: str, run: str) -> bytes:
    """The bytes that a decision's signature covers: every field but the signature itself, the lead, and the run.

    Nothing is normalised: a field with its default and a field left out are two decisions. So any program can sign what
    it sends without knowing our models. The run is there because a reset lead replays old signals to new text.

    Raises:
        ValueError: The decision holds what JSON cannot carry (half a surrogate pair, say).
    """
    bare = {name: value for name, value in decision.items() if name != SIGNATURE}
    return PREFIX + canonical_json({"decision": bare, "lead": lead, "run": run})
