"""The OpenAPI document: ninja's, with errors as problem+json and the headers that ninja does not know."""

from functools import cache
from typing import Any

from mobile_api.api import api
from mobile_api.problems import CONTENT_TYPE

PREFIX = "/api/v1"
_SENTENCES = {
    "400": "The body is not JSON",
    "404": "Missing and wrong codes alike",
    "405": "Another method",
    "409": "The first request with this key is still at work",
    "413": "More than can be taken at once",
    "415": "Not application/json",
    "422": "Fields that do not fit, or a key used for another body",
    "429": "Too often",
    "503": "The database is away; send it again",
}
_SECONDS = {"schema": {"type": "integer", "minimum": 0}, "description": "seconds"}


@cache
def openapi() -> dict[str, Any]:
    """The document as a dictionary; made once a process."""
    schema: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=f"{PREFIX}/"))
    schema["info"]["license"] = {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"}
    for path in schema["paths"].values():
        for operation in path.values():
            _tell_errors(operation["responses"])
            operation["responses"] = {str(code): answer for code, answer in operation["responses"].items()}
    created = schema["paths"][f"{PREFIX}/reports"]["post"]["responses"]["201"]
    created["description"] = "Taken"
    created["headers"] = {
        "Location": {"schema": {"type": "string"}, "description": "where the status can be read"},
        "Idempotent-Replayed": {
            "schema": {"type": "string", "enum": ["true"]},
            "description": "present when this answer had been given before",
        },
    }
    return schema


def _tell_errors(responses: dict[Any, Any]) -> None:
    for code, answer in responses.items():
        words = _SENTENCES.get(str(code))
        if words is None:
            continue
        answer["description"] = words
        answer["content"] = {CONTENT_TYPE: answer["content"]["application/json"]}
        if str(code) in {"409", "429", "503"}:
            answer["headers"] = {"Retry-After": _SECONDS}
