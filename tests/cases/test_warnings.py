"""Whoever goes there is told before: what, since when, from whom; who may not read it rings the lead (D4, D10)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from cases.models import Complexity, RiskFlag, Visit
from cases.rules.complexity import warning_kinds
from cases.selectors import warnings
from cases.services import assessment
from hopecare.kernel import clock
from hopecare.kernel.access import acting_as
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.factories import make_case

pytestmark = pytest.mark.django_db
RING = "가기 전에 주담당에게 전화하세요."


def _visit(case: Any, official: Actor, worker: Actor) -> Visit:
    with as_owner():
        keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
        at = NOW.replace(hour=15)
        return Visit.objects.create(kind="review", at=at, official=official.user, worker=worker.user, **keys)


def _warn(hana: Actor, case: Any, kind: str, **fields: Any) -> RiskFlag:
    flag = assessment.raise_flag(by=hana.viewer, number=case.number, kind=kind, **fields)
    assert flag is not None
    return flag


@pytest.mark.rule("D10")
@pytest.mark.parametrize("address", ["/desk/", "/desk/cases/{number}/", "/desk/visits/{visit}/", "/desk/paper/"])
def test_a_dog_is_told_with_its_day_wherever_the_visit_stands(address: str, as_, ana: Actor, hana: Actor) -> None:
    case = make_case(hana)
    visit = _visit(case, ana, hana)
    where = address.format(number=case.number, visit=visit.pk)
    assert "사나운 개" not in as_(ana).get(where).content.decode()
    _warn(hana, case, "dog", words="줄이 풀려 있음")
    page = as_(ana).get(where).content.decode()
    assert re.search(r"사나운 개(<[^>]*>|[^<])*?11[./] ?23", page) and RING not in page


@pytest.mark.rule("D4")
@pytest.mark.parametrize("address", ["/desk/", "/desk/cases/{number}/", "/desk/visits/{visit}/", "/desk/paper/"])
def test_who_may_not_read_it_rings_the_lead_and_learns_nothing_else(address: str, as_, ana: Actor, hana: Actor) -> None:
    case = make_case(hana)
    visit = _visit(case, ana, hana)
    where = address.format(number=case.number, visit=visit.pk)
    assert RING not in as_(ana).get(where).content.decode()
    _warn(hana, case, "violence", words="아들이 술을 마시면 때린다")
    page = as_(ana).get(where).content.decode()  # an official does not read of violence
    assert RING in page and hana.user.name in page and "폭력" not in page and "때린다" not in page
    own = as_(hana).get(where).content.decode()
    assert ("폭력·학대" in own) == ("paper" not in address), "a paper gets lost: it says to ring, and not why"
    assert (RING in own) == ("paper" in address)


@pytest.mark.rule("D4")
def test_no_paper_for_the_household_and_no_form_tells_of_a_warning(as_, ana: Actor, hana: Actor) -> None:
    case = make_case(hana)
    visit = _visit(case, ana, hana)
    for kind in ("dog", "weapon", "violence"):
        _warn(hana, case, kind)
    paper = as_(hana).get(f"/desk/visits/{visit.pk}/paper/").content.decode()
    for words in ("사나운 개", "흉기", "폭력", RING):
        assert words not in paper
    from_the_case = as_(hana).get(f"/desk/cases/{case.number}/").content.decode()
    assert 'class="hc-warn red no-print"' in from_the_case


def test_a_hazard_weighs_nothing(hana: Actor) -> None:
    case = make_case(hana)
    _warn(hana, case, "dog")
    with as_owner():
        reasons = [code for row in Complexity.objects.filter(case=case) for code, _points in row.reasons]
    assert "risk_dog" not in reasons


@pytest.mark.rule("D10")
def test_a_warning_is_looked_at_again_and_ends_with_words(as_, hana: Actor) -> None:
    case = make_case(hana)
    flag = _warn(hana, case, "infection")
    assert flag.check_on == NOW.date() + timedelta(days=30)
    later = NOW + timedelta(days=31)
    with clock.pinned(later):
        assert "다시 확인할 때가 지남" in as_(hana).get(f"/desk/cases/{case.number}/").content.decode()
        answer = as_(hana).post(f"/desk/cases/{case.number}/assessment/risk/{flag.pk}/still/")
        assert answer.status_code == 302
        assert "다시 확인할 때가 지남" not in as_(hana).get(f"/desk/cases/{case.number}/").content.decode()
    with as_owner():
        flag.refresh_from_db()
    assert flag.check_on == later.date() + timedelta(days=30) and flag.raised_at == NOW
    assessment.end_flag(by=hana.viewer, flag_id=flag.pk, words="격리 해제됨")
    assert "감염 주의" not in as_(hana).get(f"/desk/cases/{case.number}/").content.decode()


@pytest.mark.rule("D11")
def test_another_team_learns_not_even_that_there_is_a_warning(as_, hana: Actor, chi: Actor) -> None:
    case = make_case(hana)
    flag = _warn(hana, case, "violence")
    for viewer, keys in ((hana.viewer, [flag.pk]), (chi.viewer, [])):
        with acting_as(viewer):
            assert _keys(case.pk) == keys
            assert bool(warnings.of_case(viewer, case)) == bool(keys)


def _keys(case_id: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("select hc_door_warnings(%s, %s)", [case_id, ",".join(warning_kinds())])
        return list(cursor.fetchone()[0])
