"""What nobody types and somebody sends: signs that look like figures, NUL, numbers without end. Never a broken page."""

import pytest

from hopecare.kernel import clock
from tests.cases.desk_kit import TOMORROW_TEN, assign, make_report
from tests.factories import make_case

pytestmark = pytest.mark.django_db
ODD = ["²", "①", "٣", "9" * 17, "9" * 5000, "\0", "-1", "1e9"]


@pytest.mark.parametrize("odd", ODD)
def test_no_figure_breaks_a_visits_buttons(ana, hana, as_, odd):
    visit = assign(ana, make_report(), ana, hana)
    here, client = f"/desk/visits/{visit.pk}/", as_(hana)
    with clock.pinned(TOMORROW_TEN):
        assert client.post(f"{here}in/", {"minutes": odd}).status_code in (302, 400, 404)
        assert client.post(f"{here}out/", {"user": odd}).status_code in (302, 400, 404)


@pytest.mark.parametrize("odd", ODD)
def test_no_figure_breaks_a_form_of_a_case(hana, eli, as_, odd):
    case = make_case(hana)
    here = f"/desk/cases/{case.number}/"
    fine = {200, 302, 400, 404, 422}
    asked = [
        "/desk/cases/?team={}",
        "/desk/cases/?after={}",
        "/desk/resources/?town={}",
        here + "services/new/?action={}",
    ]
    if odd != "\0":
        assert {as_(hana).get(one.format(odd)).status_code for one in asked} <= fine
    posted = {
        here + "services/new/": {"action": odd, "service": odd},
        here + "plan/": {"action": odd, "order": odd},
        here + "needs/": {"version": odd},
        here + f"people/{case.main_person_id}/same/": {"other": odd},
        here + "referrals/new/": {"resource": odd},
        "/desk/batch/": {"case": odd, "cases": odd},
        "/desk/hand-over/": {"case": odd, "to": odd},
    }
    for where, told in posted.items():
        assert as_(eli).post(where, told).status_code in fine, where
