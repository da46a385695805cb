"""Fewer than two are left who see a protected person: two others are named by four eyes, who see nothing (D5)."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from cases.models import Case, CaseLock, KeeperNaming, LeadPeriod
from cases.services import keepers, unsealing
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as, person_key, visible_to
from hopecare.kernel.models import Address, Affiliation, ChangeEntry, Person, ReadEntry
from hopecare.messaging.models import Message
from tests.cases.case_kit import entries
from tests.database import as_owner
from tests.factories import make_case, make_person

WHY = "두 담당자가 모두 퇴사함"


@pytest.fixture
def desk(someone):
    """Two of the central desk, and a privacy officer."""
    first, second = someone("centre_head", "central", "central"), someone("case_manager", "city_hall")
    return first, second, someone("privacy_officer", "city_hall")


@pytest.fixture
def protected(hana, eli, as_):
    case = make_case(hana)
    here = f"/desk/cases/{case.number}/people/{case.main_person_id}/protect/"
    assert as_(eli).post(here, {"deputy": eli.id, "reason": "남편이 찾고 있음"}).status_code == 302
    return case


@pytest.fixture
def others(someone):
    return someone("social_worker"), someone("nurse")


def leave(*people):
    with as_owner():
        for one in people:
            Affiliation.objects.filter(user=one.user).update(ends_on=clock.today() - timedelta(days=1))


def name(by, case, pair, reason=WHY):
    return keepers.name(by=by.viewer, number=case.number, lead=pair[0].user, deputy=pair[1].user, reason=reason)


@pytest.mark.rule("D5", "D17")
def test_two_others_are_named_by_four_eyes_who_see_nothing(protected, hana, eli, ana, chi, desk, others, as_):
    case, (first, second, officer) = protected, desk
    leave(hana, eli)
    here, desk_page = f"/desk/protections/{case.number}/", as_(first)
    page = desk_page.get("/desk/protections/").content.decode()
    assert case.number in page and "송하나" in page and "윤순덕" not in page and "화도" not in page.split("<main")[1]
    asked = {"lead": others[0].id, "deputy": others[1].id, "reason": WHY}
    assert desk_page.post(here, {**asked, "reason": " "}).status_code == 422
    assert [as_(one).post(here, asked).status_code for one in (ana, chi, others[0], officer)] == [404] * 4
    assert desk_page.post(here, asked).status_code == 302
    with as_owner():
        row = KeeperNaming.objects.get()
        keys = Person.objects.get(pk=case.main_person_id).scope_keys
    assert keys == sorted({person_key(hana.id), person_key(eli.id)}), "nothing changes by one word"
    answer = f"/desk/protections/{row.pk}/answer/"
    assert desk_page.post(answer, {"agrees_to": "yes"}).status_code == 422
    assert [as_(one).get(answer).status_code for one in (ana, chi, others[0], officer)] == [404] * 4
    assert WHY in as_(second).get(answer).content.decode()
    assert as_(second).post(answer, {"agrees_to": "yes"}).status_code == 302
    number = f"/desk/cases/{case.number}/"
    met = [as_(one).get(number).status_code for one in (*others, first, second, ana, chi, officer)]
    assert met == [200, 200, 404, 404, 404, 404, 404]
    with as_owner():
        new = sorted({person_key(one.id) for one in others})
        person = Person.objects.get(pk=case.main_person_id)
        assert person.sealed and person.scope_keys == new
        assert Address.objects.get(household_id=case.household_id).scope_keys == new
        assert Case.objects.get(pk=case.pk).lead_id == others[0].id
        assert LeadPeriod.objects.get(case=case, ends_at=None).user_id == others[0].id
        what = ChangeEntry.objects.filter(what__startswith="keepers_").order_by("id").values_list("what", flat=True)
        assert list(what) == ["keepers_asked", "keepers_named"]
        assert ReadEntry.objects.filter(user_id=first.id, what="protections").exists()
        told = set(Message.objects.filter(purpose__startswith="keepers_").values_list("purpose", "recipient_id"))
    assert ("keepers_told", str(officer.id)) in told and ("keepers_asked", str(second.id)) in told
    assert entries(case)[-1] == "lead"
    assert case.number not in as_(first).get("/desk/protections/").content.decode()


@pytest.mark.rule("D5")
def test_the_two_named_can_end_the_protection(protected, hana, eli, desk, others):
    leave(hana, eli)
    row = name(desk[0], protected, others)
    assert keepers.answer(by=desk[1].viewer, naming_id=row.pk, agrees=True)
    which = {"number": protected.number, "person_id": protected.main_person_id}
    unsealing.ask(by=others[0].viewer, **which, reason="이사하심")
    assert unsealing.answer(by=others[1].viewer, **which, agrees=True)


@pytest.mark.rule("D5")
def test_while_two_are_at_work_nobody_else_names(protected, hana, eli, desk, others, as_):
    assert as_(desk[0]).get(f"/desk/protections/{protected.number}/").status_code == 404
    with pytest.raises(errors.NotFound):
        name(desk[0], protected, others)
    leave(eli)
    row = name(desk[0], protected, (hana, others[1]))
    with as_owner():
        Affiliation.objects.filter(user=eli.user).update(ends_on=None)
    with pytest.raises(errors.Impossible, match="not_stuck"):
        keepers.answer(by=desk[1].viewer, naming_id=row.pk, agrees=True)
    assert keepers.answer(by=desk[1].viewer, naming_id=row.pk, agrees=False) is False


@pytest.mark.rule("D5", "D6")
def test_whoever_is_left_stays_and_nobody_locked_or_naming_becomes_one(protected, hana, eli, desk, others, chi, as_):
    leave(eli)
    with as_owner():
        keys = {"case": protected, "team_id": protected.team_id, "provider_id": protected.provider_id}
        CaseLock.objects.create(**keys, user=others[1].user, kind="conflict", reason="이웃")
    refused = {
        "still_there": [(others[0], others[1])],
        "cannot_see": [(hana, others[1]), (hana, chi), (hana, desk[0])],
        "one_only": [(hana, hana)],
    }
    for code, pair in [(code, pair) for code, pairs in refused.items() for pair in pairs]:
        with pytest.raises(errors.Impossible, match=code):
            name(desk[0], protected, pair)
    with as_owner():
        CaseLock.objects.create(**keys, user=desk[0].user, kind="kin")
    assert protected.number not in as_(desk[0]).get("/desk/protections/").content.decode(), "own kin"
    with pytest.raises(errors.NotFound):
        name(desk[0], protected, (hana, others[0]))


@pytest.mark.rule("D5")
def test_the_head_of_the_house_may_agree_and_never_ask(protected, hana, eli, desk, others, someone):
    head, elsewhere = someone("centre_head"), someone("centre_head", "north_centre", "north_mixed")
    leave(hana, eli)
    with pytest.raises(errors.NotFound):
        name(head, protected, others)
    row = name(desk[0], protected, others)
    with pytest.raises(errors.NotFound):
        keepers.answer(by=elsewhere.viewer, naming_id=row.pk, agrees=True)
    assert keepers.answer(by=head.viewer, naming_id=row.pk, agrees=True)


@pytest.mark.rule("D5")
def test_the_second_wall_names_nobody_by_itself(protected, hana, eli, ana, desk, others):
    """Whoever writes the row past the services still finds the database in the way."""
    leave(hana, eli)
    row = name(desk[0], protected, others)
    for by in (ana, desk[0], others[0], desk[2]):
        with acting_as(by.viewer), pytest.raises(ProgrammingError, match="no say"), transaction.atomic():
            connection.cursor().execute(
                "select hc_name_keepers(%s, %s, %s, %s)", [row.pk, WHY, clock.today(), clock.now()]
            )
    for by, seen in ((ana, 0), (others[0], 0), (desk[2], 0), (desk[1], 1)):
        with acting_as(by.viewer) as viewer:
            assert visible_to(viewer, KeeperNaming).count() == KeeperNaming.objects.count() == seen
            cursor = connection.cursor()
            cursor.execute("select count(*) from hc_stuck_protections(%s, %s)", [clock.today(), clock.now()])
            assert cursor.fetchone()[0] == seen
    with acting_as(desk[1].viewer) as viewer:
        assert not Person.objects.filter(pk=protected.main_person_id).exists()
        assert not Case.objects.filter(pk=protected.pk).exists()


@pytest.mark.rule("D5")
def test_the_two_of_another_protected_person_take_on_whom_nobody_sees(protected, hana, eli, desk, others, as_):
    """Neither case nor person was in anybody's sight, and nobody was asked: the household had somebody with both."""
    lost = make_person("윤하늘", protected.household, phone="")
    with as_owner():
        gone = sorted({person_key(one.id) for one in others})
        Person.objects.filter(pk=lost.pk).update(sealed=True, scope_keys=gone)
    leave(*others)
    assert protected.pk in hana.viewer.reach.locked and protected.pk in eli.viewer.reach.locked
    assert "다른 보호 대상자" in as_(desk[0]).get("/desk/protections/").content.decode()
    with pytest.raises(errors.Impossible, match="still_there"):
        name(desk[0], protected, (hana, others[0]))
    row = name(desk[0], protected, (hana, eli))
    assert keepers.answer(by=desk[1].viewer, naming_id=row.pk, agrees=True)
    assert protected.pk not in hana.viewer.reach.locked + eli.viewer.reach.locked
    with as_owner():
        two = sorted({person_key(hana.id), person_key(eli.id)})
        keys = Person.objects.filter(pk__in=[lost.pk, protected.main_person_id]).values_list("scope_keys", flat=True)
        assert list(keys) == [two, two]
    assert protected.number not in as_(desk[0]).get("/desk/protections/").content.decode()
