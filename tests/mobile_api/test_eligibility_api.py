"""Eligibility over the API: the contract's shape, problems naming the field, nothing stored."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.eligibility.households import family, household, nearly_silent, old_woman, person

As = Callable[..., Client]
URL = "/api/v1/eligibility/simulations"
pytestmark = pytest.mark.django_db


def ask(client: Client, told: Any, language: str = "ko") -> Any:
    return client.post(URL, json.dumps(told), content_type="application/json", headers={"Accept-Language": language})


def pointers(answer: Any) -> list[str]:
    assert answer.status_code == 422 and answer["Content-Type"] == "application/problem+json"
    return [part["pointer"] for part in json.loads(answer.content)["errors"]]


def test_the_contracts_example(as_: As, city: object) -> None:
    answer = ask(as_(), old_woman())
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    body = json.loads(answer.content)
    assert body["facts"]["median_income"] == 2_564_238 and body["facts"]["recognised_income"]["nbls"] == 0
    result = body["results"][0]
    assert result["programme"] == "nbls_livelihood" and result["verdict"] == "likely"
    assert result["amount"] == {"won": 820_556, "per": "month", "kind": "cash"}
    assert {"input": "persons.a.earned_income", "at": 1_172_223, "verdict": "unlikely"} in result["flips"]
    criterion = result["criteria"][0]
    assert (criterion["threshold"], criterion["gap"], criterion["met"]) == (820_556, 820_556, True)
    assert criterion["unit"] == "KRW/month" and criterion["valid_from"] == "2026-01-01" and criterion["confirmed"]


def test_one_result_a_programme_and_labels_in_the_callers_language(as_: As, city: object) -> None:
    korean, english = (json.loads(ask(as_(), old_woman(), tongue).content) for tongue in ("ko", "en"))
    assert len({result["programme"] for result in korean["results"]}) == len(korean["results"]) == 31
    assert korean["results"][0]["criteria"][0]["label"] == "소득인정액이 기준 이하"
    assert english["results"][0]["criteria"][0]["label"] == "Recognised income within the line"


@pytest.mark.parametrize("detail, criteria, flips", [("verdicts", 0, 0), ("reasons", 2, 0), ("full", 2, 9)])
def test_as_much_as_was_asked_for(detail: str, criteria: int, flips: int, as_: As, city: object) -> None:
    body = json.loads(ask(as_(), {**old_woman(), "detail": detail}).content)
    assert (len(body["results"][0]["criteria"]), len(body["results"][0]["flips"])) == (criteria, flips)


def test_hardly_anything_told_is_an_answer_too(as_: As, city: object) -> None:
    body = json.loads(ask(as_(), nearly_silent()).content)
    assert body["results"][0]["verdict"] == "possible" and body["next_question"]["input"]


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("born tomorrow", household(person("a", "2026-11-22")), "/persons/0/birth_date"),
    ("older than anybody", household(person("a", "1850")), "/persons/0/birth_date"),
    ("no such day", household(person("a", "2001-02-30")), "/persons/0/birth_date"),
    ("negative", household(person("a", "1980", earned_income=-1)), "/persons/0/earned_income"),
    ("astronomic", household(person("a", "1980", earned_income=10**15)), "/persons/0/earned_income"),
    ("not whole", household(person("a", "1980", earned_income=1.5)), "/persons/0/earned_income"),
    ("two heads", household(person("a", "1980"), person("b", "1981")), "/persons/1/relation"),
    ("one name twice", household(person("a", "1980"), person("a", "1981", "other")), "/persons/1/id"),
    ("child too old", household(person("a", "1990"), person("b", "1960", "child")), "/persons/1/birth_date"),
    ("parent too young", household(person("a", "1960"), person("b", "1990", "parent")), "/persons/1/birth_date"),
    ("unknown town", {**old_woman(), "town": "atlantis"}, "/town"),
    ("far future", {**old_woman(), "as_of": "2999-01-01"}, "/as_of"),
    ("before the figures", {**old_woman(), "as_of": "2019-01-01"}, "/as_of"),
    ("ten thousand", household(*(person(f"p{n}", "1980", "other") for n in range(1000))), "/persons"),
    ("unknown programme", {**old_woman(), "receives": ["moon_landing"]}, "/receives/0"),
    ("unknown word", old_woman(tenure="castle"), "/household/tenure"),
    ("unknown field", old_woman(yacht=1), "/household/yacht"),
    ("married to nobody", household(person("a", "1980", spouse_of="z")), "/persons/0/spouse_of"),
    ("nobody", {**old_woman(), "persons": []}, "/persons"),
    ("due in years", household(person("a", "1995", due_date="2029-01-01")), "/persons/0/due_date"),
    ("a man expecting", household(person("a", "1995", sex="M", pregnant=True)), "/persons/0/pregnant"),
    ("expecting at eighty", household(person("a", "1946", pregnant=True)), "/persons/0/pregnant"),
    (
        "as old as the mother",
        household(person("a", "1990-05-01"), person("b", "1990-05-01", "child")),
        "/persons/1/birth_date",
    ),
    (
        "two wives",
        household(person("a", "1980"), person("b", "1980", "spouse"), person("c", "1981", "spouse")),
        "/persons/2/relation",
    ),
]


@pytest.mark.parametrize(
    ("told", "pointer"), [(told, pointer) for _, told, pointer in BAD], ids=[bad[0] for bad in BAD]
)
def test_what_cannot_be_names_its_field(told: dict[str, Any], pointer: str, as_: As, city: object) -> None:
    assert pointer in pointers(ask(as_(), told))


@pytest.mark.parametrize("figure", ["9" * 5_000, "1e999", "NaN", "-Infinity", '"\\ud800"', "[[[[[[[[[[]]]]]]]]]]"])
def test_figures_that_no_one_can_read_are_no_accident(figure: str, as_: As, city: object) -> None:
    whole = json.dumps(nearly_silent())[:-1] + ', "household": {"deposit": ' + figure + "}}"
    answer = as_().post(URL, whole, content_type="application/json")
    assert answer.status_code in {400, 422} and answer["Content-Type"] == "application/problem+json"
    odd = json.dumps({**nearly_silent(), "\ud800": 1, "town": "\ud800"})
    assert as_().post(URL, odd, content_type="application/json").status_code == 422


def test_ten_thousand_people_are_told_so(as_: As, city: object) -> None:
    crowd = {**nearly_silent(), "persons": [{"id": f"p{n}", "birth_date": "1980"} for n in range(10_000)]}
    assert pointers(ask(as_(), crowd)) == ["/persons"]


def test_the_programmes(as_: As, city: object) -> None:
    body = json.loads(as_().get("/api/v1/eligibility/programmes").content)
    assert body["rules_version"] and len(body["items"]) == 31
    assert {"programme", "name", "category", "life_stages", "provider", "documents", "apply_at", "deadline", "source",
            "valid_from", "checked_on"} <= set(body["items"][0])  # fmt: skip


def test_too_often(as_: As, city: object, settings: Any) -> None:
    settings.SIMULATION_RATE = 1
    assert [ask(as_(), nearly_silent()).status_code for _ in range(2)] == [200, 429]


def test_nothing_is_stored(as_: As, city: object, django_assert_num_queries: Any) -> None:
    ask(as_(), family())
    with django_assert_num_queries(0):
        ask(as_(), family())
