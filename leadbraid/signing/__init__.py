"""Signatures of decisions: who decided, proved by a key that only that person holds.

A signature is Ed25519 over one form of the decision, the lead's id and the run's id. The keyring holds the public keys.
"""

from leadbraid.signing.check import check
from leadbraid.signing.key import SigningKey, load_key, pem_of, public_from_pem, sign, store_key
from leadbraid.signing.keyring import Entry, Keyring, changed_keyring, read_keyring
from leadbraid.signing.public import key_id, public_bytes
from leadbraid.signing.statement import signed_bytes

__all__ = [
    "Entry",
    "Keyring",
    "SigningKey",
    "changed_keyring",
    "check",
    "key_id",
    "load_key",
    "pem_of",
    "public_bytes",
    "public_from_pem",
    "read_keyring",
    "sign",
    "signed_bytes",
    "store_key",
]
