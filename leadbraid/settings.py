"""Settings: read once at the edge, from the environment or a file, and handed on as values.

The connection to Temporal is not here: it comes from Temporal's own environment configuration
(``TEMPORAL_*`` variables or ``temporal.toml``), see ``leadbraid/engine/connection.py``.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from leadbraid.errors import SettingsError
from leadbraid.per_job import PerJob, per_job

PREFIX = "LEADBRAID_"
SHARE = Path(__file__).parent / "share"
ROOT = SHARE if SHARE.is_dir() else Path(__file__).parent.parent
"""Where ``playbooks/`` and ``examples/`` lie: inside the wheel, or beside the package in a clone."""


class ProviderName(StrEnum):
    """Who does the work of the streams."""

    RULES = "rules"
    OPENAI = "openai"


class LlmApi(StrEnum):
    """Which of OpenAI's APIs a model server is asked by."""

    RESPONSES = "responses"
    CHAT = "chat"


class WebhookBody(StrEnum):
    """What the webhook for notices is sent."""

    GENERIC = "generic"
    CHAT = "chat"


class Versioning(StrEnum):
    """Whether Temporal keeps apart the builds of our workers, and what a lead does when a newer one is current."""

    OFF = "off"
    PINNED = "pinned"
    AUTO_UPGRADE = "auto_upgrade"


class Settings(BaseSettings):
    """Every setting, with its default. Each is the variable ``LEADBRAID_<NAME>``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file="leadbraid.env",
        # A compose file hands on what is not set as empty text.
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    home: Path = Field(default=Path(".leadbraid"), description="Folder of the embedded server and the outbox.")
    playbook: Path = Field(
        default=ROOT / "playbooks" / "dockline.yaml", description="The playbook that new leads are worked by."
    )
    documents: Path | None = Field(
        default=None, description="Folder of local documents for research: accounts.csv and notes in Markdown."
    )
    suppression: Path | None = Field(
        default=None, description="File with one address or domain a line that must never be written to."
    )
    outbox: Path | None = Field(default=None, description="Folder for sent replies; default: outbox in home.")
    archive: Path | None = Field(
        default=None, description="Folder for the bundles of closed leads; default: archive in home."
    )
    contact_key: SecretStr | None = Field(
        default=None, description="Key of the hashes by which a person's leads are found; default: contact.key in home."
    )
    keyring: Path | None = Field(
        default=None, description="File with the public keys of those who sign; default: keyring.json in home."
    )
    signing_key: Path | None = Field(
        default=None, description="Your private key; default: leadbraid/signing-key.pem in ~/.config."
    )
    mail_from: str = Field(default="sales@localhost.localdomain", description="Sender of every reply.")
    llm: ProviderName | None = Field(
        default=None, description="rules or openai; default: openai when OPENAI_API_KEY is set, else rules."
    )
    llm_model: str = Field(
        default="gpt-5-mini",
        description="Model, as the server names it; exceptions as in `gpt-5-mini, drafting=gpt-5`.",
    )
    llm_api: LlmApi = Field(default=LlmApi.RESPONSES, description="responses or chat: the API that the server speaks.")
    llm_base_url: str | None = Field(default=None, description="Any OpenAI-compatible server.")
    llm_temperature: str = Field(default="", description="0 to 2, with exceptions by job; empty: the model's default.")
    llm_effort: str = Field(
        default="", description="Reasoning effort, e.g. low, with exceptions by job; empty: the model's default."
    )
    llm_max_tokens: str = Field(
        default="16000", description="Tokens of one answer, reasoning included, with exceptions by job."
    )
    llm_timeout: float = Field(default=60.0, gt=0, le=600, description="Seconds for one answer of a model.")
    llm_lead_tokens: int = Field(
        default=200_000, ge=1_000, le=100_000_000, description="Tokens that all calls for one lead may use."
    )
    llm_concurrency: int = Field(
        default=20, ge=1, le=1_000, description="Calls of models that one worker makes at a time."
    )
    llm_rate: float | None = Field(
        default=None, gt=0, le=10_000, description="Calls a second of all workers together; default: no limit."
    )
    llm_prompts: Path | None = Field(default=None, description="Folder of prompts that replace the packaged ones.")
    llm_prices: Path | None = Field(default=None, description="Price table, so that outputs say what they cost.")
    openai_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("OPENAI_API_KEY"), description="Key of the model server."
    )
    staff: Path | None = Field(
        default=None,
        description="File that tells the e-mail address of each staff handle: handle: address, a line each.",
    )
    notices_to: str = Field(default="", description="Address for notices about leads that nobody is assigned to.")
    webhook_url: SecretStr | None = Field(default=None, description="Where notices are posted, signed; https.")
    webhook_secret: SecretStr | None = Field(default=None, description="Signing key of the webhook: base64, whsec_….")
    webhook_secret_file: Path | None = Field(default=None, description="File with the signing key, instead of it.")
    webhook_body: WebhookBody = Field(default=WebhookBody.GENERIC, description="What is posted: generic or chat.")
    link: str = Field(default="", description="Link in notices, with {lead} where the lead's id belongs.")
    cached_leads: int = Field(
        default=500, ge=1, le=100_000, description="Leads a worker keeps in memory; about 0.15 MB each."
    )
    versioning: Versioning = Field(
        default=Versioning.OFF, description="off, pinned or auto_upgrade: what leads that run do when code changes."
    )
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$", description="Lowest level logged.")
    log_format: str = Field(default="console", pattern="^(console|json)$", description="console or json.")

    @property
    def provider(self) -> ProviderName:
        """The provider in force: as set, else by whether there is a key."""
        return self.llm or (ProviderName.OPENAI if self.openai_api_key else ProviderName.RULES)

    @property
    def asks_models(self) -> bool:
        """Whether the work of the streams is a model's."""
        return self.provider is ProviderName.OPENAI

    @property
    def llm_server(self) -> str:
        """Host and port of the model server, for people; the rest of its address may hold a secret."""
        if not self.llm_base_url:
            return "api.openai.com"
        try:
            return urlsplit(self.llm_base_url).netloc.rpartition("@")[2]
        except ValueError:
            return "an address that cannot be read"

    @property
    def llm_models(self) -> PerJob[str]:
        """The model of each job."""
        return per_job(self.llm_model, _model)

    @property
    def llm_temperatures(self) -> PerJob[float]:
        """The temperature of each job, where one is set."""
        return per_job(self.llm_temperature, _temperature)

    @property
    def llm_efforts(self) -> PerJob[str]:
        """The reasoning effort of each job, where one is set."""
        return per_job(self.llm_effort, _effort)

    @property
    def llm_token_limits(self) -> PerJob[int]:
        """How many tokens each job's answer may have."""
        return per_job(self.llm_max_tokens, _tokens)

    @property
    def outbox_folder(self) -> Path:
        """Where ``.eml`` files go."""
        return self.outbox or self.home / "outbox"

    @property
    def archive_folder(self) -> Path:
        """Where the bundles of closed leads go."""
        return self.archive or self.home / "archive"

    @property
    def keyring_file(self) -> Path:
        """Where the public keys are."""
        return self.keyring or self.home / "keyring.json"

    @property
    def signing_key_file(self) -> Path:
        """Where this person's private key is.

        Raises:
            SettingsError: It is not set, and this account has no home folder for the default.
        """
        return self.signing_key or _config_folder() / "leadbraid" / "signing-key.pem"

    @property
    def notices(self) -> bool:
        """Whether there is any way to tell staff."""
        return bool(self.staff or self.notices_to or self.webhook_url)

    @property
    def webhook_key_variable(self) -> str:
        """The variable that the webhook's key comes from."""
        return f"{PREFIX}WEBHOOK_SECRET" if self.webhook_secret else f"{PREFIX}WEBHOOK_SECRET_FILE"

    def webhook_key(self) -> SecretStr:
        """The webhook's signing key, from its variable or its file.

        Raises:
            SettingsError: The file cannot be read.
        """
        if self.webhook_secret:
            return self.webhook_secret
        assert self.webhook_secret_file is not None, "a webhook without a key is refused when settings are read"
        try:
            return SecretStr(self.webhook_secret_file.read_text("utf-8").strip())
        except (OSError, UnicodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise SettingsError(
                f"{self.webhook_key_variable} is {self.webhook_secret_file}, which cannot be read ({why}): correct it."
            ) from None

    @field_validator("llm_model", "llm_temperature", "llm_effort", "llm_max_tokens")
    @classmethod
    def _readable_for_each_job(cls, value: str, info: ValidationInfo) -> str:
        found = per_job(value, _READ[str(info.field_name)])
        if found.general is None and info.field_name in ("llm_model", "llm_max_tokens"):
            raise ValueError("name a value for all jobs first, then exceptions: value, job=value")
        return value

    @field_validator("webhook_url")
    @classmethod
    def _safe_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        if problem := _address_problem(value.get_secret_value()):
            raise ValueError(problem)
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _no_empty_secret(cls, value: SecretStr | None) -> SecretStr | None:
        return value if value and value.get_secret_value() else None

    @field_validator("link")
    @classmethod
    def _usable_link(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s{}<>\"]*\{lead\}[^\s{}<>\"]*", value):
            raise ValueError("write an http(s) address with {lead} once, where the lead's id belongs")
        return value

    @model_validator(mode="after")
    def _signed(self) -> Settings:
        if self.webhook_secret and self.webhook_secret_file:
            raise ValueError(f"{PREFIX}WEBHOOK_SECRET and {PREFIX}WEBHOOK_SECRET_FILE are both set: unset one")
        if self.webhook_url and not (self.webhook_secret or self.webhook_secret_file):
            raise ValueError(
                f"{PREFIX}WEBHOOK_URL is set without a key to sign with: set {PREFIX}WEBHOOK_SECRET "
                "(make one with `openssl rand -base64 32`)"
            )
        return self


def _model(text: str) -> str:
    if not re.fullmatch(r"[\w./:@+-]{1,200}", text):
        raise ValueError("a model's name has no blanks and at most 200 characters")
    return text


def _temperature(text: str) -> float:
    if not re.fullmatch(r"[01](\.\d{1,3})?|2(\.0{1,3})?", text):
        raise ValueError("a temperature is a number from 0 to 2")
    return float(text)


def _effort(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2,20}", text):
        raise ValueError("an effort is one word, such as low, medium or high")
    return text


def _tokens(text: str) -> int:
    if not re.fullmatch(r"\d{3,7}", text) or not 500 <= int(text) <= 1_000_000:
        raise ValueError("a number of tokens is a whole number from 500 to 1000000")
    return int(text)


_READ: Mapping[str, Callable[[str], object]] = {
    "llm_model": _model,
    "llm_temperature": _temperature,
    "llm_effort": _effort,
    "llm_max_tokens": _tokens,
}


def _config_folder() -> Path:
    """Where a person's own configuration lies (XDG Base Directory: a relative path does not count)."""
    named = Path(os.environ.get("XDG_CONFIG_HOME", ""))  # noqa: TID251 - this is the edge
    if named.is_absolute():
        return named
    try:
        return Path.home() / ".config"
    except RuntimeError:
        raise SettingsError("This account has no home folder: set LEADBRAID_SIGNING_KEY.") from None


def _address_problem(address: str) -> str:
    """Why notices cannot be posted there, without the address itself: it may hold a secret. Empty where they can."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "this is no address"
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\x00-\x1f\x7f]", address):
        return "write an address that begins with https://"
    if parts.username is not None or parts.password is not None:
        return "leave name and password out of the address; notices are signed instead"
    if parts.scheme == "http" and not _is_loopback(host):
        return "use https; http is for this machine only"
    return ""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: A variable is unknown (names the nearest known one) or its value is not allowed.
    """
    _refuse_unknown()
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    """The first thing wrong. Never a value: it may be a secret."""
    first = error.errors(include_url=False, include_input=False)[0]
    problem = str(first["msg"]).removeprefix("Value error, ")
    if not first["loc"]:
        return f"{problem}."  # about several settings; names them itself
    name = str(first["loc"][0]).upper()
    variable = name if name.startswith("OPENAI") else f"{PREFIX}{name}"
    return f"{variable} is set wrongly: {problem}."


def _refuse_unknown() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {"LEADBRAID_REVIEWER"}
    for name in sorted(os.environ):  # noqa: TID251 - this is the edge
        if name.startswith(PREFIX) and name not in known and not name.startswith("LEADBRAID_TEST_"):
            near = difflib.get_close_matches(name, sorted(known), n=1)
            hint = f" Did you mean {near[0]}?" if near else " `leadbraid --help` lists the settings."
            raise SettingsError(f"{name} is not a setting.{hint}")
