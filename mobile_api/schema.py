"""The OpenAPI document: ninja's, with errors as problem+json and the headers that ninja does not know."""

from functools import cache
from http import HTTPStatus
from typing import Any

from mobile_api.api import api
from mobile_api.problems import BYTES, CONTENT_TYPE

PREFIX = "/api/v1"
_SENTENCES = {
    "400": "The body is not JSON",
    "401": "No key, or one that does not hold; sign in anew",
    "404": "Missing and wrong codes alike",
    "405": "Another method",
    "409": "The first request with this key is still at work, or a part that begins elsewhere",
    "412": "Changed since it was read; the ETag, or errors[], says what stands otherwise now",
    "413": "More than can be taken at once",
    "415": "Not the kind of body this address reads",
    "422": "Fields that do not fit, or a key used for another body",
    "428": "An edit without If-Match",
    "429": "Too often",
    "503": "The database is away; send it again",
}
_SECONDS = {"schema": {"type": "integer", "minimum": 0}, "description": "seconds"}
_ETAG = {"schema": {"type": "string"}, "description": "names this state, for If-Match"}
_RATES = {
    "RateLimit-Policy": {"schema": {"type": "string"}, "description": "the rate that counts here, when there is one"},
    "RateLimit": {"schema": {"type": "string"}, "description": "what is left of it"},
}
_WITH_ETAG = (
    ("/reports/{code}", "get"),
    ("/reports/{code}/withdrawal", "post"),
    ("/reports/{code}/echo", "post"),
    ("/me/devices/{device}", "get"),
    ("/me/devices/{device}", "patch"),
    ("/field/visits/{visit}", "get"),
    ("/field/visits/{visit}/result", "put"),
    ("/field/visits/{visit}/words", "post"),
    ("/field/outings/people/{person}/result", "put"),
    ("/field/outings/people/{person}/words", "post"),
)


@cache
def openapi() -> dict[str, Any]:
    """The document as a dictionary; made once a process."""
    schema: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=f"{PREFIX}/"))
    schema["info"]["license"] = {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"}
    for path in schema["paths"].values():
        for operation in path.values():
            _tell_errors(operation["responses"])
            operation["responses"] = {str(code): answer for code, answer in operation["responses"].items()}
    _tell_names(schema["components"]["schemas"])
    _tell_headers(schema)
    _tell_parts(schema)
    return schema


def _tell_names(shapes: dict[str, Any]) -> None:
    """ninja tells the name in Python; what travels is the word itself."""
    window = shapes["ApplicationTold"]
    window["properties"] = {name.rstrip("_"): field for name, field in window["properties"].items()}
    window["required"] = [name.rstrip("_") for name in window["required"]]


def _tell_headers(schema: dict[str, Any]) -> None:
    created = schema["paths"][f"{PREFIX}/reports"]["post"]["responses"]["201"]
    created["description"] = "Taken"
    created["headers"] |= {
        "Location": {"schema": {"type": "string"}, "description": "where the status can be read"},
        "Idempotent-Replayed": {
            "schema": {"type": "string", "enum": ["true"]},
            "description": "present when this answer had been given before",
        },
    }
    report = schema["paths"][f"{PREFIX}/reports"]["post"]
    report["security"] = [{}, *report["security"]]
    for path, method in _WITH_ETAG:
        schema["paths"][f"{PREFIX}{path}"][method]["responses"]["200"]["headers"]["ETag"] = _ETAG


def _tell_parts(schema: dict[str, Any]) -> None:
    """A part of a photo is bytes and a calendar a file of its own, which ninja has no word for."""
    part = schema["paths"][f"{PREFIX}/uploads/{{upload}}"]["patch"]
    part["requestBody"] = {"required": True, "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}}}
    part["responses"]["409"]["headers"] = {"Upload-Offset": {"schema": {"type": "integer", "minimum": 0}}}
    calendar = schema["paths"][f"{PREFIX}/volunteer/calendar"]["get"]["responses"]["200"]
    calendar["content"] = {"text/calendar": {"schema": {"type": "string"}}}


def _tell_errors(responses: dict[Any, Any]) -> None:
    for code, answer in responses.items():
        answer.setdefault("headers", {}).update(_RATES)
        words = _SENTENCES.get(str(code))
        if words is None:
            continue
        answer["description"] = words
        answer["content"] = {CONTENT_TYPE: {**answer["content"]["application/json"], "example": _example(str(code))}}
        if str(code) in {"409", "429", "503"}:
            answer["headers"]["Retry-After"] = _SECONDS
        if str(code) == "401":
            answer["headers"]["WWW-Authenticate"] = {"schema": {"type": "string"}}


def _example(code: str) -> dict[str, Any]:
    part = {"pointer": "/place/words", "code": "required", "detail": "Please say where it is."}
    return {
        "type": f"/api/v1/docs#{code}",
        "title": HTTPStatus(int(code)).phrase,
        "status": int(code),
        "detail": _SENTENCES[code],
        "errors": [part] if code == "422" else [],
    }
