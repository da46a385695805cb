"""A protected address is set by hand: the lead and one deputy see the person, nobody else any more (D5, D6)."""

import pytest
from django.db import IntegrityError

from cases.models import CaseLock, Unsealing
from cases.services import intake, locks, opening, unsealing
from cases.services.leads import change_lead
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as, case_key
from hopecare.kernel.models import Address, ChangeEntry, Membership, Person
from tests.cases.case_kit import entries
from tests.cases.desk_kit import met
from tests.cases.test_intake import arrival
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person


@pytest.mark.rule("D5")
def test_protecting_somebody_closes_the_case_for_all_but_two(hana, ana, eli, chi, as_):
    case = make_case(hana)
    here = f"/desk/cases/{case.number}/people/{case.main_person_id}/protect/"
    head, told = as_(eli), {"deputy": eli.id, "reason": "남편이 찾고 있음"}
    assert "주소 보호하기" in head.get(f"/desk/cases/{case.number}/people/{case.main_person_id}/line/").content.decode()
    assert head.post(here, {**told, "reason": " "}).status_code == 422
    assert head.post(here, {**told, "deputy": hana.id}).status_code == 422, "the lead is one of the two already"
    assert [as_(one).get(here).status_code for one in (hana, chi)] == [404, 404]
    assert head.post(here, told).status_code == 302
    with as_owner():
        assert Person.objects.get(pk=case.main_person_id).sealed
    met = {one.user.username: as_(one).get(f"/desk/cases/{case.number}/").status_code for one in (hana, eli, ana, chi)}
    assert met == {"hana": 200, "eli": 200, "ana": 404, "chi": 404}
    assert "남편이 찾고" not in as_(ana).get("/desk/cases/?show=team").content.decode() and entries(case) == ["note"]


@pytest.mark.rule("D5", "R47")
def test_only_the_deputy_can_take_the_lead_of_a_protected_case(hana, eli, someone, as_):
    case, other = make_case(hana), someone("social_worker")
    as_(eli).post(
        f"/desk/cases/{case.number}/people/{case.main_person_id}/protect/", {"deputy": eli.id, "reason": "쫓기고 있음"}
    )
    with pytest.raises(errors.Impossible, match="sealed"):
        change_lead(by=hana.viewer, number=case.number, to=other.user)
    assert change_lead(by=hana.viewer, number=case.number, to=eli.user).lead_id == eli.id


@pytest.mark.rule("D6")
def test_a_conflict_of_interest_ends_with_a_reason_by_page(hana, ana, eli, as_):
    case = make_case(hana)
    lock = locks.lock_out(by=hana.viewer, number=case.number, user=ana.user, reason="이웃집")
    here, head = f"/desk/cases/{case.number}/team/lock/{lock.pk}/over/", as_(eli)
    assert here in head.get(f"/desk/cases/{case.number}/team/").content.decode()
    assert [as_(one).get(here).status_code for one in (ana, hana)] == [404, 404]
    assert head.post(here, {"reason": " "}).status_code == 422
    assert head.post(here, {"reason": "이사하여 이웃이 아님"}).status_code == 302
    assert as_(ana).get(f"/desk/cases/{case.number}/").status_code == 200
    with as_owner():
        assert CaseLock.objects.get().ends_at is not None


@pytest.fixture
def protected(hana, eli, as_):
    case = make_case(hana)
    here = f"/desk/cases/{case.number}/people/{case.main_person_id}"
    assert as_(eli).post(f"{here}/protect/", {"deputy": eli.id, "reason": "남편이 찾고 있음"}).status_code == 302
    return case


@pytest.mark.rule("D5")
def test_a_protection_ends_when_the_second_one_agrees_and_not_before(protected, hana, ana, eli, chi, someone, as_):
    case, head = protected, someone("centre_head")
    here, page = f"/desk/cases/{case.number}/people/{case.main_person_id}/open/", f"/desk/cases/{case.number}/"
    assert [as_(one).get(here).status_code for one in (ana, chi, head)] == [404, 404, 404]
    lead, deputy = as_(hana), as_(eli)
    assert lead.post(here, {"reason": " "}).status_code == 422
    assert lead.post(here, {"reason": "남편이 사망하여 찾을 사람이 없음"}).status_code == 302
    assert lead.post(here, {"agrees_to": "yes"}).status_code == 422, "whoever asked cannot agree"
    with pytest.raises(errors.Impossible, match="own_wish"):
        unsealing.answer(by=hana.viewer, number=case.number, person_id=case.main_person_id, agrees=True)
    assert [as_(one).post(here, {"agrees_to": "yes"}).status_code for one in (ana, chi, head)] == [404, 404, 404]
    assert as_(ana).get(page).status_code == 404
    assert "남편이 사망하여" in deputy.get(here).content.decode()
    assert deputy.post(here, {"agrees_to": "yes"}).status_code == 302
    met = {one.user.username: as_(one).get(page).status_code for one in (hana, eli, ana, chi)}
    assert met == {"hana": 200, "eli": 200, "ana": 200, "chi": 404}
    assert case.number in as_(ana).get("/desk/cases/?show=team").content.decode()
    with as_owner():
        assert not Person.objects.get(pk=case.main_person_id).sealed
        what = set(ChangeEntry.objects.filter(what__startswith="unseal").values_list("what", flat=True))
    assert what == {"unseal_asked", "unseal_agreed", "unsealed"}
    assert deputy.get(here).status_code == 404, "there is nothing to end any more"


@pytest.mark.rule("D5")
def test_a_wish_to_open_is_refused_or_taken_back_and_everything_stays_closed(protected, hana, ana, eli):
    which = {"number": protected.number, "person_id": protected.main_person_id}
    for by in (eli, hana):
        unsealing.ask(by=hana.viewer, **which, reason="이사하심")
        assert unsealing.answer(by=by.viewer, **which, agrees=False) is False
    with pytest.raises(errors.Impossible, match="not_asked"):
        unsealing.answer(by=eli.viewer, **which, agrees=True)
    with as_owner():
        assert Unsealing.objects.filter(agreed=False).count() == 2
        assert Person.objects.get(pk=protected.main_person_id).sealed


@pytest.mark.rule("D5")
def test_a_wish_of_somebody_who_is_no_longer_one_of_the_two_opens_nothing(protected, hana, eli, someone, as_):
    case, head = protected, someone("centre_head")
    here = f"/desk/cases/{case.number}/people/{case.main_person_id}"
    which = {"number": case.number, "person_id": case.main_person_id}
    unsealing.ask(by=eli.viewer, **which, reason="이사하심")
    told = {"deputy": head.id, "reason": "부센터장이 남편의 지인으로 밝혀짐"}
    assert as_(eli).post(f"{here}/protect/", told).status_code == 302
    with pytest.raises(errors.Impossible, match="not_asked"):
        unsealing.answer(by=hana.viewer, **which, agrees=True)
    assert "이사하심" not in as_(hana).get(f"{here}/open/").content.decode()
    with as_owner():
        assert Person.objects.get(pk=case.main_person_id).sealed
    unsealing.ask(by=head.viewer, **which, reason="이제 안전하심")
    assert unsealing.answer(by=hana.viewer, **which, agrees=True)


@pytest.mark.rule("D5")
def test_what_opens_again_opens_to_those_of_its_own_case(hana, eli, as_):
    """She left a home for another: whoever was let into the case of the first does not learn where the second is."""
    person = make_person("윤새집", make_household())
    case, left, today = make_case(hana, person), make_household(), clock.today()
    before = make_case(hana, make_person("이남편", left))
    with as_owner():
        Membership.objects.create(
            household=left, person=person, starts_on=today, ends_on=today, scope_keys=[case.team_id, -case.provider_id]
        )
    here = f"/desk/cases/{case.number}/people/{person.pk}/protect/"
    assert as_(eli).post(here, {"deputy": eli.id, "reason": "남편이 찾고 있음"}).status_code == 302
    which = {"number": case.number, "person_id": person.pk}
    unsealing.ask(by=hana.viewer, **which, reason="이제 안전하심")
    assert unsealing.answer(by=eli.viewer, **which, agrees=True)
    with as_owner():
        home, old = (Address.objects.get(household=one).scope_keys for one in (case.household_id, left))
        own = Person.objects.get(pk=person.pk).scope_keys
    team = {case.team_id, -case.provider_id}
    assert set(home) == set(own) == team | {case_key(case.pk)}
    assert set(old) == team | {case_key(before.pk)}


@pytest.mark.rule("D5")
@pytest.mark.django_db(transaction=True)
def test_the_database_itself_opens_nobody_without_the_second_of_the_two(protected, hana, eli, as_, let_go):
    """Not while only one of them wishes it, and not by an agreement that opened before."""
    which = {"number": protected.number, "person_id": protected.main_person_id}

    def opened_past_both() -> None:
        for one in (hana, eli):
            with pytest.raises(IntegrityError, match="both agree"), acting_as(one.viewer):
                assert Person.objects.filter(pk=protected.main_person_id).update(sealed=False)

    unsealing.ask(by=hana.viewer, **which, reason="이사하심")
    opened_past_both()
    assert unsealing.answer(by=eli.viewer, **which, agrees=True) is True
    here = f"/desk/cases/{protected.number}/people/{protected.main_person_id}"
    assert as_(eli).post(f"{here}/protect/", {"deputy": eli.id, "reason": "다시 찾아옴"}).status_code == 302
    opened_past_both()
    with as_owner():
        assert Person.objects.get(pk=protected.main_person_id).sealed


@pytest.mark.rule("D5")
@pytest.mark.rule("D17")
def test_drafts_reports_and_intakes_know_a_protected_case_no_better_than_its_page(hana, ana, as_):
    open_one, case = make_case(hana), make_case(hana, make_person("한보순", phone="010-0000-0079"))
    with as_owner():
        Person.objects.filter(pk=case.main_person_id).update(sealed=True, scope_keys=[-(1_000_000_000 + hana.id)])
    client, report = as_(ana), met(hana, ana)
    taken = intake.take(by=ana.viewer, arrival=arrival())
    assert client.get(f"/desk/cases/{open_one.number}/drafts/note/").status_code == 200
    for number in (case.number, "2026-000000"):
        assert client.get(f"/desk/cases/{number}/drafts/note/").status_code == 404
        with pytest.raises(errors.NotFound):
            opening.attach(by=ana.viewer, report_code=report.code, case_number=number)
        with pytest.raises(errors.NotFound):
            intake.join_case(by=ana.viewer, number=taken.number, case_number=number)
