"""The seam to whoever does the work of the streams: one protocol, several providers."""

from __future__ import annotations

from leadbraid.llm.provider import Provider
from leadbraid.llm.rules import RulesProvider
from leadbraid.settings import ProviderName, Settings


def make_provider(settings: Settings) -> Provider:
    """The provider that the settings choose."""
    match settings.provider:
        case ProviderName.RULES:
            return RulesProvider()
        case ProviderName.OPENAI:
            # Imported only where it is used: the package is large and the offline way does not need it.
            from leadbraid.llm.openai import OpenAIProvider

            return OpenAIProvider.from_settings(settings)
