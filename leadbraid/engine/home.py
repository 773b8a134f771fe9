"""The folder that the embedded server keeps its state in (``LEADBRAID_HOME``)."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from pathlib import Path

from leadbraid.errors import EngineError

DATABASE = "temporal.db"
LOG = "server.log"
LEAST_FREE_MB = 20
"""Below this the server may die while it writes, in the middle of a decision."""


def prepare_home(home: Path) -> Path:
    """Create the folder, for this user only, and see that it can be written; returns its absolute path.

    Raises:
        EngineError: It cannot be created or written, or its disk is full; names the folder.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
        free_mb = shutil.disk_usage(home).free // 1_000_000
    except OSError as error:
        raise EngineError(
            f"The folder {home} cannot be used ({error.strerror}): set LEADBRAID_HOME to another."
        ) from None
    if free_mb < LEAST_FREE_MB:
        raise EngineError(
            f"The disk of the folder {home} is full ({free_mb} MB free): free at least {LEAST_FREE_MB} MB, "
            "or set LEADBRAID_HOME to another."
        )
    return home.resolve()


def fold_database(home: Path) -> None:
    """Bring the write-ahead log into the database, once no server runs.

    The server leaves nearly everything in the log when it ends, so a copy of the one file would be empty.
    """
    path = home / DATABASE
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path, timeout=1)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
