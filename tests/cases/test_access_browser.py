"""One dense walk in Chromium: a second meal service asks why, an agreement gets its second signature, danger to life
opens one case and alarms, a hand-over is accepted; axe finds nothing serious on any page, and each fits a telephone."""

import os
from pathlib import Path

import pytest

from cases.services import omissions
from hopecare.kernel import clock
from hopecare.kernel.models import Organisation, Service, Team
from hopecare.kernel.services import agreements
from tests.axe import faults
from tests.browser_fixtures import PHONE, open_context, press
from tests.cases import sharing_kit as kit
from tests.cases.case_kit import TOLD, ask
from tests.cases.test_case_browser import logged_in
from tests.cast import NOW
from tests.factories import make_case

pytestmark = pytest.mark.usefixtures("let_go")
PAGES = (
    "/desk/overlaps/", "/desk/omissions/", "/desk/agreements/", "/desk/break-glass/", "/desk/hand-overs/",
    "/desk/urgent/", "/desk/covers/", "/desk/close-people/", "/desk/odd-looks/", "/desk/readers/", "/desk/shared/",
    "/desk/services-file/",
)  # fmt: skip
SHOTS = os.environ.get("HOPECARE_SHOTS")


def look(page, name):
    """No serious fault, no sideways scrolling; a picture where somebody asked for one."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    assert faults(page, grave=True) == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name


def _world(hana, eli, gil):
    case = make_case(hana)
    ask(hana, case, TOLD, own_words="혼자 먹으면 밥맛이 없어.")
    kit.record(case, "meals", giver="central")
    kit.ground(case, hana.user, "case_management", given=True)
    kit.share(case, Organisation.objects.get(code="hanbit"), hana.user)
    agreements.propose(
        by=eli.viewer, other=Organisation.objects.get(code="hanbit"), level=2, text="계획까지 함께 봅니다"
    )
    with clock.pinned(clock.at(NOW.date().replace(month=12, day=20), NOW.time())):
        omissions.sweep()
    return case


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("K7")
@pytest.mark.rule("R17")
@pytest.mark.rule("R20")
def test_the_walk_across_borders(browser, live_server, hana, eli, gil, chi, as_):
    case = _world(hana, eli, gil)
    context = open_context(browser, live_server)
    page = logged_in(context, live_server, as_(hana))
    page.goto(f"/desk/cases/{case.number}/services/new/")
    meals = Service.objects.get(code="meals")
    page.select_option("[name=service]", str(meals.pk))
    page.select_option("[name=category]", str(meals.category_id))
    press(page, "저장")
    page.select_option("[name=overlap_reason]", "agreed")
    look(page, "service")
    press(page, "저장")
    page.goto("/desk/overlaps/")
    page.get_by_role("link", name="윤순덕").first.click()
    page.get_by_label("둘 다 필요해요").check()
    page.fill("[name=words]", "월·수는 우리, 금은 중앙")
    look(page, "overlap")
    press(page, "저장")
    page.goto(f"/desk/cases/{case.number}/team/transfer/")
    page.select_option("[name=team]", str(Team.objects.get(code="north_mixed").pk))
    page.fill("[name=reason]", "진접으로 이사하셨어요")
    press(page, "팀에 부탁하기")
    partner = logged_in(open_context(browser, live_server), live_server, as_(gil))
    partner.goto("/desk/agreements/")
    look(partner, "agreements-gil")
    press(partner, "서명")
    partner.goto(f"/desk/shared/{case.number}/")
    assert partner.get_by_text("윤순덕").count() >= 1
    look(partner, "shared-gil")
    north = logged_in(open_context(browser, live_server), live_server, as_(chi))
    north.goto("/desk/break-glass/")
    north.fill("[name=number]", case.number)
    north.fill("[name=reason]", "쓰러지셨다는 이웃의 전화가 왔습니다")
    north.check("[name=urgent]")
    look(north, "glass-chi")
    press(north, "열고 주담당에게 알리기")
    assert north.get_by_text("윤순덕").count() >= 1
    north.goto("/desk/hand-overs/")
    look(north, "hand-over-chi")
    north.select_option("[name=to]", str(chi.id))
    press(north, "우리가 맡기")
    head = logged_in(open_context(browser, live_server, viewport=PHONE), live_server, as_(eli))
    for path in PAGES:
        head.goto(path)
        look(head, f"eli{path.replace('/', '-')}phone")
