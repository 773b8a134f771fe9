"""The account list, ``accounts.csv``: read row by row, under whatever sensible column names it has."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TextIO

from leadbraid.sources.folder import NotReadable
from leadbraid.sources.matching import Sought, company_key, domain_of, is_free_mail, within_domain
from leadbraid.sources.passage import PASSAGE_LIMIT, Passage, PassageKind
from leadbraid.text import fold

ACCOUNTS = "accounts.csv"
_LINE_LIMIT = 1_000_000
_PER_RANK = 20


class Column(StrEnum):
    """What a column of the account list can hold."""

    COMPANY = "company"
    DOMAIN = "domain"
    EMAIL = "email"
    CONTACT = "contact"
    EMPLOYEES = "employees"
    INDUSTRY = "industry"
    COUNTRY = "country"
    CITY = "city"
    STATUS = "status"
    NOTES = "notes"


_NAMES: dict[Column, tuple[str, ...]] = {
    column: tuple(listed.split("|"))
    for column, listed in {
        Column.COMPANY: "company|company name|account|account name|organisation|organization|customer|firma|unternehmen"
        "|kunde|name",
        Column.DOMAIN: "domain|email domain|e mail domain|website|web|url|homepage|webseite",
        Column.EMAIL: "email|e mail|contact email|contact e mail|email address|mail|contact|kontakt|ansprechpartner",
        Column.CONTACT: "contact name|contact person|contact|person|ansprechpartner|kontakt|full name",
        Column.EMPLOYEES: "employees|headcount|number of employees|employee count|staff|company size|size|mitarbeiter",
        Column.INDUSTRY: "industry|sector|vertical|branche",
        Column.COUNTRY: "country|country code|land",
        Column.CITY: "city|town|location|ort|stadt|standort",
        Column.STATUS: "status|account status|relationship|stage|type|beziehung",
        Column.NOTES: "notes|note|comment|comments|remarks|description|bemerkung|bemerkungen|notiz|notizen",
    }.items()
}


def column_value(fields: Iterable[tuple[str, str]], column: Column) -> str:
    """The first filled cell under a name that ``column`` goes by; empty where there is none.

    A column called *contact* may hold names or addresses: which, each cell tells by its ``@``.
    """
    row = {re.sub(r"[\s_-]+", " ", name).strip(): value.strip() for name, value in fields}
    for name in _NAMES[column]:
        value = row.get(name, "")
        if value and (column not in (Column.EMAIL, Column.CONTACT) or ("@" in value) is (column is Column.EMAIL)):
            return value
    return ""


def account_passages(file: TextIO, sought: Sought, source: str = ACCOUNTS) -> tuple[Passage, ...]:
    """The rows that concern ``sought``: first those with its e-mail address, then its domain, then its name.

    Raises:
        NotReadable: The list is no usable CSV: no header, none of the columns that tell a company, a broken quote.
    """
    ranked: dict[int, list[Passage]] = {0: [], 1: [], 2: []}
    try:
        for passage in _rows(file, source):
            rank = _rank(passage, sought)
            if rank is not None and len(ranked[rank]) < _PER_RANK:
                ranked[rank].append(passage)
    except csv.Error as error:
        raise NotReadable(f"is not a usable table ({error})") from None
    return tuple(passage for rank in sorted(ranked) for passage in ranked[rank])


def _rows(file: TextIO, source: str) -> Iterator[Passage]:
    lines = _Lines(file)
    header = next(lines, "").removeprefix("\ufeff")
    delimiter = max(",;\t|", key=header.count)
    columns = [fold(name) for name in next(csv.reader([header], delimiter=delimiter, strict=True), [])]
    if not any(column_value([(name, "x@x")], kind) for name in columns for kind in (Column.DOMAIN, Column.EMAIL)) and (
        not any(column_value([(name, "x")], Column.COMPANY) for name in columns)
    ):
        raise NotReadable("has none of the columns company, domain or email in its first line")
    lines.taken()
    for row, cells in enumerate(csv.reader(lines, delimiter=delimiter, strict=True), start=2):
        text = lines.taken()
        if any(cells):
            fields = tuple(zip(columns, cells, strict=False))
            yield Passage(PassageKind.ACCOUNT, f"documents:{source}#{row}", text[:PASSAGE_LIMIT], fields)


class _Lines:
    """The lines of a file, which can also tell what was read since it was last asked: a row as it stands there."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._read: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._file.readline(_LINE_LIMIT)
        if not line:
            raise StopIteration
        if len(line) == _LINE_LIMIT:
            raise NotReadable("has a line of over a million characters")
        self._read.append(line)
        return line

    def taken(self) -> str:
        text, self._read = "".join(self._read).strip("\r\n"), []
        return text


def _rank(passage: Passage, sought: Sought) -> int | None:
    email = column_value(passage.fields, Column.EMAIL).casefold()
    if email == sought.email:
        return 0
    if sought.domain and any(_same(sought.domain, domain) for domain in _domains(passage, email)):
        return 1
    name = column_value(passage.fields, Column.COMPANY)
    return 2 if sought.company and company_key(name) == sought.company else None


def _domains(passage: Passage, email: str) -> tuple[str, ...]:
    found = (domain_of(column_value(passage.fields, Column.DOMAIN)), domain_of(email))
    return tuple(domain for domain in found if domain and not is_free_mail(domain))


def _same(ours: str, theirs: str) -> bool:
    return within_domain(ours, theirs) or within_domain(theirs, ours)
