"""Another system brings its files by itself: once, to the same queue, with a key that opens nothing else (R19, R83)."""

import json

import pytest
from django.test import Client

from cases.models import ImportFile, ImportKey
from cases.services import imports
from hopecare.kernel import clock
from hopecare.kernel.models import Affiliation
from tests.cases import import_kit as kit
from tests.cases.import_kit import PEOPLE, ROWS, as_csv, people, states
from tests.database import as_owner


@pytest.fixture
def mina(city):
    return kit.desk(city)


@pytest.fixture
def key(mina, as_):
    """Made at the desk, read off the page that answers."""
    page = as_(mina).post("/desk/imports/keys/", {"name": "시 전산"}).content.decode()
    return page.split('id="fresh-key">')[1].split("<")[0]


def call(key, path, body=None, kind="application/json"):
    client, headers = Client(), {"Authorization": f"Bearer {key}"}
    url = f"/api/v1/imports/{path}"
    if body is None:
        return client.get(url, headers=headers)
    return client.post(url, body if isinstance(body, bytes) else json.dumps(body), content_type=kind, headers=headers)


def rows(*found):
    return {"name": "2026-11-23", "rows": [dict(zip(PEOPLE, row, strict=True)) for row in found]}


@pytest.mark.rule("R19")
def test_the_same_rows_twice_are_one_delivery_and_the_file_brings_no_more(key, tmp_path):
    first, again = call(key, "city_people/rows", rows(*ROWS)), call(key, "city_people/rows", rows(*ROWS))
    assert first.status_code == again.status_code == 202 and first.json()["id"] == again.json()["id"]
    assert first.json()["waiting"] == 3 and imports.take_in() == 3
    file = as_csv(tmp_path / "people.csv", PEOPLE, ROWS).read_bytes()
    told = call(key, "city_people/file", file, "application/octet-stream").json()
    assert (told["rows"], told["known_before"], told["waiting"]) == (3, 3, 0)
    assert call(key, str(first.json()["id"])).json()["taken"] == len(people()) == 3
    with as_owner():
        assert ImportFile.objects.count() == 2 and set(ImportFile.objects.values_list("brought_by__name", flat=True))


@pytest.mark.rule("R19")
def test_a_wrong_row_waits_in_the_queue_of_the_desk(key, mina, as_):
    bad = ("P-9", "", "이한솔", "1948-13-40", "여", "", "어디읍", "", "")
    number = call(key, "city_people/rows", rows(bad, ROWS[2])).json()["id"]
    imports.take_in()
    told = call(key, str(number)).json()
    assert told["to_correct"] == 1 and told["wrong"][0]["problems"] == [
        ["birth_date", "not_a_day"], ["town", "unknown"],
    ]  # fmt: skip
    assert "1948-13-40" in as_(mina).get("/desk/imports/rows/").content.decode() and "이한솔" not in json.dumps(told)
    assert sorted(states()) == ["done", "wrong"]


@pytest.mark.rule("R83")
def test_the_key_opens_this_and_nothing_else_and_ends_with_its_maker(key, mina, hana, as_):
    with as_owner():
        row = ImportKey.objects.get()
    assert key.startswith("hci_") and key not in row.digest
    assert key not in as_(mina).get("/desk/imports/keys/").content.decode()
    other = Client().get("/api/v1/field/day", headers={"Authorization": f"Bearer {key}"})
    assert other.status_code == call("hci_guessed", "1").status_code == 401
    assert call(key, "x").status_code == 404
    assert as_(hana).get("/desk/imports/keys/").status_code == 404
    with as_owner():
        Affiliation.objects.filter(user=mina.user).update(ends_on=clock.today().replace(year=2020))
    assert call(key, "city_people/rows", rows(*ROWS)).status_code == 401
    with as_owner():
        Affiliation.objects.filter(user=mina.user).update(ends_on=None)
    assert call(key, "city_people/rows", rows(*ROWS)).status_code == 202
    as_(mina).post(f"/desk/imports/keys/{row.pk}/end/")
    assert call(key, "city_people/rows", rows(*ROWS)).status_code == 401


def test_another_house_does_not_read_it_and_what_is_no_file_is_a_problem(key, city, as_):
    number = call(key, "city_people/rows", rows(*ROWS)).json()["id"]
    page = as_(kit.hall(city)).post("/desk/imports/keys/", {"name": "시청"}).content.decode()
    hall = page.split('id="fresh-key">')[1].split("<")[0]
    assert call(hall, str(number)).status_code == 404
    for path, body, kind, status in (
        ("nothing/rows", rows(*ROWS), "application/json", 422),
        ("city_people/rows", {"name": "a", "rows": [{"이름만": "가"}]}, "application/json", 422),
        ("city_people/rows", {"name": "a", "rows": []}, "application/json", 422),
        ("city_people/file", b"%PDF-1.7\x00", "application/octet-stream", 422),
        ("city_people/file", b"a,b", "text/csv", 415),
    ):
        answer = call(key, path, body, kind)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), path
