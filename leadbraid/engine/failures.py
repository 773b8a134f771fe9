"""Why a connection failed, in one sentence: the address, the cause, the remedy."""

from __future__ import annotations

import re
from dataclasses import dataclass

from temporalio.service import RPCError, RPCStatusCode

from leadbraid.engine.target import Target

CHECK_ADDRESS = "correct TEMPORAL_ADDRESS"
CHECK_HEADERS = "check TEMPORAL_API_KEY and TEMPORAL_GRPC_META_*"
CHECK_KEY = "check TEMPORAL_API_KEY and TEMPORAL_NAMESPACE"
NO_TLS = "correct TEMPORAL_ADDRESS, or switch TLS off (unset TEMPORAL_TLS*, or TEMPORAL_TLS=false beside an API key)"
MAYBE_TLS = (
    f"if it wants TLS or a client certificate set TEMPORAL_TLS=true and TEMPORAL_TLS_CLIENT_*, else {CHECK_ADDRESS}"
)
SET_CA = "set TEMPORAL_TLS_SERVER_CA_CERT_PATH to the authority that signed it"
SET_NAME = "set TEMPORAL_TLS_SERVER_NAME to the name it was made for"
CHECK_CERT = "check TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH"
START = "start it"  # completed by _start: who must start what depends on whose server it is
WAIT = "wait until it is ready and try again"


@dataclass(frozen=True)
class Cause:
    """A failure as the SDK words it, as we word it, and what to do about it."""

    pattern: str
    says: str
    remedy: str


CAUSES = (
    Cause(r"ConnectionRefused", "refuses the connection, nothing listens there", START),
    Cause(r"TimeoutError|Timeout expired|DeadlineExceeded|TimedOut|timed out", "does not answer in time", START),
    Cause(r"dns error", "has a host name that nobody knows", CHECK_ADDRESS),
    Cause(r"invalid target URL|HostUnreachable|NetworkUnreachable", "is no reachable address", CHECK_ADDRESS),
    Cause(r"InvalidContentType", "does not speak TLS", NO_TLS),
    Cause(r"UnknownIssuer|BadSignature", "shows a TLS certificate of an unknown authority", SET_CA),
    Cause(r"NotValidForName", "shows a TLS certificate for another name", SET_NAME),
    Cause(r"Expired", "shows an expired TLS certificate", "renew it"),
    Cause(r"InvalidCertificate", "shows an unusable TLS certificate", "replace it"),
    Cause(
        r"PrivateKeyParseError|InconsistentKeys|Certificate|HandshakeFailure|client cert",
        "cannot be reached with this TLS client certificate",
        CHECK_CERT,
    ),
    Cause(r"Unauthenticated|PermissionDenied|UNAUTHENTICATED|PERMISSION_DENIED", "denies access", CHECK_KEY),
    Cause(r"Unimplemented|UNIMPLEMENTED|grpc-status header missing", "is not a Temporal server", CHECK_ADDRESS),
    Cause(r"Invalid headers", "cannot be sent this API key or metadata", CHECK_HEADERS),
    Cause(r"Unavailable|UNAVAILABLE|RESOURCE_EXHAUSTED", "is not ready", WAIT),
    # hyper says the latter where the server hung up before the request was written.
    Cause(r"transport error|operation was canceled", "hangs up", MAYBE_TLS),
)


def explain(target: Target, error: BaseException) -> str:
    """One sentence for a person; never holds the API key."""
    address, namespace = target.endpoint.temporal, target.endpoint.namespace
    if isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND:
        return (
            f"Temporal at {address} has no namespace {namespace}: set TEMPORAL_NAMESPACE, or create it with "
            f"`temporal operator namespace create --address {address} --namespace {namespace}`."
        )
    text = _text(error)
    cause = next((cause for cause in CAUSES if re.search(cause.pattern, text)), _unknown(target, text))
    remedy = _start(target) if cause.remedy is START else cause.remedy
    return f"Temporal at {address} {cause.says}: {remedy}."


def _text(error: BaseException) -> str:
    status = error.status.name if isinstance(error, RPCError) else ""
    return f"{type(error).__name__} {status} {error}"


def _unknown(target: Target, text: str) -> Cause:
    key = target.options.get("api_key")
    clean = " ".join((text.replace(key, "***") if key else text).split())
    return Cause("", f"cannot be used ({clean[:200]})", "correct the TEMPORAL_* settings")


def _start(target: Target) -> str:
    return "start it with `leadbraid up`" if target.embedded else f"start it, or {CHECK_ADDRESS}"
