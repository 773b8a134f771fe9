"""The keyring: one file of public keys. Whom a key belongs to, which roles it has, and whether it was revoked.

It is read anew for each check, so that a revoked key stops counting at once and a new person can decide old leads. It
is written under a lock and replaced in one step: a reader sees the old keyring or the new one, never half of it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import stat
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, StringConstraints, ValidationError, field_validator, model_validator

from leadbraid.errors import KeyringError
from leadbraid.models import Model
from leadbraid.models.base import Slug
from leadbraid.models.visible import one_line
from leadbraid.signing.public import key_id, public_bytes

_KEY_ID = re.compile(r"k-[0-9a-f]{16}")
BYTES_LIMIT = 4_000_000
"""Some ten thousand keys. A larger file is not a keyring."""

Handle = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._@+-]{0,59}$")]
"""Lower case only: two people whose handles differ by case would be told apart by nobody."""


class Entry(Model):
    """One person's public key. ``public`` is its 32 bytes in base64; ``revoked`` is when it stopped counting."""

    handle: Handle
    key: str
    public: str
    roles: tuple[Slug, ...] = ()
    added: AwareDatetime
    revoked: AwareDatetime | None = None

    @field_validator("handle")
    @classmethod
    def _is_no_key_id(cls, value: str) -> str:
        if _KEY_ID.fullmatch(value):
            raise ValueError("looks like the id of a key")
        return value

    @field_validator("public")
    @classmethod
    def _is_a_key(cls, value: str) -> str:
        public_bytes(value)
        return value

    @model_validator(mode="after")
    def _named_by_itself(self) -> Entry:
        if key_id(self.public_bytes) != self.key:
            raise ValueError(f"{self.key} is not the id of its public key")
        return self

    @property
    def public_bytes(self) -> bytes:
        """The public key itself."""
        return public_bytes(self.public)

    def revoked_at(self, moment: datetime | None) -> bool:
        """Whether it was revoked at ``moment``; None: whether it is revoked at all, whatever any clock says."""
        return self.revoked is not None and (moment is None or self.revoked <= moment)


class Keyring(Model):
    """All keys, revoked ones too: who signed an old decision can be told for ever."""

    version: Literal[1] = 1
    keys: tuple[Entry, ...] = ()

    @model_validator(mode="after")
    def _each_key_once(self) -> Keyring:
        seen: set[str] = set()
        for entry in self.keys:
            if entry.key in seen:
                raise ValueError(f"{entry.key} is there twice")
            seen.add(entry.key)
        return self

    def find(self, key: str) -> Entry | None:
        """The key of that id."""
        return next((entry for entry in self.keys if entry.key == key), None)

    def with_key(self, entry: Entry) -> Keyring:
        """With one more key. A key that this person has already gets the roles of ``entry``.

        Raises:
            KeyringError: The key is another person's, or was revoked; a revoked key never comes back.
        """
        there = self.find(entry.key)
        if there is None:
            return self.model_copy(update={"keys": (*self.keys, entry)})
        if there.public != entry.public or there.handle != entry.handle:
            raise KeyringError(f"The key {entry.key} belongs to {there.handle}; {entry.handle} needs another.")
        if there.revoked:
            raise KeyringError(
                f"The key {entry.key} was revoked {_day(there.revoked)} and cannot come back; "
                f"make {entry.handle} a new one."
            )
        return self._with({there.key: there.model_copy(update={"roles": entry.roles})})

    def revoking(self, key_or_handle: str, now: datetime) -> Keyring:
        """With this key, or every key of this person, revoked. A time of revocation that is there stays.

        Raises:
            KeyringError: Nothing is called so.
        """
        meant = [entry for entry in self.keys if key_or_handle in (entry.key, entry.handle)]
        if not meant:
            raise KeyringError(
                f"No key or person in the keyring is called {one_line(key_or_handle, 80)}; "
                "`leadbraid signing-keys list` tells them."
            )
        return self._with({one.key: one.model_copy(update={"revoked": one.revoked or now}) for one in meant})

    def _with(self, changed: dict[str, Entry]) -> Keyring:
        return self.model_copy(update={"keys": tuple(changed.get(entry.key, entry) for entry in self.keys)})


def _day(moment: datetime) -> str:
    return f"on {moment:%Y-%m-%d}"


# --- the file ------------------------------------------------------------------------------------------------------


def read_keyring(path: Path) -> Keyring:
    """The keyring in the file; an empty one where there is no file, since then nobody has a key.

    Raises:
        KeyringError: It cannot be read, is damaged, or anybody could have written it; says what to do.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(BYTES_LIMIT + 1)
    except FileNotFoundError:
        return Keyring()
    except OSError as error:
        raise KeyringError(f"The keyring {path} cannot be read ({error.strerror}); set LEADBRAID_KEYRING.") from None
    if mode & stat.S_IWOTH:
        raise KeyringError(f"Anybody can write the keyring {path}, so it proves nothing: chmod 644 {path}")
    return _parsed(path, data)


def _parsed(path: Path, data: bytes) -> Keyring:
    try:
        if len(data) > BYTES_LIMIT:
            raise ValueError(f"larger than {BYTES_LIMIT // 1_000_000} MB")
        return Keyring.model_validate(json.loads(data), extra="forbid")
    except (ValidationError, ValueError, RecursionError) as error:
        raise KeyringError(
            f"The keyring {path} is damaged ({_what(error)}); put a copy from before in its place."
        ) from None


def _what(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return one_line(f"{place}: {first['msg'].removeprefix('Value error, ')}".removeprefix(": "), 200)
    return "it is not JSON" if isinstance(error, json.JSONDecodeError | UnicodeError) else one_line(str(error), 200)


def changed_keyring(path: Path, change: Callable[[Keyring], Keyring]) -> Keyring:
    """Read, change and write the keyring while nobody else does; returns what is in the file now.

    Raises:
        KeyringError: As `read_keyring`; the change was refused; or the file cannot be written.
    """
    with _locked(path):
        before = read_keyring(path)
        after = change(before)
        if after != before:
            _replace(path, json.dumps(after.model_dump(mode="json"), indent=1).encode() + b"\n")
        return after


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Waits for its turn. The lock is a file of its own and is never removed: the keyring itself is replaced."""
    with _told(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        with _told(path):
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _replace(path: Path, data: bytes) -> None:
    with _told(path):
        # Beside the file that a link may point at: only there can the new one take its place in one step.
        target = path.resolve()
        draft, name = tempfile.mkstemp(dir=target.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(draft, "wb") as file:
                file.write(data)
                os.fchmod(draft, 0o644)
                file.flush()
                os.fsync(draft)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut: a revoked key must not come back with it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise KeyringError(f"The keyring {path} cannot be written: {error.strerror}.") from None
