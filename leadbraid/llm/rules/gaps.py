"""What fills a pattern's gaps: the company, the product, and when, in the lead's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from leadbraid.llm.rules.heard import note_before
from leadbraid.llm.rules.names import company_name, in_writing, person_name
from leadbraid.models import DraftingTask, Lead, Quote
from leadbraid.models.playbook import Topic, Voice
from leadbraid.text import affirmed_at, fold, is_factual, mentions, sentences
from leadbraid.written import own_words

GAP = re.compile(r"(?<!\{)\{([a-z_]{1,30})\}(?!\})")
_YOUR_COMPANY = {
    "en": "your company",
    "de": "Ihr Unternehmen",
    "fr": "votre entreprise",
    "es": "su empresa",
    "it": "la vostra azienda",
    "nl": "uw bedrijf",
    "pt": "a sua empresa",
}
_MONTHS = "january february march april may june july august september october november december".split()
_MONATE = "januar februar märz april mai juni juli august september oktober november dezember".split()
_M, _DE_M = (rf"(?:{'|'.join(names)})" for names in (_MONTHS, _MONATE))
_PERIOD = r"(?:week|month|quarter|year|spring|summer|autumn|fall|winter|season)"
_FEW = r"(?:\d{1,3}|two|three|four|five|six|zwei|drei|vier|fünf|sechs)"
_WHEN = {
    "en": re.compile(
        rf"\b(?:(?:by|before|until|from|in|on|around)\s(?:the\s)?(?:(?:end|start|beginning|middle)\sof\s(?:the\s)?)?(?:early\s|late\s|mid-?\s?)?"
        rf"(?:(?:this|next)\s{_PERIOD}|\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_M}|{_M}(?:\s\d{{1,2}}(?:st|nd|rd|th)?\b)?|Q[1-4]|{_PERIOD}|20\d\d)"
        rf"(?:,?\s20\d\d)?|(?:this|next)\s{_PERIOD}|(?:within|in)\s(?:the\snext\s)?{_FEW}\s(?:days|weeks|months))\b",
        re.IGNORECASE,
    ),
    "de": re.compile(
        rf"\b(?:(?:bis|ab|vor|zum|im|am)\s(?:zum\s|dem\s|zur\s|im\s|spätestens\s)?(?:(?:Anfang|Mitte|Ende)\s)?"
        rf"(?:\d{{1,2}}\.\s?{_DE_M}|{_DE_M}|Q[1-4]|Frühjahr|Sommer|Herbst|Winter|Jahresende|Saison|20\d\d)(?:\s20\d\d)?"
        rf"|in\sdiesem\s(?:Jahr|Quartal|Monat)|(?:im\s)?nächste[ns]\s(?:Jahr|Quartal|Monat)|dieses\sJahr"
        rf"|(?:Anfang|Mitte|Ende)\s{_DE_M}|in(?:nerhalb\svon)?\s{_FEW}\s(?:Tagen|Wochen|Monaten))\b",
        re.IGNORECASE,
    ),
}  # fmt: skip
_PLANS = re.compile(
    r"\b(?:want|need|would|plan\w*|have to|must|like to|hope|aim|decide|go live|going live|start\w*|launch|ready|roll"
    r"|pilot|should|möcht\w*|woll\w*|müss\w*|soll\w*|planen|brauch\w*|starten|einführ\w*|einführung)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Gaps:
    """The words for a pattern's gaps in one language. A gap without words is empty."""

    language: str
    company: str
    company_source: Quote | None
    person: str
    product: str
    product_source: Quote
    when: str

    @classmethod
    def of(cls, task: DraftingTask, language: str) -> Gaps:
        """The company note's names where the plan gives it, else the lead's; only what looks like a name."""
        note, lead, product = note_before(task), task.lead, task.rules.product
        noted = company_name(note.company) if note else ""
        company = noted or company_name(lead.company)
        source = Quote(source="research" if noted else "lead:company", text=company) if company else None
        return cls(
            language=language,
            company=company or _YOUR_COMPANY.get(language, ""),
            company_source=source,
            person=in_writing(person_name(note.person if note else "") or _addressee(lead)),
            product=_product(lead.product, product.name),
            product_source=Quote(source="playbook:product", text=product.summary),
            when=when_in(own_words(lead), language),
        )

    def fill(self, template: str) -> str | None:
        """``template`` with its gaps filled; None where one cannot be. What is put in is never filled again."""
        words = {"company": self.company, "product": self.product, "when": self.when, "name": self.person}
        if any(not words.get(gap) for gap in GAP.findall(template)):
            return None
        filled = GAP.sub(lambda match: words[match[1]], template)
        return filled[:1].upper() + filled[1:] if template.startswith("{company}") else filled

    def source(self, template: str) -> Quote | None:
        """Where the words of a gap come from that make a sentence a factual one: a date, a name with a digit."""
        told = {
            "when": Quote(source="lead:message", text=self.when) if self.when else None,
            "company": self.company_source,
            "product": self.product_source,
        }
        found = (told.get(gap) for gap in GAP.findall(template) if is_factual(getattr(self, gap, "")))
        return next((quote for quote in found if quote), None)


def _addressee(lead: Lead) -> str:
    """The lead's name; nobody where a company's name was written there."""
    return "" if fold(lead.name) == fold(lead.company) else person_name(lead.name)


def _product(asked: str, name: str) -> str:
    """The product as the lead's form names it where that is ours (*Widget Pro* for *Widget*), else as the playbook."""
    return company_name(asked) if company_name(asked) and mentions(asked, name) else name


def when_in(message: str, language: str) -> str:
    """The first time phrase of a sentence that speaks of plans, in the lead's own words; empty where there is none."""
    pattern = _WHEN.get(language)
    for sentence in sentences(message) if pattern else ():
        match = pattern.search(sentence) if pattern and _PLANS.search(sentence) else None
        if match and not re.search(r"\b(?:not|nicht|since|seit)\s$", sentence[: match.start()], re.IGNORECASE):
            return " ".join(match.group().split()) if match.group() in message else ""
    return ""


def greeting(voice: Voice, language: str, person: str) -> str:
    """The greeting of that language, with the name where there is one; empty where the voice has none."""
    named = voice.greetings.get(language, "")
    unnamed = voice.greetings_unnamed.get(language, "")
    return (named.replace("{name}", person) if person else unnamed) or unnamed


def asked(words: str, topics: tuple[Topic, ...]) -> tuple[Topic, ...]:
    """The topics that the lead's words touch, in the order in which they do."""
    places = ((_place(words, topic), topic) for topic in topics)
    found = [(place, topic.id, topic) for place, topic in places if place is not None]
    return tuple(topic for *_, topic in sorted(found, key=lambda one: one[:2]))


def _place(words: str, topic: Topic) -> int | None:
    places = (affirmed_at(words, phrase) for phrase in topic.phrases)
    return min((place for place in places if place is not None), default=None)
