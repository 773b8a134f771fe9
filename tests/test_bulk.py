"""Import and export: what tables really look like, what is refused and why, and that nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import gc
import io
import json
import os
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from command import Command
from faults.ground import Server
from hypothesis import given, settings
from hypothesis import strategies as st
from kit import a_lead, brief_of, in_state, outcome_of, start_lead, until, working
from temporalio.client import Client

from leadbraid.bulk import exporting
from leadbraid.bulk.cells import employees_of, received_of, values_of
from leadbraid.bulk.columns import ALIASES, FIELDS, field_of
from leadbraid.bulk.countries import CODES, country_of
from leadbraid.bulk.exporting import Wanted, ahead
from leadbraid.bulk.importing import AT_ONCE, Import, Kind, Ready, Remark, ready
from leadbraid.bulk.tables import LINE_LIMIT, read_table
from leadbraid.bulk.textfile import open_text, spooled
from leadbraid.bulk.writing import cell_of, csv_writer, jsonl_writer, whole_file
from leadbraid.cli import app, progress
from leadbraid.errors import EngineError, InputError
from leadbraid.intake import Taken
from leadbraid.llm.rules import places
from leadbraid.models import Lead, State, lead_id

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "examples" / "import" / "fair-contacts.csv"
HEADER = "email,name,message"
ROWS = 200
"""Of a table whose import is broken off: long enough to be caught half way."""


def rows_of(data: str | bytes, **chosen: str) -> tuple[list[Lead], list[Remark]]:
    """The leads of a table, and every remark."""
    file = io.BytesIO(data.encode() if isinstance(data, str) else data)
    table = read_table(open_text(file, "table"), chosen, "table")
    found = [ready(record, "import") for record in table]
    leads = [one.lead for one in found if isinstance(one, Ready)]
    notes = [note for one in found if isinstance(one, Ready) for note in one.notes]
    return leads, [*notes, *(one for one in found if isinstance(one, Remark))]


def refusal(row: str, header: str = HEADER) -> Remark:
    """Of a table with this one row."""
    leads, [remark] = rows_of(f"{header}\n{row}\n")
    assert not leads
    assert remark.kind is Kind.REFUSED
    return remark


def error_of(data: str | bytes, **chosen: str) -> str:
    """Why a whole table is refused: one sentence."""
    with pytest.raises(InputError) as caught:
        rows_of(data, **chosen)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- columns -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("E-Mail", "email"),
        ("  e_mail ", "email"),
        ("E-MAIL-ADRESSE:", "email"),
        ("Firma", "company"),
        ("Unternehmen", "company"),
        ("Organisation", "company"),
        ("Nachricht*", "message"),
        ("Comments", "message"),
        ("How can we help?", "message"),
        ("Unternehmensgröße", "employees"),
        ("UNTERNEHMENSGROESSE", "employees"),
        ("Unternehmensgrosse", "employees"),
        ("Länderkürzel", "country"),
        ("Laenderkuerzel", "country"),
        ("Country/Region", "country"),
        ("Erstellt am", "received_at"),
        ("job_title", "job_title"),
        ("Vorname", "first_name"),
        ("ID", ""),
        ("Titel", ""),
        ("", ""),
    ],
)
def test_column_is_known_whatever_its_case_accents_and_marks(name: str, field: str) -> None:
    assert field_of(name) == field


def test_no_name_means_two_fields() -> None:
    for field, names in ALIASES.items():
        assert {field_of(name) for name in names} == {field}


def test_every_field_is_one_of_a_lead_or_part_of_its_name() -> None:
    assert set(FIELDS) == set(Lead.model_fields) | {"first_name", "last_name"}


def test_docs_list_every_alias() -> None:
    text = (ROOT / "docs" / "import.md").read_text("utf-8")
    text = text.partition("| field | names |")[2].partition("\n\n")[0]
    table = {line.split("|")[1].strip(" `"): line for line in text.splitlines() if line.startswith("| `")}
    for field, names in ALIASES.items():
        for name in names:
            assert name in table[field], (field, name)


def test_two_columns_of_one_field_are_refused_with_the_way_to_choose() -> None:
    table = "email,Firma,Organisation,message\na@x.example,Firma AG,Org AG,hi\n"
    told = error_of(table)
    assert "'Firma' (column 2)" in told
    assert "'Organisation' (column 3)" in told
    assert "--map 'company=Firma'" in told
    [lead], _ = rows_of(table, company="Organisation")
    assert lead.company == "Org AG"


def test_same_header_twice_is_chosen_by_number() -> None:
    table = "email,Firma,Firma,message\na@x.example,one,two,hi\n"
    assert "--map company=#2" in error_of(table)
    assert "--map company=#2" in error_of(table, company="Firma")
    [lead], _ = rows_of(table, company="#3")
    assert lead.company == "two"


def test_column_that_nobody_knows_can_be_chosen() -> None:
    [lead], _ = rows_of("email;Was dürfen wir tun\na@x.example;hallo\n", message="WAS DÜRFEN WIR TUN?")
    assert lead.message == "hallo"
    assert "no column 'Foo'" in error_of(f"{HEADER}\n", message="Foo")


def test_missing_column_tells_the_names_it_may_have() -> None:
    told = error_of("Firma;Nachricht\nx;y\n")
    assert "no column for email" in told
    assert "E-Mail, Mail" in told
    assert "--map email=COLUMN" in told
    assert "there is: Firma, Nachricht" in told
    assert "no column for message" in error_of("Mail\nx\n")


def test_unknown_columns_are_told_once() -> None:
    text = open_text(
        io.BytesIO(b"email,message,Shoe size,\x1b[31mRed\na@x.example,hi,44,x\nb@x.example,hi,45,y\n"), "t"
    )
    assert read_table(text, {}, "t").ignored == ("Shoe size", "\\u001b[31mRed")


# --- CSV in its many forms -----------------------------------------------------------------------------------------

UGLY = 'E-Mail{d}Name{d}Nachricht\njörg@käse.example{d}"Jörg ""der"" Große"{d}"Zeile 1{d}\r\nZeile 2, €5"\n'


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_table_is_read_in_every_form(delimiter: str, encoding: str, end: str) -> None:
    text = UGLY.format(d=delimiter).replace("\r\n", "\n").replace("\n", end)
    [lead], remarks = rows_of(text.encode(encoding))
    assert not remarks
    assert (lead.email, lead.name) == ("jörg@käse.example", 'Jörg "der" Große')
    assert lead.message == f"Zeile 1{delimiter}\nZeile 2, €5"


def test_both_orders_of_utf_16_are_read() -> None:
    text = UGLY.format(d=";")
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        [lead], _ = rows_of(mark + text.encode(encoding))
        assert lead.name == 'Jörg "der" Große'


def test_one_broken_byte_spoils_its_row_and_no_other() -> None:
    rows = [f"a{n}@x.example,Jörg,hello".encode() for n in range(3)]
    table = b"\n".join([HEADER.encode(), *rows[:2], b"b@x.example,J\xf6rg,hello", rows[2], b""])
    leads, [remark] = rows_of(table)
    assert [lead.name for lead in leads] == ["Jörg"] * 3
    assert (remark.row, remark.line) == (4, 4)
    assert "not UTF-8" in remark.reason


def test_byte_that_windows_1252_lacks_is_no_stack_trace() -> None:
    leads, [remark] = rows_of(b"email,message\na@x.example,caf\xe9\nb@x.example,\x81\n")
    assert [lead.message for lead in leads] == ["café"]
    assert "control character U+0081" in remark.reason


def test_first_line_of_excel_names_the_delimiter() -> None:
    [lead], _ = rows_of("\ufeffsep=;\r\nemail;message\r\na@x.example;a,b,c\r\n")
    assert lead.message == "a,b,c"


def test_delimiter_is_the_one_that_makes_known_columns() -> None:
    [lead], _ = rows_of('"Comments, a, b, c";E-Mail\n"x";a@x.example\n', message="#1")
    assert lead.email == "a@x.example"


def test_rows_are_counted_as_a_spreadsheet_does_and_lines_as_an_editor() -> None:
    table = f'{HEADER}\na@x.example,A,"one\ntwo\nthree"\n\n,,\nbroken,B,hi\nc@x.example,C,hi\n'
    leads, [remark] = rows_of(table)
    assert len(leads) == 2
    assert (remark.row, remark.line) == (5, 7)
    assert remark.reason.startswith("Row 5 (line 7) is not a lead: email")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("a@x.example,A", "has 2 cells where the header has 3"),
        ("a@x.example,A,hi,there", "has 4 cells where the header has 3; a cell that holds the delimiter needs quotes"),
        ("a@x.example,A,", "message is missing"),
        (",A,hi", "email is missing"),
        ("nobody,A,hi", "email is not an e-mail address"),
        (f"a@x.example,{'n' * 301},hi", "name is longer than 300 characters"),
        (f"a@x.example,A,{'m' * 20_001}", "message is longer than 20,000 characters"),
        ("a@x.example,A\x00B,hi", "control character U+0000"),
        ("a@x.example,A,\x1b]0;own\x07", "control character U+001B"),
        ('a@x.example,"A "the" B",hi', "has a quote"),
        (f'a@x.example,A,"{"m" * 140_000}"', "has a cell of over 131,072 characters"),
        (f"a@x.example,A,{'m,' * 600_000}", f"has a line of over {LINE_LIMIT:,} characters"),
    ],
    ids=lambda value: value[:40],
)
def test_row_that_is_no_lead_is_refused_with_its_reason(row: str, why: str) -> None:
    remark = refusal(row)
    assert (remark.row, remark.line) == (2, 2)
    assert why in remark.reason
    assert "\n" not in remark.reason


def test_empty_cells_at_the_end_are_no_cells() -> None:
    leads, remarks = rows_of("email,message,,\na@x.example,hi,,,,\nb@x.example,hi\n")
    assert len(leads) == 2
    assert not remarks


def test_quote_never_closed_costs_one_row() -> None:
    good = "".join(f'a{n}@x.example,A,"hi, ""you"""\n' for n in range(50))
    leads, [remark] = rows_of(f'{HEADER}\n{good}b@x.example,B,"oh no\n{good}')
    assert len(leads) == 100
    assert (remark.row, remark.kind) == (52, Kind.REFUSED)
    assert "quote" in remark.reason


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\xff\xfe", "is empty"),
        (b",,\n,,\n", "has no header"),
        (b"sep=;\n", "has no header"),
        (b"PK\x03\x04rest", "is an Excel or LibreOffice workbook"),
        (b"\xd0\xcf\x11\xe0rest", "is an old Excel workbook"),
        (bytes(range(256)) * 10, "is not a text file"),
        ("email,message\na@x.example,hi\n".encode("utf-16-le"), "is not a text file"),
        (b"\xff\xfee\x00m\x00a", "begins as UTF-16 and is broken"),
        (b'"email,message\na@x.example,hi\n', "has no usable header"),
        (b'[{"email": "a@x.example"}]', "is a JSON list"),
        (b'{\n "email": "a@x.example"\n}', "is JSON over several lines"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_table_is_one_sentence(data: bytes, why: str) -> None:
    assert f"table {why}" in error_of(data)


def test_header_alone_has_no_rows() -> None:
    assert rows_of(f"{HEADER}\n") == ([], [])
    assert rows_of(HEADER) == ([], [])


CELL = st.characters(codec="utf-8", exclude_categories=("Cc",)) | st.sampled_from("\n\r\t\"',;=")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.text(CELL, max_size=20), min_size=3, max_size=3), max_size=8))
def test_any_cells_are_a_lead_or_a_refusal_each(rows: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(
        [["email", "name", "message"], *([f"a{n}@x.example", *r[1:]] for n, r in enumerate(rows))]
    )
    leads, remarks = rows_of(stream.getvalue())
    assert len(leads) + len(remarks) == len(rows)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_one_sentence(tail: bytes) -> None:
    with contextlib.suppress(InputError):
        rows_of(b"email,message\n" + tail)
    with contextlib.suppress(InputError):
        rows_of(tail)


# --- JSON lines ----------------------------------------------------------------------------------------------------


def test_json_lines_take_the_same_names() -> None:
    lines = [
        {"E-Mail": "a@x.example", "Nachricht": "hi", "Mitarbeiter": 1200, "Land": "Österreich", "Firma": None},
        {"mail": "b@x.example", "comments": "ho", "Vorname": "Bo", "Nachname": "Li", "shoe size": 44},
    ]
    leads, remarks = rows_of("\n\n".join(json.dumps(line) for line in lines))
    assert [(lead.email, lead.employees, lead.country, lead.name) for lead in leads] == [
        ("a@x.example", 1200, "AT", ""),
        ("b@x.example", None, "", "Bo Li"),
    ]
    assert not remarks


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{broken", "is not JSON: column"),
        ("42", "holds a number"),
        ('{"email": "a@x.example"}', "message is missing"),
        ('{"email": "a@x.example", "message": ["hi"]}', "has [\"hi\"] as 'message', which is no text"),
        ('{"email": "a@x.example", "email": "b@x.example", "message": "hi"}', "stands twice"),
        ('{"email": "a@x.example", "mail": "b@x.example", "message": "hi"}', "two columns that mean email"),
        ('{"email": "a@x.example", "message": "\\ud800"}', "message"),
        ('{"email": "a@x.example", "message": NaN}', "NaN is not a JSON number"),
    ],
)
def test_json_line_that_is_no_lead_is_refused_alone(line: str, why: str) -> None:
    good = '{"email": "a@x.example", "message": "hi"}'
    leads, [remark] = rows_of(f"{good}\n{line}\n{good}\n")
    assert len(leads) == 2
    assert (remark.row, remark.line) == (2, 2)
    assert why in remark.reason


def test_json_key_can_be_chosen() -> None:
    [lead], _ = rows_of('{"email": "a@x.example", "mail": "b@x.example", "message": "hi"}', email="MAIL")
    assert lead.email == "b@x.example"


@pytest.mark.usefixtures("alone")
def test_chosen_json_key_that_no_line_has_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text('{"email": "a@x.example", "message": "hi", "Org": null}\n')
    assert app.main(["import", str(file), "--dry-run", "--map", "company=org", "--map", "name=Nmae"]) == 0
    assert "No row has what --map names: Nmae." in capsys.readouterr().out
    assert "which have no column #2" in error_of(file.read_bytes(), name="#2")


# --- cells ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("250", 250),
        ("1.200", 1200),
        ("1,200", 1200),
        ("1 200", 1200),
        ("1'200", 1200),
        ("1.234.567", 1_234_567),
        ("1200.0", 1200),
        ("1.200,00", 1200),
        ("250 Mitarbeiter", 250),
        ("250 employees", 250),
        ("0", 0),
        ("~250", None),
        ("ca. 250", None),
        ("50-100", None),
        ("50–100", None),
        ("250+", None),
        (">1000", None),
        ("1.2", None),
        ("1,5", None),
        ("1.234,567", None),
        ("12.34.567", None),
        ("-5", None),
        ("99999999", None),
        ("viele", None),
        ("²", None),
    ],
)
def test_employees_are_exact_or_left_out(cell: str, number: int | None) -> None:
    assert employees_of(cell) == number
    values, notes = values_of({"employees": cell}, "import")
    assert values.get("employees") == number
    assert bool(notes) is (number is None)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("Germany", "DE"),
        ("Deutschland", "DE"),
        ("de", "DE"),
        ("DEU", "DE"),
        ("UK", "GB"),
        ("Österreich", "AT"),
        ("Oesterreich", "AT"),
        ("United States", "US"),
        ("U.S.A.", "US"),
        ("Iran (Islamic Republic of)", "IR"),
        ("Germany (DE)", "DE"),
        ("Südsudan", "SS"),
        ("Myanmar", "MM"),
        ("Bayern", ""),
        ("XX", ""),
        ("?", ""),
    ],
)
def test_country_is_known_by_code_and_by_name(cell: str, code: str) -> None:
    assert country_of(cell) == code


def test_every_country_of_the_standard_is_known() -> None:
    assert len(CODES) == 250  # the 249 of ISO 3166-1, and XK
    assert all(country_of(code) == code for code in CODES)
    assert all(country_of(name) == code for code, names in places.NAMES.items() for name in names)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-11-24", "2026-11-24T00:00:00"),
        ("2026-11-24T09:30:00Z", "2026-11-24T09:30:00+00:00"),
        ("24.11.2026 09:30", "2026-11-24T09:30:00"),
        ("4.1.2026", "2026-01-04T00:00:00"),
        ("31.02.2026", None),
        ("11/12/2026", None),
        ("yesterday", None),
        ("46350.5", None),
    ],
)
def test_time_is_read_where_it_can_mean_one_thing(cell: str, moment: str | None) -> None:
    assert received_of(cell) == moment


def test_lead_comes_in_without_what_is_not_understood_and_says_so() -> None:
    [lead], notes = rows_of("email,message,country,employees,date\na@x.example,hi,Atlantis,50-100,11/12/2026\n")
    assert (lead.country, lead.employees, lead.received_at) == ("", None, None)
    assert [note.kind for note in notes] == [Kind.NOTE] * 3
    assert notes[0].reason == "Row 2 (line 2): employees '50-100' is not an exact number and was left out."


def test_source_of_a_row_comes_before_that_of_the_import() -> None:
    leads, _ = rows_of("email,message,Quelle\na@x.example,hi,\nb@x.example,hi,Messe\n")
    assert [lead.source for lead in leads] == ["import", "Messe"]


# --- the import ----------------------------------------------------------------------------------------------------


def an_import(rows: int, hear: Callable[[Remark], None] = lambda _: None) -> Import:
    """An import of many good rows."""
    lines = (f"a{n}@x.example,A,message number {n}\n" for n in range(rows))
    table = read_table(io.StringIO("".join([f"{HEADER}\n", *lines]), newline=""), {}, "table")
    return Import(table, "import", hear)


async def test_a_bounded_number_of_leads_is_under_way() -> None:
    under_way, most, seen = 0, 0, set()

    async def take(lead: Lead) -> Taken:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        seen.add(lead_id(lead))
        return Taken(lead_id(lead), new=True)

    job = an_import(AT_ONCE * 5)
    await job.send(take)
    assert most == AT_ONCE
    assert len(seen) == job.totals.new == AT_ONCE * 5


async def test_import_stops_where_temporal_goes_away_and_counts_what_it_took() -> None:
    calls = 0

    async def take(lead: Lead) -> Taken:
        nonlocal calls
        calls += 1
        await asyncio.sleep(0)
        if lead.email == "a100@x.example":
            raise EngineError("Temporal did not take the lead (gone); submit it again.")
        return Taken(lead_id(lead), new=lead.email != "a3@x.example")

    job = an_import(5_000)
    with pytest.raises(EngineError) as caught:
        await job.send(take)
    assert calls <= 100 + AT_ONCE
    assert job.totals.new + job.totals.there == calls - 1
    assert job.totals.there == 1
    assert str(caught.value).startswith("Temporal did not take the lead (gone), after ")
    assert f"{job.totals.new} new and 1 that were there already; import the same file again" in str(caught.value)


def _peak_of(rows: int, folder: Path) -> int:
    """The most bytes that a dry run of so many rows holds at a time, while a tenth of them is refused."""
    file = folder / f"{rows}.csv"
    with file.open("w", encoding="utf-8") as stream:
        stream.write("E-Mail;Nachricht;Land\n")
        for n in range(rows):
            address = "nobody" if n % 10 == 0 else f"a{n}@x.example"
            stream.write(f'{address};"Wir haben {n} Tore.\nWas kostet es?";Deutschland\n')
    gc.collect()
    tracemalloc.start()
    try:
        with file.open("rb") as binary, open_text(binary, "t") as text:
            job = Import(read_table(text, {}, "t"), "import", lambda _: None)
            job.check()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (job.totals.valid, job.totals.refused) == (rows * 9 // 10, rows // 10)
    return peak


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    _peak_of(100, tmp_path)  # what is made once: caches, compiled patterns
    small, large = _peak_of(500, tmp_path), _peak_of(5_000, tmp_path)
    assert large < small + 300_000


# --- writing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-2", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1"])
def test_cell_that_would_be_a_formula_is_text(text: str) -> None:
    assert cell_of(text).startswith("'")


def test_values_are_cells_as_they_are() -> None:
    assert [cell_of(one) for one in ("a=b", -2, None, True, "")] == ["a=b", "-2", "", "yes", ""]
    assert cell_of("a\x1b[31m\u202eb") == "a\\u001b[31m\\u202eb"


@settings(max_examples=100)
@given(st.text())
def test_row_reads_back_from_either_form(text: str) -> None:
    plain, lines = io.StringIO(newline=""), io.StringIO()
    row: dict[str, object] = {"a": text, "b": 1}
    csv_writer(plain, ("a", "b"))(row)
    assert next(csv.DictReader(io.StringIO(plain.getvalue(), newline="")))["a"] == cell_of(text)
    if not any("\ud800" <= char <= "\udfff" for char in text):
        jsonl_writer(lines)(row)
        assert json.loads(lines.getvalue()) == row
        assert lines.getvalue().rstrip("\n").isprintable()


def test_file_is_whole_or_not_there(tmp_path: Path) -> None:
    target = tmp_path / "list.csv"
    with pytest.raises(ZeroDivisionError), whole_file(target) as stream:
        stream.write("half")
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    target.write_text("before")
    with whole_file(target) as stream:
        stream.write("after")
        assert target.read_text() == "before"
    assert target.read_text() == "after"
    assert [file.name for file in tmp_path.iterdir()] == ["list.csv"]
    assert target.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("target", ["/dev/null", "/nonexistent/folder/list.csv", "."])
def test_place_where_no_file_can_be_is_one_sentence(target: str) -> None:
    with pytest.raises(InputError), whole_file(Path(target)):
        pass
    assert Path("/dev/null").is_char_device()


async def test_results_come_in_order_with_a_bounded_number_under_way() -> None:
    under_way = most = 0

    async def work(number: int) -> int:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        for _ in range(number % 7):
            await asyncio.sleep(0)
        under_way -= 1
        return number

    async def numbers() -> Any:
        for number in range(100):
            yield number

    assert [number async for number in ahead(numbers(), work, 8)] == list(range(100))
    assert 1 < most <= 8


def test_query_is_bounded_by_the_clock_that_is_meant() -> None:
    since = datetime(2026, 11, 24, tzinfo=UTC)
    assert "StartTime >= '2026-11-24T00:00:00.000000Z'" in Wanted(since=since).query
    assert "CloseTime < '2026-11-24T00:00:00.000000Z'" in Wanted(closed=True, until=since).query


# --- the command, without Temporal ---------------------------------------------------------------------------------


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No Temporal is known."""
    for name in [name for name in os.environ if name.startswith(("TEMPORAL_", "LEADBRAID_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LEADBRAID_HOME", str(tmp_path / "home"))


@pytest.mark.usefixtures("alone")
def test_dry_run_of_the_sample_tells_every_row(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    assert app.main(["import", str(SAMPLE), "--dry-run", "--report", str(report)]) == 1
    told = capsys.readouterr()
    assert told.out.splitlines()[-1] == "5 would be taken, 6 refused. Nothing was sent to Temporal."
    assert "ignored: PLZ, Werbeeinwilligung." in told.out
    assert told.err == ""
    rows = list(csv.DictReader(io.StringIO(report.read_text("utf-8"), newline="")))
    assert [row["row"] for row in rows if row["result"] == "refused"] == ["5", "6", "8", "9", "12", "13"]
    assert {row["reason"] for row in rows} <= {line.strip() for line in told.out.splitlines()}


@pytest.mark.usefixtures("alone")
def test_dry_run_as_data_has_all_refused_rows(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "many.csv"
    file.write_text(f"{HEADER}\n" + "nobody,A,hi\n" * 30)
    assert app.main(["import", str(file), "--dry-run", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["valid"], told["refused"], len(told["refused_rows"])) == (0, 30, 30)
    assert app.main(["import", str(file), "--dry-run"]) == 1
    assert "… and 10 more; --report FILE writes them all." in capsys.readouterr().out


@pytest.mark.usefixtures("alone")
def test_good_table_ends_with_0(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "good.csv"
    file.write_text(f"{HEADER}\na@x.example,A,hi\n")
    assert app.main(["import", str(file), "--dry-run"]) == 0
    assert capsys.readouterr().out == "1 would be taken, 0 refused. Nothing was sent to Temporal.\n"
    file.write_text(f"{HEADER}\n")
    assert app.main(["import", str(file), "--dry-run"]) == 0
    assert capsys.readouterr().out == "There is no row below the header.\n"


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    ("args", "status", "why"),
    [
        (["import", "nowhere.csv"], 1, "nowhere.csv cannot be read"),
        (["import", "."], 1, ". is a folder"),
        (["import", str(SAMPLE)], 1, "leadbraid up"),
        (["import", str(SAMPLE), "--map", "company"], 2, "is not FIELD=COLUMN"),
        (["import", str(SAMPLE), "--map", "shoe=Firma"], 2, "is not FIELD=COLUMN (fields: email"),
        (["import", str(SAMPLE), "--map", "name=Vorname", "--map", "name=Nachname"], 2, "names name twice"),
        (["import", str(SAMPLE), "--map", "company=#99"], 1, "no column '#99'"),
        (["import", str(SAMPLE), "--dry-run", "--report", "/nonexistent/x.csv"], 1, "cannot be written"),
        (["export", "--since", "tomorrow"], 2, "--since 'tomorrow' is not a time"),
        (["export"], 1, "leadbraid up"),
    ],
    ids=lambda value: " ".join(value[:4])[-40:] if isinstance(value, list) else None,
)
def test_trouble_is_one_sentence(args: list[str], status: int, why: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(args) == status
    told = capsys.readouterr()
    assert told.out == ""
    assert why in told.err
    assert len(told.err.splitlines()) == 1


@pytest.mark.usefixtures("alone")
def test_refused_text_runs_nothing_in_a_terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "hostile.csv"
    file.write_text('email,message,"\x1b[2Jcolour"\n"\x1b[31mx\u202e@",hi,x\n', encoding="utf-8")
    assert app.main(["import", str(file), "--dry-run"]) == 1
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out


@pytest.mark.usefixtures("alone")
def test_bar_shows_on_a_terminal_when_it_takes_long(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    file, seen = tmp_path / "table.csv", Terminal()
    file.write_text(f"{HEADER}\n" + "a@x.example,A,hi\n" * 300)
    monkeypatch.setattr(sys, "stderr", seen)
    assert app.main(["import", str(file), "--dry-run"]) == 0
    assert seen.getvalue() == ""
    monkeypatch.setattr(progress, "PATIENCE", 0)
    monkeypatch.setattr(progress, "EVERY", 0)
    assert app.main(["import", str(file), "--dry-run"]) == 0
    assert "300 rows, 0 refused" in seen.getvalue()


def test_pipe_is_read_to_its_end() -> None:
    read, write = os.pipe()
    with os.fdopen(read, "rb") as stream:
        with os.fdopen(write, "wb") as end:
            end.write(b"email,message\na@x.example,J\xc3\xb6rg\n")
        with spooled(stream) as kept:
            assert open_text(kept, "pipe").read().endswith("Jörg\n")


# --- on a server ---------------------------------------------------------------------------------------------------


def command_on(client: Client, folder: Path) -> Command:
    """The command, on the server that a client is connected to."""
    return Command(folder / "home", TEMPORAL_ADDRESS=client.service_client.config.target_host)


@pytest.fixture(scope="module")
def own(temporal_binary: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for imports, which leave many leads that no worker ever takes; it may be killed and started again."""
    server = Server(temporal_binary, tmp_path_factory.mktemp("imports"))
    server.start()
    yield server
    server.kill()


async def ran(cli: Command, *args: str, stdin: bytes = b"") -> tuple[int, str, str]:
    """Run the command while this test's workers go on."""
    ended = await asyncio.to_thread(cli, *args, stdin=stdin)
    return ended.returncode, ended.stdout, ended.stderr


def a_table(folder: Path, tag: str, rows: int) -> tuple[Path, set[str]]:
    """A table of leads that are new, and their ids."""
    file = folder / f"{tag}.csv"
    stamp = f"{tag}-{os.getpid()}-{time.monotonic_ns()}"
    leads = [Lead(email=f"a{n}@x.example", message=f"number {n} of {stamp}", source="import") for n in range(rows)]
    with file.open("w", newline="") as stream:
        csv.writer(stream).writerows([("email", "message"), *((lead.email, lead.message) for lead in leads)])
    return file, {lead_id(lead) for lead in leads}


async def known(client: Client, ids: set[str]) -> set[str]:
    """Those that Temporal has, asked one by one: its list lags."""

    async def one(identifier: str) -> str:
        with contextlib.suppress(Exception):
            await client.get_workflow_handle(identifier).describe()
            return identifier
        return ""

    return set(filter(None, await asyncio.gather(*(one(identifier) for identifier in ids))))


async def ended(client: Client, ids: set[str]) -> None:
    """Terminate the leads."""
    await asyncio.gather(*(client.get_workflow_handle(one).terminate() for one in ids))


@pytest.mark.server
async def test_importing_twice_makes_no_second_lead(own: Server, tmp_path: Path) -> None:
    client = await own.client()
    cli = command_on(client, tmp_path)
    file, ids = a_table(tmp_path, "twice", 40)
    status, out, err = await ran(cli, "import", str(file))
    assert (status, out) == (0, "40 new, 0 there already, 0 refused.\n"), err
    assert "No worker is running" in err
    assert await known(client, ids) == ids
    status, out, _ = await ran(cli, "import", "-", "--json", stdin=file.read_bytes() + b"nobody,hi\n")
    told = json.loads(out)
    assert (status, told["new"], told["there"], told["refused"], told["dry_run"]) == (1, 0, 40, 1, False)
    assert told["refused_rows"][0]["row"] == 42


@pytest.mark.server
@pytest.mark.faults
async def test_import_killed_half_way_and_run_again_loses_nothing(own: Server, tmp_path: Path) -> None:
    client = await own.client()
    cli = command_on(client, tmp_path)
    file, ids = a_table(tmp_path, "killed", ROWS)
    watched = set(sorted(ids)[:50])

    async def some_are_there() -> bool:
        return len(await known(client, watched)) >= 5

    with cli.started("import", str(file)):
        await until(some_are_there)
    before = await known(client, ids)
    assert 5 <= len(before) < ROWS
    status, out, err = await ran(cli, "import", str(file))
    assert (status, out) == (0, f"{ROWS - len(before):,} new, {len(before):,} there already, 0 refused.\n"), err
    assert await known(client, ids) == ids


@pytest.mark.server
@pytest.mark.faults
async def test_server_that_goes_away_is_one_sentence_and_nothing_is_lost(own: Server, tmp_path: Path) -> None:
    client = await own.client()
    file, ids = a_table(tmp_path, "gone", ROWS)
    cli, report = command_on(client, tmp_path), tmp_path / "report.csv"
    watched = set(sorted(ids)[:50])

    async def some_are_there() -> bool:
        return len(await known(client, watched)) >= 5

    with cli.started("import", str(file), "--report", str(report)) as importing:
        await until(some_are_there)
        own.kill()
        broken_off = await asyncio.to_thread(importing.ended)
    own.start()
    assert broken_off.returncode == 1
    [told] = broken_off.stderr.splitlines()
    assert "that were there already; import the same file again" in told
    assert report.read_text() == "row,line,result,reason\n"
    client = await own.client()
    before = len(await known(client, ids))
    status, out, _ = await ran(cli, "import", str(file))
    assert (status, out) == (0, f"{ROWS - before} new, {before} there already, 0 refused.\n")
    assert await known(client, ids) == ids


@pytest.mark.server
async def test_export_writes_the_queue_and_the_closed_leads(client: Client, tmp_path: Path) -> None:
    began, cli = datetime.now(UTC).isoformat(), command_on(client, tmp_path)
    async with working(client, tmp_path):
        lead = a_lead(company="=cmd|' /C calc'!A0", country="DE")
        waiting, rejected, stopped = [await start_lead(client, lead if n == 0 else None) for n in range(3)]
        for handle in (waiting, rejected, stopped):
            status = await in_state(handle, State.IN_REVIEW)
        brief = await brief_of(rejected)
        await rejected.execute_update("decide", {"decision": "reject", "reviewer": "ana", "reason": "not_a_fit"})
        await outcome_of(rejected)
        await stopped.terminate(reason="a trial")
        queue = await rows_with(cli, {waiting.id}, "--with-lead")
        closed = await rows_with(cli, {rejected.id, stopped.id}, "--closed", "--since", began)
        [row] = queue.values()
        assert (row["state"], row["open_conflicts"], row["reminded"]) == ("in_review", str(status.open_conflicts), "no")
        assert row["due"].startswith(f"{status.due:%Y-%m-%d}")
        assert (row["company"], row["email"], row["country"]) == ("'=cmd|' /C calc'!A0", "kim@example.com", "DE")
        assert (
            closed[rejected.id]
            | {
                "state": "rejected",
                "decided_by": "ana",
                "version": "1",
                "next_step": brief.next_step.step.value,
            }
            == closed[rejected.id]
        )
        assert "not_a_fit" in closed[rejected.id]["reason"]
        assert (closed[stopped.id]["state"], closed[stopped.id]["reason"]) == ("terminated", "a trial")
        assert "email" not in closed[rejected.id]
        await waiting.terminate()


async def rows_with(cli: Command, ids: set[str], *args: str) -> dict[str, dict[str, str]]:
    """The rows of these leads, when Temporal's list has them all; as a file, and the same as JSON lines."""

    async def there() -> dict[str, dict[str, str]] | None:
        status, out, err = await ran(cli, "export", *args)
        assert status == 0, err
        found = {row["lead"]: row for row in csv.DictReader(io.StringIO(out)) if row["lead"] in ids}
        return found if set(found) == ids else None

    found: dict[str, dict[str, str]] = await until(there)
    status, out, _ = await ran(cli, "export", "--jsonl", *args)
    assert status == 0
    assert ids <= {json.loads(line)["lead"] for line in out.splitlines()}
    return found


@pytest.mark.server
async def test_export_of_many_is_whole_in_a_file(own: Server, tmp_path: Path) -> None:
    client = await own.client()
    cli = command_on(client, tmp_path)
    file, ids = a_table(tmp_path, "many", 80)
    assert (await ran(cli, "import", str(file)))[0] == 0
    await ended(client, ids)
    target = tmp_path / "closed.csv"

    async def all_there() -> bool:
        status, out, err = await ran(cli, "export", "--closed", "-o", str(target))
        assert status == 0, err
        assert out.endswith(f"leads written to {target}.\n")
        found = [row["lead"] for row in csv.DictReader(io.StringIO(target.read_text())) if row["state"] == "terminated"]
        return set(found) >= ids and len(found) == len(set(found))

    await until(all_there)


def test_export_names_nobody_unless_asked() -> None:
    for closed in (False, True):
        assert not set(exporting.PERSONAL) & set(Wanted(closed=closed).columns)
        assert set(exporting.PERSONAL) <= set(Wanted(closed=closed, with_lead=True).columns)
