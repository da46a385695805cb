"""The rules run for a household from its case: what is missing is asked, verdicts are kept on the timeline alone."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cases.models import Benefit, BenefitRun, TimelineEntry
from cases.services.benefits import run_again
from hopecare.messaging.models import Message
from tests.cast import Actor
from tests.database import as_owner
from tests.eligibility.other_rules import other_rules
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
        kept = BenefitRun.objects.get(case=case, replaced_at=None)
    assert kept.verdicts["basic_pension"] == "likely" and entry.details["rules_version"] == kept.run_version
    assert (entry.words, set(entry.details)) == ("", {"way", "rules_version"})  # the section means keeps the rest
    again = client.get(address).content.decode()
    assert 'value="300000"' in again and "답으로 채웠습니다" in again and 'aria-label="가능성이 높음"' in again


@pytest.mark.rule("R37")
def test_what_the_city_pays_already_is_said_and_opens_what_hangs_on_it(hana: Actor, as_: As) -> None:
    person = make_person(birth_date=date(1948, 3, 2))
    case = make_case(hana, person)
    drawn = {"starts_on": date(2026, 1, 1), "source": "city", "person": person}
    with as_owner():
        keys = {"case": case, "team": case.team, "provider": case.provider}
        Benefit.objects.create(**keys, **drawn, programme="nbls_education")
        Benefit.objects.create(**keys, **drawn, programme="meals", ends_on=date(2026, 2, 1))
    page = as_(hana).get(f"/desk/cases/{case.number}/benefits/").content.decode()
    assert "교육급여" in page.split('id="received"')[1].split("</section>")[0]
    assert "에너지바우처" in page.split('aria-label="가능성이 높음"')[1].split("</section>")[0]


@pytest.mark.rule("D12")
def test_other_rules_turn_a_kept_result_and_its_lead_hears_of_it(
    hana: Actor, chi: Actor, fraud: Actor, as_: As, tmp_path: Path
) -> None:
    person = make_person(birth_date=date(1948, 3, 2))
    case = make_case(hana, person)
    address, client = f"/desk/cases/{case.number}/benefits/", as_(hana)
    income = {field(person, name): "0" for name in NONE_OF_THESE}
    told = {**income, field(person, "public_pension_income"): "1500000", field(person, "disability"): "none"}
    home = {
        f"household__{name}": "0" for name in ("financial_assets", "debt", "other_property", "car_value", "deposit")
    }
    client.post(address, {**told, **home, "household__tenure": "monthly_rent", "go": "keep"})
    assert run_again() == 0 and 'id="turned"' not in client.get(address).content.decode()
    with other_rules(tmp_path, "2027-01-15", "basic_pension", "single: 2470000", "single: 1470000"):
        assert run_again() == 1 and run_again() == 0
        with as_owner():
            notices = Message.objects.filter(purpose="rules_changed").order_by("pk")
            told_to = [(one.recipient_kind, one.recipient_id, one.link) for one in notices]
        assert told_to == [("user", str(hana.id), address), ("team", str(case.team_id), "/desk/rule-changes/")]
        shown = client.get("/desk/rule-changes/").content.decode()
        assert case.number in shown and "기초연금" in shown and "그날의 답이 틀렸습니다" in shown
        assert 'id="turned"' in client.get(address).content.decode()
        assert "1500000" not in shown and "1,500,000" not in shown
        assert case.number not in as_(chi).get("/desk/rule-changes/").content.decode()
        assert as_(fraud).get("/desk/rule-changes/").status_code == 404
        assert as_(chi).post(f"{address}looked/").status_code == 404
        assert client.post(f"{address}looked/").status_code == 302
        assert case.number not in client.get("/desk/rule-changes/").content.decode()
        client.post(address, {**told, **home, "household__tenure": "monthly_rent", "go": "keep"})
    with as_owner():
        old, new = BenefitRun.objects.filter(case=case).order_by("pk")
    assert old.replaced_at and not old.facts and new.rules_version == "2027-01-15" and not new.turned


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
