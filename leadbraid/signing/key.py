"""A person's key pair. The private key is a PEM file that nobody else can read; it is never printed or logged."""

from __future__ import annotations

import base64
import contextlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from leadbraid.errors import SigningKeyError
from leadbraid.signing.public import key_id, public_bytes
from leadbraid.signing.statement import SIGNATURE, signed_bytes

_PEM_LIMIT = 100_000


class SigningKey:
    """A private key in memory, with what may be told of it: its id and its public half (32 bytes in base64)."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        public = private.public_key().public_bytes_raw()
        self.public = base64.b64encode(public).decode()
        self.id = key_id(public)

    @classmethod
    def new(cls) -> SigningKey:
        """Another key, made on this machine."""
        return cls(Ed25519PrivateKey.generate())

    @property
    def public_pem(self) -> bytes:
        """The public half as other tools read it (PEM, SubjectPublicKeyInfo)."""
        return pem_of(self._private.public_key().public_bytes_raw())

    def sign_bytes(self, data: bytes) -> bytes:
        """The plain signature over ``data``, 64 bytes."""
        return self._private.sign(data)

    def signed(self, decision: Mapping[str, Any], lead: str, run: str) -> dict[str, Any]:
        """The decision with its signature: what is sent is what was signed, and one field more."""
        return {**decision, SIGNATURE: sign(self, decision, lead, run)}


def sign(key: SigningKey, decision: Mapping[str, Any], lead: str, run: str) -> str:
    """The signature of a decision on one run of one lead, in base64. The decision should name ``key.id`` already.

    Raises:
        ValueError: The decision cannot be written as JSON.
    """
    return base64.b64encode(key._private.sign(signed_bytes(decision, lead, run))).decode()


def store_key(path: Path, key: SigningKey) -> None:
    """Write a private key (PEM, PKCS8, mode 0600). An existing file is never overwritten.

    Raises:
        SigningKeyError: There is a file of that name, or it cannot be written.
    """
    pem = key._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise SigningKeyError(f"{path} is there already and is kept; name another file with --key FILE.") from None
    except OSError as error:
        raise SigningKeyError(f"{path} cannot be written: {error.strerror}.") from None
    _fill(path, handle, pem)


def _fill(path: Path, handle: int, pem: bytes) -> None:
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(handle)
    except OSError as error:
        with contextlib.suppress(OSError):
            path.unlink()
        raise SigningKeyError(f"{path} cannot be written: {error.strerror}.") from None


def load_key(path: Path) -> SigningKey:
    """Read a private key.

    Raises:
        SigningKeyError: There is none, others can read it, or it is not an Ed25519 key; says what to do.
    """
    pem = _read_private(path)
    try:
        private = load_pem_private_key(pem, password=None)
    except TypeError:
        raise SigningKeyError(f"The key {path} has a passphrase, which is not supported; store it without.") from None
    except (ValueError, UnsupportedAlgorithm):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise SigningKeyError(f"{path} is not an Ed25519 private key in PEM; `leadbraid signing-keys new` makes one.")
    return SigningKey(private)


def _at_once(path: str, flags: int) -> int:
    """Opening a pipe would wait for its writer."""
    return os.open(path, flags | os.O_NONBLOCK)


def _read_private(path: Path) -> bytes:
    try:
        with open(path, "rb", opener=_at_once) as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise SigningKeyError(f"{path} is not a plain file; name a private key with --key FILE.")
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise SigningKeyError(f"Others can use the private key {path}: chmod 600 {path}")
            return file.read(_PEM_LIMIT)
    except FileNotFoundError:
        raise SigningKeyError(
            f"There is no private key {path}; make one with `leadbraid signing-keys new`, or name one with --key FILE."
        ) from None
    except OSError as error:
        raise SigningKeyError(f"The private key {path} cannot be read: {error.strerror}.") from None


def pem_of(public: bytes) -> bytes:
    """A public key (its 32 bytes) as other tools read it (PEM, SubjectPublicKeyInfo)."""
    return Ed25519PublicKey.from_public_bytes(public).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_from_pem(pem: bytes) -> str:
    """The public key of a PEM file as the keyring has it: 32 bytes in base64.

    Raises:
        SigningKeyError: It is no Ed25519 public key in PEM, or one that proves nothing.
    """
    try:
        found = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        found = None
    if not isinstance(found, Ed25519PublicKey):
        raise SigningKeyError("The file holds no Ed25519 public key in PEM; `openssl pkey -pubout` writes one.")
    text = base64.b64encode(found.public_bytes_raw()).decode()
    try:
        public_bytes(text)
    except ValueError as error:
        raise SigningKeyError(f"The public key {error}.") from None
    return text
