"""The API does what its document says, whatever is thrown at it and whoever throws it."""

import os
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from hopecare.wsgi import application
from mobile_api.schema import openapi
from tests.cast import Actor
from tests.mobile_api.phone_kit import sign_in
from tests.mobile_api.test_field_api import key_of

schema = schemathesis.openapi.from_dict(openapi())
schema.config.update(base_url="http://127.0.0.1/")
schema.config.generation.update(allow_extra_parameters=False)  # what nobody asked for in an address is left alone
EXAMPLES = int(os.environ.get("HOPECARE_API_EXAMPLES", "5"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]


@pytest.fixture
def keys(hana: Actor) -> list[dict[str, str]]:
    """Nobody, a citizen's telephone, a field worker's."""
    return [{}, *({"Authorization": f"Bearer {key}"} for key in (str(sign_in(Client())["access_token"]), key_of(hana)))]


@pytest.fixture
def one_connection(keys: list[dict[str, str]]) -> Any:
    """The test's transaction must survive the end of a request. (A test client would connect the signals again.)"""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.django_db
def test_the_api_keeps_its_own_document(case: Any, keys: list[dict[str, str]], one_connection: Any) -> None:
    for headers in keys if case.operation.definition.raw.get("security") else keys[:1]:
        case.call_and_validate(app=application, checks=CHECKS, headers=headers)


def test_every_body_has_an_example_and_every_error_its_shape() -> None:
    document = openapi()
    shapes = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body:
                assert "example" in shapes[body["schema"]["$ref"].rsplit("/", 1)[-1]], (method, path)
            wrong = {code: answer for code, answer in operation["responses"].items() if code >= "400"}
            assert all("example" in answer["content"]["application/problem+json"] for answer in wrong.values())
            assert bool(operation.get("security")) == ("401" in wrong and "/auth/" not in path), (method, path)


def test_no_key_stands_in_an_address() -> None:
    names = [
        parameter["name"].lower()
        for methods in openapi()["paths"].values()
        for operation in methods.values()
        for parameter in operation.get("parameters", ())
        if parameter["in"] in ("query", "path")
    ]
    assert set(names) == {
        "code",
        "upload",
        "device",
        "person",
        "offer",
        "after",
        "on",
        "visit",
        "number",
        "push",
        "outing",
        "stop",
    }  # the code opens a status alone
