"""Through every door and over every border, in Chromium as the cast: the mobile unit's day and a pop-up, two records of
one person merged and taken apart, a hand-over, an urgent request with one clock, help outside the city, the city's own
system at the door."""

import json
from datetime import timedelta
from typing import Any

import pytest

from cases.models import ImportRow, Intake, Merge, Referral, StopPerson, UrgentRequest
from cases.services import imports, ownership
from hopecare.kernel import clock
from tests.cases import import_kit as kit
from tests.cases.case_kit import DAY, again, ask, consent, entries
from tests.cases.sharing_kit import record
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.drill.walking import Walk, fill, follow, go, look, press
from tests.factories import make_case, make_household, make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("let_go")]
TOMORROW = DAY + timedelta(days=1)


@pytest.fixture
def walk(browser: Any, live_server: Any, as_: Any) -> Walk:
    return Walk(browser, live_server, as_)


def the_one(model: Any, **lookup: Any) -> Any:
    with as_owner():
        return model.objects.get(**lookup)


@pytest.mark.rule("R16", "R6", "R58")
def test_the_mobile_units_day_and_a_tent_on_the_market(walk: Walk, hana: Actor, someone: Any) -> None:
    driver, case = someone("case_manager", "central", "central"), make_case(hana)
    consent(hana, case.main_person, "case_management")
    unit = walk.as_(driver)
    go(unit, "/desk/outings/")
    look(unit)
    follow(unit, "하루 잡기")
    fill(unit, kind="mobile_unit", name="수동·화도 이동 상담", on=TOMORROW, leaves_at="09:30", start="금곡동")
    look(unit)
    press(unit, "저장")
    for town, place in (("수동면", "수동면사무소 앞"), ("화도읍", "마석역 광장")):
        fill(unit, town=town, place=place, minutes=40)
        day = press(unit, "더하기")
    assert "마석역 광장" in day and "수동면사무소 앞" in day
    here = unit.url
    page = walk.as_(hana)
    go(page, here)
    page.get_by_role("link", name="만날 분 더하기 마석역 광장").click()
    page.wait_for_url("**/stops/**")
    fill(page, number=case.number, purpose="혈압")
    look(page)
    assert "윤순덕" in press(page, "더하기")
    with clock.pinned(NOW + timedelta(days=1)):
        go(unit, here)
        look(unit)
        follow(unit, "적기 윤순덕")
        fill(unit, result="met", words="혈압약을 받아 가심")
        look(unit)
        press(unit, "저장")
        follow(unit, "접수 마석역 광장")
        fill(unit, for_another="self", name="정말순", town="화도읍", words="보일러가 고장 났어요")
        press(unit, "접수하기")
        assert "정말순" not in go(unit, here), "the team of that town has it now, and its day shows it"
        assert "정말순" in go(page, here)
        assert "혈압약을 받아 가심" in go(page, f"/desk/cases/{case.number}/history/")
    assert the_one(StopPerson).result == "met" and entries(case).count("contact") == 1
    assert the_one(Intake).stop.place == "마석역 광장"
    tent(page)


def tent(page: Any) -> None:
    """Hana's own event: what is told there is taken in by its door."""
    go(page, "/desk/outings/new/")
    fill(page, kind="popup", name="마석 장날 상담 천막", on=DAY, leaves_at="10:00", start="화도읍")
    press(page, "저장")
    fill(page, town="화도읍", place="마석 장터 입구", minutes=240)
    press(page, "더하기")
    follow(page, "접수 마석 장터 입구")
    fill(page, for_another="self", name="조은별", town="화도읍", words="방과 후에 아이를 봐줄 곳")
    look(page)
    press(page, "접수하기")
    look(page)
    assert the_one(Intake, name="조은별").door == "popup"


@pytest.mark.rule("D6", "D17")
def test_two_records_of_one_person_meet_and_part_again(walk: Walk, hana: Actor, ana: Actor, chi: Actor) -> None:
    kept, older = make_case(hana), make_case(hana)
    ask(hana, older, {"emotion_culture": "4"})
    record(older, "meals")
    lone = walk.as_(chi)
    go(lone, "/desk/intake/new/")
    fill(lone, for_another="self", name="윤 순덕", birth="1948-03-02", town="진접읍", words="밑반찬")
    asked = press(lone, "접수하기", status=422)
    assert "중앙" in asked and kept.number not in asked
    look(lone)
    here = f"/desk/cases/{kept.number}/people/{kept.main_person_id}"
    page, second = walk.as_(hana), walk.as_(ana)
    assert older.number in go(page, f"{here}/same/")
    look(page)
    press(page, "같은 분")
    line = go(page, f"{here}/line/")
    assert "밑반찬" in line or "식사" in line
    assert "정서" not in line
    go(page, f"{here}/same/")
    assert page.locator("form[action$='/confirm/']").count() == 0, "whoever merges does not confirm"
    go(second, f"{here}/same/")
    press(second, "확인")
    look(second)
    assert "정서" in go(page, f"{here}/line/")
    look(page)
    go(page, f"{here}/same/")
    fill(page, words="생년이 같은 다른 분")
    press(page, "나누기")
    assert "다시 두 사람으로" in page.inner_text("body")
    look(page)
    assert "정서" not in go(page, f"{here}/line/")
    assert the_one(Merge).confirmed_by_id == ana.id


@pytest.mark.rule("R17", "R38")
def test_nobody_is_refused_at_a_border(walk: Walk, hana: Actor, chi: Actor, gil: Actor) -> None:
    case = make_case(hana)
    consent(hana, case.main_person, "case_management")
    page, north, partner = walk.as_(hana), walk.as_(chi), walk.as_(gil)
    hand_over(page, north, case, chi)
    go(partner, "/desk/urgent/")
    fill(partner, town="화도읍", category="생활", call_back="031-000-0261", words="오늘 밤 난방이 없음")
    look(partner)
    assert "2:00" in press(partner, "구역 팀에 보내기")
    assert "난방이 없음" not in go(north, "/desk/urgent/")
    with clock.pinned(NOW + timedelta(hours=3)):
        assert ownership.watch() >= 2, "the promise ran out unheard: team and partner learn of it"
        assert "난방이 없음" in go(page, "/desk/urgent/")
        assert page.locator(".hc-tag.red").count() == 1
        look(page)
        press(page, "지금 전화할게요")
        assert "송하나" in go(partner, "/desk/urgent/")
        fill(page, words="전기장판을 드렸습니다")
        press(page, "했어요")
        assert "전기장판을 드렸습니다" in go(partner, "/desk/urgent/")
    assert the_one(UrgentRequest).taken_by_id == hana.id
    outside(page, make_case(hana))


def hand_over(page: Any, north: Any, case: Any, chi: Actor) -> None:
    """Asked, kept after all, asked again, and taken: until then the sender answers for it."""
    for turn in (1, 2):
        go(page, f"/desk/cases/{case.number}/team/transfer/")
        north_team = page.locator("[name=team] option", has_text="북부").first.get_attribute("value")
        fill(page, team=north_team, reason="진접으로 이사하셨어요")
        press(page, "팀에 부탁하기")
        assert again(case).lead_id != chi.id
        go(page, "/desk/hand-overs/")
        look(page)
        if turn == 1:
            press(page, "우리가 계속 맡기")
    go(north, "/desk/hand-overs/")
    fill(north, to=f"{chi.id}")
    press(north, "우리가 맡기")
    assert again(case).lead_id == chi.id
    go(page, f"/desk/cases/{case.number}/", status=404)


def outside(page: Any, case: Any) -> None:
    """A hospital in another city: it stays ours until somebody there says yes."""
    consent(Actor(case.lead), case.main_person, "case_management")
    go(page, f"/desk/cases/{case.number}/referrals/new/")
    fill(page, category="보건·의료", to_name="구리 한양요양병원", outside_city=True, words="고관절 수술 뒤 입원")
    look(page)
    assert "답을 기다려요" in press(page, "의뢰하기")
    assert "구리 한양요양병원" in go(page, "/desk/referrals/?show=waiting")
    follow(page, "윤순덕")
    fill(page, who="원무과 정 과장", day=DAY + timedelta(days=2), hour="10:30")
    press(page, "적기")
    look(page)
    row = the_one(Referral)
    assert (row.state, row.outside_city, row.accepted_name) == ("accepted", True, "원무과 정 과장")


@pytest.mark.rule("R19", "R83")
def test_the_citys_system_brings_rows_and_one_is_decided_by_a_person(walk: Walk, city: Any, hana: Actor) -> None:
    mina = kit.desk(city)
    known = make_case(hana, make_person("오가람", make_household("jinjeop"), phone="010-0000-3004"))
    page = walk.as_(mina)
    go(page, "/desk/imports/keys/")
    fill(page, name="시 전산")
    press(page, "열쇠 만들기")
    key = page.locator("#fresh-key").inner_text()
    rows = [dict(zip(kit.PEOPLE, row, strict=True)) for row in (*kit.ROWS[:2], ALIKE, WRONG)]
    answer = page.request.post(
        "/api/v1/imports/city_people/rows",
        data=json.dumps({"name": "2026-11-23", "rows": rows}),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    assert answer.status == 202 and answer.json()["waiting"] == 4
    imports.take_in()
    for path in ("/desk/imports/", f"/desk/imports/{answer.json()['id']}/", "/desk/imports/rows/?state=review"):
        go(page, path)
        look(page)
    follow(page, "오가람")
    look(page)
    press(page, "이분입니다")
    go(page, "/desk/imports/rows/")
    follow(page, "이한솔")
    fill(page, words="주민센터에서 다시 보내기로 함")
    press(page, "빼기")
    with as_owner():
        linked = ImportRow.objects.get(state="done", person_id=known.main_person_id)
        assert sorted(ImportRow.objects.values_list("state", flat=True)) == ["done", "done", "done", "left_out"]
    assert linked.decided_by_id == mina.id


ALIKE = ("P-7", "H-7", "오가람", "1948-03-02", "여", "", "화도읍", "차상위", "2026-11-02")
WRONG = ("P-9", "", "이한솔", "1948-13-40", "여", "", "화도읍", "", "")
