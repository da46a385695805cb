"""Load a city file: zones, towns, organisations, teams, categories, services. Repeating it updates, never doubles."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.db import models, transaction

from hopecare.kernel.context import forget_city
from hopecare.kernel.models import (
    Category,
    City,
    Facility,
    FundSource,
    HelpLine,
    LifeStage,
    OperatorContract,
    Organisation,
    OrganisationKind,
    ProviderKind,
    Role,
    RolePermission,
    Service,
    ServiceClass,
    Team,
    TeamKind,
    Town,
    Zone,
)
from hopecare.kernel.permissions import Permission

DATA = Path(__file__).resolve().parent.parent / "data"
#: What a city may take over from another one's file, part by part.
CATALOGUE = (
    *("help_lines", "categories", "life_stages", "provider_kinds"),
    *("fund_sources", "service_classes", "services"),
)
FIRST_CONTRACT = date(2007, 11, 1)


def city_data(code: str) -> dict[str, Any]:
    """The parsed city file, with what it takes over from `catalogue_of`.

    Raises FileNotFoundError with the files there are.
    """
    path = DATA / "cities" / f"{code}.yaml"
    if not path.exists():
        known = ", ".join(sorted(file.stem for file in path.parent.glob("*.yaml")))
        raise FileNotFoundError(f"no city file {code}; there are: {known}")
    data = dict(yaml.safe_load(path.read_text()))
    other = data.pop("catalogue_of", "")
    return {**{part: city_data(other)[part] for part in CATALOGUE}, **data} if other else data


def _put(table: type[models.Model], code: str, **fields: Any) -> Any:
    row, _ = table._default_manager.update_or_create(code=code, defaults=fields)
    return row


def _named(entry: dict[str, Any], *extra: str) -> dict[str, Any]:
    return {key: entry[key] for key in ("name_ko", "name_en", *extra) if key in entry}


@transaction.atomic
def load_city(code: str) -> None:
    data = city_data(code)
    _put(City, data["city"]["code"], **{key: value for key, value in data["city"].items() if key != "code"})
    _load_catalogue(data)
    towns = {town["code"]: town for town in data["towns"]}
    hall = data["city_hall"]
    _put(Organisation, hall["code"], kind=OrganisationKind.CITY, **_named(hall, "phone"))
    central = data["central"]
    _put(Organisation, central["code"], kind=OrganisationKind.CENTRE, **_named(central, "phone"))
    _put(Team, "central", kind=TeamKind.CENTRAL, name_ko=central["team_ko"], name_en=central["team_en"])
    for zone in data["zones"]:
        _load_zone(zone, towns)
    for position, line in enumerate(data["help_lines"]):
        HelpLine.objects.update_or_create(number=line["number"], defaults={**line, "position": position})
    forget_city()


def _load_zone(entry: dict[str, Any], towns: dict[str, dict[str, Any]]) -> None:
    centre = _put(
        Organisation, entry["centre"]["code"], kind=OrganisationKind.CENTRE, **_named(entry["centre"], "phone")
    )
    zone = _put(Zone, entry["code"], centre=centre, **_named(entry))
    operator = _put(
        Organisation, entry["operator"]["code"], kind=OrganisationKind.FOUNDATION, **_named(entry["operator"])
    )
    facility = _put(Facility, centre.code, organisation=centre, **_named(entry["centre"], "phone"))
    OperatorContract.objects.get_or_create(
        facility=facility, operator=operator, defaults={"starts_on": FIRST_CONTRACT, "ends_on": None}
    )
    _put(
        Team,
        f"{entry['code']}_mixed",
        kind=TeamKind.MIXED,
        zone=zone,
        name_ko=entry["team_ko"],
        name_en=entry["team_en"],
    )
    for code in entry["towns"]:
        town = towns[code]
        names = {
            "name_ko": f"{town['name_ko']} {town['team_ko']}",
            "name_en": f"{town['name_en']} {town['team_en'].lower()}",
        }
        office = _put(Organisation, f"{code}_office", kind=OrganisationKind.TOWN_OFFICE, phone=town["phone"], **names)
        _put(Town, code, zone=zone, office=office, lat=town["lat"], lon=town["lon"], **_named(town))


def _load_catalogue(data: dict[str, Any]) -> None:
    for position, entry in enumerate(data["categories"]):
        _put(Category, entry["code"], position=position, section=entry.get("section", ""), **_named(entry))
    for position, entry in enumerate(data["life_stages"]):
        from_age, to_age = entry.get("ages", (None, None))
        _put(LifeStage, entry["code"], position=position, from_age=from_age, to_age=to_age, **_named(entry))
    for position, entry in enumerate(data["provider_kinds"]):
        _put(ProviderKind, entry["code"], position=position, **_named(entry))
    for position, entry in enumerate(data["fund_sources"]):
        _put(FundSource, entry["code"], position=position, **_named(entry, "is_gift", "purpose"))
    categories = {category.code: category for category in Category.objects.all()}
    classes = {entry["code"]: _put_class(entry) for entry in data["service_classes"]}
    for entry in data["services"]:
        fields = _named(entry, "gift_purpose", "volunteer_risk", "section", "hint")
        kind = {"category": categories.get(entry.get("category", "")), "service_class": classes.get(entry.get("class"))}
        _put(Service, entry["code"], **kind, **fields)


def _put_class(entry: dict[str, Any]) -> ServiceClass:
    """What the file does not name falls back to its default, so that a line taken away takes effect."""
    empty = {"per_household": False, "among_all": False, "quota_count": None, "quota_won": None, "quota_period": ""}
    fields = {**empty, **{key: value for key, value in entry.items() if key != "code"}}
    row: ServiceClass = _put(ServiceClass, entry["code"], **fields)
    return row


@transaction.atomic
def apply_roles() -> None:
    """Roles and permissions of data/roles.yaml, all of them and only them.

    Raises ValueError for a permission the program does not know.
    """
    roles = yaml.safe_load((DATA / "roles.yaml").read_text())
    for code, entry in roles.items():
        unknown = set(entry["may"]) - {permission.value for permission in Permission}
        if unknown:
            raise ValueError(f"role {code} names unknown permissions: {', '.join(sorted(unknown))}")
        role = _put(Role, code, **_named(entry))
        role.permissions.exclude(permission__in=entry["may"]).delete()
        RolePermission.objects.bulk_create(
            (RolePermission(role=role, permission=permission) for permission in entry["may"]), ignore_conflicts=True
        )
    RolePermission.objects.exclude(role__code__in=roles).delete()
