"""A field worker's telephone: a key from the desk, one's own visits, a card within permission, two who wrote."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from cases.models import Presence, TimelineEntry, Visit
from cases.selectors import field
from cases.services import assessment
from hopecare.kernel import clock
from hopecare.kernel.access import acting_as
from hopecare.kernel.accounts import BACKEND
from hopecare.kernel.models import Affiliation, ReadEntry
from mobile_api.field_schemas import FieldVisitTold, HouseholdTold
from tests.cases.desk_kit import TOMORROW_TEN, assign, make_report, result
from tests.cast import NOW, TEST_NET, Actor, log_in
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person
from tests.journeys.walker import code_in
from tests.mobile_api.phone_kit import call, sign_in

As = Callable[..., Client]
pytestmark = pytest.mark.django_db
THERE = TOMORROW_TEN + timedelta(minutes=30)
MET = {"result": "met", "note": "문을 열어 주셨어요"}


def desk_code(actor: Actor) -> str:
    """As read off the page behind the second factor (a client's `context` also holds what a live server draws)."""
    client = log_in(Client(REMOTE_ADDR=TEST_NET), actor)
    return code_in(client.post("/account/telephones/").content.decode())


def key_of(actor: Actor) -> str:
    answer = call(Client(), "POST", "/auth/staff-devices", {"code": desk_code(actor), "name": "업무"})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["access_token"])  # type: ignore[attr-defined]


def ask(key: str, method: str, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
    answer = call(Client(), method, f"/field{path}", body, key=key, **headers)
    assert answer.status_code == status, answer.content.decode()
    return answer


@pytest.fixture
def visit(ana: Actor, hana: Actor) -> Visit:
    return assign(ana, make_report(), ana, hana)


def test_a_code_of_the_desk_lets_one_telephone_in_once_for_a_week(hana: Actor, as_: As) -> None:
    old, code = desk_code(hana), desk_code(hana)
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    for shown in (old, wrong, "7K2M-4Q9P-X3A5C"):
        assert call(as_(), "POST", "/auth/staff-devices", {"code": shown}).status_code == 401
    first = call(as_(), "POST", "/auth/staff-devices", {"code": code.lower(), "name": "업무"}).json()  # type: ignore[attr-defined]
    assert call(as_(), "POST", "/auth/staff-devices", {"code": code}).status_code == 401
    me = call(as_(), "GET", "/me", key=first["access_token"]).json()  # type: ignore[attr-defined]
    assert (me["phone"], me["staff"]["name"]) == ("", "송하나") and "업무" in as_(hana).get(
        "/account/telephones/"
    ).content.decode()
    with clock.pinned(NOW + timedelta(days=6)):
        second = call(as_(), "POST", "/auth/tokens", {"refresh_token": first["refresh_token"]}).json()  # type: ignore[attr-defined]
    with clock.pinned(NOW + timedelta(days=7, minutes=1)):
        assert call(as_(), "POST", "/auth/tokens", {"refresh_token": second["refresh_token"]}).status_code == 401


def test_a_code_is_old_after_five_minutes_and_a_password_alone_shows_none(hana: Actor, as_: As) -> None:
    code = desk_code(hana)
    with clock.pinned(NOW + timedelta(minutes=5, seconds=1)):
        assert call(as_(), "POST", "/auth/staff-devices", {"code": code}).status_code == 401
    client = Client()
    client.force_login(hana.user, backend=BACKEND)
    assert client.post("/account/telephones/")["Location"].startswith("/account/factors/")


def test_a_telephone_ended_at_the_desk_or_without_affiliation_sees_nothing(hana: Actor, as_: As, visit: Visit) -> None:
    key = key_of(hana)
    with as_owner():
        Affiliation.objects.filter(user=hana.user).update(confirmed_on="2026-01-01")
    ask(key, "GET", "/day", status=404)
    desk = as_(hana)
    for telephone in desk.get("/account/telephones/").context["telephones"]:
        desk.post(f"/account/telephones/{telephone.uuid}/end/")
    ask(key, "GET", "/day", status=401)


@pytest.mark.rule("D2", "D14")
def test_the_day_holds_ones_own_visits_and_no_reporter(visit: Visit, ana: Actor, hana: Actor, eli: Actor) -> None:
    day = ask(key_of(hana), "GET", "/day?on=2026-11-24").json()
    told = FieldVisitTold.model_validate(day["items"][0])
    assert [row["id"] for row in day["items"]] == [visit.pk] and told.place == "마석 장터 뒤 파란 대문 2층"
    assert [(one.name, one.me) for one in told.two] == [("안서연", False), ("송하나", True)]
    assert not {"reporter", "reporter_phone", "reporter_name"} & set(day["items"][0])
    assert ask(key_of(eli), "GET", "/day?on=2026-11-24").json()["items"] == []
    ask(key_of(eli), "GET", f"/visits/{visit.pk}", status=404)
    ask(key_of(hana), "GET", "/day?on=2026-13-45", status=422)


def test_what_a_citizens_telephone_or_another_centre_asks_for_is_missing(
    visit: Visit, chi: Actor, hana: Actor, as_: As
) -> None:
    case = make_case(hana)
    citizen, north = sign_in(as_())["access_token"], key_of(chi)
    for key in (citizen, north):
        ask(key, "GET", f"/visits/{visit.pk}", status=404)
        ask(key, "GET", f"/households/{case.number}", status=404)
        ask(key, "PUT", f"/visits/{visit.pk}/result", MET, status=404, If_Match='"x"')
        ask(key, "POST", f"/households/{case.number}/contacts", {"way": "note"}, 404, Idempotency_Key="k" * 30)
    ask(citizen, "GET", "/day", status=404)


@pytest.mark.rule("D4")
def test_a_card_tells_how_to_reach_somebody_and_no_number_where_nobody_may_ring(hana: Actor) -> None:
    person = make_person(household=make_household(directions="장터 뒤 초록 대문"))
    case, key = make_case(hana, person), key_of(hana)
    card = HouseholdTold.model_validate(ask(key, "GET", f"/households/{case.number}").json())
    assert (card.person, card.phone, card.directions) == ("윤순덕", "010-0000-0078", "장터 뒤 초록 대문")
    assert (card.safe.from_hour, card.safe.to_hour, card.members[0].age) == (9, 12, 78)
    with as_owner():
        person.safe_contact.__class__.objects.filter(person=person).update(phone_ok=False)
        assert ReadEntry.objects.filter(subject_kind="case", subject_ids__contains=[case.pk]).exists()
    assert ask(key, "GET", f"/households/{case.number}").json()["phone"] == ""


def test_two_wrote_without_signal_and_both_keep_their_words(visit: Visit, ana: Actor, hana: Actor) -> None:
    path = f"/visits/{visit.pk}"
    with clock.pinned(THERE):
        anas, hanas = key_of(ana), key_of(hana)
        etag = ask(hanas, "GET", path)["ETag"]
        ask(anas, "PUT", f"{path}/result", MET, status=428)
        for _ in range(2):
            first = ask(anas, "PUT", f"{path}/result", MET, If_Match=etag)
        stale = ask(hanas, "PUT", f"{path}/result", {"result": "declined", "note": "거절"}, 412, If_Match=etag)
        assert stale["ETag"] == first["ETag"] != etag
        ask(hanas, "POST", f"{path}/words", {"words": "뒷문에 우편물"}, 412, If_Match=etag)
        for _ in range(2):
            added = ask(hanas, "POST", f"{path}/words", {"words": "뒷문에 우편물"}, If_Match=stale["ETag"])
    told = added.json()["recorded"]
    assert (told["result"], told["note"], told["by"]) == (
        "met",
        "문을 열어 주셨어요\n\n송하나: 뒷문에 우편물",
        "안서연",
    )


@pytest.mark.rule("D13")
def test_what_a_result_needs_beside_itself_is_asked_as_on_the_desk(visit: Visit, hana: Actor) -> None:
    with clock.pinned(THERE):
        key = key_of(hana)
        etag, path = ask(key, "GET", f"/visits/{visit.pk}")["ETag"], f"/visits/{visit.pk}/result"
        for body, code in (({"result": "nobody_home"}, "again"), ({"result": "danger"}, "told")):
            answer = ask(key, "PUT", path, body, 422, If_Match=etag).json()
            assert answer["errors"][0]["code"] == code
        ask(key, "PUT", path, {"result": "met", "recorded_by": 1}, 422, If_Match=etag)
        again = (THERE + timedelta(days=1)).isoformat()
        ask(key, "PUT", path, {"result": "nobody_home", "again_at": again}, If_Match=etag)


def test_a_note_written_without_signal_stands_once(hana: Actor) -> None:
    case, key = make_case(hana), key_of(hana)
    path, note = f"/households/{case.number}/contacts", {"way": "visited", "words": "마당에서 이야기 나눔"}
    answers = [ask(key, "POST", path, note, Idempotency_Key="k" * 40).json()["noted"] for _ in range(2)]
    ask(key, "POST", path, note, status=422)
    with as_owner():
        assert TimelineEntry.objects.filter(case=case, words="마당에서 이야기 나눔").count() == 1
    assert answers == [True, False]


@pytest.mark.rule("D4")
def test_a_note_may_be_about_one_of_them_and_is_refused_once_they_left(hana: Actor) -> None:
    case, key = make_case(hana), key_of(hana)
    here = f"/households/{case.number}"
    assert ask(key, "GET", here).json()["about"] == [], "nobody else lives there"
    husband = make_person("김영수", case.household, birth_date=date(1946, 1, 5), relation="spouse", phone="")
    card = HouseholdTold.model_validate(ask(key, "GET", here).json())
    assert [(one.id, one.name) for one in card.about] == [(case.main_person_id, "윤순덕"), (husband.pk, "김영수")]
    told = {"way": "called", "words": "남편 이야기"}
    ask(key, "POST", f"{here}/contacts", {**told, "person": husband.pk}, Idempotency_Key="p" * 40)
    ask(key, "POST", f"{here}/contacts", told, Idempotency_Key="q" * 40)  # by a telephone that knows no such field
    with as_owner():
        husband.memberships.update(ends_on=NOW.date())
    for person in (husband.pk, make_person("남", make_household(), phone="").pk):
        told_apart = {**told, "person": person}
        refused = ask(key, "POST", f"{here}/contacts", told_apart, 422, Idempotency_Key=f"{person:040d}").json()
        assert refused["errors"][0]["pointer"] == "/person" and "더는 이 가구에" in refused["errors"][0]["detail"]
    again = ask(key, "POST", f"{here}/contacts", {**told, "person": husband.pk}, Idempotency_Key="p" * 40)
    assert again.json()["noted"] is False, "what was taken before they left is not refused afterwards"
    with as_owner():
        rows = TimelineEntry.objects.filter(case=case, words="남편 이야기").order_by("pk")
        assert list(rows.values_list("person_id", flat=True)) == [husband.pk, None]


def test_one_visit_and_three_cost_the_same_queries(ana: Actor, hana: Actor, django_assert_num_queries: Any) -> None:
    def queries() -> Any:
        with acting_as(hana.viewer) as viewer, django_assert_num_queries(3):
            return field.visits_of(viewer, TOMORROW_TEN.date())

    with clock.pinned(NOW):
        result(hana, assign(ana, make_report(), ana, hana), "met")
    assert len(queries()) == 1
    for _ in range(2):
        result(ana, assign(ana, make_report(), ana, hana), "met")
    assert len(queries()) == 3


@pytest.mark.rule("D10")
def test_in_and_out_at_a_visit_by_telephone(visit: Visit, hana: Actor, ana: Actor, eli: Actor, chi: Actor) -> None:
    key, here = key_of(hana), f"/visits/{visit.pk}"
    told = {"minutes": 60, "at": TOMORROW_TEN.isoformat()}
    assert "inside" in ask(key, "GET", here).json()
    ask(key, "POST", f"{here}/in", told, status=422)  # today is another day
    with clock.pinned(TOMORROW_TEN + timedelta(minutes=5)):
        key = key_of(hana)
        for _again in range(2):
            inside = ask(key, "POST", f"{here}/in", told).json()["inside"]
        assert (inside["since"][11:16], inside["until"][11:16]) == ("10:00", "11:00")
        assert ask(key_of(ana), "GET", here).json()["inside"] is None, "each for themselves"
        for other in (eli, chi):
            ask(key_of(other), "POST", f"{here}/in", told, status=404)
        ask(key, "POST", f"{here}/in", {"minutes": 45}, status=422)
        for _again in range(2):
            assert ask(key, "POST", f"{here}/out", {}).json()["inside"] is None
    with as_owner():
        row = Presence.objects.get()
    assert (row.user_id, row.came_at, row.ended_by_id) == (hana.id, TOMORROW_TEN, hana.id)


@pytest.mark.rule("D10")
def test_the_telephone_tells_warnings_or_to_ring_the_lead(ana: Actor, hana: Actor) -> None:
    case = make_case(hana)
    with as_owner():
        keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
        row = Visit.objects.create(kind="review", at=NOW, official=ana.user, worker=hana.user, **keys)
    for kind in ("dog", "violence"):
        assessment.raise_flag(by=hana.viewer, number=case.number, kind=kind)
    for path in (f"/visits/{row.pk}", f"/households/{case.number}"):
        told, own = ask(key_of(ana), "GET", path).json(), ask(key_of(hana), "GET", path).json()
        assert [one["label"] for one in told["warnings"]] == ["사나운 개"] and told["ring_lead"]["name"] == "송하나"
        assert told["warnings"][0]["by"] == "송하나" and told["warnings"][0]["since"] == "2026-11-23"
        assert {one["label"] for one in own["warnings"]} == {"사나운 개", "폭력·학대"} and own["ring_lead"] is None
