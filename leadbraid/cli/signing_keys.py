"""Commands `signing-keys new`, `add`, `list` and `revoke`: who may sign decisions."""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.table import Table

from leadbraid.cli.console import UsageError, console, now, say, say_json, settings
from leadbraid.errors import InputError, LeadbraidError
from leadbraid.models.visible import one_line
from leadbraid.settings import Settings
from leadbraid.signing import (
    Entry,
    SigningKey,
    changed_keyring,
    key_id,
    load_key,
    public_bytes,
    public_from_pem,
    read_keyring,
    store_key,
)

app = typer.Typer(
    help="Who may sign decisions: make a key, add one to the keyring, list them, revoke one.", no_args_is_help=True
)
Handle = Annotated[str, typer.Argument(metavar="HANDLE", help="Whose key it is, as decisions name the reviewer.")]
Roles = Annotated[list[str] | None, typer.Option("--role", help="A role of this person; may be repeated.")]
DEFAULT_ROLES = ["approver"]


@app.command("new")
def new(
    handle: Handle,
    role: Roles = None,
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="Where to write the private key.")] = None,
) -> None:
    """Make a key pair: the private key into a file that only you can read, the public one into the keyring."""
    found, made = settings(), SigningKey.new()
    entry = _entry(handle, role, made.public, now())
    file = key or found.signing_key_file
    store_key(file, made)
    try:
        _put(found, entry)
    except LeadbraidError:
        # A key that no keyring knows would only be in the way of the next try.
        file.unlink(missing_ok=True)
        raise
    say(f"Made the key {made.id} of {handle}: the private key is {file}, the public one is in {found.keyring_file}.")
    say("Where the worker has another keyring, run there:")
    say(
        f"leadbraid signing-keys add {handle} {made.public}{''.join(f' --role {one}' for one in role or DEFAULT_ROLES)}"
    )


@app.command("add")
def add(
    handle: Handle,
    public: Annotated[str, typer.Argument(metavar="PUBLIC", help="As `new` prints it, or a PEM file.")],
    role: Roles = None,
) -> None:
    """Add a person's public key to the keyring; for a key that is there, set its roles."""
    found = settings()
    entry = _entry(handle, role, _public(public), now())
    _put(found, entry)
    say(f"The key {entry.key} of {handle} is in {found.keyring_file} (roles: {', '.join(entry.roles)}).")


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Every key of the keyring, revoked ones too."""
    found = settings()
    entries = read_keyring(found.keyring_file).keys
    if as_json:
        say_json([entry.model_dump(mode="json") for entry in entries])
        return
    if not entries:
        say(f"Nobody has a key in {found.keyring_file}; `leadbraid signing-keys new HANDLE` makes one.")
        return
    table = Table(box=None, pad_edge=False)
    for name in ("key", "handle", "roles", "added (UTC)", "revoked (UTC)"):
        table.add_column(name, no_wrap=True)
    for entry in entries:
        table.add_row(entry.key, entry.handle, ", ".join(entry.roles), _told(entry.added), _told(entry.revoked))
    console().print(table)


@app.command("revoke")
def revoke(
    key_or_handle: Annotated[str, typer.Argument(metavar="KEY|HANDLE", help="One key, or all keys of a person.")],
) -> None:
    """Stop a key from counting, at once and for ever. What it decided before stays decided."""
    found, moment = settings(), now()
    after = changed_keyring(found.keyring_file, lambda keyring: keyring.revoking(key_or_handle, moment))
    for entry in after.keys:
        if key_or_handle in (entry.key, entry.handle):
            was = "is revoked now" if entry.revoked == moment else f"was revoked already, {_told(entry.revoked)} UTC"
            say(f"The key {entry.key} of {entry.handle} {was}.")


def _put(found: Settings, entry: Entry) -> None:
    changed_keyring(found.keyring_file, lambda keyring: keyring.with_key(entry))


def _told(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def _entry(handle: str, roles: list[str] | None, public: str, moment: datetime) -> Entry:
    values = {
        "handle": handle,
        "key": key_id(public_bytes(public)),
        "public": public,
        "roles": tuple(dict.fromkeys(roles or DEFAULT_ROLES)),
        "added": moment,
    }
    try:
        return Entry.model_validate(values)
    except ValidationError as error:
        wrong = str(error.errors()[0]["loc"][0])
        raise UsageError(_RULES[wrong].format(one_line(str(handle if wrong == "handle" else roles), 80))) from None


_RULES = {
    "handle": "{} is not a handle: lower case letters, digits and . _ @ + -, at most 60, as in `ana` or `ana.lopez`.",
    "roles": "{} are not roles: each is lower case letters, digits and _, beginning with a letter, as in `approver`.",
}


def _public(given: str) -> str:
    """The public key that was typed, or that the PEM file of this name holds."""
    with contextlib.suppress(ValueError):  # then it is a file's name
        public_bytes(given)
        return given
    try:
        with Path(given).open("rb") as file:
            return public_from_pem(file.read(100_000))
    except (OSError, ValueError):
        raise InputError(
            f"{one_line(given, 120)} is neither a public key as `leadbraid signing-keys new` prints it, "
            "nor a file that can be read."
        ) from None


# --- signing a decision --------------------------------------------------------------------------------------------


def signing_key(found: Settings, sign: bool, file: Path | None) -> SigningKey | None:
    """The key that a decision is to be signed with; None where it is not to be signed.

    Raises:
        UsageError: A key is named, but nothing is to be signed.
        SigningKeyError: The private key cannot be used.
    """
    if sign:
        return load_key(file or found.signing_key_file)
    if file:
        raise UsageError("--key FILE needs --sign.")
    return None


def handle_of(found: Settings, key: SigningKey) -> str:
    """Whose key it is, as the keyring on this machine has it.

    Raises:
        UsageError: It does not know the key; somebody must say who decides.
    """
    entry = read_keyring(found.keyring_file).find(key.id)
    if entry is None:
        raise UsageError(
            f"The keyring {found.keyring_file} does not know your key {key.id}; say whose it is with --reviewer HANDLE."
        )
    return entry.handle
