"""The second wall: with the application's filter gone, the database itself shows nothing that is not yours."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.utils import DatabaseError

from cases.models import Case
from hopecare.kernel import access, errors
from hopecare.kernel.access import Principal, acting_as, system, visible_to
from hopecare.kernel.models import Address, Household, Membership, Person, SafeContact
from hopecare.kernel.services import people
from tests.cast import Actor
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person

PRIVATE = sorted(access.private_models(), key=lambda model: model._meta.label)


@pytest.fixture
def east(hana: Actor) -> Case:
    return make_case(hana)


def seen(model: type[models.Model]) -> int:
    """Everything the database gives: no filter of ours."""
    return model._default_manager.count()


@pytest.mark.parametrize("model", [Case, Person, Household, Membership, Address, SafeContact])
def test_without_our_filter_the_wall_holds(model: type[models.Model], east: Case, hana: Actor, chi: Actor) -> None:
    with acting_as(hana.viewer):
        assert seen(model) == 1  # there is something that could leak
    with acting_as(chi.viewer):
        assert seen(model) == 0
    assert seen(model) == 0  # nobody is acting at all


@pytest.mark.rule("D11")
def test_the_fraud_reviewer_sees_no_private_row_anywhere(east: Case, fraud: Actor) -> None:
    with as_owner():
        assert Case.objects.exists() and Person.objects.exists()
    with acting_as(fraud.viewer):
        assert [model._meta.label for model in PRIVATE if seen(model)] == []
    assert not visible_to(fraud.viewer, Case).exists()


@pytest.mark.parametrize("who", ["jin", "ivo", "bo", "dee", "fay", "gil"])
def test_nobody_without_a_part_in_it_sees_a_row(who: str, east: Case, request: pytest.FixtureRequest) -> None:
    actor: Actor = request.getfixturevalue(who)
    with acting_as(actor.viewer):
        assert [model._meta.label for model in PRIVATE if seen(model)] == []


def test_the_head_sees_what_the_centre_provides_without_being_in_the_team(
    east: Case, someone: Callable[..., Actor]
) -> None:
    head = someone("centre_head", "east_centre", "north_mixed")
    with acting_as(head.viewer):
        assert seen(Case) == 1


def test_both_walls_agree_for_every_private_model(east: Case, hana: Actor, chi: Actor, eli: Actor) -> None:
    """What `visible_to` gives is what the database gives: neither wall is narrower by accident."""
    for actor in (hana, chi, eli):
        with acting_as(actor.viewer):
            for model in (Case, Person, Household, Membership, Address, SafeContact):
                assert visible_to(actor.viewer, model).count() == seen(model)


@pytest.mark.rule("D5")
def test_a_sealed_person_is_there_for_lead_and_deputy_only(hana: Actor, eli: Actor, ana: Actor) -> None:
    person = make_person()
    case = make_case(hana, person)
    with acting_as(ana.viewer):
        assert visible_to(ana.viewer, Person).filter(pk=person.pk).exists()
    people.seal(by=eli.viewer, person=person, lead_id=hana.id, deputy_id=eli.id)
    for actor, found in ((hana, 1), (eli, 1), (ana, 0)):
        with acting_as(actor.viewer):
            assert [seen(model) for model in (Person, Address, Membership, Household)] == [found] * 4
    with acting_as(hana.viewer):
        people.rescope(household_id=case.household_id, keys=[*case.household.scope_keys, *ana.viewer.team_ids])
    with acting_as(ana.viewer):
        assert seen(Address) == 0  # a hand-over of the household does not open the seal


def test_a_row_cannot_be_changed_or_taken_by_somebody_who_does_not_see_it(east: Case, chi: Actor) -> None:
    with acting_as(chi.viewer):
        assert Case.objects.filter(pk=east.pk).update(lead=chi.user) == 0
    with pytest.raises(DatabaseError), acting_as(chi.viewer):
        Household.objects.create(town=make_household().town, scope_keys=[-1])


def test_a_principal_sees_only_what_its_policies_list(east: Case) -> None:
    with acting_as(system(Principal.INTAKE)):
        assert (seen(Case), seen(Person)) == (0, 0)
    with acting_as(system(Principal.SWEEP)):
        assert seen(Case) == 1
        assert seen(Address) == 0


def test_a_model_without_a_rule_raises_instead_of_showing_all(hana: Actor) -> None:
    class Loose(models.Model):
        class Meta:
            app_label = "kernel"

    try:
        with pytest.raises(KeyError):
            visible_to(hana.viewer, Loose)
    finally:
        del apps.all_models["kernel"]["loose"]
        apps.clear_cache()


def test_missing_and_forbidden_are_the_same_words(east: Case, chi: Actor, as_: Callable[..., object]) -> None:
    client = as_(chi)
    refused = client.get(f"/desk/cases/{east.number}/seen/")  # type: ignore[attr-defined]
    missing = client.get("/desk/cases/2026-000000/seen/")  # type: ignore[attr-defined]
    assert (refused.status_code, missing.status_code) == (404, 404)
    assert refused.content.replace(east.number.encode(), b"") == missing.content.replace(b"2026-000000", b"")
    with pytest.raises(errors.NotFound):
        access.get_visible(chi.viewer, Case, named="case", number=east.number)


def test_the_web_role_owns_nothing_and_passes_no_wall(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select rolsuper, rolbypassrls from pg_roles where rolname = current_user")
        assert cursor.fetchone() == (False, False)
        cursor.execute(
            "select count(*) from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = current_user"
        )
        assert cursor.fetchone() == (0,)
