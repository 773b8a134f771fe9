"""The seam to whoever does the work of the streams: one protocol, several providers."""

from __future__ import annotations

from leadbraid.llm.provider import Provider
from leadbraid.llm.rules import RulesProvider
from leadbraid.models.visible import one_line
from leadbraid.settings import ProviderName, Settings


def provider_told(settings: Settings) -> str:
    """Who will do the work of the streams, and why it is them; said at every start."""
    if not settings.asks_models:
        why = "" if settings.llm else ", since OPENAI_API_KEY is not set"
        return f"rules (offline; no model is asked{why})"
    why = "" if settings.llm else ", since OPENAI_API_KEY is set"
    return f"openai ({settings.llm_model} at {one_line(settings.llm_server, 80)}, {settings.llm_api.value} API{why})"


def make_provider(settings: Settings) -> Provider:
    """The provider that the settings choose."""
    match settings.provider:
        case ProviderName.RULES:
            return RulesProvider()
        case ProviderName.OPENAI:
            # Imported only where it is used: the package is large and the offline way does not need it.
            from leadbraid.llm.openai import OpenAIProvider

            return OpenAIProvider.from_settings(settings)
