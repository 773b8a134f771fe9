"""Where the embedded server of a home folder answers: the file ``endpoint.json``.

The server process itself holds ``server.lock`` as long as it lives. So a file that a power cut left behind is told from
a live one, even when another home's server listens on the same port by now.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from leadbraid.engine.locks import is_held
from leadbraid.errors import EngineError

FILE = "endpoint.json"
SERVER_LOCK = "server.lock"
OWNER_LOCK = "owner.lock"


class Endpoint(BaseModel):
    """One Temporal server.

    Attributes:
        temporal: ``host:port`` of the gRPC service.
        namespace: The namespace that leads live in.
        ui: Address of the Temporal UI, where it is known.
        pid: Process id of the server, when it is ours.
    """

    model_config = ConfigDict(frozen=True)

    temporal: str
    namespace: str = "default"
    ui: str | None = None
    pid: int | None = None

    @property
    def port(self) -> int:
        """The gRPC port."""
        return _port(self.temporal)

    @property
    def ui_port(self) -> int | None:
        """The UI's port, where there is a UI."""
        return _port(self.ui) if self.ui else None


def _port(address: str) -> int:
    return int(address.rpartition(":")[2])


def read_endpoint(home: Path) -> Endpoint | None:
    """What the file says, or None when it is missing or no endpoint.

    Raises:
        EngineError: The file is there but may not be read.
    """
    path = home / FILE
    try:
        return Endpoint.model_validate_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValidationError):
        return None
    except OSError as error:
        raise EngineError(f"{path} cannot be read ({error.strerror}): give LEADBRAID_HOME a folder of yours.") from None


def live_endpoint(home: Path) -> Endpoint | None:
    """What the file says, provided that the server it tells of still lives."""
    endpoint = read_endpoint(home)
    return endpoint if endpoint and is_held(home / SERVER_LOCK) else None


def write_endpoint(home: Path, endpoint: Endpoint) -> None:
    """Replace the file in one step, so that no reader sees half of it.

    Raises:
        EngineError: The folder cannot be written.
    """
    draft = home / f"{FILE}.new"
    try:
        draft.write_text(endpoint.model_dump_json(indent=2) + "\n", encoding="utf-8")
        draft.replace(home / FILE)
    except OSError as error:
        raise EngineError(
            f"The folder {home} cannot be written ({error.strerror}): see to it, then try again."
        ) from None


def remove_endpoint(home: Path) -> None:
    """Say that no server answers here any more."""
    (home / FILE).unlink(missing_ok=True)
