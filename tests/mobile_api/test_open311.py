"""Open311 GeoReport v2 after the specification's own examples; places only, blurred, and nobody in them (D3)."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from cases.models import PlaceRequest, Seen
from cases.rules.places import categories
from cases.services import places as services
from cases.states import PLACES
from hopecare.kernel import clock
from hopecare.kernel.models import ApiKey
from tests.cast import NOW, Actor
from tests.database import as_owner
from tests.mobile_api.test_uploads import picture

As = Callable[..., Client]
pytestmark = pytest.mark.django_db
KEY = "a-key-of-a-partner"
TOLD = {
    "api_key": KEY,
    "service_code": "broken_ramp",
    "lat": "37.652812",
    "long": "127.305291",
    "attribute[broken_part]": "handrail",
    "description": "김영자 할머니 집 앞 난간, 010-0000-0001로 전화 주세요",
    "email": "somebody@example.org",
    "first_name": "Ana",
    "phone": "010-0000-0001",
    "device_id": "abc",
}
#: Fields of the specification: required in every answer.
REQUEST = {
    *("service_request_id", "status", "status_notes", "service_name", "service_code", "description"),
    *("agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime"),
    *("address", "address_id", "zipcode", "lat", "long", "media_url"),
}


@pytest.fixture(autouse=True)
def key(settings: Any) -> None:
    settings.OPEN311_KEYS = [KEY]


def get(client: Client, path: str, **query: str) -> Any:
    return client.get(f"/open311/v2/{path}", query)


def post(client: Client, kind: str = "json", **changes: str) -> Any:
    return client.post(f"/open311/v2/requests.{kind}", {**TOLD, **changes})


def test_discovery_names_the_specification_and_both_formats(city: Any, as_: As) -> None:
    body = get(as_(), "discovery.json").json()
    (endpoint,) = body["endpoints"]
    assert {"changeset", "contact", "key_service"} < set(body)
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert set(endpoint["formats"]) == {"text/xml", "application/json"}
    assert endpoint["url"].endswith("/open311/v2") and endpoint["type"] in ("production", "test")
    top = ElementTree.fromstring(get(as_(), "discovery.xml").content)
    assert top.tag == "discovery" and len(top.findall("endpoints/endpoint/formats/format")) == 2


def test_services_and_their_attributes(city: Any, as_: As) -> None:
    rows = get(as_(), "services.json").json()
    for row in rows:
        assert set(row) == {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
    assert [row["service_code"] for row in rows if row["metadata"]] == ["broken_ramp"]
    definition = get(as_(), "services/broken_ramp.json").json()
    (attribute,) = definition["attributes"]
    assert attribute["datatype"] == "singlevaluelist" and attribute["required"] is True
    assert {"key": "handrail", "name": "난간"} in attribute["values"]
    top = ElementTree.fromstring(get(as_(), "services/broken_ramp.xml").content)
    assert top.tag == "service_definition" and top.findtext("attributes/attribute/values/value/key") == "surface"
    listed = ElementTree.fromstring(get(as_(), "services.xml").content)
    assert listed.tag == "services" and len(listed.findall("service")) == len(rows)


@pytest.mark.parametrize("kind", ["json", "xml"])
def test_a_request_is_posted_found_and_its_token_leads_to_it(kind: str, city: Any, as_: As) -> None:
    answer = post(as_(), kind)
    assert answer.status_code == 201
    if kind == "json":
        (row,) = answer.json()
        number = row["service_request_id"]
        assert set(row) == {"service_request_id", "service_notice", "account_id"}
        (found,) = get(as_(), f"requests/{number}.json").json()
        assert set(found) == REQUEST and found["status"] == "open"
        assert get(as_(), f"tokens/{number}.json").json() == [{"service_request_id": number, "token": number}]
    else:
        number = ElementTree.fromstring(answer.content).findtext("request/service_request_id")
        top = ElementTree.fromstring(get(as_(), f"requests/{number}.xml").content)
        assert top.tag == "service_requests" and {part.tag for part in top[0]} == REQUEST
        assert answer["Content-Type"].startswith("text/xml")


@pytest.mark.rule("D3")
def test_no_word_that_was_typed_and_no_door_is_public(city: Any, as_: As) -> None:
    post(as_())
    for path in ("requests.json", "requests.xml"):
        text = get(as_(), path).content.decode()
        for private in ("김영자", "0000-0001", "example.org", "Ana", "37.652812", "127.305291"):
            assert private not in text
    (row,) = get(as_(), "requests.json").json()
    assert (row["lat"], row["long"]) == (37.653, 127.305) and row["address"] == "화도읍"
    assert row["requested_datetime"].endswith(":00:00+09:00")
    with as_owner():
        kept = PlaceRequest.objects.values().get()
    assert "010-0000-0001로" in kept["words"] and "example.org" not in str(kept)  # contact fields are not even read


@pytest.mark.rule("D3")
def test_the_database_refuses_a_category_about_people(city: Any, as_: As) -> None:
    assert set(categories()) == set(PLACES) and not set(PLACES) & set(Seen.values)
    post(as_())
    for code in ("lives_alone", "noisy_neighbour", "other", ""):
        with pytest.raises(IntegrityError, match="place_category_is_a_place"), transaction.atomic(), as_owner():
            PlaceRequest.objects.update(category=code)
        assert post(as_(), service_code=code or "person").status_code == 404


def test_filters_of_the_list(city: Any, as_: As, ana: Actor) -> None:
    first = post(as_()).json()[0]["service_request_id"]
    with clock.pinned(NOW + timedelta(days=40)):
        second = post(as_(), service_code="icy_path", **{"attribute[broken_part]": ""})
        assert second.status_code == 400
        body = {name: value for name, value in TOLD.items() if "attribute" not in name}
        second = as_().post("/open311/v2/requests.json", {**body, "service_code": "icy_path"}).json()[0]
        services.close(by=ana.viewer, typed=first)

        def ids(**query: str) -> list[str]:
            return [row["service_request_id"] for row in get(as_(), "requests.json", **query).json()]

        both = [second["service_request_id"], first]
        assert ids() == both == ids(status="open,closed") and ids(status="closed") == [first]
        assert ids(service_code="icy_path,unlit_stair") == both[:1] and ids(service_request_id=",".join(both)) == both
        assert ids(start_date="2026-12-01T00:00:00Z") == both[:1]
        assert ids(end_date="2026-12-01T00:00:00+09:00") == both[1:]
    with clock.pinned(NOW + timedelta(days=200)):
        assert get(as_(), "requests.json").json() == []  # ninety days without dates
        assert [row["service_request_id"] for row in get(as_(), "requests.json", service_request_id=first).json()] == [
            first
        ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"api_key": ""}, 403),
        ({"api_key": "guessed"}, 403),
        ({"service_code": ""}, 400),
        ({"service_code": "lives_alone"}, 404),
        ({"lat": "", "long": ""}, 400),
        ({"lat": "north"}, 400),
        ({"lat": "nan"}, 400),
        ({"lat": "1", "long": "1"}, 400),
        ({"attribute[broken_part]": "roof"}, 400),
        ({"attribute[colour]": "red"}, 400),
        ({"jurisdiction_id": "elsewhere.example"}, 404),
        ({"description": "아" * 1001}, 400),
    ],
)
def test_refusals_are_the_specifications_errors(changes: dict[str, str], code: int, city: Any, as_: As) -> None:
    answer = post(as_(), **changes)
    rows = json.loads(answer.content)
    assert answer.status_code == code and all(row["code"] == code and row["description"] for row in rows)
    top = ElementTree.fromstring(post(as_(), "xml", **changes).content)
    assert top.tag == "errors" and top.findtext("error/code") == str(code)
    with as_owner():
        assert not PlaceRequest.objects.exists()


def test_wrong_addresses_methods_and_dates(city: Any, as_: As) -> None:
    for path in ("services/person.json", "requests/nobody.json", "tokens/nobody.json"):
        assert get(as_(), path).json()[0]["code"] == 404
    assert get(as_(), "services.yaml").status_code == 404
    assert as_().post("/open311/v2/services.json").status_code == 405
    for query in ({"status": "done"}, {"start_date": "yesterday"}, {"end_date": "2026-02-30T00:00:00Z"}):
        assert get(as_(), "requests.json", **query).status_code == 400


def test_the_desk_sees_the_words_and_says_done(city: Any, as_: As, ana: Actor, chi: Actor) -> None:
    number = post(as_()).json()[0]["service_request_id"]
    assert "난간" in as_(ana).get("/desk/places/").content.decode()
    assert "영자" not in as_(chi).get("/desk/places/").content.decode()
    assert as_(chi).post(f"/desk/places/{number}/done/").status_code == 404
    assert as_(ana).post(f"/desk/places/{number}/done/").status_code == 302
    assert get(as_(), f"requests/{number}.json").json()[0]["status"] == "closed"


def test_each_system_has_a_key_of_its_own_that_ends(city: Any, as_: As, eli: Actor, hana: Actor, someone: Any) -> None:
    page = as_(eli).post("/desk/keys/", {"name": "남양주 민원 앱, 031-000-0009"})
    fresh = page.context["shown"]
    assert len(fresh) == 32 and fresh not in as_(eli).get("/desk/keys/").content.decode()
    assert post(as_(), api_key=fresh).status_code == 201
    with as_owner():
        row, place = ApiKey.objects.get(), PlaceRequest.objects.get()
        assert fresh not in str(ApiKey.objects.values()) and (row.used, place.client_id) == (1, row.pk)
    north = someone("centre_head", "north_centre", "north_mixed")
    assert "민원 앱" not in as_(north).get("/desk/keys/").content.decode()
    for actor, status in ((hana, 404), (north, 404), (eli, 302)):
        assert as_(actor).post(f"/desk/keys/{row.pk}/end/").status_code == status
    assert post(as_(), api_key=fresh).status_code == 403 and as_(hana).get("/desk/keys/").status_code == 404
    assert as_(eli).post("/desk/keys/", {"name": " "}).status_code == 422


@pytest.mark.rule("D3", "D9")
def test_a_photo_is_the_teams_until_somebody_has_looked_who_is_on_it(
    city: Any, as_: As, ana: Actor, chi: Actor
) -> None:
    def media_url() -> Any:
        return get(as_(), f"requests/{number}.json").json()[0]["media_url"]

    photo = SimpleUploadedFile("ramp.jpg", picture() + b"GPS 37.652812", "image/jpeg")
    told = {**TOLD, "media": photo, "media_url": "https://pictures.example/1.jpg"}
    number = as_().post("/open311/v2/requests.json", told).json()[0]["service_request_id"]
    assert media_url() is None and as_().get(f"/open311/v2/media/{number}.jpg").status_code == 404
    assert "pictures.example/1.jpg" in as_(ana).get("/desk/places/").content.decode()
    assert as_(chi).get(f"/desk/places/{number}/photo/").status_code == 404
    assert as_(ana).get(f"/desk/places/{number}/photo/")["Content-Type"] == "image/jpeg"
    assert as_(chi).post(f"/desk/places/{number}/photo/shown/", {"shown": "yes"}).status_code == 404
    assert as_(ana).post(f"/desk/places/{number}/photo/shown/", {"shown": "yes"}).status_code == 302
    shown = as_().get(media_url().removeprefix("http://testserver"))
    assert shown.content[:2] == b"\xff\xd8" and b"GPS" not in shown.content
    as_(ana).post(f"/desk/places/{number}/photo/shown/", {"shown": "no"})
    assert media_url() is None and as_().get(f"/open311/v2/media/{number}.jpg").status_code == 404


def test_what_is_no_photo_and_what_is_no_address_are_refused(city: Any, as_: As, settings: Any) -> None:
    for media in (b"GIF89a" + b"\0" * 900, b"<svg onload='alert(1)'/>"):
        told = {**TOLD, "media": SimpleUploadedFile("x.jpg", media, "image/jpeg")}
        assert as_().post("/open311/v2/requests.json", told).status_code == 400
    for address in (
        "javascript:alert(1)",
        "http://pictures.example/1.jpg",
        "https://a b.example",
        "https://" + "a" * 300,
    ):
        assert post(as_(), media_url=address).status_code == 400
    settings.UPLOAD_LIMIT_BYTES = 1000
    large = {**TOLD, "media": SimpleUploadedFile("x.jpg", b"\xff\xd8" + b"a" * 90_000, "image/jpeg")}
    assert as_().post("/open311/v2/requests.json", large).status_code == 413
