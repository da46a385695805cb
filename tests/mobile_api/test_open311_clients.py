"""What two clients written by others ask, after their sources, and what they read from the answers.

Written down from the sources of `georeport` 0.3.1 (both formats) and `three` 0.8.0: address and query, kind of body,
fields. Neither sends an Accept-Language or knows of this city.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.models import PlaceRequest
from tests.database import as_owner
from tests.mobile_api.test_open311 import KEY
from tests.mobile_api.test_uploads import picture

As = Callable[..., Client]
pytestmark = pytest.mark.django_db
CITY = "namyangju"
#: `three` writes names apart, and the photo as a file of the form; its parameters come in this order.
TOLD = {
    "lat": "37.6528",
    "long": "127.3053",
    "description": "The handrail is loose",
    "attribute[broken_part]": "handrail",
    "service_code": "broken_ramp",
    "jurisdiction_id": CITY,
    "address_string": "Maseok market",
    "first_name": "Zach",
    "last_name": "Williams",
    "api_key": KEY,
}


@pytest.fixture(autouse=True)
def settled(settings: Any, city: Any) -> None:
    settings.OPEN311_KEYS = [KEY]


def asked(client: Client, path: str, **query: str) -> Any:
    """As the library `requests` does."""
    headers = {"User-Agent": "python-requests/2.34.2", "Accept-Encoding": "gzip, deflate", "Accept": "*/*"}
    answer = client.get(f"/open311/v2/{path}?{urlencode(query)}", headers=headers)
    assert answer.status_code == 200, answer.content
    return answer


def test_three_posts_with_and_without_a_photo_and_finds_its_requests(as_: As) -> None:
    client = as_()
    assert asked(client, "discovery.json", jurisdiction_id=CITY).json()["endpoints"]
    form = urlencode(TOLD)
    plain = client.post("/open311/v2/requests.json", form, content_type="application/x-www-form-urlencoded")
    photo = SimpleUploadedFile("photo.jpg", picture(), "image/jpeg")
    with_photo = client.post("/open311/v2/requests.json", {**TOLD, "media": photo})
    numbers = [answer.json()[0]["service_request_id"] for answer in (plain, with_photo)]
    (one,) = asked(client, f"requests/{numbers[0]}.json", jurisdiction_id=CITY).json()
    assert (one["service_code"], one["status"]) == ("broken_ramp", "open")
    span = {"start_date": "2026-11-01T00:00:00Z", "end_date": "2026-11-30T00:00:00Z"}
    listed = asked(client, "requests.json", jurisdiction_id=CITY, page_size="2", **span).json()
    assert {row["service_request_id"] for row in listed} == set(numbers)
    token = asked(client, f"tokens/{numbers[1]}.json", jurisdiction_id=CITY).json()
    assert token[0]["service_request_id"] == numbers[1]
    with as_owner():
        assert [bool(row.photo_id) for row in PlaceRequest.objects.order_by("pk")] == [False, True]


def test_georeport_reads_services_and_requests_in_both_formats(as_: As) -> None:
    client = as_()
    number = client.post("/open311/v2/requests.json", TOLD).json()[0]["service_request_id"]
    services = asked(client, "services.json").json()
    attribute = asked(client, "services/broken_ramp.json").json()["attributes"][0]
    query = {"service_code": "broken_ramp,unlit_stair", "start_date": "2026-11-01T00:00:00Z", "status": "open"}
    (row,) = asked(client, "requests.json", **query).json()
    assert (row["service_request_id"], attribute["code"]) == (number, "broken_part")

    def tree(path: str, **query: str) -> ElementTree.Element:
        return ElementTree.fromstring(asked(client, path, **query).content)

    codes = [node.findtext("service_code") for node in tree("services.xml").findall("service")]
    assert codes == [service["service_code"] for service in services]
    assert tree("services/broken_ramp.xml").findtext("attributes/attribute/code") == "broken_part"
    for path, more in (("requests.xml", query), (f"requests/{number}.xml", {})):
        (found,) = tree(path, **more).findall("request")
        assert {part.tag: part.text or "" for part in found} == {
            name: "" if value is None else str(value) for name, value in row.items()
        }
