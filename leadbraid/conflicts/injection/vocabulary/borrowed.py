"""Words that every language borrows from English, and marks that belong to none."""

from __future__ import annotations

from leadbraid.conflicts.injection.concepts import Concept, Words

BORROWED: Words = {
    Concept.RULES: "prompt|prompts|system prompt|systemprompt|system message|playbook",
    Concept.OUR_RULES: "playbook|system prompt|systemprompt",
    Concept.MACHINE: "chatgpt|gpt|llm|llms|chatbot|bot|claude|gemini|copilot|ai|a i",
    Concept.CHECKS: "checks|filter",
    Concept.LEAD: "lead|leads",
    Concept.SCORE: "score|scores|lead score|scoring|leadscore|rating",
    Concept.TOP: "100|99|98|97|96|95|100%|10 10|max|maximum",
    Concept.RECIPIENT: "bcc|blind copy",
    Concept.SECRET: "system prompt|systemprompt|system-prompt|api key|api keys|api-key|password|passwords",
    Concept.ROBOT: "gpt|llm|chatgpt|claude|gemini|copilot|bot|chatbot|ai|robot",
}
