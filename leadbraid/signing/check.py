"""Whether a decision was signed by whom it says, for this run of this lead."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from leadbraid.models import Checked
from leadbraid.models.visible import one_line
from leadbraid.signing.keyring import Entry, Keyring
from leadbraid.signing.statement import SIGNATURE, signed_bytes


def check(decision: Mapping[str, Any], lead: str, run: str, keyring: Keyring, as_of: datetime | None = None) -> Checked:
    """What the signature of ``decision``, exactly as it was sent, proves. Takes anything and never raises.

    A key that was ever revoked counts for nothing, whatever the clocks of two machines say. Who looks back gives
    ``as_of``: the time of the decision; then only what was revoked by then does not count.
    """
    named = decision.get("key")
    if not named or not decision.get(SIGNATURE):
        return _not_valid("", "The decision is not signed: it needs both key and signature.")
    key = one_line(str(named), 40)
    entry = keyring.find(named) if isinstance(named, str) else None
    if entry is None:
        return _not_valid(key, f"The key {key} is not in the keyring; `leadbraid signing-keys add` puts it there.")
    if why := _why_not(decision, lead, run, entry, as_of):
        return _not_valid(key, why)
    return Checked(valid=True, reviewer=entry.handle, key=entry.key, roles=entry.roles)


def _not_valid(key: str, reason: str) -> Checked:
    return Checked(valid=False, key=key, reason=reason)


def _why_not(decision: Mapping[str, Any], lead: str, run: str, entry: Entry, as_of: datetime | None) -> str:
    """Why the signature proves nothing; empty where it does.

    The signature comes first: whose key it is, and with which roles, is told only to who holds it.
    """
    if not _matches(decision, lead, run, entry.public_bytes):
        return (
            f"The signature does not match the key {entry.key}: it was made for another lead or another run of this "
            "lead, or the decision was changed after it was signed; look at the lead again and sign anew."
        )
    if entry.revoked_at(as_of):
        return f"The key {entry.key} is revoked since {entry.revoked:%Y-%m-%d %H:%M %Z}; sign with another."
    if decision.get("reviewer") != entry.handle:
        said = one_line(str(decision.get("reviewer")), 80)
        return f"The key {entry.key} belongs to {entry.handle}, but the decision says it is {said}'s."
    role = decision.get("role")
    if role and role not in entry.roles:
        held = ", ".join(entry.roles) or "none"
        return f"{entry.handle} does not hold the role {one_line(str(role), 80)} (held: {held})."
    return ""


def _matches(decision: Mapping[str, Any], lead: str, run: str, public: bytes) -> bool:
    signature = _signature(decision.get(SIGNATURE))
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed_bytes(decision, lead, run))
    except (InvalidSignature, ValueError, TypeError, RecursionError):
        # Not only a wrong signature: what cannot be written as JSON cannot have been signed.
        return False
    return True


def _signature(given: object) -> bytes:
    """The signature's bytes; none where it is not standard base64. Of the spellings base64 allows, only one counts."""
    if not isinstance(given, str):
        return b""
    try:
        found = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return found if base64.b64encode(found).decode() == given else b""
