"""Which ports the embedded server takes."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass

from leadbraid.errors import EngineError

HOST = "127.0.0.1"
USUAL_TEMPORAL = 7233
USUAL_UI = 8233
OWN_PORTS = range(20_000, 32_000)
"""Below those that systems give to outgoing connections (Linux from 32,768, others from 49,152)."""


@dataclass(frozen=True)
class Ports:
    """The two ports that people see, and a sentence for each that is not the usual one."""

    temporal: int
    ui: int
    notes: tuple[str, ...] = ()


def choose_ports(port: int | None, ui_port: int | None) -> Ports:
    """Take what was asked for, else the usual ports, else free ones.

    Args:
        port: The gRPC port asked for; 0 means any free one, None the usual one if it is free.
        ui_port: The same for the UI.

    Raises:
        EngineError: A port that was asked for is taken or may not be used.
    """
    temporal, first = _choose(port, USUAL_TEMPORAL, avoid=ui_port)
    ui, second = _choose(ui_port, USUAL_UI, avoid=temporal)
    return Ports(temporal, ui, tuple(note for note in (first, second) if note))


def _choose(wish: int | None, usual: int, *, avoid: int | None) -> tuple[int, str | None]:
    if wish:
        _insist(wish, avoid)
        return wish, None
    if wish is None and usual != avoid and not problem(usual):
        return usual, None
    chosen = _any_free(avoid)
    return chosen, f"Port {usual} is taken; using {chosen}." if wish is None else None


def _insist(wish: int, avoid: int | None) -> None:
    trouble = "asked for twice" if wish == avoid else problem(wish)
    if trouble:
        raise EngineError(f"Port {wish} is {trouble}: choose another, or leave it out to get a free one.")


def problem(port: int) -> str | None:
    """Why the port cannot be listened on, or None when it can."""
    if not 0 < port < 65536:
        return "not a port number (1 to 65535)"
    try:
        _listen(port).close()
    except PermissionError:
        return "not allowed for this user"
    except OSError:
        return "taken"
    return None


def _any_free(avoid: int | None) -> int:
    """A port that the system gives to no outgoing connection.

    A server that was killed comes back on its old port, and nobody else may have been given that meanwhile. Each
    process begins its search elsewhere.
    """
    count = len(OWN_PORTS)
    ports = (OWN_PORTS[(os.getpid() * 7 + step) % count] for step in range(count))
    return next(port for port in ports if port != avoid and not problem(port))


def _listen(port: int) -> socket.socket:
    """Listen as the server will: it reuses addresses too, so a connection's after-life is not taken for a listener."""
    probe = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        probe.listen(1)
    except OSError:
        probe.close()
        raise
    return probe
