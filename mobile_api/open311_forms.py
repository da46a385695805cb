"""The two formats of GeoReport v2: the same rows as JSON and as XML."""

import json
from typing import Any
from xml.etree import ElementTree

from django.http import HttpResponse

FORMATS = {"json": "application/json", "xml": "text/xml"}
#: list → what one of its entries is called in XML
_ENTRIES = {"endpoints": "endpoint", "formats": "format", "attributes": "attribute", "values": "value"}


def answer(kind: str, root: str, entry: str, body: Any, status: int = 200) -> HttpResponse:
    """`body`: rows of `root`/`entry`, or one row when `entry` is empty."""
    if kind == "json":
        content = json.dumps(body, ensure_ascii=False)
    else:
        top = ElementTree.Element(root)
        if entry:
            for row in body:
                _put(ElementTree.SubElement(top, entry), row)
        else:
            _put(top, body)
        content = '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(top, encoding="unicode")
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}
    return HttpResponse(content, status=status, content_type=f"{FORMATS[kind]}; charset=utf-8", headers=headers)


def _put(node: ElementTree.Element, value: Any) -> None:
    match value:
        case dict():
            for name, part in value.items():
                _put(ElementTree.SubElement(node, name), part)
        case list():
            for part in value:
                _put(ElementTree.SubElement(node, _ENTRIES[node.tag]), part)
        case bool():
            node.text = "true" if value else "false"
        case None:
            pass
        case _:
            node.text = "".join(sign for sign in str(value) if sign >= " " or sign in "\n\t")
