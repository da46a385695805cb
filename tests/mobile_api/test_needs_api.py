"""Assessments from the door: each by themselves, sent once, nobody's answer overwritten by one who had not seen it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.models import NeedAnswer, Voice
from mobile_api.field_schemas import NeedsTold
from tests.cases.case_kit import again
from tests.cast import Actor
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person
from tests.mobile_api.phone_kit import sign_in
from tests.mobile_api.test_field_api import ask, key_of

As = Callable[..., Client]
pytestmark = pytest.mark.django_db
KEY, OTHER = "k" * 30, "o" * 30


def answer(key: str, case: Any, values: dict[str, str], once: str = KEY, status: int = 200, **more: Any) -> Any:
    body = {"person": case.main_person_id, "phase": "open", "values": values, **more}
    return ask(key, "POST", f"/households/{case.number}/needs", body, status, Idempotency_Key=once).json()


def rows(case: Any) -> list[tuple[str, str, int | None]]:
    with as_owner():
        found = NeedAnswer.objects.filter(case=case).order_by("pk")
        return list(found.values_list("category__code", "answer", "severity"))


@pytest.mark.rule("D4", "R55")
def test_everybody_is_asked_apart_and_what_is_sent_twice_stands_once(hana: Actor) -> None:
    household = make_household()
    case, key = make_case(hana, make_person(household=household)), key_of(hana)
    make_person("윤하나", household=household)
    told = NeedsTold.model_validate(ask(key, "GET", f"/households/{case.number}/needs").json())
    assert [(one.name, one.alone, one.phase) for one in told.people][:1] == [("윤순덕", True, "open")]
    assert len(told.people) == 3 and told.people[-1].person is None and told.people[0].cells == {}
    for _ in range(2):
        now = answer(key, case, {"living": "3", "health": "none"}, own_words="혼자 먹으면 밥맛이 없어", money="fine")
    cells = now["people"][0]["cells"]
    assert (cells["living"]["value"], cells["health"]["value"], cells["living"]["by"]) == ("3", "none", "송하나")
    assert rows(case) == [("living", "severity", 3), ("health", "nothing", None)] and again(case).stage == "survey"
    with as_owner():
        assert [voice.words for voice in Voice.objects.filter(case=case)] == ["혼자 먹으면 밥맛이 없어"]


def test_only_cells_that_somebody_else_answered_otherwise_are_in_conflict(ana: Actor, hana: Actor) -> None:
    case = make_case(hana)
    mine, theirs = key_of(hana), key_of(ana)
    blank = {"seen": {"living": 0, "health": 0}, "before": {"living": "unasked", "health": "unasked"}}
    answer(theirs, case, {"living": "2"}, **blank)
    refused = answer(mine, case, {"living": "3", "health": "1"}, status=412, **blank)
    assert [part["pointer"] for part in refused["errors"]] == ["/values/living"] and len(rows(case)) == 1
    now = ask(mine, "GET", f"/households/{case.number}/needs").json()["people"][0]["cells"]["living"]
    assert (now["value"], now["by"]) == ("2", "안서연")
    newer = {"seen": {"living": now["answer"], "health": 0}, "before": {"living": "2", "health": "unasked"}}
    answer(mine, case, {"living": "3", "health": "1"}, OTHER, **newer)
    assert rows(case) == [("living", "severity", 2), ("living", "severity", 3), ("health", "severity", 1)]


def test_what_cannot_be_meant_and_who_may_not_are_refused(hana: Actor, chi: Actor, as_: As) -> None:
    case, key = make_case(hana), key_of(hana)
    for wrong in ({"wealth": "3"}, {"living": "5"}, {"living": 3}):
        answer(key, case, wrong, status=422)
    answer(key, case, {"living": "1"}, status=422, means=1)
    answer(key, case, {"living": "1"}, status=404, person=999_999)
    for stranger in (key_of(chi), sign_in(as_())["access_token"]):
        ask(stranger, "GET", f"/households/{case.number}/needs", status=404)
        answer(stranger, case, {"living": "1"}, status=404)
    assert rows(case) == []
