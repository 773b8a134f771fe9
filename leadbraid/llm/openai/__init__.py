"""The provider `openai`."""

from leadbraid.llm.openai.failures import provider_error, retry_after
from leadbraid.llm.openai.provider import OpenAIProvider

__all__ = ["OpenAIProvider", "provider_error", "retry_after"]
