"""The pages: link, desk, call list, sign-up, my visits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cases.models import Action, TaskGrant
from hopecare.kernel import clock
from hopecare.kernel.access import acting_as
from tests.cast import Actor
from tests.volunteers.conftest import THURSDAY, Street, offer_of, offers, offers_principal, put_action, texts
from tests.volunteers.counting import counted
from volunteers.models import Call, Offer, Request, Volunteer
from volunteers.services import answers, requests

AFTER = THURSDAY + timedelta(hours=1)


@pytest.fixture
def asked(street: Street, moon_helps: Volunteer) -> Request:
    return requests.open_request(by=street.hana.viewer, action_id=street.action.pk)


def link(volunteer: Volunteer) -> str:
    return f"/o/{offer_of(volunteer).token}/"


def test_opening_the_link_changes_nothing(asked: Request, moon_helps: Volunteer, as_: Callable[..., Client]) -> None:
    for _ in range(3):
        page = as_().get(link(moon_helps))
        assert page.status_code == 200
    assert as_().head(link(moon_helps)).status_code == 200
    assert offer_of(moon_helps).state == "offered"
    assert "문보라 님, 도와주실 수 있을까요?" in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin" and "no-store" in page["Cache-Control"]


def test_yes_by_link_books_and_the_page_says_it_is_settled(
    asked: Request, moon_helps: Volunteer, as_: Callable[..., Client]
) -> None:
    client, address = as_(), link(moon_helps)
    for _ in range(2):
        assert client.post(address, {"do": "yes"}).status_code == 302
    assert "이미 정해졌어요" in client.get(address).content.decode()
    assert offers(asked.pk) == [("문보라", "scheduled")]
    assert len(texts(moon_helps, "offer_settled")) == 1


@pytest.mark.rule("D4")
@pytest.mark.rule("K6")
def test_the_address_is_shown_after_the_yes_alone_and_never_a_name(
    asked: Request, moon_helps: Volunteer, as_: Callable[..., Client]
) -> None:
    client, address = as_(), link(moon_helps)
    before = client.get(address).content.decode()
    client.post(address, {"do": "yes"})
    after = client.get(address).content.decode()
    assert "파란 대문" not in before and "파란 대문" in after
    assert "순덕" not in before + after and "2026-000417" not in before + after
    assert "송하나" in after and "031-000-0211" in after


@pytest.mark.rule("D8")
def test_the_visit_page_tells_about_money_keys_and_receipts(
    asked: Request, moon_helps: Volunteer, as_: Callable[..., Client]
) -> None:
    client, address = as_(), link(moon_helps)
    client.post(address, {"do": "yes"})
    page = client.get(address).content.decode()
    assert "돈, 통장·카드, 열쇠는 받지도 맡지도 않습니다" in page and "영수증" in page


@pytest.mark.parametrize("change", ["cut", "last", "first", "foreign", "long"])
def test_a_changed_link_leads_nowhere(
    asked: Request, moon_helps: Volunteer, as_: Callable[..., Client], change: str
) -> None:
    token = offer_of(moon_helps).token
    other = {
        "cut": token[:-1],
        "last": token[:-1] + ("0" if token[-1] != "0" else "1"),
        "first": ("A" if token[0] != "A" else "B") + token[1:],
        "foreign": "가나다" * 12,
        "long": token * 40,
    }[change]
    page = as_().post(f"/o/{other}/", {"do": "yes"})
    assert page.status_code == 404 and "찾을 수 없어요" in page.content.decode()
    assert offer_of(moon_helps).state == "offered"


def test_a_link_is_over_a_fortnight_after_the_visit(
    asked: Request, moon_helps: Volunteer, as_: Callable[..., Client]
) -> None:
    address = link(moon_helps)
    with clock.pinned(THURSDAY + timedelta(days=15)):
        assert as_().get(address).status_code == 404


def test_was_there_counts_after_the_hour_and_waits_for_hana(
    asked: Request, street: Street, moon_helps: Volunteer, as_: Callable[..., Client]
) -> None:
    client, address = as_(), link(moon_helps)
    client.post(address, {"do": "yes"})
    assert client.post(address, {"do": "done"}).status_code == 422
    with clock.pinned(AFTER):
        for _ in range(2):
            assert client.post(address, {"do": "done"}).status_code == 302
        assert "다녀와 주셔서 고맙습니다" in client.get(address).content.decode()
        assert "문보라" in as_(street.hana).get("/desk/matching/").content.decode()
        offer = offer_of(moon_helps)
        page = as_(street.hana).post(f"/desk/matching/offers/{offer.pk}/confirm/", {"minutes": "75"})
    assert page["Location"] == f"/desk/cases/2026-000417/services/new/?action={street.action.pk}"
    offer = offer_of(moon_helps)
    assert (offer.state, offer.confirmed_minutes, offer.confirmed_by_id) == ("confirmed", 75, street.hana.id)
    with acting_as(street.hana.viewer):
        assert Action.objects.get(pk=street.action.pk).state == "done"


def test_nobody_opened_tells_the_lead_and_counts_the_hours(
    asked: Request, street: Street, moon_helps: Volunteer, as_: Callable[..., Client]
) -> None:
    client, address = as_(), link(moon_helps)
    client.post(address, {"do": "yes"})
    with clock.pinned(AFTER):
        client.post(address, {"do": "nobody"})
        assert "아무도 없었다고 전했고" in client.get(address).content.decode()
        assert "문보라 님이 갔는데 아무도 없었습니다" in as_(street.hana).get("/desk/notices/").content.decode()
    with acting_as(street.hana.viewer):
        assert Action.objects.get(pk=street.action.pk).state == "open"


def test_cannot_come_asks_the_next_at_once(
    asked: Request, street: Street, moon_helps: Volunteer, bo_helps: Volunteer, as_: Callable[..., Client]
) -> None:
    client, address = as_(), link(moon_helps)
    client.post(address, {"do": "yes"})
    for _ in range(2):
        client.post(address, {"do": "cannot"})
    assert offers(asked.pk) == [("문보라", "cancelled"), ("한보순", "offered")]
    assert "파란 대문" not in client.get(address).content.decode()
    with acting_as(street.hana.viewer):
        assert Action.objects.get(pk=street.action.pk).state == "offered"


def test_the_calendar_file_holds_no_address(asked: Request, moon_helps: Volunteer, as_: Callable[..., Client]) -> None:
    client, address = as_(), link(moon_helps)
    assert client.get(f"{address}visit.ics").status_code == 404
    client.post(address, {"do": "yes"})
    answer = client.get(f"{address}visit.ics")
    text = answer.content.decode().replace("\r\n ", "")
    assert "DTSTART:20261126T050000Z" in text and "LOCATION:화도읍" in text
    assert "파란" not in text and "순덕" not in text


def test_a_task_grant_begins_with_the_yes_and_ends_with_cannot_come(
    asked: Request, street: Street, moon_helps: Volunteer, as_: Callable[..., Client]
) -> None:
    client, address = as_(), link(moon_helps)
    assert not TaskGrant.objects.exists()
    client.post(address, {"do": "yes"})
    grant = TaskGrant.objects.get()
    assert grant.content_object_id == street.action.pk and grant.ends_at and grant.ends_at > clock.now()
    client.post(address, {"do": "cannot"})
    grant.refresh_from_db()
    assert grant.ends_at and grant.ends_at <= clock.now()


def test_the_account_is_made_at_the_first_yes(
    street: Street, helper: Callable[..., Volunteer], as_: Callable[..., Client]
) -> None:
    new = helper("차은결", 27)
    requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    assert new.user_id is None
    as_().post(link(new), {"do": "yes"})
    offer = offer_of(new)
    assert offer.volunteer.user is not None and not offer.volunteer.user.has_usable_password()
    assert offer.user_id == offer.volunteer.user_id


def test_bo_sees_her_visit_when_logged_in_and_moon_does_not(
    street: Street, bo: Actor, moon: Actor, moon_helps: Volunteer, bo_helps: Volunteer, as_: Callable[..., Client]
) -> None:
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    answers.answer_by_link(token=offer_of(moon_helps).token, yes=False)
    answers.answer_by_link(token=offer_of(bo_helps).token, yes=True)
    assert offers(request.pk)[1] == ("한보순", "scheduled")
    assert "말벗·장보기" in as_(bo).get("/me/").content.decode()
    assert "말벗·장보기" not in as_(moon).get("/me/").content.decode()


def test_hana_finds_a_volunteer_from_the_plan(
    street: Street, moon_helps: Volunteer, bo_helps: Volunteer, as_: Callable[..., Client]
) -> None:
    client = as_(street.hana)
    page = client.get(f"/desk/matching/{street.action.pk}/").content.decode()
    assert "문보라" in page and "집에서" in page and "한보순" in page
    assert client.post(f"/desk/matching/{street.action.pk}/ask/", {"seats": "1"}).status_code == 302
    page = client.get(f"/desk/matching/{street.action.pk}/").content.decode()
    assert "1번째 물결" in page and "답 기다림" in page
    assert "화도읍" in client.get("/desk/matching/").content.decode()


def test_one_tap_on_the_call_list_is_the_same_and_shows_both_names(
    asked: Request, street: Street, moon_helps: Volunteer, as_: Callable[..., Client]
) -> None:
    client = as_(street.hana)
    page = client.get("/desk/matching/calls/").content.decode()
    assert "010-0000-0041" in page and "문보라 님이 예라고 했어요" in page
    offer = offer_of(moon_helps)
    client.post(f"/desk/matching/offers/{offer.pk}/answer/", {"said": "no_answer"})
    assert offer_of(moon_helps).no_answers == 1
    client.post(f"/desk/matching/offers/{offer.pk}/answer/", {"said": "yes", "action": str(street.action.pk)})
    page = client.get(f"/desk/matching/{street.action.pk}/").content.decode()
    assert "송하나 님이 문보라 님 대신, 전화" in page
    assert offers(asked.pk) == [("문보라", "scheduled")]


@pytest.mark.parametrize("path", ["/desk/matching/{action}/", "/desk/matching/offers/{offer}/confirm/"])
def test_chi_finds_nothing_of_the_east(
    asked: Request, street: Street, chi: Actor, moon_helps: Volunteer, as_: Callable[..., Client], path: str
) -> None:
    address = path.format(action=street.action.pk, offer=offer_of(moon_helps).pk)
    assert as_(street.hana).get(address).status_code == 200
    assert as_(chi).get(address).status_code == 404
    assert "문보라" not in as_(chi).get("/desk/matching/").content.decode()
    assert "문보라" not in as_(chi).get("/desk/matching/calls/").content.decode()
    offer = offer_of(moon_helps)
    assert as_(chi).post(f"/desk/matching/offers/{offer.pk}/answer/", {"said": "yes"}).status_code == 404
    assert offer_of(moon_helps).state == "offered"


def test_the_coordinator_works_without_a_key_to_the_case(
    asked: Request, street: Street, someone: Callable[..., Actor], moon_helps: Volunteer, as_: Callable[..., Client]
) -> None:
    client = as_(someone("volunteer_coordinator"))
    page = client.get(f"/desk/matching/{street.action.pk}/").content.decode()
    assert "문보라" in page and "2026-000417" not in page
    offer = offer_of(moon_helps)
    assert client.post(f"/desk/matching/offers/{offer.pk}/answer/", {"said": "yes"}).status_code == 302
    assert offers(asked.pk) == [("문보라", "scheduled")]
    elsewhere = as_(someone("volunteer_coordinator", "north_centre"))
    assert elsewhere.get(f"/desk/matching/{street.action.pk}/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_ask_few_questions(
    street: Street,
    helper: Callable[..., Volunteer],
    as_: Callable[..., Client],
    rows: int,
) -> None:
    for number in range(rows):
        helper(f"봉사자{number}", 50 + number)
        with acting_as(street.hana.viewer):
            action = put_action(street.case, street.hana, at=THURSDAY + timedelta(minutes=5 * number))
        requests.open_request(by=street.hana.viewer, action_id=action.pk)
    with offers_principal():
        assert Offer.objects.count() == rows
    client = as_(street.hana)
    client.get("/desk/matching/")
    # list, who was asked, to confirm, portions to settle, what went wrong, who may be rung, menu
    assert counted(client, "/desk/matching/", "volunteers_") == 12
    assert counted(client, "/desk/matching/calls/", "volunteers_") == 3


@pytest.mark.rule("K15")
def test_sign_up_takes_no_criminal_record_and_waits_for_a_conversation(
    city: Any, street: Street, eli: Actor, as_: Callable[..., Client]
) -> None:
    client = as_()
    form = client.get("/volunteer/").content.decode()
    assert "범죄 경력은 절대 묻지 않습니다" in form and 'name="criminal' not in form
    typed = {
        "name": "노정임",
        "phone": "010-0000-0063",
        "birth_year": "1963",
        "town": "hwado",
        "services": ["companionship"],
        "times": ["workday_afternoon"],
        "consent": "on",
        "sms_ok": "on",
    }
    for _ in range(2):
        assert client.post("/volunteer/", typed)["Location"] == "/volunteer/thanks/"
    with offers_principal():
        volunteer = Volunteer.objects.get()
        assert (volunteer.state, Call.objects.count()) == ("waiting", 1)
    request = requests.open_request(by=street.hana.viewer, action_id=street.action.pk)
    assert offers(request.pk) == []
    address = f"/desk/matching/volunteers/{volunteer.pk}/welcome/"
    assert as_(street.hana).post(address, {"checked_kind": "interview"}).status_code == 404
    assert as_(eli).post(address, {"checked_kind": "interview"}).status_code == 302
    with offers_principal():
        assert Volunteer.objects.get().state == "active"


@pytest.mark.rule("K10")
@pytest.mark.parametrize("born", ["2013", "2009"])
def test_a_young_person_is_thanked_and_the_guardian_is_rung(
    city: Any, eli: Actor, as_: Callable[..., Client], born: str
) -> None:
    client = as_()
    typed = {
        "name": "어린이",
        "phone": "010-0000-0013",
        "birth_year": born,
        "town": "hwado",
        "services": ["culture"],
        "times": ["weekend_morning"],
        "consent": "on",
    }
    page = client.post("/volunteer/", typed)
    assert page.status_code == 200 and "보호자와 먼저 통화합니다" in page.content.decode()
    typed |= {"guardian_name": "보호자", "guardian_phone": "010-0000-0043"}
    assert client.post("/volunteer/", typed)["Location"] == "/volunteer/thanks/guardian/"
    with offers_principal():
        assert not Volunteer.objects.exists()
        [call] = Call.objects.all()
    assert (call.kind, call.name, call.phone_shown) == ("guardian", "보호자", "010-0000-0043")
    assert "보호자" in as_(eli).get("/desk/matching/calls/").content.decode()


def test_a_form_with_faults_comes_back_with_everything_typed(city: Any, as_: Callable[..., Client]) -> None:
    page = as_().post("/volunteer/", {"name": "노정임", "phone": "전화", "birth_year": "62"})
    text = page.content.decode()
    assert page.status_code == 422 and 'value="노정임"' in text and 'value="전화"' in text
    assert "전화번호" in text and "네 자리로" in text


def test_staff_type_it_for_a_caller(street: Street, as_: Callable[..., Client]) -> None:
    typed = {
        "name": "이웃",
        "phone": "010-0000-0099",
        "birth_year": "1970",
        "town": "hwado",
        "services": ["meals"],
        "times": ["workday_morning"],
        "consent": "on",
    }
    assert as_(street.hana).post("/desk/matching/volunteers/new/", typed).status_code == 302
    with offers_principal():
        volunteer = Volunteer.objects.get()
    assert (volunteer.typed_by_id, volunteer.sms_ok) == (street.hana.id, False)


def test_the_door_stands_on_the_front_page(city: Any, as_: Callable[..., Client]) -> None:
    assert "봉사할게요" in as_().get("/").content.decode()
