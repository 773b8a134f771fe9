"""Settings: read once at the edge, from the environment or a file, and handed on as values.

The connection to Temporal is not here: it comes from Temporal's own environment configuration
(``TEMPORAL_*`` variables or ``temporal.toml``), see ``leadbraid/engine/connection.py``.
"""

from __future__ import annotations

import difflib
import os
from enum import StrEnum
from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from leadbraid.errors import SettingsError

PREFIX = "LEADBRAID_"
SHARE = Path(__file__).parent / "share"
ROOT = SHARE if SHARE.is_dir() else Path(__file__).parent.parent
"""Where ``playbooks/`` and ``examples/`` lie: inside the wheel, or beside the package in a clone."""


class ProviderName(StrEnum):
    """Who does the work of the streams."""

    RULES = "rules"
    OPENAI = "openai"


class Settings(BaseSettings):
    """Every setting, with its default. Each is the variable ``LEADBRAID_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file="leadbraid.env", extra="ignore", frozen=True)

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
    llm_model: str = Field(default="gpt-5-mini", description="Model name, as the server knows it.")
    llm_base_url: str | None = Field(default=None, description="Any OpenAI-compatible server.")
    llm_timeout: float = Field(default=60.0, gt=0, le=600, description="Seconds for one call of a model.")
    openai_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("OPENAI_API_KEY"), description="Key of the model server."
    )
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$", description="Lowest level logged.")
    log_format: str = Field(default="console", pattern="^(console|json)$", description="console or json.")

    @property
    def provider(self) -> ProviderName:
        """The provider in force: as set, else by whether there is a key."""
        return self.llm or (ProviderName.OPENAI if self.openai_api_key else ProviderName.RULES)

    @property
    def outbox_folder(self) -> Path:
        """Where ``.eml`` files go."""
        return self.outbox or self.home / "outbox"

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


def _config_folder() -> Path:
    """Where a person's own configuration lies (XDG Base Directory: a relative path does not count)."""
    named = Path(os.environ.get("XDG_CONFIG_HOME", ""))  # noqa: TID251 - this is the edge
    if named.is_absolute():
        return named
    try:
        return Path.home() / ".config"
    except RuntimeError:
        raise SettingsError("This account has no home folder: set LEADBRAID_SIGNING_KEY.") from None


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: A variable is unknown (names the nearest known one) or its value is not allowed.
    """
    _refuse_unknown()
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper()
        variable = name if name.startswith("OPENAI") else f"{PREFIX}{name}"
        raise SettingsError(f"{variable} is set wrongly: {first['msg']}.") from None


def _refuse_unknown() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {"LEADBRAID_REVIEWER"}
    for name in sorted(os.environ):  # noqa: TID251 - this is the edge
        if name.startswith(PREFIX) and name not in known and not name.startswith("LEADBRAID_TEST_"):
            near = difflib.get_close_matches(name, sorted(known), n=1)
            hint = f" Did you mean {near[0]}?" if near else " `leadbraid --help` lists the settings."
            raise SettingsError(f"{name} is not a setting.{hint}")
