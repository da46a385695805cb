"""A protected address is set by hand: the lead and one deputy see the person, nobody else any more (D5, D6)."""

import pytest

from cases.models import CaseLock
from cases.services import locks
from cases.services.leads import change_lead
from hopecare.kernel import errors
from hopecare.kernel.models import Person
from tests.cases.case_kit import entries
from tests.database import as_owner
from tests.factories import make_case


@pytest.mark.rule("D5")
def test_protecting_somebody_closes_the_case_for_all_but_two(hana, ana, eli, chi, as_):
    case = make_case(hana)
    here = f"/desk/cases/{case.number}/people/{case.main_person_id}/protect/"
    head, told = as_(eli), {"deputy": eli.id, "reason": "남편이 찾고 있음"}
    assert "주소 보호하기" in head.get(f"/desk/cases/{case.number}/people/{case.main_person_id}/line/").content.decode()
    assert head.post(here, {**told, "reason": " "}).status_code == 422
    assert head.post(here, {**told, "deputy": hana.id}).status_code == 422, "the lead is one of the two already"
    assert [as_(one).get(here).status_code for one in (hana, chi)] == [404, 404]
    assert head.post(here, told).status_code == 302
    with as_owner():
        assert Person.objects.get(pk=case.main_person_id).sealed
    met = {one.user.username: as_(one).get(f"/desk/cases/{case.number}/").status_code for one in (hana, eli, ana, chi)}
    assert met == {"hana": 200, "eli": 200, "ana": 404, "chi": 404}
    assert "남편이 찾고" not in as_(ana).get("/desk/cases/?show=team").content.decode() and entries(case) == ["note"]


@pytest.mark.rule("D5", "R47")
def test_only_the_deputy_can_take_the_lead_of_a_protected_case(hana, eli, someone, as_):
    case, other = make_case(hana), someone("social_worker")
    as_(eli).post(
        f"/desk/cases/{case.number}/people/{case.main_person_id}/protect/", {"deputy": eli.id, "reason": "쫓기고 있음"}
    )
    with pytest.raises(errors.Impossible, match="sealed"):
        change_lead(by=hana.viewer, number=case.number, to=other.user)
    assert change_lead(by=hana.viewer, number=case.number, to=eli.user).lead_id == eli.id


@pytest.mark.rule("D6")
def test_a_conflict_of_interest_ends_with_a_reason_by_page(hana, ana, eli, as_):
    case = make_case(hana)
    lock = locks.lock_out(by=hana.viewer, number=case.number, user=ana.user, reason="이웃집")
    here, head = f"/desk/cases/{case.number}/team/lock/{lock.pk}/over/", as_(eli)
    assert here in head.get(f"/desk/cases/{case.number}/team/").content.decode()
    assert [as_(one).get(here).status_code for one in (ana, hana)] == [404, 404]
    assert head.post(here, {"reason": " "}).status_code == 422
    assert head.post(here, {"reason": "이사하여 이웃이 아님"}).status_code == 302
    assert as_(ana).get(f"/desk/cases/{case.number}/").status_code == 200
    with as_owner():
        assert CaseLock.objects.get().ends_at is not None
