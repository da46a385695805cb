"""The ten-minute walk (docs: README): from a neighbour's report to a closed case, with real parts, step by step.

The steps share one city and stand in order; each is a sentence of the walk. Run the whole file.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from hopecare.kernel import clock
from tests.journeys.walker import Walker, code_in, send, texts_to, until
from tests.runtime.instances import Instance

pytestmark = [pytest.mark.browser]

MOON, BO = "+821000000041", "+821000000067"
WORDS = "사흘째 불이 안 켜졌다가 오늘 켜졌어요. 많이 야위셨어요."
SEVERITIES = {"living": "3", "health": "2", "care": "3", "emotion_culture": "3", "housing": "1"}
OTHERS = {"education": "none", "employment": "none", "finance_legal": "private"}
#: What the walk learns on its way: the report's code, the case's number.
known: dict[str, str] = {}


@pytest.fixture(scope="module")
def walker(browser: Browser, street: Instance) -> Iterator[Walker]:
    walker = Walker(browser, f"http://127.0.0.1:{street.port}")
    yield walker
    walker.close()


def today() -> date:
    """The instance lives by the real clock, the tests' own stands still."""
    return datetime.now(clock.SEOUL).date()


def next_thursday() -> date:
    day = today() + timedelta(days=1)
    while day.weekday() != 3:
        day += timedelta(days=1)
    return day


def tomorrow() -> date:
    return clock.next_working_day(today())


def case_path(rest: str = "") -> str:
    return f"/desk/cases/{known['number']}/{rest}"


def save(page: Page) -> None:
    """Press the form's own button and expect to be taken on, not back to the same form with errors."""
    send(page.locator("main form button.primary").last)
    expect(page.locator("[aria-invalid=true]")).to_have_count(0)


def pick(page: Page, selector: str) -> None:
    """Tick a box or a picture as somebody without a mouse does."""
    box = page.locator(selector)
    box.focus()
    if not box.is_checked():
        box.press("Space")
    expect(box).to_be_checked()


def test_1_the_door_has_four_doors_and_a_telephone(walker: Walker) -> None:
    page = walker.window("fay", viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    walker.open(page, "/")
    for door in ("도움이 필요해요", "이웃이 걱정돼요", "봉사할게요", "기부할게요"):
        expect(page.get_by_role("link", name=door)).to_be_visible()
    expect(page.get_by_role("link", name="031-000-0001").first).to_be_visible()


def test_2_a_neighbour_reports_from_a_phone_without_a_name(walker: Walker) -> None:
    page = walker.windows["fay"]
    send(page.get_by_role("link", name="이웃이 걱정돼요"))
    walker.look(page)
    expect(page.get_by_role("link", name="119").first).to_be_visible()
    page.locator("select[name=town]").select_option("hwado")
    page.locator("input[name=directions]").fill("마석 장터 뒤 파란 대문 2층")
    for seen in ("lives_alone", "skips_meals"):
        pick(page, f"input[name=seen][value={seen}]")
    page.locator("textarea[name=words]").fill(WORDS)
    pick(page, "input[name=urgency][value=soon]")
    send(page.get_by_role("button", name="알리기"))
    expect(page.get_by_text("고맙습니다").first).to_be_visible()
    walker.look(page)
    known["code"] = code_in(page.inner_text("main"))


def test_3_the_town_office_joins_the_earlier_note_and_sends_two(walker: Walker) -> None:
    page = walker.as_("ana")
    walker.open(page, "/desk/reports/")
    send(page.get_by_role("link", name="마석 장터 뒤 파란 대문").first)
    walker.look(page)
    expect(page.get_by_text("계량기가 거의 안 돕니다").first).to_be_visible()
    send(page.get_by_role("button", name="같은 집으로 합치기").first)
    page.locator("select[name=official]").select_option(label="안서연 (화도읍 맞춤형복지팀)")
    page.locator("select[name=worker]").select_option(label="송하나 (동부희망케어센터)")
    page.locator("#assign input[name=day]").fill(tomorrow().isoformat())
    page.locator("#assign input[name=hour]").fill("10:00")
    send(page.get_by_role("button", name="두 사람에게 맡기기"))
    expect(page.locator("[aria-invalid=true]")).to_have_count(0)


def test_4_hana_met_her_and_opens_the_case(walker: Walker) -> None:
    page = walker.as_("hana")
    walker.open(page, f"/desk/reports/{known['code'].replace('-', '')}/")
    send(page.get_by_role("link", name="만났어요").first)
    walker.look(page)
    save(page)
    walker.open(page, f"/desk/reports/{known['code'].replace('-', '')}/open/")
    page.locator("input[name=name]").fill("윤순덕")
    page.locator("input[name=birth]").fill("1948-03-02")
    page.locator("select[name=sex]").select_option("F")
    for purpose, answer in {"case_management": "yes", "health": "yes", "volunteers": "yes", "donors": "no"}.items():
        pick(page, f"input[name=consent_{purpose}][value={answer}]")
    page.locator("input[name=to_hour]").fill("12")
    pick(page, "input[name=neutral_sender]")
    save(page)
    known["number"] = page.url.rstrip("/").split("/cases/")[1].split("/")[0]
    expect(page.get_by_text("윤순덕").first).to_be_visible()
    walker.look(page)


def test_4b_the_person_keeps_a_paper_with_names_and_a_number(walker: Walker) -> None:
    page = walker.open(walker.as_("hana"), case_path("paper/"))
    for words in ("안서연", "송하나", "031-000-0"):
        expect(page.get_by_text(words).first).to_be_visible()
    assert "복지" not in page.inner_text("main") or "맞춤형복지팀" in page.inner_text("main")


def test_5_the_grid_is_filled_and_near_poverty_refuses_nobody(walker: Walker) -> None:
    page = walker.open(walker.as_("hana"), case_path("needs/"))
    send(page.locator("main a[href*='/needs/']", has_text="윤순덕").first)
    walker.look(page)
    for category, value in {**SEVERITIES, **OTHERS}.items():
        pick(page, f"input[name=need_{category}][value='{value}']")
    page.locator("textarea[name=own_words]").fill("혼자 먹으면 밥맛이 없어.")
    page.locator("textarea[name=offer]").fill("김장 솜씨")
    save(page)
    walker.open(page, case_path("means/"))
    page.locator("input[name=monthly_income_won]").fill("1,310,000")
    page.locator("input[name=household_size]").fill("1")
    save(page)
    walker.open(page, case_path())
    expect(page.get_by_text("혼자 먹으면 밥맛이 없어").first).to_be_visible()
    if today().year == 2026:
        expect(page.get_by_text("27,881").first).to_be_visible()


def test_6_the_plan_names_owners_and_she_agrees(walker: Walker) -> None:
    page = walker.open(walker.as_("hana"), case_path("plan/"))
    pick(page, "input[name=goal][value=prevent_worsening]")
    save(page)
    thursday = next_thursday()
    walker.open(page, case_path("plan/new/"))
    page.locator("input[name=title]").fill("말벗·장보기, 목요일 14시")
    page.locator("select[name=category]").select_option(label="돌봄·동행")
    page.locator("select[name=service]").select_option(label="말벗·장보기")
    pick(page, "input[name=owner_kind][value=volunteer]")
    page.locator("input[name=day]").fill(thursday.isoformat())
    page.locator("input[name=hour]").fill("14:00")
    page.locator("input[name=minutes]").fill("60")
    page.locator("input[name=quarter]").fill("마석 장터 근처")
    save(page)
    walker.open(page, case_path("plan/agreement/"))
    pick(page, "input[name=herself][value=yes]")
    page.locator("input[name=signed_on]").fill(today().isoformat())
    save(page)
    walker.open(page, case_path())
    expect(page.get_by_text("표은솔").first).to_be_visible()
    approve(walker, "서비스 제공계획")
    walker.open(page, case_path("plan/paper/"))
    expect(page.get_by_text("말벗·장보기").first).to_be_visible()


def approve(walker: Walker, what: str) -> None:
    """The team leader and then the head of the centre say yes to what Hana laid before the line."""
    for level in ("sol", "eli"):
        page = walker.open(walker.as_(level), "/desk/approvals/")
        send(page.get_by_role("link", name=f"{what} · 윤순덕").first)
        walker.look(page)
        pick(page, "input[name=verdict][value=approved]")
        save(page)


def test_7_moon_says_no_and_bo_says_yes_by_text(walker: Walker) -> None:
    page = walker.open(walker.as_("hana"), case_path())
    send(page.get_by_role("link", name="봉사자 찾기").first)
    walker.look(page)
    expect(page.get_by_role("heading", name="문보라")).to_be_visible()
    send(page.locator("form[action$='/ask/'] button.primary"))
    expect(page.locator("#asked")).to_be_visible()
    phone = walker.window("phone")
    phone.goto("/demo/phone/")
    offer = until(phone, lambda p: texts_to(p, MOON))[0]
    first = offer.split("\n")[0]
    assert len(first.encode("cp949")) <= 90 and "윤순덕" not in offer and "말벗" in first
    walker.look(phone)
    answer(phone, MOON, "2")
    until(phone, lambda p: texts_to(p, BO))
    answer(phone, BO, "네")
    until(page, lambda p: "한보순" in p.inner_text("main") and p.locator("text=1/1").count())


def answer(phone: Page, number: str, words: str) -> None:
    form = phone.locator(f"form.hc-write:has(input[value='{number}'])")
    form.locator("input[name=body]").fill(words)
    send(form.locator("button"))


def test_7b_yes_again_by_the_link_is_still_one_booking(walker: Walker, street: Instance) -> None:
    link = next(word for text in texts_to(walker.windows["phone"], BO) for word in text.split() if "/o/" in word)
    page = walker.window("bo_link", viewport={"width": 390, "height": 844})
    walker.open(page, link[link.index("/o/") :])
    known["link"] = link[link.index("/o/") :]
    with street.database() as connection:
        row = connection.execute(
            "select count(*) from volunteers_offer o join volunteers_volunteer v on v.id = o.volunteer_id"
            " where o.state = 'scheduled' and v.name = '한보순' and v.user_id is not null"
        ).fetchone()
    assert row is not None and row[0] == 1


def test_8_bo_was_there_and_hana_records_the_service_with_its_money(walker: Walker) -> None:
    link = walker.windows["bo_link"]
    text = link.inner_text("main")
    assert "12,000" not in text and "심함" not in text
    send(link.get_by_role("button", name="다녀왔어요"))
    expect(link.get_by_role("button", name="다녀왔어요")).to_have_count(0)
    page = walker.open(walker.as_("hana"), "/desk/")
    send(page.get_by_role("link", name="한보순").first)
    walker.look(page)
    save(page)
    if "/services/new/" not in page.url:
        walker.open(page, case_path("services/new/"))
    page.locator("select[name=service]").select_option(label="말벗·장보기")
    page.locator("select[name=provider_kind]").select_option(label="정기 봉사자")
    page.locator("input[name=given_on]").fill(today().isoformat())
    page.locator("input[name=amount_won]").fill("12,000")
    page.locator("select[name=fund_source]").select_option(label="후원금 – 생활")
    walker.look(page)
    save(page)
    walker.open(page, case_path("services/"))
    expect(page.get_by_text("12,000").first).to_be_visible()


def test_9_the_case_closes_with_change_and_aftercare_stands_in_the_day(walker: Walker) -> None:
    page = walker.open(walker.as_("hana"), case_path("close/"))
    for category, value in {**SEVERITIES, **OTHERS, "care": "1", "emotion_culture": "2"}.items():
        pick(page, f"input[name=need_{category}][value='{value}']")
    pick(page, "input[name=reason][value=improved]")
    page.locator("textarea[name=words]").fill("이제 이웃과 같이 먹어요.")
    save(page)
    approve(walker, "종결")
    walker.open(page, case_path("closed/"))
    walker.open(page, case_path())


def test_10_the_reporter_reads_words_that_betray_nothing(walker: Walker) -> None:
    page = walker.windows["fay"]
    walker.open(page, f"/report/{known['code']}/")
    words = page.inner_text("main")
    assert "담당자가 살펴보았습니다" in words and "이웃의 사정은 알려드리지 않아요" in words
    assert "윤순덕" not in words and "만났" not in words


def test_11_chi_finds_nothing_and_eli_sees_that_she_tried(walker: Walker) -> None:
    page = walker.as_("chi")
    answer = page.goto(case_path())
    assert answer is not None and answer.status == 404
    expect(page.get_by_text("찾을 수 없습니다").first).to_be_visible()
    eli = walker.open(walker.as_("eli"), case_path("seen/"))
    expect(eli.get_by_text("지혜원").first).to_be_visible()


def test_12_all_is_there_after_everything_was_killed(walker: Walker, street: Instance) -> None:
    street.process.kill()  # type: ignore[union-attr]
    street.process.wait()  # type: ignore[union-attr]
    street.start()
    page = walker.open(walker.as_("hana"), case_path())
    expect(page.get_by_text("윤순덕").first).to_be_visible()
