"""Those who give together: money boxes first, counted by two, and what the bank showed."""

from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from donations.models import BoxTrip, MoneyBox, Receiver
from donations.services import boxes
from donations.services.boxes import Holder
from hopecare.demo.deposits import deposited
from hopecare.demo.partners import seed_campaigns, seed_goods, seed_partners
from hopecare.demo.world import Post, World
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer
from hopecare.kernel.models import User
from hopecare.kernel.viewers import viewer_of

#: At scale 1 the city has 4,065 boxes.
BOXES_PER_CASE, LEAST_BOXES = 4_065 / 83_423, 48


@cache
def told() -> dict[str, Any]:
    return dict(yaml.safe_load((Path(__file__).parent / "data" / "together.yaml").read_text()))


def seed_together(world: World, cast: dict[str, User]) -> None:
    receivers = {row.centre_id: row for row in Receiver.objects.all()}
    if not receivers:
        return
    for post in world.zones.values():
        if post.centre_id in receivers:
            _boxes(world, post, receivers[post.centre_id])
    hana, eli = viewer_of(cast["hana"]), viewer_of(cast["eli"])
    _counts(world, hana, eli)
    seed_partners(world, hana, told())
    seed_campaigns(world, hana, eli, told())
    seed_goods(world, hana, told())


def _boxes(world: World, post: Post, receiver: Receiver) -> None:
    """A centre's register; every second box is out, some of them for too long."""
    many = max(LEAST_BOXES, round(world.figures.cases * BOXES_PER_CASE)) // 4
    made = MoneyBox.objects.bulk_create(
        MoneyBox(number=number, receiver=receiver, provider_id=post.centre_id, registered_on=world.days_ago(400))
        for number in range(1, many + 1)
    )
    by = post.workers[0].pk
    out = []
    for place, box in enumerate(made[8::2]):
        kind, name, where = told()["holders"][place % len(told()["holders"])]
        ago = 20 + place * 37 % 190
        out.append(
            BoxTrip(
                box=box,
                provider_id=post.centre_id,
                holder_kind=kind,
                holder_name=name,
                holder_phone=world.telephone()[0],
                place=where,
                issued_on=world.days_ago(ago),
                issued_by_id=by,
                ask_back_on=world.days_ago(ago - 180),
            )
        )
    BoxTrip.objects.bulk_create(out)


def _counts(world: World, hana: Viewer, eli: Viewer) -> None:
    """The East's counts as they happen: out, back, two counts, the bank."""
    for place, entry in enumerate(told()["counts"]):
        with clock.pinned(clock.at(world.days_ago(entry["ago"]), time(10))):
            _count(hana, eli, entry, place)


def _count(hana: Viewer, eli: Viewer, entry: dict[str, Any], place: int) -> None:
    amounts: dict[int, int | None] = {}
    numbers = [2 * place + 1, 2 * place + 2]
    for box, won in zip(
        MoneyBox.objects.filter(provider_id=hana.organisation_id, number__in=numbers).order_by("number"),
        entry["won"],
        strict=True,
    ):
        kind, name, where = told()["holders"][box.number % len(told()["holders"])]
        holder = Holder(kind, name, "", where, clock.today() + timedelta(days=150))
        trip = boxes.issue(by=hana, box_id=box.pk, holder=holder)
        BoxTrip.objects.filter(pk=trip.pk).update(issued_on=clock.today() - timedelta(days=150))
        amounts[boxes.take_back(by=hana, trip_id=trip.pk).pk] = won
    row = boxes.count(by=hana, amounts=amounts)
    if entry["then"] != "counted":
        row = boxes.confirm(by=eli, count_id=row.pk, amounts=amounts)
        assert row.order is not None and row.due_on is not None
        with clock.pinned(datetime.combine(row.due_on, time(11))):
            deposited(row.order, "모금함", entry.get("bank", 0))
