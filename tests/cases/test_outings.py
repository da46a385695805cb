"""The mobile unit's day: crew for one day, stops by driving time, results on the case the same evening (R16)."""

from datetime import datetime, time, timedelta

import pytest

from cases.access import grant_case, grants_of
from cases.facts import seen_version
from cases.models import Case, Intake, OutingCrew, StopPerson
from cases.rules import intakes as rules
from cases.selectors.outings import day
from cases.services import assessment, outing_changes, outings
from cases.services.outings import NewOuting
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import Affiliation, ChangeEntry, TeamMembership, Town
from tests.cases.case_kit import again, consent, entries
from tests.cast import NOW
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person

TOMORROW = NOW.date() + timedelta(days=1)


def place(code):
    return Town.objects.get(code=code)


@pytest.fixture
def driver(someone):
    return someone("case_manager", "central", "central")


@pytest.fixture
def outing(driver, hana):
    wanted = NewOuting("mobile_unit", TOMORROW, time(9, 30), "수동·화도 이동 상담", place("geumgok"), [driver.user])
    return outings.plan(by=driver.viewer, outing=wanted)


@pytest.mark.rule("R6")
def test_stops_are_driven_in_the_shortest_round_and_told_with_hours():
    start, near, far = (37.634, 127.213), (37.653, 127.243), (37.702, 127.33)
    assert rules.order_of(start, [far, near]) in ([0, 1], [1, 0])
    many = [(37.6 + step * 0.01, 127.2) for step in (8, 3, 1, 6, 2, 7, 5, 4)]
    order = rules.order_of((37.6, 127.2), many)
    there_and_back = sorted(range(len(many)), key=lambda index: many[index])
    assert rules.round_time((37.6, 127.2), many, order) <= rules.round_time((37.6, 127.2), many, there_and_back)
    hours = rules.arrivals(datetime(2026, 11, 24, 9, 30, tzinfo=clock.SEOUL), start, [near, far], [40, 40])
    assert hours[0] < hours[1] - timedelta(minutes=40)


@pytest.mark.rule("R16")
def test_the_unit_is_the_central_centres_an_event_anybodys(hana, outing):
    wanted = NewOuting("mobile_unit", TOMORROW, time(9, 30), "우리끼리", place("hwado"), [hana.user])
    with pytest.raises(errors.Impossible, match="not_central"):
        outings.plan(by=hana.viewer, outing=wanted)
    popup = NewOuting("popup", TOMORROW, time(10), "장터 상담 천막", place("hwado"), [hana.user])
    assert outings.plan(by=hana.viewer, outing=popup).kind == "popup"


@pytest.mark.rule("R58")
@pytest.mark.rule("K6")
def test_the_crew_may_look_for_that_day_with_consent_only(hana, driver, outing, as_):
    case = make_case(hana)
    stop = outings.add_stop(by=driver.viewer, outing_id=outing.pk, town=place("hwado"), place="마석역 광장", minutes=40)
    with pytest.raises(errors.Impossible, match="no_consent"):
        outings.add_person(by=hana.viewer, stop_id=stop.pk, number=case.number)
    consent(hana, case.main_person, "case_management")
    outings.add_person(by=hana.viewer, stop_id=stop.pk, number=case.number, purpose="혈압")
    assert [grant.user_id for grant in grants_of(case)] == [driver.id]
    page = as_(driver).get(f"/desk/outings/{outing.pk}/").content.decode()
    assert "윤순덕" in page and "/desk/outings/people/" not in page, "nothing came of it the day before"
    with clock.pinned(NOW + timedelta(days=2)):
        assert grants_of(case) == []


@pytest.mark.rule("K6")
def test_the_days_key_stands_beside_a_longer_leave_and_reaches_who_left_the_team(hana, driver, outing, someone):
    case = make_case(hana)
    consent(hana, case.main_person, "case_management")
    with acting_as(hana.viewer):
        grant_case(by=hana.viewer, case=case, user=driver.user, reason="함께 봄")
    left = someone("case_manager", "hwado_office", "east_mixed")
    with as_owner():
        TeamMembership.objects.filter(user=left.user).update(ends_on=NOW.date() - timedelta(days=1))
        OutingCrew.objects.create(outing=outing, user=left.user)
    stop = outings.add_stop(by=driver.viewer, outing_id=outing.pk, town=place("hwado"), place="마석역 광장", minutes=40)
    outings.add_person(by=hana.viewer, stop_id=stop.pk, number=case.number)
    told = sorted((grant.user_id, grant.ends_at is None) for grant in grants_of(case))
    assert told == sorted([(driver.id, False), (driver.id, True), (left.id, False)])


@pytest.mark.rule("R16")
def test_an_event_is_called_off_by_its_own_house_or_the_central_one(hana, chi, eli, driver):
    def popup():
        wanted = NewOuting("popup", TOMORROW, time(10), "장터 상담 천막", place("hwado"), [hana.user])
        return outings.plan(by=hana.viewer, outing=wanted).pk

    with pytest.raises(errors.Forbidden):
        outings.cancel(by=chi.viewer, outing_id=popup())
    with as_owner():  # whose time here ends some day works here today
        Affiliation.objects.filter(user=hana.user).update(ends_on=NOW.date() + timedelta(days=90))
    for who in (hana, eli, driver):
        assert outings.cancel(by=who.viewer, outing_id=popup()).cancelled_at == NOW


@pytest.mark.rule("R16")
def test_what_came_of_it_stands_on_the_case_the_same_evening_and_once(hana, driver, outing, chi):
    case = make_case(hana)
    consent(hana, case.main_person, "case_management")
    stop = outings.add_stop(by=driver.viewer, outing_id=outing.pk, town=place("hwado"), place="마석역 광장", minutes=40)
    row = outings.add_person(by=hana.viewer, stop_id=stop.pk, number=case.number)
    with pytest.raises(errors.NotFound):
        outings.record_result(by=chi.viewer, person_id=row.pk, result="met")
    for _ in range(2):
        outings.record_result(by=driver.viewer, person_id=row.pk, result="met", words="혈압약을 받아 가심")
    assert entries(case).count("contact") == 1
    assert again(case).last_contact_at == NOW


def test_somebody_new_at_a_stop_becomes_an_intake_of_that_day(hana, driver, outing, as_):
    stop = outings.add_stop(by=driver.viewer, outing_id=outing.pk, town=place("hwado"), place="마석역 광장", minutes=40)
    typed = {"door": "mobile_unit", "for_another": "self", "name": "정말순", "words": "보일러가 고장", "town": "hwado",
             "stop": str(stop.pk)}  # fmt: skip
    assert as_(hana).post("/desk/intake/new/", typed).status_code == 302
    with acting_as(hana.viewer):
        found = day(hana.viewer, outing.pk)
        assert found.intakes == 1 and Intake.objects.get().stop_id == stop.pk


def test_people_of_others_stay_unseen_on_the_same_day(hana, chi, driver, outing, as_):
    case = make_case(hana)
    consent(hana, case.main_person, "case_management")
    stop = outings.add_stop(by=driver.viewer, outing_id=outing.pk, town=place("hwado"), place="마석역 광장", minutes=40)
    outings.add_person(by=hana.viewer, stop_id=stop.pk, number=case.number)
    page = as_(chi).get(f"/desk/outings/{outing.pk}/").content.decode()
    assert "마석역 광장" in page and "윤순덕" not in page
    with acting_as(chi.viewer):
        assert not StopPerson.objects.exists()


@pytest.mark.rule("R16")
@pytest.mark.rule("D4")
@pytest.mark.rule("D10")
def test_the_paper_of_the_round_names_nobody_in_full_and_is_recorded(hana, driver, chi, outing, as_):
    case = make_case(hana, make_person(household=make_household(directions="장터 뒤 초록 대문")))
    consent(hana, case.main_person, "case_management")
    stop = outings.add_stop(by=driver.viewer, outing_id=outing.pk, town=place("hwado"), place="마석역 광장", minutes=40)
    outings.add_person(by=hana.viewer, stop_id=stop.pk, number=case.number, purpose="우울증 이야기")
    for kind in ("dog", "violence"):
        assessment.raise_flag(by=hana.viewer, number=case.number, kind=kind)
    address = f"/desk/outings/{outing.pk}/paper/"
    assert address in as_(hana).get(f"/desk/outings/{outing.pk}/").content.decode()
    paper = as_(hana).get(address).content.decode()
    assert all(words in paper for words in ("순덕", case.number, "마석역 광장", "장터 뒤 초록 대문", "사나운 개"))
    assert "가기 전에 주담당에게 전화하세요." in paper
    assert not any(words in paper for words in ("윤순덕", "우울증", "폭력"))
    assert driver.user.name in paper, "one named contact"
    with as_owner():
        printed = ChangeEntry.objects.filter(what="round_printed")
        assert [entry.user_id for entry in printed] == [hana.id]
    stranger = as_(chi).get(address).content.decode()
    assert "마석역 광장" in stranger and case.number not in stranger


@pytest.mark.parametrize(
    ("name", "told"), [("윤순덕", "순덕"), ("남궁민수", "민수"), ("이산", "산"), ("Linh Nguyen", "Linh"), ("", "")]
)
def test_a_name_on_a_sheet_that_may_get_lost(name, told):
    assert rules.on_paper(name) == told


@pytest.mark.rule("R16")
def test_a_choice_between_two_answers_is_told_in_the_history(hana, driver, outing, as_):
    case = make_case(hana)
    consent(hana, case.main_person, "case_management")
    stop = outings.add_stop(by=driver.viewer, outing_id=outing.pk, town=place("hwado"), place="마석역 광장", minutes=40)
    row = outings.add_person(by=hana.viewer, stop_id=stop.pk, number=case.number)
    outings.record_result(by=driver.viewer, person_id=row.pk, result="met", words="혈압약을 받아 가심")
    read = seen_version("met", "혈압약을 받아 가심")
    with pytest.raises(errors.Stale):
        outings.record_result(by=hana.viewer, person_id=row.pk, result="declined", version="none")
    outings.record_result(by=hana.viewer, person_id=row.pk, result="declined", words="싫다고 하심", version=read)
    page = as_(hana).get(f"/desk/cases/{case.number}/history/").content.decode()
    assert all(words in page for words in ("혈압약을 받아 가심", "싫다고 하심", "앞의 기록 대신 고름"))


@pytest.mark.rule("R58")
@pytest.mark.rule("K6")
def test_the_crews_keys_begin_the_working_day_before_and_end_when_the_day_is_off(hana, driver, as_):
    friday = NOW.date() + timedelta(days=4)
    monday = NewOuting(
        "mobile_unit", friday + timedelta(days=3), time(9, 30), "다음 주", place("geumgok"), [driver.user]
    )
    outing = outings.plan(by=driver.viewer, outing=monday)
    case = make_case(hana)
    consent(hana, case.main_person, "case_management")
    stop = outings.add_stop(by=driver.viewer, outing_id=outing.pk, town=place("hwado"), place="마석역 광장", minutes=40)
    outings.add_person(by=hana.viewer, stop_id=stop.pk, number=case.number)

    def sees(day):
        with clock.pinned(clock.at(day, time(9))), acting_as(driver.viewer):  # the database alone
            return case.pk in driver.viewer.case_ids and Case.objects.filter(pk=case.pk).exists()

    assert not sees(friday - timedelta(days=1)) and sees(friday) and sees(friday + timedelta(days=3))
    assert not sees(friday + timedelta(days=4))
    with clock.pinned(clock.at(friday, time(12))):
        outings.cancel(by=driver.viewer, outing_id=outing.pk)
    assert not sees(friday + timedelta(days=3))
    with as_owner():
        entry = ChangeEntry.objects.get(what="withdrawn", subject_ids=[case.pk])
    assert (entry.owner_ids, entry.details["user"]) == ([case.provider_id], driver.id)


@pytest.mark.rule("R58")
def test_calling_off_leaves_other_keys_and_a_seat_or_a_stop_taken_out_takes_its_own(hana, driver, outing, someone):
    case = make_case(hana)
    consent(hana, case.main_person, "case_management")
    mate = someone("case_manager", "hwado_office", "central")
    with as_owner():
        OutingCrew.objects.create(outing=outing, user=mate.user)
    later = NewOuting(
        "mobile_unit", TOMORROW + timedelta(days=1), time(9), "그다음 날", place("geumgok"), [driver.user]
    )
    after = outings.plan(by=driver.viewer, outing=later)
    rows = []
    for day_ in (outing, after):
        stop = outings.add_stop(by=driver.viewer, outing_id=day_.pk, town=place("hwado"), place="마석역", minutes=40)
        rows.append(outings.add_person(by=hana.viewer, stop_id=stop.pk, number=case.number))
    with acting_as(hana.viewer):
        grant_case(by=hana.viewer, case=case, user=driver.user, reason="함께 봄", ends_at=NOW + timedelta(hours=1))
    assert [grant.user_id for grant in grants_of(case)] == [driver.id, driver.id, mate.id, driver.id]
    with as_owner():
        OutingCrew.objects.get(user=mate.user).delete()
        rows[1].delete()
    assert case.pk not in mate.viewer.case_ids
    outings.cancel(by=driver.viewer, outing_id=outing.pk)
    assert [grant.reason for grant in grants_of(case)] == ["함께 봄"] and case.pk in driver.viewer.case_ids
    with clock.pinned(NOW + timedelta(days=1)):
        assert case.pk not in driver.viewer.case_ids, "neither day gives one any more"


@pytest.mark.rule("R16", "R58")
def test_a_planned_day_gives_back_an_empty_stop_and_one_of_the_crew(hana, driver, outing, someone, as_):
    mate = someone("case_manager", "hwado_office", "central")
    with as_owner():
        OutingCrew.objects.create(outing=outing, user=mate.user)
    case = make_case(hana)
    consent(hana, case.main_person, "case_management")
    stops = [
        outings.add_stop(by=driver.viewer, outing_id=outing.pk, town=place("hwado"), place=name, minutes=40)
        for name in ("마석역 광장", "천마산 들머리")
    ]
    outings.add_person(by=hana.viewer, stop_id=stops[0].pk, number=case.number)
    page, off = f"/desk/outings/{outing.pk}/", f"/desk/outings/{outing.pk}/off/"
    drivers = as_(driver)
    assert as_(hana).post(off, {"crew": mate.id}).status_code == 404, "the unit is the central centre's"
    assert case.pk in mate.viewer.case_ids
    drivers.post(off, {"crew": mate.id})
    assert case.pk not in mate.viewer.case_ids and case.pk in driver.viewer.case_ids
    assert "한 사람은 가야 해요" in drivers.post(off, {"crew": driver.id}, follow=True).content.decode()
    drivers.post(off, {"stop": stops[1].pk})
    assert "만나야 할 사람이 있거나" in drivers.post(off, {"stop": stops[0].pk}, follow=True).content.decode()
    left = drivers.get(page).content.decode()
    assert "마석역 광장" in left and "천마산 들머리" not in left
    with as_owner():
        told = set(ChangeEntry.objects.filter(what__endswith="_off").values_list("what", flat=True))
    assert told == {"crew_off", "stop_off"}
    with clock.pinned(NOW + timedelta(days=2)), pytest.raises(errors.Impossible, match="over"):
        outing_changes.take_off_stop(by=driver.viewer, stop_id=stops[0].pk)
