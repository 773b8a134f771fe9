"""Editing a reply in the person's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from pydantic import ValidationError

from leadbraid.errors import InputError
from leadbraid.models import Brief, Edit


def in_editor(brief: Brief) -> Edit:
    """Open the brief's reply in ``$VISUAL`` or ``$EDITOR`` and read it back.

    Raises:
        InputError: There is nothing to edit, the editor failed, or what was written is not a reply. The text is kept.
    """
    if brief.reply is None:
        raise InputError("There is no reply to edit in this brief; have drafting run again (request-changes).")
    folder = Path(tempfile.mkdtemp(prefix="leadbraid-"))
    file = folder / f"{brief.lead_id}-v{brief.version}.txt"
    file.write_text(f"Subject: {brief.reply.subject}\n\n{brief.reply.body}", "utf-8")
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"  # noqa: TID251 - this is the edge
    try:
        ended = subprocess.run([*shlex.split(command), str(file)], check=False)
    except OSError as error:
        raise InputError(f"The editor {command!r} cannot be started: {error.strerror}; set EDITOR.") from None
    if ended.returncode:
        raise InputError(
            f"The editor ended with status {ended.returncode}; nothing was decided, your text is in {file}."
        )
    words = from_file(file, ends_with_newline=brief.reply.body.endswith("\n"))
    file.unlink()
    folder.rmdir()
    return words


def from_file(file: Path, *, ends_with_newline: bool = False) -> Edit:
    """Read ``Subject: …``, a blank line, and the body.

    Editors end a file with a line feed of their own; it is not part of the text unless the text had one.

    Raises:
        InputError: It is not of that form.
    """
    try:
        text = file.read_text("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeError) as error:
        raise InputError(f"{file} cannot be read as text: {error}.") from None
    head, _, body = text.partition("\n")
    name, colon, subject = head.partition(":")
    if name.strip().lower() != "subject" or not colon or not body.startswith("\n"):
        raise InputError(f"{file} must begin with `Subject: …` and a blank line, then the body; nothing was decided.")
    body = body[1:]
    if not ends_with_newline:
        body = body.removesuffix("\n")
    try:
        return Edit(subject=subject.strip(), body=body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        what = first["msg"].removeprefix("Value error, ")
        raise InputError(f"{file}: the {first['loc'][0]} {what}; nothing was decided.") from None
