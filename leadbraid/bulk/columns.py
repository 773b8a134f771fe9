"""Which column of a table is which field of a lead: by the names that exports really have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leadbraid.bulk.names import plain, spellings
from leadbraid.errors import InputError
from leadbraid.models.visible import one_line

ALIASES: dict[str, tuple[str, ...]] = {
    field: tuple(listed.split("|"))
    for field, listed in {
        "email": "E-Mail|Mail|E-Mail-Adresse|E-Mail Address|Mail Address|Mailadresse|Work Email|Business Email"
        "|Contact Email|Your Email|Ihre E-Mail|Ihre E-Mail-Adresse|Kontakt E-Mail|Geschäftliche E-Mail"
        "|E-Mail geschäftlich",
        "message": "Message|Nachricht|Comments|Comment|Kommentar|Kommentare|Anfrage|Anfragetext|Enquiry|Inquiry"
        "|Question|Frage|Mitteilung|Notes|Note|Notiz|Notizen|Bemerkung|Bemerkungen|Anmerkung|Anmerkungen|Description"
        "|Beschreibung|Text|Your Message|Ihre Nachricht|Ihre Anfrage|How can we help|Gesprächsnotiz|Anliegen"
        "|Ihr Anliegen",
        "name": "Name|Full Name|Contact Name|Contact|Contact Person|Your Name|Ihr Name|Kontakt|Kontaktname"
        "|Kontaktperson|Ansprechpartner|Ansprechperson|Vor- und Nachname|Vollständiger Name|Person",
        "first_name": "First Name|Firstname|Given Name|Forename|Vorname",
        "last_name": "Last Name|Lastname|Surname|Family Name|Nachname|Familienname|Zuname",
        "company": "Company|Company Name|Firma|Firmenname|Firmierung|Unternehmen|Unternehmensname|Organisation"
        "|Organization|Organisation Name|Organization Name|Account|Account Name|Kunde|Betrieb|Business Name|Employer",
        "job_title": "Job Title|Title|Position|Role|Rolle|Funktion|Function|Job|Berufsbezeichnung|Jobtitel|Stelle"
        "|Stellenbezeichnung|Beruf",
        "phone": "Phone|Phone Number|Telephone|Telephone Number|Telefon|Telefonnummer|Tel|Tel.-Nr.|Tel.Nr|Fon"
        "|Business Phone|Work Phone|Rufnummer|Telefon geschäftlich",
        "website": "Website|Web Site|Website URL|Web|Webseite|Homepage|Internet|Internetadresse|URL|Company Website",
        "country": "Country|Land|Country/Region|Country Code|Ländercode|Länderkürzel|Staat|Nation|Country Name",
        "employees": "Employees|Number of Employees|No. of Employees|Employee Count|Headcount|Company Size"
        "|Mitarbeiter|Anzahl Mitarbeiter|Mitarbeiterzahl|Mitarbeiteranzahl|Mitarbeitende|Anzahl Mitarbeitende"
        "|Beschäftigte|Unternehmensgröße|Firmengröße|Staff",
        "product": "Product|Produkt|Product Interest|Produktinteresse|Interested In|Interesse|Interessiert an"
        "|Product of Interest|Artikel",
        "source": "Source|Lead Source|Quelle|Leadquelle|Herkunft|Channel|Kanal|Origin|Original Source|Event|Messe|Fair",
        "event_id": "Event ID|Submission ID|Form Submission ID|Entry ID|Response ID|Lead ID|Eintrags-ID|Anfrage-ID"
        "|Anfragenummer|Vorgangsnummer|Enquiry ID|Inquiry ID|Ticket ID",
        "received_at": "Received at|Received|Date|Datum|Created|Created at|Created Date|Create Date|Created On"
        "|Date Created|Erstellt|Erstellt am|Erstelldatum|Erstellungsdatum|Eingang|Eingegangen am|Eingangsdatum"
        "|Submitted at|Submission Date|Submitted|Timestamp|Zeitstempel|Gesendet am",
    }.items()
}
"""Field -> the names it goes by, and its own name. ``first_name`` and ``last_name`` make a ``name``.

Left out on purpose: *ID* and *Record ID* (they name a person or a row more often than an enquiry, and an event id
makes two enquiries one), *Titel* (a doctor's), *Mobil* (a second phone number in most tables).
"""
REQUIRED = ("email", "message")
FIELDS = tuple(ALIASES)
_BY_NAME = {form: field for field, names in ALIASES.items() for name in (field, *names) for form in spellings(name)}
_SHOWN = 12


@dataclass(frozen=True)
class Columns:
    """Where each field is found. ``places``: field -> position; ``ignored``: the names nobody knows."""

    places: Mapping[str, int]
    ignored: tuple[str, ...]


def field_of(name: str) -> str:
    """The field that a column called ``name`` holds; empty where nobody knows."""
    return _BY_NAME.get(plain(name), "")


def match_columns(header: Sequence[str], chosen: Mapping[str, str], where: str) -> Columns:
    """Find the fields in a header.

    Args:
        header: The names as they stand.
        chosen: Field -> the column it is to be taken from: its name, or ``#`` and its number.
        where: What to call the table in an error.

    Raises:
        InputError: Two columns mean the same field, or a chosen one is not there; says how to choose.
    """
    places = {field: _position(header, name, field, where) for field, name in chosen.items()}
    taken = set(places.values())
    for position, name in enumerate(header):
        field = field_of(name)
        if not field or field in chosen or position in taken:
            continue
        if field in places:
            raise InputError(_ambiguous(header, places[field], position, field, where))
        places[field] = position
    known = set(places.values())
    ignored = [name for position, name in enumerate(header) if position not in known and name.strip()]
    return Columns(places, tuple(ignored))


def require_columns(columns: Columns, header: Sequence[str], where: str) -> None:
    """See that the fields without which there is no lead have a column.

    Raises:
        InputError: One has none; tells the names it may have.
    """
    for field in REQUIRED:
        if field not in columns.places:
            names = ", ".join(ALIASES[field])
            there = ", ".join(shown(name) for name in header[:_SHOWN] if name.strip()) or "nothing"
            raise InputError(
                f"{where} has no column for {field}: name it as one of {names}, "
                f"or say which one it is with --map {field}=COLUMN (there is: {there})."
            )


def shown(name: str) -> str:
    """A column's name for a person."""
    return one_line(name, 60)


def _position(header: Sequence[str], name: str, field: str, where: str) -> int:
    if name.startswith("#") and name[1:].isdecimal() and 1 <= int(name[1:]) <= len(header):
        return int(name[1:]) - 1
    found = [n for n, one in enumerate(header) if one.strip() == name.strip()]
    found = found or [n for n, one in enumerate(header) if plain(one) == plain(name)]
    if len(found) == 1:
        return found[0]
    if found:
        numbers = " and ".join(str(position + 1) for position in found[:2])
        raise InputError(
            f"{where} has the column {shown(name)!r} twice (columns {numbers}): "
            f"choose one by its number, --map {field}=#{found[0] + 1}."
        )
    there = ", ".join(shown(one) for one in header[:_SHOWN] if one.strip())
    raise InputError(f"{where} has no column {shown(name)!r} for {field}; there is: {there}.")


def _ambiguous(header: Sequence[str], first: int, second: int, field: str, where: str) -> str:
    one, other = shown(header[first].strip()), shown(header[second].strip())
    choice = f"'{field}={one}'"
    if plain(one) == plain(other):
        choice = f"{field}=#{first + 1}"
    return (
        f"{where} has two columns that mean {field}: {one!r} (column {first + 1}) and {other!r} (column {second + 1}); "
        f"choose one, e.g. --map {choice}."
    )
