"""Every error this project raises on purpose.

LeadbraidError            one sentence for a person: what happened, where, what to do
├── InputError            what was given cannot be used (exit status 1; HTTP 4xx)
│   ├── LeadError         a lead: a field and why
│   ├── PlaybookError     a playbook: file, line, key and what would be right (carries all findings)
│   └── DatasetError      labelled leads: the same
├── SettingsError         a setting is unknown or out of range
├── EngineError           Temporal cannot be reached, lacks something, or no worker answers
├── NotFoundError         no such lead
├── DecisionRefused       the lead's workflow refused a decision; ``code`` says which rule
├── KeyringError          the keyring of public keys cannot be used, or a change of it was refused
├── SigningKeyError       a private key cannot be used
├── AuditError            a history, record or bundle cannot be used, or is not what it was
├── SourceError           a research source cannot be read
├── ProviderError         a stream's provider gave nothing usable; says whether another try can help
├── NoticeError           a notice to staff did not get through; says whether another try can help
└── MailError             a message could not be built or handed over
    ├── NotSent           certainly nothing left the house; trying again is safe
    └── MailRefused       final: the message or its recipient was refused
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadbraid.models.outputs import Made


class LeadbraidError(Exception):
    """One sentence for a person. ``code`` is stable and meant for programs."""

    code = "error"


class InputError(LeadbraidError):
    """What was given cannot be used."""

    code = "bad_input"


class LeadError(InputError):
    """A lead that cannot be accepted: names the field and the reason."""

    code = "bad_lead"


@dataclass(frozen=True)
class Finding:
    """One thing wrong in a file that people write. ``line`` counts from 1; ``key`` is a dotted path."""

    file: str
    line: int
    key: str
    problem: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key}: {self.problem}"


class FindingsError(InputError):
    """A file that people write cannot be used, with every finding."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


class PlaybookError(FindingsError):
    """A playbook that cannot be used."""

    code = "bad_playbook"


class DatasetError(FindingsError):
    """A dataset of labelled leads that cannot be used."""

    code = "bad_dataset"


class SettingsError(LeadbraidError):
    """A setting is unknown or out of range."""

    code = "bad_setting"


class EngineError(LeadbraidError):
    """Temporal cannot be reached, lacks something, or no worker answers."""

    code = "engine"


class NotFoundError(LeadbraidError):
    """No such lead."""

    code = "not_found"


class DecisionRefused(LeadbraidError):  # noqa: N818 - an answer, not a bug
    """The lead's workflow refused a decision. ``code`` is the rule, e.g. ``stale_version``."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class KeyringError(LeadbraidError):
    """The keyring of public keys cannot be used, or a change of it was refused."""

    code = "keyring"


class SigningKeyError(LeadbraidError):
    """A private key cannot be used. Never holds any of it."""

    code = "signing_key"


class AuditError(LeadbraidError):
    """A history, a record or a bundle cannot be used, or is not what it was."""

    code = "audit"


class SourceError(LeadbraidError):
    """A research source cannot be read."""

    code = "source"


class ProviderError(LeadbraidError):
    """A stream's provider gave nothing usable.

    Args:
        message: What happened and, where a setting is the remedy, which one.
        code: The reason as a word, e.g. ``rate_limited``, ``refusal``, ``quota_exhausted``.
        retryable: Whether the same call may succeed later.
        retry_after: How long the provider asked us to wait, when it did.

    ``made`` says what its calls used, where any were made.
    """

    def __init__(self, message: str, *, code: str, retryable: bool, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable
        self.retry_after = retry_after
        self.made: Made | None = None


class NoticeError(LeadbraidError):
    """A notice to staff did not get through.

    Args:
        message: What happened and, where a setting is the remedy, which one. Never an address or a secret.
        code: The reason as a word, e.g. ``not_reached``, ``http_410``.
        retryable: Whether the same notice may get through later.
        retry_after: How long the receiver asked us to wait, when it did.
    """

    def __init__(self, message: str, *, code: str, retryable: bool, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable
        self.retry_after = retry_after


class MailError(LeadbraidError):
    """A message could not be built or handed over."""

    code = "mail"


class NotSent(MailError):  # noqa: N818 - a state of the world, not a bug
    """Certainly nothing left the house; trying again is safe."""

    code = "not_sent"


class MailRefused(MailError):  # noqa: N818 - a state of the world, not a bug
    """Final: the message or its recipient was refused."""

    code = "mail_refused"
