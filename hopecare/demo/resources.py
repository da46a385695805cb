"""The directory of the invented city, and a few referrals on Hana's desk."""

from datetime import time, timedelta
from pathlib import Path
from typing import Any

import yaml

from cases.models import Case, Referral, Resource
from cases.rules import resources as rules
from hopecare.demo.world import World
from hopecare.kernel import clock, phones
from hopecare.kernel.models import Category, Organisation, Service, User, Zone

_FILE = Path(__file__).resolve().parent / "data" / "resources.yaml"


def seed_resources(world: World, cast: dict[str, User]) -> None:
    """Every entry of the file, and its referrals on the first cases that Hana leads."""
    told, hana = yaml.safe_load(_FILE.read_text()), cast["hana"]
    by_code: dict[str, dict[str, Any]] = {
        "category": {row.code: row for row in Category.objects.all()},
        "service": {row.code: row for row in Service.objects.all()},
        "owner": {row.code: row for row in Organisation.objects.all()},
        "zone": {row.code: row for row in Zone.objects.all()},
    }
    rows = {entry["name"]: _resource(world, hana, entry, by_code) for entry in told["resources"]}
    Resource.objects.bulk_create(rows.values())
    cases = Case.objects.filter(lead=hana, closed_at=None, main_person__sealed=False).select_related("main_person")
    for case, entry in zip(cases.order_by("pk")[: len(told["referrals"])], told["referrals"], strict=False):
        _referral(world, hana, case, rows[entry[0]], entry)


def _resource(world: World, hana: User, entry: dict[str, Any], by_code: dict[str, dict[str, Any]]) -> Resource:
    values = {name: value for name, value in entry.items() if name not in {"ago", "phone", *by_code}}
    linked = {name: rows[entry[name]] for name, rows in by_code.items() if name in entry}
    day = world.today - timedelta(days=entry["ago"])
    return Resource(
        **values,
        **linked,
        phone=phones.shown(phones.normal(entry["phone"])),
        added_by=hana,
        confirmed_by=hana,
        confirmed_on=day,
    )


def _referral(world: World, hana: User, case: Case, row: Resource, entry: list[Any]) -> None:
    _, ago, state, ahead, words = entry
    sent = clock.at(world.today - timedelta(days=ago), time(11))
    accepted = {"accepted_at": sent + timedelta(days=1), "accepted_name": "접수 담당"} if state != "sent" else {}
    Referral.objects.create(
        case=case,
        team_id=case.team_id,
        provider_id=case.provider_id,
        person=case.main_person,
        category_id=row.category_id,
        service_id=row.service_id,
        resource=row,
        to_name=f"{row.owner_words} · {row.name}"[:80],
        to_phone=row.phone,
        outside_city=row.outside_city,
        words=words,
        state=state,
        sent_at=sent,
        by=hana,
        answer_due=rules.answer_due(sent.date()),
        appointment_at=clock.at(world.today + timedelta(days=ahead), time(14)) if ahead is not None else None,
        remind=False,
        **accepted,
    )
