"""Files that appear under their name whole or not at all, and that nothing overwrites."""

from __future__ import annotations

import os
from pathlib import Path


def link_once(made: Path, path: Path) -> bool:
    """Give a finished file its name; false where there is one of that name, which stays as it is.

    Raises:
        OSError: The file system does not let it, or knows no hard links.
    """
    try:
        os.link(made, path)
    except FileExistsError:
        return False
    return True


def sync_folder(folder: Path) -> None:
    """Make a new name survive a power cut: it is kept only when its folder is written out as well.

    Raises:
        OSError: The folder cannot be read.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
