"""Rotation of the data keys: everything readable before is readable after, and nothing stays under the old key (K8)."""

from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from pytest_django import Settings

from hopecare.kernel import crypto, phones
from hopecare.kernel.models import Address, Person, ResidentNumber
from hopecare.kernel.secrets import add_data_key
from hopecare.kernel.services import rotation
from tests.cast import Actor
from tests.database import as_owner
from tests.factories import make_person

pytestmark = pytest.mark.rule("K8")


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Path:
    settings.HOPECARE_HOME = tmp_path
    return tmp_path


def stored(person: Person) -> tuple[str, str, str]:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select phone, phone_hash, phone_tail_hash from kernel_person where id = %s", [person.pk])
        row: tuple[str, str, str] = cursor.fetchone()
        return row


def rotate(**options: bool) -> int:
    with as_owner():
        return rotation.rotate(say=str, **options)


def test_rows_hashes_factors_and_files_move_to_the_new_key(home: Path, hana: Actor) -> None:
    person = make_person(phone="010-0000-1234")
    with as_owner():
        Address.objects.update(line="장터길 2")
        factor = Authenticator.objects.create(user=hana.user, type="totp", data={"secret": crypto.encrypt("S3CRET")})
    (home / "files" / "ab").mkdir(parents=True)
    (home / "files" / "ab" / "photo").write_bytes(crypto.encrypt_bytes(b"a room"))
    assert {value[:3] for value in stored(person)} == {"k1:"}
    rotate()
    assert {value[:3] for value in stored(person)} == {"k2:"}
    with as_owner():
        fresh = Person.objects.get(pk=person.pk)
        assert fresh.phone == phones.normal("010-0000-1234")
        assert fresh.phone_hash in phones.candidates(fresh.phone)
        assert Address.objects.get().line == "장터길 2"
        factor.refresh_from_db()
    assert factor.data["secret"].startswith("k2:") and crypto.decrypt(factor.data["secret"]) == "S3CRET"
    content = (home / "files" / "ab" / "photo").read_bytes()
    assert content.startswith(b"k2:") and crypto.decrypt_bytes(content) == b"a room"


def test_an_interrupted_rotation_goes_on_without_a_third_key(home: Path, hana: Actor) -> None:
    person = make_person()
    add_data_key(home)  # the key was added, then the power went
    assert rotate() > 0
    assert crypto.newest_key() == "k2"
    assert stored(person)[0].startswith("k2:")
    assert rotate(add=False) == 0


def test_what_was_written_before_stays_readable_and_findable_meanwhile(home: Path, hana: Actor) -> None:
    person = make_person(phone="010-0000-4321")
    add_data_key(home)
    with as_owner():
        assert Person.objects.get(pk=person.pk).phone == phones.normal("010-0000-4321")
        assert Person.objects.filter(phone_hash__in=phones.candidates(phones.normal("010-0000-4321"))).exists()


def test_every_encrypted_column_is_covered(db: None) -> None:
    covered = {(columns.table, name) for columns in rotation.tables() for name in columns.sealed}
    assert (ResidentNumber._meta.db_table, "number") in covered
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns where column_name like '%\\_hash'"
        )
        hashes = {(table, name) for table, name in cursor.fetchall() if not table.startswith(("pg_", "axes_"))}
    known = {(columns.table, name) for columns in rotation.tables() for name, _, _ in columns.hashed}
    # A hash without its clear text beside it keeps its key: look-ups try all keys of the ring.
    kept = {
        "messaging_optout.phone_hash",
        "volunteers_offer.phone_hash",
        "kernel_signincode.phone_hash",
        "kernel_idempotencykey.body_hash",
        "eligibility_savedanswers.code_hash",
        "eligibility_handover.key_hash",
        "cases_importrow.row_hash",
        "cases_importrow.corrected_hash",
    }
    assert {f"{table}.{name}" for table, name in hashes - known} <= kept
