"""Public keys: how one is written, and its short name. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib


def key_id(public: bytes) -> str:
    """The short name of a public key (its 32 bytes): ``k-`` and 16 hex digits of its SHA-256."""
    return f"k-{hashlib.sha256(public).hexdigest()[:16]}"


def public_bytes(text: str) -> bytes:
    """The 32 bytes of a public key in base64.

    Raises:
        ValueError: It is no such thing.
    """
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != 32 or base64.b64encode(found).decode() != text:
        raise ValueError("is not the 32 bytes of an Ed25519 public key in base64")
    if (int.from_bytes(found, "little") & _Y_BITS) % _FIELD in _SMALL_ORDER:
        raise ValueError("is a key of small order, which proves nothing: anybody can sign with it")
    return found


_FIELD = 2**255 - 19
_Y_BITS = 2**255 - 1
"""The highest bit is the sign of the other coordinate."""
_Y_OF_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER = frozenset((0, 1, _FIELD - 1, _Y_OF_ORDER_8, _FIELD - _Y_OF_ORDER_8))
"""The points of order 1, 2, 4 and 8. For them signatures exist that fit any text."""
