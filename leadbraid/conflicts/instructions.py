"""The rule on a stranger's text that speaks to the machine instead of to us.

Looked for in the text as a reader's model would see it, in five languages, and behind the usual disguises: wide or
accented letters, look-alikes, invisible characters, spaced-out words, base64. Each pattern needs an order *and* what
it is aimed at, so that an ordinary *please ignore my previous mail* says nothing.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator

from leadbraid.conflicts.case import Case, conflict, quote
from leadbraid.conflicts.words import plain
from leadbraid.models import Code, Conflict, Resolver, Severity
from leadbraid.text import fold, sentences

_FORGET = (
    r"ignor\w*|disregard\w*|forget|override|bypass|missacht\w*|vergiss|vergesst|vergessen sie|oublie[rz]?|olvid\w+"
    r"|dimentica\w*|negeer|vergeet"
)
_ORDERS = (
    r"instructions?|prompts?|rules|guidelines|directives?|commands|programming|guardrails|anweisung\w*|instruktion\w*"
    r"|regeln|vorgaben|befehle|consignes|regles|instrucciones|reglas|indicaciones|istruzioni|regole|instructies"
)
_WHICH = (
    r"all|any|previous|prior|above|earlier|preceding|your|these|those|system|existing|original|everything|alle|vorherig\w*"
    r"|vorig\w*|bisherig\w*|obig\w*|vorangegangen\w*|deine|ihre|toutes|precedentes|anterieures|tes|vos|todas|anteriores"
    r"|previas|tus|sus|tutte|precedenti|tue|vostre|vorige|jouw"
)
_OWN = re.compile(r"\b(?:my|our|meine\w*|unsere\w*|mes|nos|mis|nuestr\w*|mie|nostr\w*|mijn|onze)\b")
_NEGATED = re.compile(r"\b(?:not|never|cannot|can't|don't|won't|nicht|nie|pas|jamais|nunca)\s+(?:\w+\s+){0,2}$")
_IGNORE = re.compile(rf"\b(?:{_FORGET})\b((?:\W+\w+){{0,6}}?)\W+(?:{_ORDERS})\b((?:\W+\w+){{0,2}})")
_QUALIFIER = re.compile(rf"\b(?:{_WHICH})\b")

_LEAD = r"(?:lead|leads|enquiry|inquiry|request|prospect|contact|message|e-?mail|company|us|me|anfrage|nachricht|demande|solicitud|richiesta)"
_AI = r"(?:ai|a\.i\.|llm|large language model|language model|artificial intelligence|chatbot|ai assistant|ai model|virtual assistant)"
_TRADE = (
    r"(?! ?-?(?:company|vendor|provider|startup|start-up|specialist|firm|expert|supplier|platform|solution|business"
    r"|team|tool|product|unternehmen|anbieter))"
)
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # who is spoken to
        rf"\b(?:you are|you're|as) (?:now )?an? {_AI}\b{_TRADE}",
        rf"\b(?:du bist|sie sind) (?:jetzt )?eine? (?:ki|kunstliche intelligenz|sprachmodell|ki-assistent\w*)\b{_TRADE}",
        r"\b(?:tu es|vous etes) (?:maintenant )?une? (?:ia|intelligence artificielle|modele de langage)\b",
        r"\b(?:eres|usted es) (?:ahora )?una? (?:ia|inteligencia artificial|modelo de lenguaje)\b",
        r"\b(?:sei|siete) (?:ora )?un(?:a |')? ?(?:ia|intelligenza artificiale|modello linguistico)\b",
        r"\b(?:note|message|instructions?|attention) (?:to|for) (?:the |any |all )?(?:ai|llm|language models?|assistants?|bots?)\b",
        r"\bif you are an? (?:ai|llm|language model|bot)\b" + _TRADE,
        # what it shall forget, show or become
        r"\b(?:forget|ignore|disregard) (?:everything|all|anything) (?:above|before|prior|you (?:were|have been|know)|that came)",
        r"\b(?:reveal|print|show|repeat|output|display|leak|send|ignore|disregard|override|forget|follow)\b[^.!?\n]{0,30}\bsystem prompt\b",
        r"(?:^|\n)\s*(?:system|assistant|developer)(?: prompt| message| instructions?)?\s*:",
        r"<\|?(?:im_start|im_end|system|endoftext)\|?>|\[/?inst\]|<</?sys>>|#{2,} ?(?:system|instructions?)\b",
        r"\b(?:new|updated|your real|your new) (?:system )?instructions?\s*:",
        r"\b(?:enter|enable|activate) (?:developer|debug|admin|god|dan) mode\b|\bjailbreak\b",
        # the verdict
        rf"\b(?:mark|classify|rate|treat|flag|label|rank|qualify|approve)\b (?:this|the|our|my|that)? ?{_LEAD}\b(?: \w+){{0,3}}"
        r" (?:as|to) (?:\w+ ){0,2}?(?:qualified|approved|low.risk|risk.free|no risk|safe|hot|ideal)\b(?! (?:supplier|partner|vendor|reseller))",
        rf"\b(?:markier\w*|bewerte\w*|stufe\w*|kennzeichne\w*) (?:\w+ ){{0,2}}{_LEAD}\b(?: \w+){{0,2}} als (?:\w+ )?(?:qualifiziert|genehmigt|geeignet)",
        r"\b(?:marque[rz]?|classe[rz]?|considere[rz]?) (?:ce|cette|le|la) (?:lead|prospect|demande)\b(?: \w+){0,2} comme (?:\w+ )?qualifiee?",
        r"\b(?:marca|marque|clasifica|clasifique) (?:este|esta|el|la) (?:lead|cliente|contacto|solicitud)\b(?: \w+){0,2} como (?:\w+ )?(?:cualificad|calificad|aprobad)[oa]",
        r"\b(?:segna|contrassegna|classifica) (?:questo|questa|il|la) (?:lead|contatto|richiesta)\b(?: \w+){0,2} come (?:\w+ )?qualificat[oa]",
        # the score
        r"\b(?<!we )(?:set|give|assign|raise|change|make)\b (?:(?:this|the|my|our|its|us|me|a|lead|lead's) ){0,3}(?:score|rating)\b"
        r"(?: of| to| at|:| =)* ?(?:9\d|100|max\w*|the highest|the maximum)\b",
        r"\b(?:set|give|assign)\b (?:\w+ ){0,3}(?:a|the) (?:perfect|maximum|highest|full) (?:score|rating)\b",
        r"\b(?:setze?n?|stelle?n?) (?:\w+ ){1,3}(?:score|punktzahl|bewertung) auf (?:9\d|100|max\w*)",
        r"\b(?:mets|mettez|fixe[rz]?) (?:\w+ ){1,2}(?:score|note) a (?:9\d|100)",
        r"\b(?:pon|ponga|establece|asigna) (?:\w+ ){1,2}(?:puntuacion|puntaje) (?:en|a|de) (?:9\d|100)",
        r"\b(?:imposta|metti|assegna) (?:\w+ ){1,2}punteggio (?:a|di) (?:9\d|100)",
        # the answer and the approval
        r"\b(?:reply|respond|answer|output|return|write)\b (?:only|just|exclusively) (?:with|in)? ?(?:the (?:word|text|following|string|json)|json|\"|'|“|«|„|yes\b|ok\b|true\b|qualified\b|approved?\b)",
        rf"\b(?:auto-?approve|automatically (?:approve|accept|qualify)) (?:this|the|my|our) {_LEAD}\b"
        rf"|\b(?:approve|accept|qualify) (?:this|the|my|our) {_LEAD}\b(?: \w+){{0,3}} (?:automatically|without (?:\w+ )?(?:review|approval))",
        r"(?:^|[.!;:]\s*|\bplease )(?:approve|send|accept) (?:automatically|it automatically|without (?:\w+ )?(?:review|approval))\b",
        r"(?:^|[.!;:]\s*|\bplease )(?:skip|bypass) (?:the |any |all )?(?:human |manual )?(?:review|approval|checks?)\b",
        r"\b(?:do not|don't|never) (?:mention|raise|report|add|list)\b (?:\w+ ){0,3}(?:risks?|flags?|conflicts?)\b(?: \w+){0,4} (?:report|lead|brief|check|review|output)",
    )
)
_COMPACT = re.compile(
    r"ignore(?:all|any|the|your)*(?:previous|prior|above|earlier)?(?:instructions|prompts|rules)|youarean?(?:ai|llm|languagemodel)"
    r"|systemprompt|(?:set|raise)(?:the|this|my|lead)*scoreto|mark(?:this|the)?leadasqualified|approveautomatically"
)
"""Only for letters that stood apart, where the blanks between words are lost."""


def instructs_reader(case: Case) -> Iterator[Conflict]:
    """The lead's text gives orders to whoever or whatever reads it. Blocking: a person must look before anything goes.

    Two quotes: the words as they stand, and what they say once the disguise is off.
    """
    for source, text in case.lead.words().items():
        for found in dict.fromkeys(_instructing(text)):
            yield conflict(
                Code.INSTRUCTS_READER,
                Severity.BLOCKING,
                Resolver.REVIEWER,
                f"The lead's text gives orders to its reader: “{found[:300]}”. Read the outputs with care.",
                left=quote(source, found),
                right=quote(source, found),
            )


def _instructing(text: str) -> Iterator[str]:
    """The parts of ``text`` that instruct: each sentence, or two or three where the order runs over line breaks."""
    if not instructs(text):
        return
    pieces = sentences(text)
    hits = [one for one in pieces if instructs(one)] or _runs(text, pieces, 2) or _runs(text, pieces, 3)
    yield from hits or [text]


def _runs(text: str, pieces: tuple[str, ...], length: int) -> list[str]:
    """The runs of ``length`` neighbouring sentences that instruct together, as they stand in ``text``."""
    starts: list[int] = []
    for piece in pieces:
        starts.append(text.index(piece, starts[-1] + 1 if starts else 0))
    runs = [
        text[starts[n] : starts[n + length - 1] + len(pieces[n + length - 1])] for n in range(len(pieces) - length + 1)
    ]
    return [run for run in runs if instructs(run)]


def instructs(text: str) -> bool:
    """Whether ``text`` gives orders to whoever or whatever reads it."""
    return any(_orders(one) for one in _readings(text)) or _COMPACT.search(_joined(text)) is not None


def _orders(reading: str) -> bool:
    return any(pattern.search(reading) for pattern in _PATTERNS) or any(
        _QUALIFIER.search(match.group())
        and not _OWN.search(match.group(1))
        and not _NEGATED.search(reading[: match.start()])
        for match in _IGNORE.finditer(reading)
    )


# --- disguises -----------------------------------------------------------------------------------------------------

_LOOKALIKES = str.maketrans("аеорсхуіјѕԁɡһκνορτυ", "aeopcxyijsdghkvoptu")
_SPACED = re.compile(r"(?<!\w)\w(?:[ \t.\-_*·|]\w(?!\w)){3,}")
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{20,8000}={0,2}")
_TAGS = range(0xE0020, 0xE007F)


def _readings(text: str) -> Iterator[str]:
    """``text`` as it may be read: plain, with spaced-out words joined, decoded, and its hidden tag characters."""
    yield _plain(text)
    if _SPACED.search(text):
        yield _plain(_SPACED.sub(lambda match: re.sub(r"[\W_]", "", match.group()), text))
    yield from (_plain(one) for one in _decoded(text))
    if hidden := "".join(chr(ord(char) - 0xE0000) for char in text if ord(char) in _TAGS):
        yield _plain(hidden)


def _plain(text: str) -> str:
    """Folded, without accents and look-alikes; a line break stays one, since roles are written at a line's start."""
    return "\n".join(plain(fold(line)).translate(_LOOKALIKES) for line in text.splitlines()) + "\n" + _one_line(text)


def _one_line(text: str) -> str:
    return plain(fold(text)).translate(_LOOKALIKES)


def _joined(text: str) -> str:
    spaced = unicodedata.normalize("NFKC", text)
    return " ".join(re.sub(r"[\W_]", "", match.group()).casefold() for match in _SPACED.finditer(spaced))


def _decoded(text: str) -> Iterator[str]:
    for match in _ENCODED.finditer(text):
        code = match.group().rstrip("=").translate(str.maketrans("-_", "+/"))
        try:
            found = base64.b64decode(code + "=" * (-len(code) % 4), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
        if any(char.isalpha() for char in found):
            yield found
