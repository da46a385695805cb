"""The rules run for a household from its case: what is missing is asked, the verdicts are kept, the answers are not."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from cases.models import TimelineEntry
from tests.cast import Actor
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person

pytestmark = pytest.mark.django_db
As = Callable[..., Client]
NONE_OF_THESE = ("earned_income", "business_income", "transfer_income", "property_income")


def field(person: Any, name: str) -> str:
    return f"persons__p{person.pk}__{name}"


@pytest.mark.rule("R5")
def test_what_is_missing_is_asked_and_the_verdicts_are_kept(hana: Actor, as_: As) -> None:
    person = make_person(birth_date=date(1948, 3, 2))
    case = make_case(hana, person)
    client = as_(hana)
    address = f"/desk/cases/{case.number}/benefits/"
    first = client.get(address).content.decode()
    assert f'name="{field(person, "public_pension_income")}"' in first and "기초연금" in first
    told = {
        **{field(person, name): "0" for name in NONE_OF_THESE},
        field(person, "public_pension_income"): "300000",
        field(person, "disability"): "none",
        **{f"household__{name}": "0" for name in ("financial_assets", "debt", "other_property", "car_value")},
        "household__tenure": "monthly_rent",
        "household__deposit": "3000000",
        "household__monthly_rent": "250000",
    }
    assert 'aria-label="가능성이 높음"' in client.post(address, told).content.decode()
    assert client.post(address, {**told, "go": "keep"}).status_code == 302
    with as_owner():
        entry = TimelineEntry.objects.filter(case=case).latest("pk")
    assert entry.details["verdicts"]["basic_pension"] == "likely" and entry.details["rules_version"]
    assert "300000" not in f"{entry.words}{entry.details}"


def test_what_cannot_be_is_told_and_kept(hana: Actor, as_: As) -> None:
    person = make_person()
    case = make_case(hana, person)
    name = field(person, "earned_income")
    answer = as_(hana).post(f"/desk/cases/{case.number}/benefits/", {name: "-5"})
    assert answer.status_code == 422 and f"#id_{name}" in answer.content.decode()


def test_without_any_birth_date_nothing_is_guessed(hana: Actor, as_: As) -> None:
    case = make_case(hana, make_person(household=make_household(), birth_date=None))
    page = as_(hana).get(f"/desk/cases/{case.number}/benefits/").content.decode()
    assert "태어난 날을 아는 분이 아직 없습니다" in page


@pytest.mark.rule("D11")
def test_neither_fraud_nor_a_foreign_team_opens_it(hana: Actor, chi: Actor, fraud: Actor, as_: As) -> None:
    case = make_case(hana, make_person())
    for stranger in (chi, fraud):
        assert as_(stranger).get(f"/desk/cases/{case.number}/benefits/").status_code == 404
