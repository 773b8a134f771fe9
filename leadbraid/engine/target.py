"""Which Temporal server is meant: Temporal's own environment configuration, else the embedded server, else none."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from temporalio.envconfig import ClientConfigProfile, ClientConnectConfig

from leadbraid.engine.endpoint import Endpoint, live_endpoint, read_endpoint
from leadbraid.errors import EngineError
from leadbraid.settings import Settings

NAMES_A_SOURCE = ("TEMPORAL_CONFIG_FILE", "TEMPORAL_PROFILE")
OPTIONS = {"namespace": "a namespace", "api_key": "an API key", "tls": "TLS", "rpc_metadata": "gRPC metadata"}
DEFAULT_NAMESPACE = "default"


class MisconfiguredError(EngineError):
    """The configuration itself is wrong: trying again cannot help."""


@dataclass(frozen=True)
class Target:
    """A server and how to reach it.

    Attributes:
        endpoint: Its address, namespace and UI.
        embedded: Whether it is the embedded server of ``LEADBRAID_HOME``.
        options: Further arguments of ``Client.connect``; hold secrets, so they are not shown.
    """

    endpoint: Endpoint
    embedded: bool = False
    options: ClientConnectConfig = field(default_factory=ClientConnectConfig, repr=False)


def find_target(settings: Settings) -> Target:
    """Decide which server is meant, without connecting.

    Raises:
        MisconfiguredError: Temporal's configuration is wrong or half set.
        EngineError: No server is known, or the embedded one is not running.
    """
    return _configured() or _embedded(settings.home)


def _configured() -> Target | None:
    _refuse_missing_file()
    options = _load()
    if not options.get("target_host"):
        _refuse_half(options)
        return None
    address = _checked(options["target_host"])
    return Target(Endpoint(temporal=address, namespace=options.get("namespace") or DEFAULT_NAMESPACE), options=options)


def _refuse_missing_file() -> None:
    """A missing file is otherwise taken as an empty one, without a word."""
    file = _variable("TEMPORAL_CONFIG_FILE")
    if file and not Path(file).exists():
        raise MisconfiguredError(f"TEMPORAL_CONFIG_FILE names {file}, which does not exist: correct or unset it.")


def _load() -> ClientConnectConfig:
    try:
        return ClientConfigProfile.load().to_client_connect_config()
    except OSError as error:
        raise MisconfiguredError(
            f"Temporal's configuration names {error.filename}, which cannot be read ({error.strerror}): correct it."
        ) from None
    except Exception as error:  # the loader is not Python and declares no errors
        text = " ".join(str(error).split())
        raise MisconfiguredError(
            f"Temporal's configuration cannot be used ({text}): correct the TEMPORAL_* variables or the file."
        ) from None


def _refuse_half(options: ClientConnectConfig) -> None:
    given = [name for name in NAMES_A_SOURCE if _variable(name)]
    given += [word for option, word in OPTIONS.items() if options.get(option)]
    if given:
        raise MisconfiguredError(
            f"Temporal's configuration gives {', '.join(given)} but no address: set TEMPORAL_ADDRESS or unset the rest."
        )


def _checked(address: str) -> str:
    if "://" in address or not re.search(r":\d{1,5}$", address):
        raise MisconfiguredError(f"TEMPORAL_ADDRESS is {address!r}: write host:port, as in localhost:7233.")
    return address


def _embedded(home: Path) -> Target:
    endpoint = live_endpoint(home)
    if endpoint:
        return Target(endpoint, embedded=True)
    if read_endpoint(home):
        raise EngineError(f"The Temporal server of {home} is not running any more: start it with `leadbraid up`.")
    raise EngineError("No Temporal server is known: start one with `leadbraid up`, or set TEMPORAL_ADDRESS.")


def _variable(name: str) -> str | None:
    return os.environ.get(name)  # noqa: TID251 - this is the edge to Temporal's own configuration
