"""The API's document, its readable page, and the answer to addresses that are not there."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from hopecare.kernel import errors
from hopecare.kernel.web import HopeRequest, public
from mobile_api.schema import openapi


def document(request: HttpRequest) -> HttpResponse:
    return JsonResponse(openapi())


def missing(request: HttpRequest, rest: str = "") -> HttpResponse:
    raise errors.NotFound()


@public()
def docs(request: HopeRequest) -> HttpResponseBase:
    """A plain page made from the document: no script, no foreign assets, works under the content policy."""
    schema = openapi()
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation.get("summary", ""),
            "description": operation.get("description", ""),
            "responses": [(code, answer["description"]) for code, answer in sorted(operation["responses"].items())],
        }
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    shapes = [
        {"name": name, "description": shape.get("description", ""), "fields": _fields(shape)}
        for name, shape in schema["components"]["schemas"].items()
    ]
    return render(request, "mobile_api/docs.html", {"info": schema["info"], "operations": operations, "shapes": shapes})


def _fields(shape: dict[str, Any]) -> list[tuple[str, str, bool, str]]:
    """(name, kind, whether it is needed, description) of each field of a shape."""
    needed = set(shape.get("required", ()))
    return [
        (name, _kind(field), name in needed, field.get("description", ""))
        for name, field in shape.get("properties", {}).items()
    ]


def _kind(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in field:
        return " | ".join(_kind(choice) for choice in field["anyOf"])
    if "enum" in field:
        return " | ".join(str(choice) for choice in field["enum"])
    if "const" in field:
        return str(field["const"])
    if field.get("type") == "array":
        return f"[{_kind(field.get('items', {}))}]"
    return str(field.get("type", ""))
