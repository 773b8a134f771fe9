"""Countries by their English and German names, and where a text says that somebody is."""

from __future__ import annotations

import re

from leadbraid.text import affirms, fold, mentions

NAMES: dict[str, tuple[str, ...]] = {
    entry[:2]: tuple(entry[3:].split("|"))
    for entry in (
        "AE United Arab Emirates|Vereinigte Arabische Emirate;AR Argentina|Argentinien;AT Austria|Österreich"
        ";AU Australia|Australien;BE Belgium|Belgien;BG Bulgaria|Bulgarien;BR Brazil|Brasilien;BY Belarus|Weißrussland"
        ";CA Canada|Kanada;CH Switzerland|Schweiz;CL Chile;CN China;CO Colombia|Kolumbien;CU Cuba|Kuba"
        ";CZ Czech Republic|Czechia|Tschechien;DE Germany|Deutschland;DK Denmark|Dänemark;EE Estonia|Estland"
        ";EG Egypt|Ägypten;ES Spain|Spanien;FI Finland|Finnland;FR France|Frankreich"
        ";GB United Kingdom|UK|Great Britain|England|Scotland|Wales|Großbritannien|Vereinigtes Königreich"
        ";GR Greece|Griechenland;HK Hong Kong|Hongkong;HR Croatia|Kroatien;HU Hungary|Ungarn;ID Indonesia|Indonesien"
        ";IE Ireland|Irland;IL Israel;IN India|Indien;IQ Iraq|Irak;IR Iran;IS Iceland|Island;IT Italy|Italien;JP Japan"
        ";KE Kenya|Kenia;KP North Korea|Nordkorea;KR South Korea|Südkorea;LI Liechtenstein;LT Lithuania|Litauen"
        ";LU Luxembourg|Luxemburg;LV Latvia|Lettland;MA Morocco|Marokko;MT Malta;MX Mexico|Mexiko;MY Malaysia"
        ";NG Nigeria;NL Netherlands|The Netherlands|Holland|Niederlande|Niederlanden;NO Norway|Norwegen"
        ";NZ New Zealand|Neuseeland;PE Peru;PH Philippines|Philippinen;PK Pakistan;PL Poland|Polen;PT Portugal"
        ";RO Romania|Rumänien;RS Serbia|Serbien;RU Russia|Russian Federation|Russland;SA Saudi Arabia|Saudi-Arabien"
        ";SE Sweden|Schweden;SG Singapore|Singapur;SI Slovenia|Slowenien;SK Slovakia|Slowakei;SY Syria|Syrien"
        ";TH Thailand;TN Tunisia|Tunesien;TR Turkey|Türkei;TW Taiwan;UA Ukraine"
        ";US United States|United States of America|USA|Vereinigte Staaten;VE Venezuela;VN Vietnam"
        ";ZA South Africa|Südafrika"
    ).split(";")
}
_CODES = {fold(name): code for code, names in NAMES.items() for name in names}
_LOCATED = re.compile(
    r"\b(?i:based|located|headquartered|seated|situated|registered|sitz|ansässig|sitzen|basé|basée|sede)\s(?:in|en|à)\s"
    r"(?:the\s|der\s|den\s)?([A-ZÄÖÜÀ-Þ][\w'’.-]{0,30}(?:[ -][A-ZÄÖÜÀ-Þ][\w'’-]{0,30}){0,3}"
    r"(?:(?:,\s|\sin\s(?:the\s|der\s|den\s)?)[A-ZÄÖÜÀ-Þ][\w'’-]{0,30}(?:\s[A-ZÄÖÜÀ-Þ][\w'’-]{0,30}){0,2})?)",
)


def country_name(code: str) -> str:
    """The English name of a country, or its code where it is not known here."""
    return NAMES.get(code.upper(), (code,))[0]


def in_country(code: str) -> str:
    """The English name as it stands after *in*: *the Netherlands*, *Germany*."""
    name = country_name(code)
    return f"the {name}" if code.upper() in _ARTICLED else name


_ARTICLED = ("AE", "CZ", "GB", "NL", "PH", "US")


def country_code(cell: str) -> str:
    """The code of a country given by code or by name; empty where it is not known here."""
    found = cell.strip().upper()
    return found if found in NAMES else _CODES.get(fold(cell), "")


def place_in(sentence: str) -> str:
    """Where ``sentence`` says that somebody is (*based in …*, *mit Sitz in …*); empty where it does not."""
    match = _LOCATED.search(sentence)
    return match[1].rstrip(".'’-") if match else ""


def country_of_place(place: str) -> str:
    """The code of the country that ``place`` names; empty where it names none that is known here."""
    return next((code for code, names in NAMES.items() if any(mentions(place, name) for name in names)), "")


def countries_in(text: str) -> tuple[str, ...]:
    """The codes of all countries that ``text`` affirms."""
    return tuple(code for code, names in NAMES.items() if any(affirms(text, name) for name in names))
