"""The case record in Chromium: axe finds nothing serious, and the page fits its screen."""

import pytest

from tests.axe import faults
from tests.browser_fixtures import open_context
from tests.cases.case_kit import TOLD, ask, consent, goal, task
from tests.factories import make_case

pytestmark = pytest.mark.usefixtures("let_go")

PATHS = ("", "needs/", "plan/new/", "services/new/", "contact/", "team/", "close/", "closed/", "plan/paper/")


def logged_in(context, live_server, client):
    """The session of the test client, in the browser."""
    context.add_cookies(
        [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in client.cookies.items()]
    )
    return context.new_page()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_axe_finds_nothing_serious(browser, live_server, hana, as_):
    case = make_case(hana)
    ask(hana, case, TOLD, own_words="혼자 먹으면 밥맛이 없어.")
    goal(hana, case)
    consent(hana, case.main_person)
    task(hana, case)
    context = open_context(browser, live_server)
    page = logged_in(context, live_server, as_(hana))
    for path in ("/desk/cases/", *(f"/desk/cases/{case.number}/{path}" for path in PATHS)):
        page.goto(path)
        assert faults(page, grave=True) == [], path
    context.close()
