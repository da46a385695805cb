"""Trials: expectation and measure first, result and decision once, and what failed stays on the list (R11)."""

from datetime import timedelta

import pytest

from cases.models import Pilot
from hopecare.kernel import clock
from hopecare.kernel.models import Organisation
from tests.database import as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R11")]


def test_a_trial_is_begun_read_by_all_boards_and_decided_once(eli, hana, jin, fraud, as_):
    head, today = as_(eli), clock.today()
    told = {"name": "저녁 방문상담", "expected": "부재가 절반으로 준다", "measured_by": "첫 방문 부재율", "zone": "",
            "house": Organisation.objects.get(code="east_centre").pk,
            "starts_on": today, "ends_on": today + timedelta(days=6)}  # fmt: skip
    assert head.post("/desk/trials/new/", {**told, "measured_by": " "}).status_code == 422
    assert head.post("/desk/trials/new/", {**told, "ends_on": today}).status_code == 422
    assert head.post("/desk/trials/new/", told).status_code == 302
    assert head.post("/desk/trials/new/", told).status_code == 422, "the name is taken"
    with as_owner():
        row = Pilot.objects.get()
    here = f"/desk/trials/{row.pk}/"
    for reader in (hana, jin):
        assert "저녁 방문상담" in as_(reader).get("/desk/trials/").content.decode()
        assert "첫 방문 부재율" in as_(reader).get(here).content.decode()
    assert as_(fraud).get("/desk/trials/").status_code == 404
    end = {"result": "부재율 41%에서 38%", "end": "stop", "why": "인력에 비해 효과가 작음"}
    as_(jin).post(here, end)
    with as_owner():
        assert Pilot.objects.get().decided_on is None, "an advisory member reads"
    with clock.pinned(clock.now() + timedelta(days=7)):
        assert "결정" in as_(eli).get("/desk/trials/").content.decode()
        assert as_(eli).post(here, {**end, "why": ""}).status_code == 422
        assert as_(eli).post(here, end).status_code == 302
        late = as_(eli).post(here, {**end, "end": "keep", "why": "그래도 필요함"})
        said = late.content.decode()
        assert (late.status_code, "이미 결정한 시범사업" in said, "그래도 필요함" in said) == (422, True, True)
        assert "38%" in as_(jin).get("/desk/trials/").content.decode()
    with as_owner():
        row.refresh_from_db()
    assert (row.end, row.expected, row.decided_by_id) == ("stop", "부재가 절반으로 준다", eli.id)


def test_days_at_the_end_of_the_calendar_are_told_not_broken(eli, as_):
    house = Organisation.objects.get(code="east_centre").pk
    told = {"name": "아주 먼 시도", "expected": "기대", "measured_by": "지표", "zone": "", "house": house}
    for days in (("9998-01-01", "9999-01-01"), ("9999-12-30", "9999-12-31"), ("0001-01-01", "9999-12-31")):
        answer = as_(eli).post("/desk/trials/new/", {**told, "starts_on": days[0], "ends_on": days[1]})
        assert answer.status_code in (302, 422)
    assert as_(eli).get(f"/desk/trials/{10**30}/").status_code == 404
