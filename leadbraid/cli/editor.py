"""Editing a reply in the person's own editor."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from leadbraid.errors import InputError, LeadbraidError
from leadbraid.models import Brief, Edit, Step


@contextlib.contextmanager
def edited_reply(brief: Brief, step: Step, version: int | None = None) -> Iterator[Edit]:
    """Open the brief's reply in ``$VISUAL`` or ``$EDITOR``, and keep what was written until the decision has counted.

    What would be refused anyway is said before the editor opens. A text that was not changed decides nothing: leaving
    an editor without saving is how people back out. Wherever the decision fails later, the error names the file.

    Raises:
        InputError: There is nothing to edit, the editor failed, nothing was changed, or it is not a reply.
    """
    _check_editable(brief, step, version)
    assert brief.reply is not None
    file = Path(tempfile.mkdtemp(prefix="leadbraid-")) / f"{brief.lead_id}-v{brief.version}.txt"
    file.write_text(f"Subject: {brief.reply.subject}\n\n{brief.reply.body}", "utf-8")
    try:
        _open(file)
        words = from_file(file, ends_with_newline=brief.reply.body.endswith("\n"))
        if (words.subject, words.body) == (brief.reply.subject, brief.reply.body):
            raise InputError(
                "Nothing was changed, so nothing was decided; to send it as it stands, approve without edit."
            )
        yield words
    except LeadbraidError as error:
        error.args = (f"{error} Your text is in {file}.",)
        raise
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.stderr.write(f"Nothing was decided; your text is in {file}.\n")
        raise
    file.unlink()
    file.parent.rmdir()


def _check_editable(brief: Brief, step: Step, version: int | None) -> None:
    if version is not None and version != brief.version:
        raise InputError(f"Version {version} is not current any more; look at version {brief.version} first.")
    if step not in brief.steps_that_send:
        raise InputError(f"{step.label} sends no reply, so there is nothing to edit; choose another next step.")
    if brief.reply is None:
        raise InputError("There is no reply to edit in this brief; have drafting run again (request changes).")


def _open(file: Path) -> None:
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"  # noqa: TID251 - this is the edge
    try:
        ended = subprocess.run([*shlex.split(command), str(file)], check=False)
    except OSError as error:
        raise InputError(f"The editor {command!r} cannot be started: {error.strerror}; set EDITOR.") from None
    if ended.returncode:
        raise InputError(f"The editor ended with status {ended.returncode}, so nothing was decided.")


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
