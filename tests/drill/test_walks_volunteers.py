"""Helpers of every kind, walked in a browser and on the telephones' stand-in: from the first form to the last word.

Forms are filled and buttons pressed in Chromium; texts really leave, and what comes in is signed by the provider.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hopecare.kernel import clock, events
from hopecare.kernel.access import acting_as
from tests.axe import faults
from tests.browser_fixtures import follow, press
from tests.cast import NOW, Actor
from tests.drill.windows import Windows, form_of, main_form, send, windows
from tests.messaging.conftest import provider_settings, running_stand_in, stand_in
from tests.volunteers.conftest import (
    THURSDAY,
    Street,
    helper,
    offer_of,
    offers,
    offers_principal,
    request_now,
    street,
)
from tests.volunteers.test_journeys import Phones, phones, task
from tests.volunteers.test_partners import FRIDAY
from tests.volunteers.test_week import MONDAY
from volunteers.models import Coupon, GroupHours, Pairing, Paper, Partner, Portion, Request, Volunteer
from volunteers.services import asking, assuring, week

__all__ = ["helper", "phones", "provider_settings", "running_stand_in", "stand_in", "street", "windows"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("let_go"),
]
Helper = Callable[..., Volunteer]


def ask(page: Page, action_id: int, **wishes: Any) -> Request:
    """The desk asks for an action of the plan."""
    page.goto(f"/desk/matching/{action_id}/")
    send(page.locator(f'form[action$="/{action_id}/ask/"]:has([name="urgent"])'), **wishes)
    with offers_principal():
        return Request.objects.get(action_id=action_id)


def licensed(eli: Actor, people: list[Volunteer], kind: str) -> None:
    with acting_as(eli.viewer):
        for one in people:
            Paper.objects.create(volunteer=one, kind=kind, body="담당 기관", checked_on=NOW.date())


@pytest.mark.rule("R89")
def test_noes_silence_stop_and_a_promise_taken_back_end_with_somebody_who_comes(
    street: Street, helper: Helper, phones: Phones, windows: Windows
) -> None:
    names = ("안나", "배아", "조은", "도라")
    anna, bea, cleo, dora = (helper(name, 820 + n, away=n / 1000) for n, name in enumerate(names))
    desk, telephone = windows.of(street.hana), windows.of()
    request = ask(desk, street.action.pk)
    expect(desk.get_by_text("안나").first).to_be_visible()
    telephone.goto(f"/o/{offer_of(anna).token}/")
    press(telephone, "아니오, 이번엔 어려워요")
    phones.says(bea, "STOP")
    with clock.pinned(NOW + timedelta(hours=5)):
        asking.advance_all()
        phones.says(cleo, "네")
        assert offers(request.pk)[2:] == [("조은", "scheduled"), ("도라", "withdrawn")]
    with clock.pinned(THURSDAY - timedelta(hours=3)):
        telephone.goto(f"/o/{offer_of(cleo).token}/")
        press(telephone, "못 가게 됐어요")
        expect(telephone.get_by_role("heading", name="알려 주셔서 고맙습니다")).to_be_visible()
        phones.says(dora, "1")
        assert dict(offers(request.pk))["도라"] == "scheduled"
        telephone.goto(f"/o/{offer_of(dora).token}/")
        press(telephone, "못 가게 됐어요")
        desk.goto("/desk/matching/calls/")
        press(desk, "배아 님이 예라고 했어요")
        expect(desk.get_by_text("다른 분들께도 알렸습니다").first).to_be_visible()
    assert dict(offers(request.pk))["배아"] == "scheduled" and request_now(request).filled == 1
    assert phones.got(bea)[1:] == []  # after STOP not one text more


@pytest.mark.rule("R89")
def test_somebody_of_67_with_a_cheap_telephone_lives_through_a_whole_task(
    street: Street, helper: Helper, phones: Phones, windows: Windows
) -> None:
    old_man = helper("차만복", 825, links=False, birth_year=1959)
    desk = windows.of(street.hana)
    request = ask(desk, street.action.pk)
    assert "http" not in " ".join(phones.got(old_man))
    phones.says(old_man, "가능")
    desk.goto(f"/desk/matching/{street.action.pk}/")
    press(desk, "제가 함께 갑니다")
    for before, words in ((20, "네"), (-1 / 60, "도착"), (-1, "끝")):
        with clock.pinned(THURSDAY - timedelta(hours=before)):
            assuring.watch_all()
            phones.says(old_man, words)
    assert offers(request.pk) == [("차만복", "done")]
    with clock.pinned(THURSDAY + timedelta(hours=2)):
        desk.goto(f"/desk/matching/offers/{offer_of(old_man).pk}/confirm/")
        send(main_form(desk), minutes="60", heard_from="person")
        told = phones.got(old_man)
    assert any("송하나" in text for text in told) and "60분" in told[-1] and not [one for one in told if "http" in one]


@pytest.mark.rule("R28")
def test_a_hope_manager_from_the_cohort_to_the_week_without_contact(
    street: Street, eli: Actor, helper: Helper, phones: Phones, windows: Windows
) -> None:
    manager = helper("살피미", 826, services=("hope_manager",), level=1)
    licensed(eli, [manager], "hope_manager")
    centre, desk, telephone = windows.of(eli), windows.of(street.hana), windows.of()
    centre.goto("/desk/matching/managers/")
    send(main_form(centre), name="12기 봄")
    expect(centre.get_by_role("heading", name="12기 봄")).to_be_visible()
    centre.goto(f"/desk/matching/volunteers/{manager.pk}/")
    cohort = centre.locator('select[name="cohort"] option', has_text="12기 봄").get_attribute("value")
    send(form_of(centre, "/change/", "manager"), cohort=cohort, most="3")
    assert faults(centre, grave=True) == []
    action = task(street, "hope_manager", THURSDAY)
    ask(desk, action.pk)
    telephone.goto(f"/o/{offer_of(manager).token}/")
    press(telephone, "예, 갈게요")
    desk.goto(f"/desk/matching/{action.pk}/")
    press(desk, "이제부터 이 댁 담당으로")
    with clock.pinned(THURSDAY + timedelta(hours=1)):
        telephone.goto(f"/o/{offer_of(manager).token}/")
        press(telephone, "다녀왔어요")
    with offers_principal():
        pairing = Pairing.objects.select_related("manager").get()
    assert pairing.last_on == THURSDAY.date()
    with clock.pinned(THURSDAY + timedelta(days=7)):
        assuring.watch_all()
        assert "안부" in phones.got(manager)[-1] and "순덕" not in phones.got(manager)[-1]
        phones.says(manager, "1")
    with clock.pinned(THURSDAY + timedelta(days=14)):
        telephone.goto(f"/h/{pairing.manager.token}/")
        assert faults(telephone) == []
        press(telephone, "연락이 안 됐어요")
        desk.goto("/desk/notices/")
        expect(desk.get_by_text("살피미").first).to_be_visible()
    with clock.pinned(THURSDAY + timedelta(days=18)):
        for _ in range(3):
            assuring.watch_all()
        centre.goto("/desk/matching/calls/")
        expect(centre.get_by_text("이번 주 안부 연락 소식이 없어요").first).to_be_visible()
        centre.goto(f"/desk/matching/volunteers/{manager.pk}/")
        press(centre, "A: 연락됨")
    with offers_principal():
        assert Pairing.objects.get().last_on == (THURSDAY + timedelta(days=18)).date()


@pytest.mark.rule("R29")
@pytest.mark.rule("R59")
def test_an_architects_team_looks_first_and_then_the_electricians_are_asked(
    street: Street, eli: Actor, helper: Helper, phones: Phones, windows: Windows
) -> None:
    teams = {
        kind: [helper(f"{kind}{n}", tail + n, services=("home_environment",), level=2) for n in range(2)]
        for kind, tail in (("architect", 841), ("electric", 846))
    }
    for kind, people in teams.items():
        licensed(eli, people, kind)
    desk, telephone = windows.of(street.hana), windows.of()
    desk.goto("/desk/matching/projects/new/")
    send(main_form(desk), number=street.case.number, title="겨울 전에 따뜻한 집")
    first = {
        "trade": "survey",
        "what": "현장 조사",
        "day": "2026-11-26",
        "hour": "14:00",
        "minutes": "120",
        "quarter": "마석우리",
        "seats": "2",
    }
    then = {
        "trade": "electric",
        "what": "분전함 교체",
        "day": "2026-12-03",
        "materials": "전선 40미터",
        "won": "180000",
    }
    for package in (first, {**first, **then, "fund": "gift_living"}):
        send(form_of(desk, "/add/"), **package)
    press(desk, "첫 순서 시작하기")
    with clock.pinned(NOW + timedelta(hours=5)):
        asking.advance_all()
    survey = offer_of(teams["architect"][0]).request
    assert {name for name, _ in offers(survey.pk)} == {"architect0", "architect1"}
    for one in teams["architect"]:
        with clock.pinned(NOW + timedelta(hours=5, minutes=1)):
            if offer_of(one).state == "expired":
                desk.goto(f"/desk/matching/{survey.action_id}/")
                follow(desk.locator(f'form[action$="/offers/{offer_of(one).pk}/answer/"] button[value="yes"]'))
            else:
                phones.says(one, "1")
    assert [state for _, state in offers(survey.pk)] == ["scheduled", "scheduled"]
    assert phones.got(teams["electric"][0]) == []
    with clock.pinned(THURSDAY + timedelta(hours=2)):
        telephone.goto(f"/o/{offer_of(teams['architect'][0]).token}/")
        press(telephone, "다녀왔어요")
        events.deliver_open()
        assert [one for one in teams["electric"] if phones.got(one)]
        desk.goto("/desk/matching/projects/")
        follow(desk.get_by_role("link", name="겨울 전에 따뜻한 집").first)
        expect(desk.get_by_text("전선 40미터", exact=True)).to_be_visible()
        expect(desk.get_by_text("180,000").first).to_be_visible()
        assert faults(desk, grave=True) == []


SHOP = {
    "kind": "business", "name": "마석 국밥집", "contact_name": "최사장", "phone": "010-0000-0851", "town": "hwado",
    "service": "dining", "capacity": "12", "per": "month", "weekdays": ["4"], "nth": ["4"], "starts": "11:30",
    "ends": "13:30", "place": "theirs", "agreed": True,
}  # fmt: skip
SCHOOL = SHOP | {
    "kind": "school", "name": "새빛중학교 봉사반", "contact_name": "한선생", "phone": "010-0000-0852",
    "service": "housekeeping", "capacity": "2", "per": "day", "starts": "10:00", "ends": "14:00", "place": "homes",
    "pupils": True, "adult_name": "한선생", "nth": [],
}  # fmt: skip


@pytest.mark.rule("R30")
@pytest.mark.rule("D9")
def test_a_restaurants_monthly_meal_from_the_form_to_one_tap_at_the_till(
    street: Street, eli: Actor, phones: Phones, windows: Windows
) -> None:
    centre, desk, till = windows.of(eli), windows.of(street.hana), windows.of()
    centre.goto("/desk/matching/partners/new/")
    send(main_form(centre), **SHOP)
    action = task(street, "dining", FRIDAY)
    ask(desk, action.pk)
    with offers_principal():
        shop, portion = Partner.objects.get(), Portion.objects.get()
    assert portion.state == "promised"
    desk.goto(f"/desk/matching/{action.pk}/")
    press(desk, "쿠폰 인쇄")
    printed = desk.inner_text("main")
    assert "마석 국밥집" in printed and not [word for word in ("희망케어", "순덕", "복지") if word in printed]
    with offers_principal():
        code = Coupon.objects.get().code
    with clock.pinned(FRIDAY - timedelta(hours=20)):
        assuring.watch_all()
        assert "1명" in phones.got(shop)[-1]
        till.goto(f"/g/{shop.token}/")
        press(till, "계산대 전화로 쓰기")
    with clock.pinned(FRIDAY - timedelta(minutes=20)):
        till.goto(f"/v/{code}/")
        press(till, "쿠폰 받기")
        assert faults(till) == []
        till.goto(f"/v/{code}/")
        expect(till.get_by_role("button", name="쿠폰 받기")).to_have_count(0)
    with offers_principal():
        assert Portion.objects.get().state == "given"


@pytest.mark.rule("K10")
@pytest.mark.rule("R32")
def test_a_pupils_group_with_every_guardians_consent_and_its_hours_by_name(
    street: Street, eli: Actor, phones: Phones, windows: Windows
) -> None:
    centre, desk, school_page = windows.of(eli), windows.of(street.hana), windows.of()
    centre.goto("/desk/matching/partners/new/")
    centre.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    send(main_form(centre), **SCHOOL)
    pupil = {"birth_year": "2012", "guardian_name": "김부모", "guardian_phone": "010-0000-0881"}
    send(form_of(centre, "/pupil/"), name="김푸름", **pupil)
    expect(centre.get_by_role("alert").first).to_be_visible()  # nothing is kept without the consent
    for name in ("김푸름", "박솔"):
        send(
            centre.locator('form[action$="/pupil/"]:has([name="guardian_name"])'),
            name=name,
            consent_on="2026-11-02",
            **pupil,
        )
    ask(desk, task(street, "housekeeping", FRIDAY).pk)
    with offers_principal():
        school = Partner.objects.get()
        assert Portion.objects.get().state == "promised"
    with clock.pinned(FRIDAY - timedelta(hours=20)):
        assuring.watch_all()
        assert "1" in phones.got(school)[-1]
    with clock.pinned(FRIDAY + timedelta(hours=3)):
        school_page.goto(f"/g/{school.token}/")
        press(school_page, "모두 오셨어요")
        centre.goto(f"/desk/matching/partners/{school.pk}/")
        follow(centre.get_by_role("link", name="시간 확인"))
        centre.get_by_label("김푸름").check(force=True)
        send(main_form(centre), people="1", minutes="120")
        expect(centre.get_by_text("장부에 2줄")).to_be_visible()
        assert faults(centre, grave=True) == []
    with acting_as(eli.viewer):
        assert sorted(GroupHours.objects.values_list("people", "minutes")) == [(1, 120), (1, 120)]


@pytest.mark.rule("R82")
def test_a_licence_written_down_that_ends_before_the_visit_frees_the_place(
    street: Street, eli: Actor, helper: Helper, phones: Phones, windows: Windows
) -> None:
    first, second = (
        helper(name, 830 + n, away=n / 1000, services=("hair_care",), level=2)
        for n, name in enumerate(("가위손", "빗손"))
    )
    licensed(eli, [first, second], "barber")
    centre, desk = windows.of(eli), windows.of(street.hana)
    request = ask(desk, task(street, "hair_care", THURSDAY).pk)
    phones.says(first, "1")
    centre.goto(f"/desk/matching/volunteers/{first.pk}/")
    send(form_of(centre, "/change/", "paper"), kind="barber", body="남양주시장", valid_until="2026-11-25")
    assuring.watch_all()
    desk.goto("/desk/notices/")
    expect(desk.get_by_text("가위손").first).to_be_visible()
    with clock.pinned(THURSDAY - timedelta(hours=45)):
        assuring.watch_all()
        assert offers(request.pk) == [("가위손", "cancelled"), ("빗손", "offered")]
        assert "안 오셔도" in phones.got(first)[-1]
        phones.says(second, "가능")
    desk.goto(f"/desk/matching/{request.action_id}/")
    expect(desk.get_by_role("row", name="빗손").get_by_text("오기로 함")).to_be_visible()


def test_the_week_is_solved_looked_at_on_the_map_and_published(
    street: Street, helper: Helper, eli: Actor, phones: Phones, windows: Windows
) -> None:
    moon = helper("문보라", 833)
    desk, centre, telephone = windows.of(street.hana), windows.of(eli), windows.of()
    ask(desk, street.action.pk, later=True)
    desk.goto(f"/desk/matching/?week={MONDAY}")
    press(desk, "풀기")
    for run_id in week.waiting():
        week.solve(run_id=run_id)
    desk.goto(f"/desk/matching/?week={MONDAY}")
    desk.locator(".hc-plan-map summary").click()
    expect(desk.locator(".hc-plan-map .leaflet-container")).to_be_visible()
    expect(desk.locator('tr[data-wanted="1"]')).to_be_visible()
    assert faults(desk, grave=True) == []
    send(desk.locator('form[action$="/publish/"]'))
    assert phones.got(moon)
    telephone.goto(f"/o/{offer_of(moon).token}/")
    telephone.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    press(telephone, "이번 주 급할 때 전화 주세요")
    telephone.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    send(telephone.locator('form:has([name="first"])'), first=(date(2026, 12, 24)).isoformat())
    assert faults(telephone) == []
    centre.goto(f"/desk/matching/?week={MONDAY}")
    expect(centre.locator("section:has(#on-call)").get_by_text("문보라")).to_be_visible()
