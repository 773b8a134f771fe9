"""The staff file: who stands behind a handle, as ``handle: address``, one a line (YAML)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from email_validator import EmailNotValidError, validate_email

from leadbraid.errors import SettingsError
from leadbraid.models.visible import one_line
from leadbraid.playbook.tree import Tree, Unreadable, read_tree

LEAST = "write one `handle: name@example.com` a line"


def read_staff(file: Path | None) -> Mapping[str, str]:
    """Address by handle, the handles case-folded; none where there is no file.

    Raises:
        SettingsError: The file cannot be read or used; names the line and what would be right.
    """
    if file is None:
        return {}
    try:
        text = file.read_text("utf-8-sig")
    except OSError as error:
        raise SettingsError(
            f"LEADBRAID_STAFF: {file} cannot be read ({error.strerror}): correct or unset it."
        ) from None
    except UnicodeError:
        raise SettingsError(f"LEADBRAID_STAFF: {file} is not UTF-8 text: save it as UTF-8.") from None
    return _entries(_tree(text, file), file)


def _tree(text: str, file: Path) -> Tree:
    if not text.strip():
        raise SettingsError(f"LEADBRAID_STAFF: {file} is empty: {LEAST}.")
    try:
        tree = read_tree(text)
    except Unreadable as error:
        raise SettingsError(f"LEADBRAID_STAFF: {file}:{error.line}: {error.text}: {LEAST}.") from None
    for problem in tree.problems:
        line = problem.line or tree.line(problem.path)
        key = one_line(".".join(str(step) for step in problem.path), 60)
        raise SettingsError(f"LEADBRAID_STAFF: {file}:{line}: {key} {problem.text}: {LEAST}.")
    return tree


def _entries(tree: Tree, file: Path) -> dict[str, str]:
    if not isinstance(tree.data, dict):
        raise SettingsError(f"LEADBRAID_STAFF: {file}:1: this is no list of handles: {LEAST}.")
    found: dict[str, str] = {}
    for handle, value in tree.data.items():
        where = f"LEADBRAID_STAFF: {file}:{tree.line((handle,))}: {one_line(handle, 60)}"
        if handle.casefold() in found:
            raise SettingsError(f"{where} stands twice: keep one of them.")
        found[handle.casefold()] = checked_address(value, where)
    return found


def checked_address(value: object, where: str) -> str:
    """One e-mail address of staff, as it can stand in a header.

    Raises:
        SettingsError: It is none; begins with ``where``.
    """
    if not isinstance(value, str):
        raise SettingsError(f"{where} has no e-mail address: {LEAST}.")
    try:
        address = validate_email(value, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        reason = one_line(str(error), 200).rstrip(".")
        raise SettingsError(f"{where} has no usable e-mail address ({reason}): correct it.") from None
    return address.ascii_email or address.normalized
