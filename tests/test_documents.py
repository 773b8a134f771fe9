"""Local documents: which passages concern a lead, and that nothing outside the folder is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from builders import lead

from leadbraid.errors import SourceError
from leadbraid.sources.accounts import Column, column_value
from leadbraid.sources.documents import Documents, PassageKind
from leadbraid.sources.matching import company_key, domain_of, within_domain

HEADER = "Company;Domain;Contact E-Mail;Contact Name;Employees;Industry;Country\n"


def found(folder: Path, **fields: object) -> list[tuple[str, str]]:
    """Source and text of each passage for a lead with these fields."""
    return [(one.source, one.text) for one in Documents(folder).passages(lead(**fields))]


# --- which passages ------------------------------------------------------------------------------------------------


def test_without_a_folder_there_are_no_passages() -> None:
    assert Documents(None).passages(lead()) == ()


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert found(tmp_path) == []


def test_account_rows_by_contact_then_domain_then_name(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text(
        "company,domain,email\n"
        "Corrubox GmbH,other.example,\n"
        "Somebody,www.corrubox.example,\n"
        "Nobody,nobody.example,\n"
        "A person,,KIM.DOE@corrubox.example\n"
    )
    assert [source for source, _ in found(tmp_path)] == [
        "documents:accounts.csv#5",
        "documents:accounts.csv#3",
        "documents:accounts.csv#2",
    ]


def test_a_row_stands_as_in_the_file_with_its_cells_by_name(tmp_path: Path) -> None:
    row = 'Corrubox;https://Corrubox.example/en;;"Doe, Kim";"1.200";boxes;GB'
    (tmp_path / "Accounts.CSV").write_text(HEADER + row + "\n")
    (passage,) = Documents(tmp_path).passages(lead())
    assert passage.kind is PassageKind.ACCOUNT
    assert passage.text == row
    assert column_value(passage.fields, Column.CONTACT) == "Doe, Kim"
    assert column_value(passage.fields, Column.EMPLOYEES) == "1.200"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "accounts.csv").write_bytes("company\tstadt\r\nBücher Ltd\tKöln\r\n".encode(encoding))
    assert found(tmp_path, company="Bücher") == [("documents:accounts.csv#2", "Bücher Ltd\tKöln")]


def test_free_mail_domains_match_nobody(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("company,domain,email\nX,gmail.com,\nY,,other@gmail.com\n")
    (tmp_path / "notes.md").write_text("Ask kim@gmail.com.\n\nAsk mckim@gmail.com, or anybody at gmail.com.")
    assert found(tmp_path, email="kim@gmail.com", company="") == [("documents:notes.md#1", "Ask kim@gmail.com.")]


def test_a_multi_line_row_counts_as_one(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text('company,notes\nX,"a\nb"\nCorrubox,"c\nd"\n')
    assert found(tmp_path) == [("documents:accounts.csv#3", 'Corrubox,"c\nd"')]


def test_note_paragraphs_items_and_sections(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text(
        "# Notes\n\nCorrubox Ltd. runs three plants.\nIt is large.\n\nAcme is small.\n\n- Acme: no\n- corrubox.example: yes\n"
        "\n## Corrubox\n\nUnder the heading.\n\n### Detail\n\nStill under it.\n\n## Acme\n\nNot under it.\n"
    )
    assert found(tmp_path) == [
        ("documents:notes.md#3", "Corrubox Ltd. runs three plants.\nIt is large."),
        ("documents:notes.md#9", "- corrubox.example: yes"),
        ("documents:notes.md#13", "Under the heading."),
        ("documents:notes.md#17", "Still under it."),
    ]


@pytest.mark.parametrize(
    ("company", "note", "named"),
    [
        ("Target", "We hit the target again.", False),
        ("Target", "Target called.", True),
        ("Corrubox", "Corruboxes are boxes.", False),
        ("North Sea & Co. KG", "north-sea called", True),
        ("GmbH", "The GmbH called.", True),
        ("Me", "Me too", False),
        ("n/a", "N/A", False),
    ],
)
def test_names_in_notes(tmp_path: Path, company: str, note: str, named: bool) -> None:
    (tmp_path / "a.md").write_text(note)
    assert bool(found(tmp_path, company=company)) is named


def test_at_most_twenty_passages_each_cut(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("company,notes\n" + f"Corrubox,{'x' * 3000}\n" * 50)
    (tmp_path / "a.md").write_text("Corrubox again.\n\n" * 50)
    passages = found(tmp_path)
    assert len(passages) == 20
    assert all(len(text) <= 1_000 for _, text in passages)


def test_company_keys_and_domains() -> None:
    assert company_key("Corrubox Ltd.") == company_key("CORRUBOX GmbH & Co. KG") == "corrubox"
    assert company_key("S.A. Fenster S.p.A.") == "sa fenster"
    assert domain_of("https://www.Acme.example:8080/x?y#z") == domain_of("a@ACME.example") == "acme.example"
    assert domain_of("nonsense") == ""
    assert within_domain("eu.acme.example", "acme.example")
    assert not within_domain("notacme.example", "acme.example")
    assert not within_domain("acme.co.uk", "co.uk")


def test_a_column_called_contact_may_hold_names_or_addresses() -> None:
    assert column_value([("contact", "Kim Doe")], Column.CONTACT) == "Kim Doe"
    assert column_value([("contact", "kim@x.example")], Column.CONTACT) == ""
    assert column_value([("contact", "kim@x.example")], Column.EMAIL) == "kim@x.example"


# --- what is refused -----------------------------------------------------------------------------------------------


def test_a_folder_that_is_missing_or_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "missing", tmp_path / "file", Path("a\0b")):
        with pytest.raises(SourceError, match="documents folder"):
            Documents(folder).passages(lead())


BROKEN = {
    "empty": (b"", "none of the columns"),
    "no header": (b"1,2,3\n4,5,6\n", "none of the columns"),
    "open quote": (b'company\n"Corrubox\nX\n', "not a usable table"),
    "text after a quote": (b'company\n"Corrubox"x\n', "not a usable table"),
    "binary": (b"company\n\0\0\n", "not plain text"),
    "utf-16": ("company\nCorrubox\n".encode("utf-16"), "not plain text"),
    "neither encoding": (b"company\n\x81\x8d\n", "neither"),
    "a huge line": (b"company\n" + b"x" * 1_000_001, "million"),
    "a huge cell": (b"company\n" + b"x" * 200_000 + b"\n", "not a usable table"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_account_list_is_one_sentence(tmp_path: Path, name: str) -> None:
    data, why = BROKEN[name]
    (tmp_path / "accounts.csv").write_bytes(data)
    with pytest.raises(SourceError, match=why) as error:
        Documents(tmp_path).passages(lead())
    assert "\n" not in str(error.value)


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    outside.mkdir(), folder.mkdir()
    (outside / "secret.md").write_text("Corrubox secret")
    (folder / "link.md").symlink_to(outside / "secret.md")
    (folder / "linked").symlink_to(outside)
    (folder / "sub.md").mkdir()
    (folder / "sub.md" / "deep.md").write_text("Corrubox deep")
    (folder / "dangling.md").symlink_to(tmp_path / "nowhere")
    (folder / "device.md").symlink_to("/dev/zero")
    (folder / "good.md").write_text("Corrubox good")
    assert found(folder) == [("documents:good.md#1", "Corrubox good")]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    # Waiting for it would never end, and the test with it.
    assert found(tmp_path) == []


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_an_account_list_that_is_no_plain_file_is_an_error(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "accounts.csv"
    match kind:
        case "link":
            path.symlink_to("/etc/passwd")
        case "pipe":
            os.mkfifo(path)
        case _:
            path.mkdir()
    with pytest.raises(SourceError, match="plain file"):
        Documents(tmp_path).passages(lead())


def test_notes_that_are_too_large_or_no_text_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "large.md").write_bytes(b"Corrubox\n\n" * 200_001)
    (tmp_path / "binary.md").write_bytes(b"Corrubox\0")
    (tmp_path / "odd.md").write_bytes(b"Corrubox \x81\x8d")
    (tmp_path / "text.txt").write_text("Corrubox")
    (tmp_path / "good.md").write_text("Corrubox")
    assert found(tmp_path) == [("documents:good.md#1", "Corrubox")]


def test_file_names_that_cannot_be_shown_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a\nb.md").write_text("Corrubox")
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.md"))).write_text("Corrubox")
    assert found(tmp_path) == []


def test_a_long_account_list_is_read_to_its_end(tmp_path: Path) -> None:
    rows = "".join(f"Company {n},c{n}.example,\n" for n in range(60_000))
    (tmp_path / "accounts.csv").write_text(f"company,domain,notes\n{rows}Corrubox,,\n")
    assert [source for source, _ in found(tmp_path)] == ["documents:accounts.csv#60002"]


@pytest.mark.parametrize("company", ["(((((", "a" * 300, "[x]*+?", "👍", "\\", "مرحبا"])
def test_any_company_name_can_be_sought(tmp_path: Path, company: str) -> None:
    (tmp_path / "accounts.csv").write_text("company\nCorrubox\n")
    (tmp_path / "a.md").write_text("Corrubox " * 100)
    assert found(tmp_path, company=company, email="kim@gmail.com") == []
