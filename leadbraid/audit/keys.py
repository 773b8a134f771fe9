"""The archive's key: made at first use, kept in the home folder, readable by its owner only."""

from __future__ import annotations

import contextlib
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
        SigningKeyError: The key cannot be read, or made.
    """
    path = prepare_home(settings.home) / FILE
    if not path.exists():
        with contextlib.suppress(SigningKeyError):  # somebody else was quicker; a real trouble shows below
            store_key(path, SigningKey.new())
    return load_key(path)


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
