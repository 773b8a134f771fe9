"""The archive's key: made at first use, kept in the home folder, readable by its owner only."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from leadbraid.engine.home import prepare_home
from leadbraid.errors import AuditError, SigningKeyError
from leadbraid.settings import Settings
from leadbraid.signing import SigningKey, load_key, public_from_pem, store_key

FILE = "archive-key.pem"


def archive_key(settings: Settings) -> SigningKey:
    """The key that bundles are signed with. Whoever comes first makes it.

    Raises:
        EngineError: The home folder cannot be used.
        AuditError: No key can be made there.
        SigningKeyError: The key cannot be read, or made.
    """
    path = prepare_home(settings.home) / FILE
    if not path.exists():
        _make(path)
    return load_key(path)


def _make(path: Path) -> None:
    """A link never overwrites and shows the whole key or none, whoever else makes one and whatever is killed."""
    mine = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    store_key(mine, SigningKey.new())
    try:
        os.link(mine, path)
    except FileExistsError:
        pass
    except OSError as error:
        raise AuditError(f"The archive's key {path} cannot be made: {error.strerror}.") from None
    finally:
        with contextlib.suppress(OSError):
            mine.unlink()


def known_keys(settings: Settings, named: Path | None) -> list[str]:
    """The public keys (base64) that are the archive's: of the file named, and of this machine where it has one.

    Raises:
        AuditError: The file named holds no public key.
        SigningKeyError: This machine's key cannot be read.
    """
    path = settings.home / FILE
    own = [load_key(path).public] if path.exists() else []
    return [*own, *([_public(named)] if named else [])]


def _public(path: Path) -> str:
    try:
        return public_from_pem(path.read_bytes())
    except OSError as error:
        raise AuditError(f"{path} cannot be read: {error.strerror}.") from None
    except SigningKeyError:
        raise AuditError(f"{path} holds no public key; `leadbraid audit key` prints the archive's.") from None
