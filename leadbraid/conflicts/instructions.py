"""The rule on a stranger's text that speaks to the machine instead of to us, in five languages.

Each pattern needs an order *and* what it is aimed at, so that an ordinary *please ignore my previous mail* says
nothing. ``leadbraid/conflicts/disguises.py`` takes the disguises off first; patterns are written without accents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadbraid.conflicts.case import Case, conflict, quote
from leadbraid.conflicts.disguises import readings, spaced_out
from leadbraid.models import Code, Conflict, Resolver, Severity
from leadbraid.text import sentences

# --- ignore ... instructions ---------------------------------------------------------------------------------------

_FORGET = (
    r"ignor\w*|disregard\w*|forget|override|bypass|missacht\w*|vergiss|vergesst|vergessen sie|oublie[rz]?|olvid\w+"
    r"|dimentica\w*|negeer|vergeet"
)
_ORDERS = (
    r"instructions?|prompts?|rules|guidelines|directives?|commands|programming|guardrails|guidance|anweisung\w*|instruktion\w*"
    r"|regeln|vorgaben|befehle|consignes|regles|instrucciones|reglas|indicaciones|istruzioni|regole|instructies"
)
_EARLIER = (
    r"previous|prior|above|earlier|preceding|everything|obig\w*|vorherig\w*|vorig\w*|bisherig\w*|vorangegangen\w*"
    r"|precedentes|anterieures|anteriores|previas|precedenti|vorige"
)
_ANY = (
    r"all|any|your|these|those|system|existing|original|alle|deine|ihre|toutes|tes|vos|todas|tus|sus|tutte|tue|vostre"
    r"|jouw"
)
_IGNORE = re.compile(rf"\b(?:{_FORGET})\b((?:\W+\w+){{0,6}}?)\W+(?:{_ORDERS})\b(?:\W+\w+){{0,2}}")
_WHAT_STOOD_BEFORE = re.compile(rf"\b(?:{_EARLIER})\b")
_WHATEVER_HOLDS = re.compile(rf"\b(?:{_ANY})\b")
_COMMANDED = re.compile(
    r"(?:^|[.,;:!?\"'“«(>\]-]\s*|\b(?:please|now|then|must|should|will|shall|just|kindly|you|first|instead|simply|ai"
    r"|assistant|model|bitte|nun|dann|jetzt|veuillez|por favor|per favore)\s+)$"
)
_OWN = re.compile(r"\b(?:my|our|meine\w*|unsere\w*|mes|nos|mis|nuestr\w*|mie|nostr\w*|mijn|onze)\b")
_NEGATED = re.compile(r"\b(?:not|never|cannot|can't|don't|won't|nicht|nie|pas|jamais|nunca)\s+(?:\w+\s+){0,2}$")

# --- everything else -----------------------------------------------------------------------------------------------

_AI = r"(?:ai|a\.i\.|llm|(?:large )?language model|artificial intelligence|chatbot|ai (?:assistant|model|agent))"
_TRADE = (
    r"(?![ -](?:driven|based|powered|native|first|focused|enabled)"
    r"|[ -]?(?:company|vendor|provider|start-?up|specialist|firm|expert|supplier|platform|solution|business|team|tool"
    r"|product|unternehmen|anbieter))"
)
_LEAD = (
    r"(?:leads?|enquiry|inquiry|request|prospect|contact|message|e-?mail|company|anfrage|nachricht|demande|solicitud)"
)
_MARK = r"(?:mark|classify|rate|flag|label|rank|treat)\b"
_THIS = r"(?:this|the|our|my|that)"
_TOP = r"(?:9\d|100|max\w*|the highest|the maximum)\b"
_GOOD = r"(?:qualified|approved|low.risk|risk.free|no risk|safe|hot|ideal)\b(?! (?:supplier|partner|vendor|reseller))"
_LOOK = r"(?:review|approval|checks?|confirmation)"
_SAY = r"(?:the (?:word|text|following|string|json)\b|json\b|[\"'“«„]|yes\b|ok\b|true\b|qualified\b|approved?\b)"
_ORDER = r"(?:^|\n|[.,!;:]\s*|\bplease )"

_WHO_IS_SPOKEN_TO = (
    rf"\b(?:you are|you're) (?:now )?an? {_AI}\b{_TRADE}",
    r"\bas an? (?:ai (?:assistant|model|agent)|(?:large )?language model),? (?:you|please|your)\b",
    rf"\b(?:du bist|sie sind) (?:jetzt )?eine? (?:ki|kunstliche intelligenz|sprachmodell|ki-assistent\w*)\b{_TRADE}",
    r"\byou are (?:now )?(?:chatgpt|gpt|claude|gemini|copilot|llama)\b",
    rf"{_ORDER}(?:act|behave|respond) as (?:if you were )?an? {_AI}\b{_TRADE}",
    r"\bpretend (?:that )?(?:you are|you're|to be) (?:a|an|the|our)\b",
    r"\b(?:tu es|vous etes) (?:maintenant )?une? (?:ia|intelligence artificielle|modele de langage)\b",
    r"\b(?:eres|usted es) (?:ahora )?una? (?:ia|inteligencia artificial|modelo de lenguaje)\b",
    r"\b(?:sei|siete) (?:ora )?un(?:a |')? ?(?:ia|intelligenza artificiale|modello linguistico)\b",
    r"\b(?:note|message|instructions?|attention) (?:to|for) (?:the |any |all )?(?:ai|llm|language models?|bots?)\b\W",
)
_WHAT_IT_SHALL_FORGET_OR_SHOW = (
    r"\b(?:forget|ignore|disregard) (?:all of )?the (?:above|foregoing),? and\b",
    rf"{_ORDER}(?:do not|don't) follow (?:your|any|the) (?:\w+ )?(?:instructions|rules|guidelines)\b",
    r"\b(?:forget|ignore|disregard) (?:everything|all|anything) (?:above|before|prior|that came)\b",
    r"\b(?:forget|ignore|disregard) (?:everything|all|anything) (?:that )?you (?:were|have been|know|ve been)\b",
    r"\b(?:reveal|print|show|repeat|output|display|leak|ignore|disregard|override|forget)\b[^.!?\n]{0,30}"
    r"\bsystem prompt\b",
    r"(?:^|\n)(?:system|assistant|developer)(?: prompt| message| instructions?)? ?:",
    r"<\|?(?:im_start|im_end|system|endoftext)\|?>|\[/?inst\]|<</?sys>>|#{2,} ?(?:system|instructions?)\b",
    r"\b(?:new|updated|your real|your new) (?:system )?instructions? ?:",
    r"\b(?:enter|enable|activate) (?:developer|debug|admin|god|dan) mode\b",
)
_THE_VERDICT = (
    rf"\b{_MARK} (?:{_THIS} )?{_LEAD}\b(?: \w+){{0,3}} (?:as|to) (?:\w+ ){{0,2}}?{_GOOD}",
    rf"\b{_MARK} (?:us|me|it) (?:as|to) (?:\w+ ){{0,2}}?{_GOOD}",
    r"\b(?:verdict|qualification|lead status)\b\W{1,4}(?:(?:is|to|as|(?:must|should|shall) be) )?\W?"
    r"(?:qualified|approved)\b",
    rf"\b(?:markier|bewerte|stufe|kennzeichne)\w* (?:\w+ ){{0,2}}{_LEAD}\b(?: \w+){{0,2}}"
    r" als (?:\w+ )?(?:qualifiziert|genehmigt)",
    r"\b(?:marque|classe|considere)[rz]? (?:ce|cette|le|la) (?:lead|prospect|demande)\b(?: \w+){0,2}"
    r" comme (?:\w+ )?qualifie",
    r"\b(?:marca|marque|clasifica|clasifique) (?:este|esta|el|la) (?:lead|cliente|contacto|solicitud)\b(?: \w+){0,2}"
    r" como (?:\w+ )?(?:cualificad|calificad|aprobad)[oa]",
    r"\b(?:segna|contrassegna|classifica) (?:questo|questa|il|la) (?:lead|contatto|richiesta)\b(?: \w+){0,2}"
    r" come (?:\w+ )?qualificat[oa]",
)
_THE_SCORE = (
    r"\b(?<!we )(?<!they )(?:set|give|assign|raise|change|make)\b (?:(?:this|the|my|our|its|us|me|a|lead|lead's) ){0,3}"
    rf"(?:score|rating)\b(?: of| to| at|:| =)* ?{_TOP}",
    r"\b(?:set|give|assign)\b (?:us|me|this lead|the lead|it) (?:a|the) (?:perfect|maximum|highest|full|top)"
    r" (?:score|rating)\b",
    r"\b(?:setze?n?|stelle?n?) (?:\w+ ){1,3}(?:score|punktzahl|bewertung) auf (?:9\d|100|max\w*)",
    r"\b(?:mets|mettez|fixe[rz]?) (?:\w+ ){1,2}(?:score|note) a (?:9\d|100)",
    r"\b(?:pon|ponga|establece|asigna) (?:\w+ ){1,2}(?:puntuacion|puntaje) (?:en|a|de) (?:9\d|100)",
    r"\b(?:imposta|metti|assegna) (?:\w+ ){1,2}punteggio (?:a|di) (?:9\d|100)",
)
_THE_ANSWER_AND_THE_APPROVAL = (
    rf"\b(?:reply|respond|answer|output|return|write) (?:only|just|exclusively|nothing but)(?: with| in)? ?{_SAY}",
    rf"\b(?:auto-?approve|automatically (?:approve|accept|qualify)) {_THIS} {_LEAD}\b",
    rf"\b(?:approve|accept|qualify) {_THIS} {_LEAD}\b(?: \w+){{0,3}} (?:automatically|without (?:\w+ )?{_LOOK})",
    rf"{_ORDER}(?:approve|send|accept)(?: it| this)? (?:automatically|without (?:\w+ )?{_LOOK})\b",
    rf"{_ORDER}(?:skip|bypass) (?:the |any |all )?(?:human |manual )?{_LOOK}\b",
    r"\bwithout (?:waiting for|asking) (?:a|any|the) (?:human|person|reviewer|approver)\b",
    r"\b(?:do not|don't|never) (?:mention|raise|report|list) (?:\w+ ){0,3}(?:risks?|flags?|conflicts?)\b",
)
_PATTERNS = tuple(
    re.compile(pattern)
    for listed in (
        _WHO_IS_SPOKEN_TO,
        _WHAT_IT_SHALL_FORGET_OR_SHOW,
        _THE_VERDICT,
        _THE_SCORE,
        _THE_ANSWER_AND_THE_APPROVAL,
    )
    for pattern in listed
)
_WITHOUT_BLANKS = re.compile(
    r"ignore(?:all|any|the|your)*(?:previous|prior|above|earlier)?(?:instructions|prompts|rules)|youarean?(?:ai|llm)"
    r"|systemprompt|(?:set|raise)(?:the|this|my|lead)*scoreto|mark(?:this|the)?leadasqualified|approveautomatically"
)
"""Only for letters that stood apart, where the blanks between words are lost."""


def injection_suspected(case: Case) -> Iterator[Conflict]:
    """The lead's text gives orders to whoever or whatever reads it. Blocking: a person must look before anything goes.

    Both sides are the lead's: its text is at odds with nothing but being an enquiry.
    """
    for source, text in case.lead.words().items():
        for found in dict.fromkeys(_parts(text)):
            yield conflict(
                Code.INJECTION_SUSPECTED,
                Severity.BLOCKING,
                Resolver.REVIEWER,
                f"The lead's text gives orders to its reader: “{found[:300]}”. Read the outputs with care.",
                left=quote(source, found),
                right=quote(source, found),
            )


def _parts(text: str) -> list[str]:
    """The parts of ``text`` that instruct: sentences, or two or three where the order runs over line breaks."""
    if not instructs(text):
        return []
    found = [one for one in sentences(text) if instructs(one)]
    return found or _runs(text, 2) or _runs(text, 3) or [text]


def _runs(text: str, length: int) -> list[str]:
    """The runs of ``length`` neighbouring sentences that instruct together, as they stand in ``text``."""
    spans: list[tuple[int, int]] = []
    for piece in sentences(text):
        start = text.index(piece, spans[-1][1] if spans else 0)
        spans.append((start, start + len(piece)))
    runs = (text[first[0] : last[1]] for first, last in zip(spans, spans[length - 1 :], strict=False))
    return [run for run in runs if instructs(run)]


def instructs(text: str) -> bool:
    """Whether ``text`` gives orders to whoever or whatever reads it."""
    return any(_orders(one) for one in readings(text)) or bool(_WITHOUT_BLANKS.search(spaced_out(text)))


def _orders(reading: str) -> bool:
    return any(pattern.search(reading) for pattern in _PATTERNS) or any(
        _forgets(match, reading[max(0, match.start() - 60) : match.start()].rpartition("\n")[2])
        for match in _IGNORE.finditer(reading)
    )


def _forgets(match: re.Match[str], before: str) -> bool:
    """Whether *ignore … rules* is an order: aimed at what stood before, or at whatever holds, and then a command.

    *Carriers ignore all rules* tells of others, *ignore my previous instructions* of one's own.
    """
    if _OWN.search(match.group(1)) or _NEGATED.search(before):
        return False
    aimed = _WHATEVER_HOLDS.search(match.group()) and _COMMANDED.search(before)
    return bool(_WHAT_STOOD_BEFORE.search(match.group()) or aimed)
