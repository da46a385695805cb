"""The unit's day by tablet: who goes along sees it, results and intakes count once, two who differ both stay."""

from datetime import time, timedelta
from typing import Any

import pytest

from cases.models import Case, CaseGrant, CaseLock, CaseMember, Intake, Outing, OutingCrew, StopPerson, TimelineEntry
from cases.services import assessment, leads, outings
from cases.services.late_results import DIFFERS
from cases.services.outings import CAME_LATE, NewOuting
from hopecare.kernel import clock
from hopecare.kernel.models import ReadEntry, TeamMembership, Town, User
from hopecare.messaging.models import Message
from mobile_api.outing_schemas import OutingTold
from tests.cases.case_kit import again, consent
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.factories import make_case
from tests.mobile_api.test_field_api import ask, key_of

pytestmark = pytest.mark.django_db
ONE, TWO, THREE = (f"0192f000-0000-7000-8000-00000000000{n}" for n in (1, 2, 3))
MET = {"client_id": ONE, "result": "met", "words": "혈압약을 받아 가심"}
AWAY = {"client_id": TWO, "result": "not_there", "words": "문이 잠겨 있었어요"}
STRANGER = {"client_id": THREE, "name": "정말순", "birth": "1948", "town": "hwado", "words": "보일러가 고장"}


@pytest.fixture
def driver(someone: Any) -> Actor:
    found: Actor = someone("case_manager", "central", "central")
    return found


def a_round(driver: Actor, hana: Actor, *more: Actor, case: Case | None = None) -> StopPerson:
    """Of this day; Sun-deok is to be seen at the second stop."""
    crew = [driver.user, *(one.user for one in more)]
    start, hwado, sudong = (Town.objects.get(code=code) for code in ("geumgok", "hwado", "sudong"))
    new = NewOuting("mobile_unit", NOW.date(), time(9, 30), "수동·화도 이동 상담", start, crew, "1호차")
    outing = outings.plan(by=driver.viewer, outing=new)
    outings.add_stop(by=driver.viewer, outing_id=outing.pk, town=sudong, place="수동면사무소 앞", minutes=40)
    stop = outings.add_stop(by=driver.viewer, outing_id=outing.pk, town=hwado, place="마석역 광장", minutes=40)
    case = case or make_case(hana)
    consent(hana, case.main_person, "case_management")
    return outings.add_person(by=hana.viewer, stop_id=stop.pk, number=case.number, purpose="혈압")


@pytest.fixture
def row(driver: Actor, hana: Actor) -> StopPerson:
    return a_round(driver, hana, hana)


def the_one(day: Any) -> Any:
    return next(one for stop in day["stops"] for one in stop["people"])


def stands(row: StopPerson) -> StopPerson:
    with as_owner():
        return StopPerson.objects.get(pk=row.pk)


@pytest.mark.rule("R16", "D10")
def test_the_crew_takes_its_day_along_and_nobody_else_does(
    row: StopPerson, driver: Actor, hana: Actor, eli: Actor, chi: Actor
) -> None:
    assessment.raise_flag(by=hana.viewer, number=again(row.case).number, kind="dog")
    day = OutingTold.model_validate(ask(key_of(driver), "GET", "/outings").json()["items"][0])
    assert {stop.place for stop in day.stops} == {"수동면사무소 앞", "마석역 광장"}
    assert [stop.at for stop in day.stops] == sorted(stop.at for stop in day.stops) and day.stops[0].drive >= 3
    one = next(one for stop in day.stops for one in stop.people)
    assert (one.person, one.purpose, one.etag, one.lead.name) == ("윤순덕", "혈압", '"none"', "송하나")
    assert [told.label for told in one.warnings] == ["사나운 개"]
    with as_owner():
        assert ReadEntry.objects.filter(user_id=driver.id, subject_ids__contains=[row.case_id]).exists()
    for other in (eli, chi):
        key = key_of(other)
        assert ask(key, "GET", "/outings").json()["items"] == []
        ask(key, "GET", f"/outings/{day.id}", status=404)
        ask(key, "PUT", f"/outings/people/{row.pk}/result", MET, status=404, If_Match='"none"')
        ask(key, "POST", f"/outings/stops/{row.stop_id}/intakes", STRANGER, status=404)
    with as_owner():
        assert not Intake.objects.exists()


@pytest.mark.rule("R58")
def test_of_the_crew_each_sees_whom_they_may_see(driver: Actor, hana: Actor, chi: Actor) -> None:
    row = a_round(driver, hana)
    with as_owner():
        OutingCrew.objects.create(outing=row.stop.outing, user=chi.user)
    day = ask(key_of(chi), "GET", "/outings").json()["items"][0]
    assert [stop["people"] for stop in day["stops"]] == [[], []]
    ask(key_of(chi), "PUT", f"/outings/people/{row.pk}/result", MET, status=404, If_Match='"none"')


@pytest.mark.rule("R16")
def test_a_result_sent_twice_stands_once_on_the_case_the_same_evening(row: StopPerson, driver: Actor) -> None:
    key, path = key_of(driver), f"/outings/people/{row.pk}/result"
    ask(key, "PUT", path, MET, status=428)
    for _again in range(2):
        told = the_one(ask(key, "PUT", path, MET, If_Match='"none"').json())
    assert (told["recorded"]["result"], told["recorded"]["me"]) == ("met", True)
    with as_owner():
        entry = TimelineEntry.objects.get(case=row.case_id, kind="contact")
    assert (entry.words, entry.details["way"], entry.at) == (MET["words"], "mobile_unit", NOW)
    assert again(row.case).last_contact_at == NOW


def test_two_of_the_crew_who_differ_both_stay_and_one_chooses(row: StopPerson, driver: Actor, hana: Actor) -> None:
    path = f"/outings/people/{row.pk}"
    drivers, hanas = key_of(driver), key_of(hana)
    first = ask(drivers, "PUT", f"{path}/result", MET, If_Match='"none"')
    stale = ask(hanas, "PUT", f"{path}/result", AWAY, 412, If_Match='"none"')
    assert stale["ETag"] == first["ETag"] and stands(row).result == "met", "nothing is overwritten"
    chosen = ask(hanas, "PUT", f"{path}/result", AWAY, If_Match=stale["ETag"])
    assert the_one(chosen.json())["recorded"]["result"] == "not_there"
    ask(
        drivers, "PUT", f"{path}/result", MET, If_Match='"none"'
    )  # the driver's first answer was lost: known, not told anew
    assert stands(row).result == "not_there"
    with as_owner():
        ways = list(
            TimelineEntry.objects.filter(case=row.case_id, details__has_key="outing")
            .order_by("pk")
            .values_list("words", "details__instead")
        )
    assert ways == [(MET["words"], False), (AWAY["words"], True)]
    assert again(row.case).last_contact_at is None, "whom nobody met stays on the list of those nobody has reached"


def test_words_are_added_to_a_colleagues_result_once(row: StopPerson, driver: Actor, hana: Actor) -> None:
    path, more = f"/outings/people/{row.pk}", {"client_id": THREE, "words": "무릎도 아프시대요"}
    hanas = key_of(hana)
    ask(hanas, "POST", f"{path}/words", more, 422, If_Match='"none"')
    etag = ask(key_of(driver), "PUT", f"{path}/result", MET, If_Match='"none"')["ETag"]
    ask(hanas, "POST", f"{path}/words", more, 412, If_Match='"none"')
    for _again in range(2):
        told = the_one(ask(hanas, "POST", f"{path}/words", more, If_Match=etag).json())["recorded"]
    assert (told["words"], told["me"]) == ("혈압약을 받아 가심\n\n송하나: 무릎도 아프시대요", False)
    with as_owner():
        assert TimelineEntry.objects.filter(case=row.case_id, words="무릎도 아프시대요").count() == 1


def test_the_same_said_by_both_is_no_difference(row: StopPerson, driver: Actor, hana: Actor) -> None:
    path = f"/outings/people/{row.pk}/result"
    ask(key_of(driver), "PUT", path, MET, If_Match='"none"')
    told = the_one(ask(key_of(hana), "PUT", path, {"client_id": TWO, "result": "met"}, If_Match='"none"').json())
    assert (told["recorded"]["words"], told["recorded"]["me"]) == (MET["words"], False)


@pytest.mark.rule("R7")
def test_a_stranger_at_a_stop_is_one_intake_of_the_towns_team(row: StopPerson, driver: Actor, hana: Actor) -> None:
    key, path = key_of(driver), f"/outings/stops/{row.stop_id}/intakes"
    first, second = (ask(key, "POST", path, STRANGER).json() for _ in range(2))
    assert first == second == {"id": THREE, "number": "2026-I-00001", "stop": row.stop_id, "name": "정말순"}
    with as_owner():
        found = Intake.objects.select_related("team").get()
    assert (found.door, found.stop_id, found.team.code, str(found.client_id)) == (
        "mobile_unit",
        row.stop_id,
        "east_mixed",
        THREE,
    )
    assert (found.birth_date.year, found.birth_year_only, found.typed_by_id) == (1948, True, driver.id)  # type: ignore[union-attr]
    taken = ask(key_of(hana), "POST", path, STRANGER, 422).json()
    assert taken["errors"][0]["code"] == "key_used", "somebody else's is told in words, and tells nothing of it"
    for wrong, code in (({"name": ""}, "nobody"), ({"words": ""}, "no_words"), ({"birth": "1948-02-30"}, "birth")):
        answer = ask(key, "POST", path, {**STRANGER, **wrong, "client_id": ONE}, 422).json()
        assert answer["errors"][0]["code"] == code
    assert ask(key_of(hana), "GET", "/outings").json()["items"][0]["stops"][1]["intakes"] == ["2026-I-00001"]
    with as_owner():
        assert Intake.objects.count() == 1


@pytest.mark.rule("R16")
def test_an_event_is_a_place_for_intakes_and_for_people(hana: Actor) -> None:
    wanted = NewOuting("popup", NOW.date(), time(10), "장터 상담 천막", Town.objects.get(code="hwado"), [hana.user])
    outing, key = outings.plan(by=hana.viewer, outing=wanted), key_of(hana)
    day = ask(key, "GET", f"/outings/{outing.pk}").json()
    (stop,) = day["stops"]
    assert (stop["place"], stop["at"][11:16], stop["drive"], day["back_at"][11:16]) == (
        "장터 상담 천막",
        "10:00",
        0,
        "14:00",
    )
    ask(key, "POST", f"/outings/stops/{stop['id']}/intakes", STRANGER)
    with as_owner():
        assert Intake.objects.get().door == "popup"


@pytest.mark.rule("R58")
def test_a_day_called_off_and_a_day_that_is_over_tell_nobody(row: StopPerson, driver: Actor) -> None:
    key = key_of(driver)
    with clock.pinned(NOW + timedelta(days=1)):
        later = key_of(driver)
        day = ask(later, "GET", f"/outings/{row.stop.outing_id}").json()
        assert [stop["people"] for stop in day["stops"]] == [[], []]
        ask(later, "PUT", f"/outings/people/{row.pk}/result", MET, 404, If_Match='"none"')
    with as_owner():
        Outing.objects.update(cancelled_at=NOW)
    day = ask(key, "GET", "/outings").json()["items"][0]
    assert day["cancelled"] and day["stops"] == []


NIGHT = NOW + timedelta(hours=14, minutes=30)
LATE = {**MET, "written_at": NOW.isoformat()}


def noticed(user: Any) -> list[str]:
    with as_owner():
        return list(
            Message.objects.filter(recipient_id=user.pk, purpose="late_result")
            .values_list("body", flat=True)
            .order_by("pk")
        )


@pytest.mark.rule("R16", "R58")
def test_what_was_written_on_the_day_is_taken_after_it_once_and_tells_nothing(
    driver: Actor, hana: Actor, as_: Any
) -> None:
    row = a_round(driver, hana)
    path = f"/outings/people/{row.pk}/result"
    with clock.pinned(NIGHT):
        for _again in range(2):
            answer = ask(key_of(driver), "PUT", path, LATE, 202, If_Match='"none"')
            assert answer.json() == {"taken": True} and "ETag" not in answer
        day = ask(key_of(driver), "GET", f"/outings/{row.stop.outing_id}").json()
        assert [stop["people"] for stop in day["stops"]] == [[], []], "writing opens no reading"
        assert "늦게 들어옴" in as_(hana).get(f"/desk/cases/{row.case.number}/history/").content.decode()
        assert "늦게 들어옴" in as_(hana).get(f"/desk/outings/{row.stop.outing_id}/").content.decode()
    now = stands(row)
    assert (now.result, now.recorded_at, now.came_at, now.recorded_by_id) == ("met", NOW, NIGHT, driver.id)
    with as_owner():
        entry = TimelineEntry.objects.get(case=row.case_id, kind="contact")
    assert (entry.words, entry.at, entry.details["came"]) == (MET["words"], NOW, NIGHT.isoformat())
    assert again(row.case).last_contact_at == NOW and noticed(hana.user) == [CAME_LATE]


@pytest.mark.rule("R16")
def test_a_late_result_that_differs_stands_beside_and_the_lead_alone_hears_of_it(driver: Actor, hana: Actor) -> None:
    row = a_round(driver, hana, hana)
    path = f"/outings/people/{row.pk}"
    ask(key_of(hana), "PUT", f"{path}/result", AWAY, If_Match='"none"')
    with clock.pinned(NIGHT):
        assert ask(key_of(driver), "PUT", f"{path}/result", LATE, 202, If_Match='"none"').json() == {"taken": True}
        more = {"client_id": THREE, "words": "무릎도 아프시대요", "written_at": NOW.isoformat()}
        for _again in range(2):
            assert ask(key_of(driver), "POST", f"{path}/words", more, 202, If_Match='"none"').json() == {"taken": True}
    assert (stands(row).result, stands(row).words) == ("not_there", AWAY["words"])
    with as_owner():
        entries = TimelineEntry.objects.filter(case=row.case_id, details__has_key="came").order_by("pk")
        told = [(entry.kind, entry.words, entry.details.get("found")) for entry in entries]
    assert told == [("note", MET["words"], "met"), ("note", more["words"], None)]
    assert again(row.case).last_contact_at is None and noticed(hana.user) == [DIFFERS, CAME_LATE]


@pytest.mark.rule("R58", "D6")
def test_the_late_door_is_shut_to_everything_but_the_day(driver: Actor, hana: Actor, chi: Actor) -> None:
    row = a_round(driver, hana)
    path = f"/outings/people/{row.pk}/result"

    def refused(who: Actor = driver, at: Any = NIGHT, body: Any = LATE, status: int = 404) -> None:
        with clock.pinned(at):
            ask(key_of(who), "PUT", path, body, status, If_Match='"none"')

    refused(body=MET)
    refused(body={**MET, "written_at": (NOW - timedelta(days=1)).isoformat()})
    refused(body={**MET, "written_at": NIGHT.isoformat()})
    refused(at=NOW + timedelta(days=8))
    refused(who=chi)
    with as_owner():
        lock = CaseLock.objects.create(
            case_id=row.case_id, team_id=row.team_id, provider_id=row.provider_id, user=driver.user, kind="kin",
            starts_at=NOW,
        )  # fmt: skip
    refused()
    with as_owner():
        lock.delete()
        Outing.objects.update(cancelled_at=NOW)
    refused()
    with as_owner():
        Outing.objects.update(cancelled_at=None)
    leads.withdraw_access(by=hana.viewer, number=again(row.case).number, user=driver.user)
    refused()
    assert stands(row).result == ""


@pytest.mark.rule("R16", "R58")
def test_the_late_door_opens_to_whom_another_key_let_in_until_that_night(
    driver: Actor, hana: Actor, chi: Actor
) -> None:
    """No signal until the morning, and by then one's own leave has ended as the day's has."""
    case = make_case(hana)
    consent(hana, case.main_person, "case_management")
    leads.grant_access(by=hana.viewer, number=case.number, user=chi.user, until=NOW.date(), reason="함께 봄")
    with as_owner():
        CaseMember.objects.create(
            case=case, team_id=case.team_id, provider_id=case.provider_id, user=chi.user,
            organisation_id=case.provider_id, starts_on=NOW.date(),
        )  # fmt: skip
    row = a_round(driver, hana, chi, case=case)
    with clock.pinned(NIGHT):
        ask(key_of(chi), "PUT", f"/outings/people/{row.pk}/result", LATE, 202, If_Match='"none"')
    assert (stands(row).result, stands(row).recorded_by_id) == ("met", chi.id)


@pytest.mark.rule("R16", "R58")
def test_the_late_door_opens_to_who_was_of_the_team_on_that_day_and_no_longer(
    driver: Actor, hana: Actor, eli: Actor
) -> None:
    row = a_round(driver, hana, hana)
    path, mine = f"/outings/people/{row.pk}/result", TeamMembership.objects.filter(user=hana.user, team=row.team_id)

    def sent(status: int) -> None:
        with clock.pinned(NIGHT):
            ask(key_of(hana), "PUT", path, LATE, status, If_Match='"none"')

    with as_owner():
        assert not CaseGrant.objects.filter(user=hana.user).exists(), "their own case needs no exception"
        Case.objects.filter(pk=row.case_id).update(lead=eli.user)
        mine.update(ends_on=NOW.date() - timedelta(days=1))
    sent(404)
    with as_owner():
        mine.update(ends_on=NOW.date())
        Outing.objects.update(cancelled_at=NOW)
    sent(404)
    with as_owner():
        Outing.objects.update(cancelled_at=None)
        seat = OutingCrew.objects.get(user=hana.user)
        seat.delete()
    sent(404)
    with as_owner():
        seat.save()
    sent(202)
    assert (stands(row).result, stands(row).recorded_by_id) == ("met", hana.id)


@pytest.mark.rule("R58")
def test_whoever_was_taken_off_the_crew_or_has_no_account_any_more_sends_nothing_late(
    driver: Actor, hana: Actor
) -> None:
    row = a_round(driver, hana)
    path = f"/outings/people/{row.pk}/result"
    with clock.pinned(NIGHT):
        key = key_of(driver)
        with as_owner():
            User.objects.filter(pk=driver.id).update(is_active=False)
        ask(key, "PUT", path, LATE, 401, If_Match='"none"')
        with as_owner():
            User.objects.filter(pk=driver.id).update(is_active=True)
            OutingCrew.objects.get(user=driver.user).delete()
        ask(key, "PUT", path, LATE, 404, If_Match='"none"')
    assert stands(row).result == ""


def test_what_nobody_can_type_is_refused_in_words(row: StopPerson, driver: Actor) -> None:
    key = key_of(driver)
    ask(key, "PUT", f"/outings/people/{row.pk}/result", {**MET, "words": "a\0b"}, 422, If_Match='"none"')
    ask(key, "POST", f"/outings/stops/{row.stop_id}/intakes", {**STRANGER, "town": "\0"}, 422)
    ask(
        key,
        "POST",
        f"/households/{again(row.case).number}/contacts",
        {"way": "note", "words": "\0"},
        422,
        Idempotency_Key="k" * 30,
    )
