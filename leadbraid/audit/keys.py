"""The archive's key: made at first use, kept in the home folder, readable by its owner only."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from leadbraid.engine.home import prepare_home
from leadbraid.engine.once import link_once
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
        _make(path)
    return load_key(path)


def _make(path: Path) -> None:
    """Whole or not at all, and a link never overwrites: whoever comes second reads the first one's."""
    mine = path.with_name(f".{FILE}.{os.getpid()}.{threading.get_ident()}")
    mine.unlink(missing_ok=True)  # of a process that was killed
    store_key(mine, SigningKey.new())
    try:
        link_once(mine, path)
    except OSError as error:
        raise SigningKeyError(f"{path} cannot be written: {error.strerror}.") from None
    finally:
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
