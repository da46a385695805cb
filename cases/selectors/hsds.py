"""The directory in the words of other cities' programs: Human Services Data Specification 3.1, one JSON document (R12).

https://docs.openreferral.org/en/v3.1.1/hsds/ — only what stands in the directory; nothing about anybody who is helped.
"""

import uuid
from typing import Any

from cases.models import Resource
from cases.selectors.catalogue import provider_kinds
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, check
from hopecare.kernel.models import Category, Service
from hopecare.kernel.permissions import Permission

VERSION = "3.1"
_SPACE = uuid.UUID("6f1c1a5e-3c1d-5a53-9d0b-5f6a6c6f7063")


def _id(kind: str, key: object) -> str:
    """The same row bears the same id in every export."""
    return str(uuid.uuid5(_SPACE, f"{kind}:{key}"))


def document(viewer: Viewer) -> dict[str, Any]:
    """Services with their organisation, telephone, area and category; the catalogue as a taxonomy."""
    check(viewer, Permission.CASE_VIEW)
    rows = Resource.objects.filter(ended_on=None).select_related("category", "service", "owner", "zone")
    terms = [_term("provider", row.code, row.name_ko) for row in provider_kinds()]
    terms += [_term("category", row.code, row.name_ko) for row in Category.objects.order_by("pk")]
    catalogue = Service.objects.select_related("category").order_by("pk")
    terms += [_term("service", row.code, row.name_ko, row.category) for row in catalogue]
    return {
        "version": VERSION,
        "generated_at": clock.now().isoformat(),
        "taxonomies": [_taxonomy()],
        "taxonomy_terms": terms,
        "services": [_service(row) for row in rows.order_by("pk")],
    }


def _taxonomy() -> dict[str, Any]:
    words = "Who provides, eight categories of need, and the catalogue of services of this city"
    return {"id": _id("taxonomy", "hope-care"), "name": "Hope Care", "description": words, "version": VERSION}


def _term(kind: str, code: str, name: str, parent: Category | None = None) -> dict[str, Any]:
    term = {"id": _id(kind, code), "code": code, "name": name, "description": name, "language": "ko"}
    term |= {"taxonomy": "Hope Care", "taxonomy_id": _id("taxonomy", "hope-care")}
    return term | ({"parent_id": _id("category", parent.code)} if parent else {})


def _capacity(row: Resource) -> dict[str, Any]:
    unit = {"id": _id("unit", row.capacity_words), "name": row.capacity_words or "places"}
    updated = row.confirmed_on.isoformat()
    return {"id": _id("capacity", row.pk), "available": row.capacity, "unit": unit, "updated": updated}


def _service(row: Resource) -> dict[str, Any]:
    own = _id("resource", row.pk)
    kinds = [("category", row.category.code), *([("service", row.service.code)] if row.service else [])]
    area = "" if row.outside_city else row.zone.name_ko if row.zone else "*"
    owner = f"organisation:{row.owner.code}" if row.owner else f"name:{row.owner_words}"
    return {
        "id": own,
        "name": row.name,
        "description": row.words,
        "status": "active",
        "assured_date": row.confirmed_on.isoformat(),
        "last_modified": row.added_at.isoformat(),
        "organization": {"id": _id("organization", owner), "name": row.owner_words, "description": row.sector},
        "phones": [{"id": _id("phone", row.pk), "number": row.phone, "service_id": own}],
        "contacts": [{"id": _id("contact", row.pk), "name": row.contact_name}] if row.contact_name else [],
        "service_areas": [{"id": _id("area", row.pk), "name": area}] if area else [],
        "capacities": [_capacity(row)] if row.capacity is not None else [],
        "attributes": [
            {
                "id": _id("attribute", f"{row.pk}:{kind}"),
                "link_id": own,
                "link_entity": "service",
                "taxonomy_term_id": _id(kind, code),
            }
            for kind, code in kinds
        ],
    }
