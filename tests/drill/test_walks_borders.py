"""Who may see what, the work of a day, and what houses agree on, in Chromium as the cast: a protected person, danger to
life, somebody standing in, odd looks signed off; notes, lists and many cases at once; two signatures, a decision."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cases.models import Case, NeedAnswer, ReadingReview, ServiceRecord, TimelineEntry
from cases.services import locks
from hopecare.kernel import clock
from hopecare.kernel.models import Town
from tests.cases import sharing_kit as kit
from tests.cases.case_kit import DAY, again, ask, consent, task
from tests.cases.desk_kit import assign, make_report
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.drill.walking import Walk, fill, follow, go, look, press
from tests.factories import make_case, make_household, make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("let_go")]


@pytest.fixture
def walk(browser: Any, live_server: Any, as_: Any) -> Walk:
    return Walk(browser, live_server, as_)


@pytest.mark.rule("D5", "K7")
def test_a_protected_person_and_danger_to_life(walk: Walk, hana: Actor, ana: Actor, eli: Actor, chi: Actor) -> None:
    case, other = make_case(hana), make_case(hana, make_person("김가나", make_household(), phone="010-0000-0002"))
    page, head, office, north = (walk.as_(one) for one in (hana, eli, ana, chi))
    here = f"/desk/cases/{case.number}/"
    assert case.number in go(office, "/desk/cases/?show=team")
    go(head, f"{here}people/{case.main_person_id}/line/")
    follow(head, "주소 보호하기")
    fill(head, deputy=f"{eli.id}", reason="남편이 찾아다닙니다")
    look(head)
    press(head, "보호하기")
    assert "윤순덕" in go(page, here)
    look(page)
    assert "윤순덕" in go(head, here)
    for stranger in (office, north):
        for path in ("/desk/cases/?q=윤순덕&show=team", "/desk/cases/?q=ㅇㅅㄷ&show=team", "/desk/note/?q=윤순덕"):
            told = go(stranger, path)
            assert "화도읍 · 윤" not in told and case.number not in told, path
        go(stranger, here, status=404)
    go(north, "/desk/break-glass/")
    fill(north, number=other.number, reason="쓰러지셨다는 이웃의 전화가 왔습니다", urgent=True)
    assert "김가나" in press(north, "열고 주담당에게 알리기")
    assert "쓰러지셨다는" in go(head, "/desk/break-glass/")
    look(head)
    fill(head, words="119와 함께 들어갔고 무사하심")
    press(head, "까닭을 살펴봤어요")
    assert "무사하심" in go(head, "/desk/break-glass/")
    with clock.pinned(NOW + timedelta(minutes=61)):
        go(north, f"/desk/cases/{other.number}/", status=404)


@pytest.mark.rule("R47", "D6", "K9", "R9")
def test_standing_in_odd_looks_and_who_reads(
    walk: Walk, hana: Actor, ana: Actor, eli: Actor, chi: Actor, someone: Any
) -> None:
    nurse, page, head, office = someone("nurse"), walk.as_(hana), walk.as_(eli), walk.as_(ana)
    north = make_case(hana, make_person("김가나", make_household("jinjeop"), phone="010-0000-0002"), town="jinjeop")
    mine = make_case(hana, make_person("안영수", phone="010-0000-0003"))
    go(page, "/desk/covers/")
    fill(page, absent=f"{hana.id}", cover=f"{nurse.id}", starts_on=DAY, ends_on=DAY + timedelta(days=3), reason="휴가")
    look(page)
    assert nurse.user.name in press(page, "정하기")
    go(walk.as_(nurse), f"/desk/cases/{north.number}/")
    press(page, "일찍 돌아왔어요")
    go(walk.as_(nurse), f"/desk/cases/{north.number}/", status=404)
    go(office, "/desk/close-people/")
    fill(office, relation="kin", name="김가나", birth_year="1948")
    look(office)
    press(office, "알리기")
    locks.declare_home(by=ana.viewer, town=Town.objects.get(code="hwado"), directions="마석 장터 뒤 파란 대문 2층")
    kit.grant(mine, chi.user)
    with clock.pinned(datetime(2026, 11, 20, 23, 30, tzinfo=clock.SEOUL)):
        go(office, f"/desk/cases/{mine.number}/")
    go(walk.as_(chi), f"/desk/cases/{mine.number}/")
    assert "지혜원" in go(head, "/desk/readers/")
    look(head)
    with clock.pinned(datetime(2026, 12, 1, 9, 0, tzinfo=clock.SEOUL)):
        looks = go(head, "/desk/odd-looks/?month=2026-11")
        assert "안서연" in looks and "송하나" not in looks
        look(head)
        press(head, "모두 살펴봤어요", status=422)
        fill(head, words="그날 당번이었다고 함")
        press(head, "모두 살펴봤어요")
        look(head)
    with as_owner():
        assert ReadingReview.objects.get().words == "그날 당번이었다고 함"


@pytest.mark.rule("R46", "R20", "D4")
def test_a_day_of_work(walk: Walk, hana: Actor, ana: Actor, eli: Actor) -> None:
    page, head = walk.as_(hana), walk.as_(eli)
    people = [make_person(name, make_household(), phone=f"010-0000-01{number:02d}") for number, name in enumerate(FOUR)]
    cases = [make_case(hana, person) for person in people]
    task(hana, cases[0])
    assign(ana, make_report(), ana, hana, at=NOW.replace(hour=15))
    day = go(page, "/desk/")
    assert "파란 대문" in day and "에너지바우처" in day
    look(page)
    for path in ("/desk/tomorrow/", "/desk/week/", "/desk/paper/"):
        go(page, path)
        look(page)
    go(page, f"/desk/note/?case={cases[0].number}")
    look(page)
    press(page, "전화함, 안 받음")
    with as_owner():
        assert TimelineEntry.objects.get(case=cases[0], kind="note").details.get("way") == "no_answer"
    assert again(cases[0]).last_contact_at is None, "nobody was met: the counter of days without contact runs on"
    go(page, f"/desk/note/?case={cases[0].number}")
    fill(page, "form.hc-fields", way="called", words="난방을 걱정하심")
    press(page, "저장")
    assert "난방을" in go(page, f"/desk/cases/{cases[0].number}/history/?words=난방")
    ticked(page, cases)
    go(head, f"/desk/cases/reassign/?lead={hana.id}")
    look(head)
    fill(head, to=f"{eli.id}", numbers=[cases[1].number, cases[2].number], reason="휴직")
    press(head, "이관")
    assert [again(case).lead_id for case in cases] == [hana.id, eli.id, eli.id, hana.id]
    at_once(page, walk.as_(ana), cases[0])


FOUR = ("윤순덕", "김가나", "박다라", "최마바")


def ticked(page: Any, cases: list[Case]) -> None:
    """One list, ticked: the line of whoever has it already asks why, the others are not held up by guessing."""
    kit.record(cases[3], "meals", giver="central")
    go(page, "/desk/services/list/")
    fill(page, service="밑반찬·도시락" if page.locator("option", has_text="밑반찬·도시락").count() else "식사")
    press(page, "명단 보기")
    look(page)
    press(page, "모두 표시")
    press(page, "표시한 분들 적기", status=422)
    look(page)
    page.select_option(f"[name='reason_{cases[3].pk}-{cases[3].main_person_id}']", "agreed")
    press(page, "표시한 분들 적기")
    with as_owner():
        assert ServiceRecord.objects.filter(provider__code="east_centre").count() == 4


def at_once(page: Any, office: Any, case: Case) -> None:
    """Two colleagues ask the same person: other cells go together, the same cell is shown to the slower one."""
    here = f"/desk/cases/{case.number}/needs/{case.main_person_id}/"
    for one in (page, office):
        go(one, here)
    fill(office, need_living="3", need_care="2")
    press(office, "저장")
    fill(page, need_living="1", need_health="2", own_words="괜찮아")
    told = press(page, "저장", status=422)
    assert "다른 사람이 먼저" in told and page.input_value("[name=own_words]") == "괜찮아"
    look(page)
    press(page, "저장")
    with as_owner():
        newest = {row.category.code: row.severity for row in NeedAnswer.objects.filter(case=case).order_by("pk")}
    assert newest == {"living": 1, "care": 2, "health": 2}


@pytest.mark.rule("R9", "R18", "K6", "R13")
def test_two_houses_sign_and_a_group_decides(walk: Walk, hana: Actor, eli: Actor, gil: Actor) -> None:
    case, page, head, partner = make_case(hana), walk.as_(hana), walk.as_(eli), walk.as_(gil)
    ask(hana, case, {"living": "3"})
    task(hana, case)
    consent(hana, case.main_person, "case_management")
    go(page, f"/desk/cases/{case.number}/team/share/")
    fill(page, organisation="한빛종합사회복지관", reason="밑반찬을 함께")
    look(page)
    press(page, "함께하기")
    assert "윤순덕" not in go(partner, "/desk/shared/")
    look(partner)
    go(head, "/desk/agreements/")
    fill(head, other="한빛종합사회복지관", level="2", text="계획까지 함께 봅니다")
    press(head, "서명하고 보내기")
    look(head)
    go(partner, "/desk/agreements/")
    press(partner, "서명")
    shared = go(partner, f"/desk/shared/{case.number}/")
    assert "윤순덕" in shared
    look(partner)
    go(head, "/desk/agreements/")
    fill(head, level="0")
    press(head, "낮추기")
    assert "윤순덕" not in go(partner, f"/desk/shared/{case.number}/")
    decide(head, partner)


def decide(head: Any, partner: Any) -> None:
    """Founded, seated, raised by a partner, decided with another view, promised, kept, and found again by a word."""
    go(head, "/desk/groups/new/")
    fill(head, name="동부 협의체", kind="consultation", purpose="겹치거나 빠뜨리지 않도록 미리 의논합니다")
    look(head)
    press(head, "모임 만들기")
    go(partner, "/desk/groups/")
    partner.get_by_text("안건 올리기").click()
    fill(partner, council="동부 협의체", title="같은 날 도시락이 겹칩니다")
    fill(partner, "form[data-guard]", words="수요일마다 두 기관의 음식이 함께 갑니다.")
    press(partner, "안건에 올리기")
    go(head, "/desk/groups/")
    follow(head, "같은 날 도시락이 겹칩니다")
    first = "section[aria-labelledby=verdict-h]"
    fill(head, first, words="수요일은 한빛이 맡습니다.", why="먹을 것이 남아 버려지지 않게", dissent="금요일이 낫다")
    fill(head, first, dissenters="길도윤", review_on=date(2027, 3, 2))
    press(head, "결정 적기")
    second = "section[aria-labelledby=promise-h]"
    fill(head, second, words="요일표를 나눕니다", owner="한빛종합사회복지관", due_on=DAY + timedelta(days=7))
    press(head, "약속 적기")
    look(head)
    go(partner, "/desk/groups/?show=decided")
    look(partner)
    follow(partner, "같은 날 도시락이 겹칩니다")
    press(partner, "다 했어요")
    look(partner)
    assert "같은 날 도시락" in go(partner, "/desk/groups/?show=decided&q=한빛이")
