"""Keyed hashes of who wrote, and the key they are made with."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from kit import a_lead

from leadbraid.engine.contacts import contact_key, contacts_of
from leadbraid.errors import SettingsError
from leadbraid.settings import Settings

KEY = b"a key for tests"


def test_same_person_in_any_case_and_nobody_else() -> None:
    [person, company] = contacts_of(a_lead(email="Kim@Acme.example"), KEY)
    assert contacts_of(a_lead(email="kim@acme.example"), KEY) == [person, company]
    other = contacts_of(a_lead(email="kim+x@acme.example"), KEY)
    assert (other[0] != person, other[1] == company) == (True, True)
    assert contacts_of(a_lead(email="kim@acme.example"), b"another key") != [person, company]
    assert "kim" not in person
    assert "acme" not in company


def test_free_mail_is_no_company() -> None:
    [person] = contacts_of(a_lead(email="kim@gmail.com"), KEY)
    assert person.startswith("a:")


def test_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    key = contact_key(settings)
    assert len(key) == 32
    assert contact_key(settings) == key
    assert stat.S_IMODE((tmp_path / "home" / "contact.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700
    assert [file.name for file in (tmp_path / "home").iterdir()] == ["contact.key"]
    assert contact_key(Settings(home=tmp_path / "home", contact_key="set")) == b"set"


def test_damaged_key_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "contact.key").write_text("not hex")
    with pytest.raises(SettingsError, match="LEADBRAID_CONTACT_KEY"):
        contact_key(Settings(home=tmp_path))
