"""From what somebody tells to what they receive, in Chromium as the cast: an assessment with private notes and papers,
a plan that goes up the line and back, longer help in steps, a food market that asks no name, what is given twice and
what is given by nobody."""

from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from cases.models import (
    AftercareCheck,
    Approval,
    MarketCard,
    MarketGood,
    Omission,
    Overlap,
    Pathway,
    PathwayCheck,
    Plan,
)
from cases.services import omissions, pathways
from cases.services.closing import close_case
from hopecare.kernel import clock, codes
from hopecare.kernel.models import Membership, Person, Service
from tests.browser_fixtures import follow as go_through
from tests.cases.case_kit import DAY, TOLD, again, approve, ask, consent, goal, task
from tests.cases.report_kit import picture
from tests.cases.sharing_kit import record
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.drill.walking import Walk, fill, follow, go, look, press
from tests.factories import make_case, make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("let_go")]
SECRET, HER_WORDS = "남편이 때린 적이 있음", "혼자 먹으면 밥맛이 없어."


@pytest.fixture
def walk(browser: Any, live_server: Any, as_: Any) -> Walk:
    return Walk(browser, live_server, as_)


def the_one(model: Any, **lookup: Any) -> Any:
    with as_owner():
        return model.objects.get(**lookup)


def of_two(hana: Actor) -> tuple[Any, Person]:
    """Sun-deok and her husband."""
    case = make_case(hana)
    him = make_person("윤대식", case.household, birth_date=date(1946, 5, 5), relation="spouse", sex="M", phone="")
    with as_owner():
        keys = again(case).main_person.scope_keys
        Person.objects.filter(pk=him.pk).update(scope_keys=keys)
        Membership.objects.filter(person=him).update(scope_keys=keys)
    return case, him


@pytest.mark.rule("D4", "R55", "R45", "R21")
def test_each_adult_is_asked_alone_and_the_households_paper_tells_nothing(walk: Walk, hana: Actor) -> None:
    case, him = of_two(hana)
    page, here = walk.as_(hana), f"/desk/cases/{case.number}"
    for person, told in ((case.main_person_id, TOLD), (him.pk, {"care": "4", "health": "3"})):
        go(page, f"{here}/needs/{person}/")
        fill(page, **{f"need_{code}": value for code, value in told.items()})
        if person == case.main_person_id:
            fill(page, own_words=HER_WORDS, offer="김장 솜씨", private_note=SECRET)
        press(page, "저장")
    go(page, f"{here}/needs/household/")
    fill(page, need_housing="2")
    press(page, "저장")
    with clock.pinned(NOW + timedelta(days=30)):
        go(page, f"{here}/needs/{case.main_person_id}/")
        look(page)
        fill(page, phase="review", need_living="1", need_emotion_culture="2")
        press(page, "저장")
        go(page, f"{here}/assessment/history/")
        look(page)
        assert page.locator("svg").count() >= 8
        papers(page, here, case, him)
        around(page, here)


def papers(page: Any, here: str, case: Any, him: Person) -> None:
    told = go(page, f"{here}/assessment/")
    assert "지금" in told or "먼저" in told, "what cannot wait stands first"
    look(page)
    household = go(page, f"{here}/assessment/paper/")
    assert SECRET not in household and HER_WORDS not in household and "031-000-0211" in household
    look(page)
    hers = go(page, f"{here}/assessment/paper/{case.main_person_id}/")
    assert HER_WORDS in hers and SECRET not in hers
    assert HER_WORDS not in go(page, f"{here}/assessment/paper/{him.pk}/")
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
    assert HER_WORDS in go(page, f"{here}/people/{case.main_person_id}/line/") or page.locator(".e").count() > 1


def around(page: Any, here: str) -> None:
    """A risk with its specialist, the advice that comes back, and who stands around them."""
    go(page, f"{here}/assessment/risk/")
    look(page)
    fill(page, kind="violence", words="팔에 멍이 있고 남편 앞에서 말을 멈추심")
    assert "112" in press(page, "저장")
    go(page, f"{here}/assessment/advice/?from=violence")
    fill(page, question="쉼터를 먼저 말해도 될까요?")
    look(page)
    press(page, "저장")
    go_through(page.locator("main a[href*='/assessment/advice/']").last)
    fill(page, adviser="새길상담소 오 상담사", answer="먼저 혼자 계실 때 물어봐 주세요.")
    press(page, "저장")
    assert "오 상담사" in go(page, f"{here}/assessment/")
    go(page, f"{here}/family/new/")
    fill(page, name="마석교회", kind="faith", strength="strong")
    press(page, "저장")
    assert "마석교회" in go(page, f"{here}/family/")
    look(page)


@pytest.mark.rule("K1", "R47", "R58")
def test_a_plan_goes_up_the_line_comes_back_and_stands_on_paper(
    walk: Walk, hana: Actor, eli: Actor, someone: Any
) -> None:
    case, leader = make_case(hana), someone("case_manager")
    ask(hana, case, TOLD)
    goal(hana, case)
    task(hana, case)
    consent(hana, case.main_person, "case_management")
    page, here = walk.as_(hana), f"/desk/cases/{case.number}"
    go(page, f"{here}/team/builder/")
    look(page)
    for verdict, words in (("returned", "기한을 앞당겨 주세요"), ("approved", "")):
        go(page, f"{here}/approval/")
        press(page, "결재 올리기")
        decide(walk.as_(leader), verdict, words)
    decide(walk.as_(eli), "approved", "")
    assert the_one(Approval, state="approved").case_id == case.pk
    assert again(case).stage == "planning"
    go(page, f"{here}/plan/agreement/")
    fill(page, herself="no", unsigned_reason="refused", words="글씨를 쓰기 싫다고 하심")
    look(page)
    press(page, "저장")
    assert the_one(Plan).unsigned_reason == "refused" and again(case).stage == "delivery"
    paper = go(page, f"{here}/plan/paper/")
    assert "송하나" in paper and "031-000-0211" in paper and "에너지바우처" in paper
    look(page)
    light_track(page, make_case(hana))
    afterwards(page, hana, [leader, eli], make_case(hana))


def decide(page: Any, verdict: str, words: str) -> None:
    go(page, "/desk/approvals/")
    follow(page, "윤순덕")
    fill(page, verdict=verdict, words=words)
    look(page)
    press(page, "결재하기")


def light_track(page: Any, case: Any) -> None:
    """One need and one house, without the full grid."""
    ask(Actor(case.lead), case, {"living": "2"})
    go(page, f"/desk/cases/{case.number}/linkage/")
    fill(page, category="생활", organisation="화도읍 맞춤형복지팀", title="긴급복지 생계지원 신청 돕기")
    look(page)
    press(page, "연계하기")
    assert again(case).track == "linkage"


def afterwards(page: Any, hana: Actor, line: list[Actor], case: Any) -> None:
    """Three months later somebody asks, and what is worse leads back to the case."""
    ask(hana, case, TOLD)
    close_case(by=hana.viewer, number=case.number, reason="improved", words="", values=TOLD)
    for level in line:
        approve(level, case)
    with as_owner():
        check = AftercareCheck.objects.filter(case=case).order_by("due_on").first()
    assert check is not None
    go(page, f"/desk/cases/{case.number}/aftercare/{check.pk}/")
    fill(page, done_on=DAY, result="worse", words="다시 굶으신다고 이웃이 전화함")
    look(page)
    press(page, "저장")
    assert page.url.endswith("/reopen/")
    look(page)


@pytest.mark.rule("R39", "R43", "R46", "R59", "R29", "D9")
def test_longer_help_goes_step_by_step(walk: Walk, hana: Actor, someone: Any) -> None:
    case, counsellor = make_case(hana), someone("finance_counsellor")
    here = f"/desk/cases/{case.number}/pathways"
    money, page = walk.as_(counsellor), walk.as_(hana)
    go(money, f"{here}/new/miso_loan/")
    fill(money, grounds=["recipient"], amount_won="14000000", words="중고 트럭")
    look(money)
    assert "14,000,000" in press(money, "시작하기")
    follow(money, "미소금융 대출")
    for step in ("applied", "granted"):
        fill(money, step=step, on=DAY)
        press(money, "적기")
    look(money)
    go(money, "/desk/pathways/?whose=team")
    look(money)
    assert "14,000,000" not in go(page, f"{here}/")
    go(page, f"{here}/new/miso_loan/", status=404)
    go(page, f"{here}/")
    look(page)
    follow(page, "취업 계획")
    begin(page)
    fill(page, step="working", on=DAY, words="도서관 사서 보조")
    press(page, "적기")
    house(page, here)
    repair(page, here)
    soon = clock.at(date(2027, 2, 20), NOW.time())
    hana.user.affiliations.update(confirmed_on=soon.date())
    with clock.pinned(soon):
        assert pathways.watch() == 1
        go(page, f"{here}/{the_one(Pathway, kind='employment').pk}/")
        fill(page, outcome="still", words="잘 다니세요")
        look(page)
        press(page, "적기")
    with as_owner():
        assert list(PathwayCheck.objects.order_by("months").values_list("months", "outcome")) == [(3, "still"), (6, "")]


def begin(page: Any) -> None:
    """Begun, and then the way itself: the newest one stands first."""
    name = page.locator("h1").inner_text()
    press(page, "시작하기")
    follow(page, name)


def house(page: Any, here: str) -> None:
    """A room of the Hope House, from the directory."""
    go(page, "/desk/resources/new/")
    fill(page, name="희망하우스 1호", category="주거", sector="private", owner_name="희망케어센터", capacity=2)
    fill(page, phone="031-000-0601", confirmed_on=DAY)
    look(page)
    press(page, "저장")
    go(page, f"{here}/new/hope_house/")
    begin(page)
    fill(page, step="living", on=DAY, room=3)
    page.locator("main [name=place]").select_option(index=1)
    assert "3" in press(page, "적기", status=422)
    fill(page, step="living", room=2)
    look(page)
    assert "입주" in press(page, "적기")


def repair(page: Any, here: str) -> None:
    """Rooms before and afterwards; nobody is in a picture."""
    go(page, f"{here}/new/home_repair/")
    begin(page)
    shot = {"name": "방.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    page.set_input_files("main [name=photos]", shot)
    fill(page, moment="before")
    assert "얼굴" in press(page, "사진 올리기", status=422)
    page.set_input_files("main [name=photos]", shot)
    fill(page, moment="before", rooms_only=True)
    press(page, "사진 올리기")
    taken = page.locator(".hc-photos img")
    taken.scroll_into_view_if_needed()
    expect(taken).not_to_have_js_property("naturalWidth", 0)
    look(page)


@pytest.mark.rule("R41", "D9")
def test_the_food_market_asks_no_name(walk: Walk, hana: Actor, gil: Actor) -> None:
    case, page, counter = make_case(hana), walk.as_(hana), walk.as_(gil)
    go(counter, "/desk/market/shelves/")
    fill(counter, name="동부 나눔가게", town="화도읍", phone="031-000-0701")
    press(counter, "매장 더하기")
    for name, won in (("쌀 4kg", 15_000), ("세제", 8_000)):
        form = "section[aria-labelledby=good-title]"
        fill(counter, form, name=name, won=won, more=9)
        press_only(counter, form)
    look(counter)
    go(page, f"/desk/cases/{case.number}/market/")
    fill(page, recommended_by="화도읍장")
    look(page)
    press(page, "카드 만들기")
    card = the_one(MarketCard)
    paper = go(page, f"/desk/cases/{case.number}/market/paper/")
    assert codes.shown(card.number) in paper and "윤순덕" not in paper
    look(page)
    go(counter, "/desk/market/")
    fill(counter, number=codes.shown(card.number).lower())
    told = press(counter, "보기")
    assert "40,000" in told and "윤순덕" not in told and case.number not in told
    with as_owner():
        rice, soap = (MarketGood.objects.get(name=name).pk for name in ("쌀 4kg", "세제"))
    fill(counter, **{f"good_{rice}": 2, f"good_{soap}": 2})
    press(counter, "내주기", status=422)
    look(counter)
    fill(counter, **{f"good_{soap}": 1})
    press(counter, "내주기")
    assert the_one(MarketGood, pk=rice).stock == 7
    assert "세제" in go(page, f"/desk/cases/{case.number}/market/")


def press_only(page: Any, form: str) -> None:
    """The one button of a form."""
    with page.expect_navigation(wait_until="load"):
        page.locator(f"{form} form button").click()


@pytest.mark.rule("R20", "R78", "D11")
def test_given_twice_asks_why_and_given_by_nobody_is_asked(walk: Walk, hana: Actor) -> None:
    case, page = make_case(hana), walk.as_(hana)
    here, meals = f"/desk/cases/{case.number}", Service.objects.get(code="meals")
    ask(hana, case, {"care": "3", "health": "2"})
    record(case, "meals", giver="central")
    go(page, f"{here}/services/new/")
    fill(page, service=f"{meals.pk}", category=f"{meals.category_id}", note="반찬 네 가지")
    page.locator("#overlap-hint").get_by_text("중앙").first.wait_for()
    look(page)
    press(page, "저장", status=422)
    fill(page, overlap_reason="agreed")
    look(page)
    press(page, "저장")
    go(page, "/desk/overlaps/")
    follow(page, "윤순덕")
    fill(page, answer="justified", words="월·수는 우리, 금은 중앙", told_person_on=DAY)
    press(page, "저장")
    flag = the_one(Overlap)
    assert (flag.reason, flag.answer) == ("agreed", "justified")
    later = NOW + timedelta(days=15)
    with clock.pinned(later):
        omissions.sweep()
        assert "윤순덕" in go(page, "/desk/omissions/")
        look(page)
        follow(page, "윤순덕")
        fill(page, answer="not_wished")
        press(page, "저장", status=422)
        fill(page, answer="later", words="딸이 당분간 오심")
        look(page)
        press(page, "저장")
    with as_owner():
        assert Omission.objects.filter(answer="later").count() == 1
        assert Omission.objects.filter(answered_at=None).exists()
