"""Six people × eight categories: one screen of 1366×768 and one sheet of A4, in both languages, nothing cut off."""

import os
import re
from datetime import date

import pytest

from cases.models import Report, Visit
from cases.ui.visit_paper import papers
from hopecare.kernel.models import Category, Membership, Organisation, Team
from tests.browser_fixtures import open_context
from tests.cases.case_kit import TOLD, ask, consent, goal, task
from tests.cast import NOW
from tests.database import as_owner
from tests.factories import make_case, make_person

pytestmark = pytest.mark.usefixtures("let_go")

FAMILY = (
    ("윤하늘", "1975-05-01", "child"),
    ("Nguyễn Thị Minh Châu", "1979-02-11", "spouse"),
    ("윤가람", "2008-09-09", "grandchild"),
    ("윤누리", "2012-01-30", "grandchild"),
    ("윤다온", "2021-06-15", "grandchild"),
)
#: One screen, although English words are a third longer.
HIGHEST = 768
LOOK = os.environ.get("HOPECARE_PICTURES", "")


@pytest.fixture
def case_of_six(hana, ana):
    case = make_case(hana)
    people = [case.main_person_id]
    for name, born, relation in FAMILY:
        person = make_person(name, case.household, birth_date=date.fromisoformat(born), relation=relation)
        keys = case.main_person.scope_keys
        with as_owner():
            Membership.objects.filter(person=person).update(scope_keys=keys)
            type(person).objects.filter(pk=person.pk).update(scope_keys=keys)
        people.append(person.pk)
    for person_id in (*people, None):
        ask(
            hana,
            case,
            TOLD,
            person_id=person_id,
            own_words="혼자 먹으면 밥맛이 없어." if person_id == people[0] else "",
        )
    goal(hana, case)
    for purpose in ("case_management", "health", "volunteers"):
        consent(hana, case.main_person, purpose)
    consent(hana, case.main_person, "donors", given=False)
    task(hana, case)
    task(hana, case, owner_kind="volunteer")
    task(hana, case, title="방문간호 주 1회", category=Category.objects.get(code="health"))
    return case


def open_page(browser, live_server, client, locale, path, **options):
    context = open_context(browser, live_server, locale=locale, **options)
    context.add_cookies(
        [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in client.cookies.items()]
    )
    page = context.new_page()
    page.goto(path)
    return page


def sheets(page, name=""):
    """How many sheets of A4 Chromium makes of the page."""
    pdf = page.pdf(format="A4", print_background=True)
    if LOOK:
        with open(f"{LOOK}/{name}.pdf", "wb") as file:
            file.write(pdf)
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locale", ["ko-KR", "en-GB"])
def test_six_people_fit_one_screen_and_one_sheet(locale, browser, live_server, hana, as_, case_of_six):
    page = open_page(browser, live_server, as_(hana), locale, f"/desk/cases/{case_of_six.number}/")
    if LOOK:
        page.screenshot(path=f"{LOOK}/case-{locale}.png", full_page=True)
    height = page.evaluate("document.documentElement.scrollHeight")
    inside = page.evaluate("(one => one.scrollHeight - one.clientHeight)(document.querySelector('.hc-grid-wrap'))")
    sizes = "all => Math.min(...all.map(one => parseFloat(getComputedStyle(one).fontSize)))"
    smallest = page.eval_on_selector_all(".hc-grid :is(th, td, b, span, small), .hc-people *, .hc-time *", sizes)
    assert (height <= HIGHEST, inside <= 1) == (True, True), f"{height} px high, the grid hides {inside} px"
    assert sheets(page, f"case-{locale}") == 1
    assert smallest >= 11
    page.context.close()


@pytest.fixture
def first_visit(hana, ana):
    with as_owner():
        team, centre = Team.objects.get(code="east_mixed"), Organisation.objects.get(code="east_centre")
        keys = {"team": team, "provider": centre}
        told = {
            "code": "AAAAAAAAAAAA7",
            "received_at": NOW,
            "promised_at": NOW,
            "assigned_at": NOW,
            "state": "assigned",
        }
        report = Report.objects.create(**told, **keys, directions="파란 대문", words="불이 꺼져 있어요")
        return Visit.objects.create(report=report, at=NOW, official=ana.user, worker=hana.user, **keys)


@pytest.mark.browser
@pytest.mark.rule("D4")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", sorted(papers()))
def test_the_paper_of_a_visit_is_one_sheet_with_names_ground_and_a_number(
    language, browser, live_server, hana, as_, first_visit
):
    path = f"/desk/visits/{first_visit.pk}/paper/?language={language}"
    page = open_page(browser, live_server, as_(hana), "ko-KR", path)
    text = page.inner_text("main")
    office = "화도읍 맞춤형복지팀" if language == "ko" else "Hwado"
    for words in ("안서연", "송하나", office, "031-000-0211", *papers()[language]["consent"]):
        assert words in text
    assert "불이 꺼져" not in text and "파란 대문" not in text
    assert sheets(page, f"visit-{language}") == 1
    if LOOK:
        page.screenshot(path=f"{LOOK}/visit-{language}.png", full_page=True)
    page.context.close()


def test_every_language_of_the_visit_paper_says_all_of_it():
    assert {tuple(sorted(words)) for words in papers().values()} == {tuple(sorted(papers()["ko"]))}
    assert all(len(words["steps"]) == 3 and len(words["consent"]) == 2 for words in papers().values())
