"""Append-only: a change without its audit row does not happen, a refused read is noted, nobody edits the notes (K9)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, ProgrammingError
from django.test import Client

from cases.models import Case
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import acting_as, visible_to
from hopecare.kernel.models import ChangeEntry, Person, PersonState, ReadEntry
from hopecare.kernel.selectors.audit_trail import audit_trail
from hopecare.kernel.services import people
from tests.cast import NOW, TEST_NET, Actor
from tests.database import as_owner
from tests.factories import make_case, make_person

As = Callable[..., Client]
pytestmark = pytest.mark.rule("K9")


@pytest.fixture
def case(hana: Actor) -> Case:
    return make_case(hana)


def reads() -> list[ReadEntry]:
    with as_owner():
        return list(ReadEntry.objects.order_by("id"))


def test_when_the_audit_breaks_the_change_does_not_happen(hana: Actor) -> None:
    person = make_person()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("alter table kernel_change add constraint broken check (what = 'nothing') not valid")
    with pytest.raises(DatabaseError):
        people.set_state(by=hana.viewer, person=person, state=PersonState.HOSPITAL, since=clock.today())
    with as_owner():
        assert Person.objects.get(pk=person.pk).state == PersonState.HERE


def test_a_change_names_who_when_from_where_whose_and_what(hana: Actor) -> None:
    person = make_person()
    people.set_state(by=hana.viewer, person=person, state=PersonState.HOSPITAL, since=clock.today())
    with as_owner():
        row = ChangeEntry.objects.get(subject_kind="person", what="state_hospital")
    assert (row.user_id, row.at, row.source_address, row.subject_ids) == (hana.id, NOW, TEST_NET, [person.pk])


def test_a_refused_read_is_there_after_the_404(case: Case, chi: Actor, as_: As) -> None:
    assert as_(chi).get(f"/desk/cases/{case.number}/seen/").status_code == 404
    row = reads()[-1]
    assert (row.user_id, row.refused, row.subject_ids, row.owner_ids) == (chi.id, True, [case.pk], [case.provider_id])


def test_a_role_that_may_not_open_the_page_is_noted_too(case: Case, ivo: Actor, as_: As) -> None:
    assert as_(ivo).get(f"/desk/cases/{case.number}/seen/").status_code == 404
    assert [(row.user_id, row.refused) for row in reads()] == [(ivo.id, True)]


def test_an_attempt_at_nothing_is_no_row(chi: Actor, as_: As) -> None:
    as_(chi).get("/desk/cases/2026-999999/seen/")
    assert reads() == []


def test_the_head_reads_who_looked_and_who_was_refused(case: Case, chi: Actor, eli: Actor, as_: As) -> None:
    as_(chi).get(f"/desk/cases/{case.number}/seen/")
    page = as_(eli).get(f"/desk/cases/{case.number}/seen/").content.decode()
    assert chi.user.name in page
    assert "북부희망케어센터" in page


def test_the_lead_reads_it_for_the_own_case_only(case: Case, hana: Actor, ana: Actor) -> None:
    with acting_as(hana.viewer) as viewer:
        assert audit_trail(viewer, "case", case.number) == []
    with pytest.raises(errors.NotFound), acting_as(ana.viewer) as viewer:
        assert visible_to(viewer, Case).filter(pk=case.pk).exists()  # sees the case, does not answer for it
        audit_trail(viewer, "case", case.number)


def test_another_organisation_with_audit_rights_sees_nothing(case: Case, someone: Callable[..., Actor]) -> None:
    head_of_north = someone("centre_head", "north_centre", "north_mixed")
    with pytest.raises(errors.NotFound), acting_as(head_of_north.viewer) as viewer:
        audit_trail(viewer, "case", case.number)
    with acting_as(head_of_north.viewer):
        assert ReadEntry.objects.count() == ChangeEntry.objects.count() == 0


def test_one_row_for_a_request_that_read_many(hana: Actor) -> None:
    with acting_as(hana.viewer) as viewer:
        audit.read(viewer, "case", [1, 2], owners=[7])
        audit.read(viewer, "case", [2, 3], owners=[8, None])
    row = reads()[-1]
    assert (len(reads()), row.subject_ids, row.owner_ids, row.refused) == (1, [1, 2, 3], [7, 8], False)


def test_a_request_that_failed_showed_nothing_and_notes_no_read(hana: Actor) -> None:
    with pytest.raises(errors.NotFound), acting_as(hana.viewer) as viewer:
        audit.read(viewer, "case", [1], owners=[7])
        raise errors.NotFound
    assert reads() == []


@pytest.mark.parametrize("table", ["kernel_change", "kernel_read"])
@pytest.mark.parametrize("verb", ["update {} set what = 'x'", "delete from {}", "truncate {}"])
def test_the_web_role_cannot_edit_the_notes(db: None, table: str, verb: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb.format(table))


@pytest.mark.parametrize("table", ["kernel_change", "kernel_read"])
def test_not_even_the_owner_edits_them(hana: Actor, table: str) -> None:
    with acting_as(hana.viewer) as viewer:
        audit.read(viewer, "case", [1])
        audit.changed(viewer, "case", [1], "opened")
    with pytest.raises(DatabaseError, match="append-only"), as_owner(), connection.cursor() as cursor:
        cursor.execute(f"delete from {table}")


def test_there_is_a_partition_for_this_month_and_for_two_years(db: None) -> None:
    month = clock.today().replace(day=1)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("select inhrelid::regclass::text from pg_inherits where inhparent = 'kernel_read'::regclass")
        names = {row[0] for row in cursor.fetchall()}
    assert {month.strftime("kernel_read_%Y%m"), (month + timedelta(days=700)).strftime("kernel_read_%Y%m")} <= names
