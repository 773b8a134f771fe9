"""Keyed hashes of who wrote: the same person and the same company can be found without any address being stored.

HMAC-SHA256 (RFC 2104) of the normalised value, 128 bits of it. Without the key nobody can test whether an address is
there; with another key nothing is found, so all who submit to one Temporal need the same one.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from leadbraid.engine.home import prepare_home
from leadbraid.engine.once import link_once
from leadbraid.errors import SettingsError
from leadbraid.models import Lead
from leadbraid.settings import Settings
from leadbraid.sources.matching import domain_of, is_free_mail

KEY_BYTES = 32


def contacts_of(lead: Lead, key: bytes) -> list[str]:
    """``a:<hash>`` of the address and, unless it is at a free-mail provider, ``d:<hash>`` of its domain.

    Two spellings of an address that differ in case only are one person; a ``+tag`` or dots make another one.
    """
    address, domain = lead.email.strip().casefold(), domain_of(lead.email)
    found = [f"a:{_hash(address, key)}"]
    return found if not domain or is_free_mail(domain) else [*found, f"d:{_hash(domain, key)}"]


def _hash(value: str, key: bytes) -> str:
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:32]


def contact_key(settings: Settings) -> bytes:
    """The key as set, else the one kept in the home folder, made at first use and readable by its owner only.

    Raises:
        EngineError: The home folder cannot be used.
        SettingsError: The file cannot be read or made.
    """
    if settings.contact_key:
        return settings.contact_key.get_secret_value().encode()
    file = prepare_home(settings.home) / "contact.key"
    try:
        if not file.exists():
            _make(file)
        return bytes.fromhex(file.read_text("ascii"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"The contact key {file} cannot be used ({error}); set LEADBRAID_CONTACT_KEY.") from None


def _make(file: Path) -> None:
    """Whoever comes first makes it; a link never overwrites, so all others read that one."""
    mine = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as made:
        made.write(secrets.token_hex(KEY_BYTES))
    try:
        link_once(mine, file)
    finally:
        mine.unlink()
