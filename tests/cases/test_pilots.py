"""Trials: expectation and measure first, result and decision once, and what failed stays on the list (R11)."""

from datetime import timedelta

import pytest

from cases.models import Pilot, PilotFigure, PilotValue
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


FIGURE = {"name": "첫 방문 부재율", "unit": "percent", "hope": "down", "before": "41"}


def test_a_trial_is_measured_by_chosen_figures_before_and_during(eli, hana, jin, as_):
    today, head = clock.today(), as_(eli)
    with as_owner():
        house = Organisation.objects.get(code="east_centre")
        days = {"starts_on": today, "ends_on": today + timedelta(days=60)}
        said = {"name": "저녁 방문", "expected": "줄어든다", "measured_by": "부재율"}
        row = Pilot.objects.create(**said, **days, house=house, by=eli.user)
    here, new = f"/desk/trials/{row.pk}/", f"/desk/trials/{row.pk}/figures/"
    told = {**FIGURE, "before_on": today - timedelta(days=30)}
    for wrong in ({"before": "141"}, {"before": "-1"}, {"unit": "count", "before": "3"}, {"hope": ""},
                  {"before_on": today + timedelta(days=1)}):  # fmt: skip
        assert head.post(new, {**told, **wrong}).status_code == 422, wrong
    assert [as_(one).post(new, told).status_code for one in (hana, jin)] == [404, 404]
    assert head.post(new, told).status_code == 302
    assert head.post(new, told).status_code == 422, "chosen already"
    with as_owner():
        figure = PilotFigure.objects.get()
    add = f"{new}{figure.pk}/"
    assert head.post(add, {"value": "38", "on": today - timedelta(days=1)}).status_code == 422
    with clock.pinned(clock.now() + timedelta(days=20)):
        head = as_(eli)
        for days, value in ((10, "380"), (10, "38"), (20, "33.5"), (20, "33")):
            told_now = head.post(add, {"value": value, "on": today + timedelta(days=days)})
            assert told_now.status_code == (422 if value == "380" else 302)
        page = as_(jin).get(here).content.decode()
        assert "첫 방문 부재율" in page and "41 → 33<" in page and "바라던 대로" in page and "<s>33.5</s>" in page
        assert page.count('class="dot"') == 2 and eli.user.name in page and "시작한 뒤에 정함" not in page
        head.post(new, {**told, "name": "방문 수", "unit": "count", "hope": "up", "before": "1,200"})
        late = as_(jin).get(here).content.decode()
        assert "1,200" in late and "시작한 뒤에 정함" in late
        second = PilotFigure.objects.exclude(pk=figure.pk).get()
        few = {"value": "4", "on": today + timedelta(days=20)}
        assert head.post(f"{new}{second.pk}/", few).status_code == 422, "four people"
        head.post(here, {"result": "줄었음", "end": "keep", "why": "부재가 줄어서"})
        assert head.post(add, {"value": "30", "on": today}).status_code == 422, "decided"
        assert head.post(new, {**told, "name": "나중"}).status_code == 422
        assert head.post(f"/desk/trials/{row.pk + 1}/figures/{figure.pk}/", few).status_code == 404
    with as_owner():
        assert PilotValue.objects.count() == 3
