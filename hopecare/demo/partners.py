"""Shops, a school, a campaign and goods in kind of the East, as they happen."""

from datetime import date, time, timedelta
from typing import Any

from donations.facts import NewGift
from donations.models import Fund, Order, Partner, Receiver
from donations.rules.campaigns import Plan
from donations.rules.goods import Offered
from donations.rules.partners import ClassTold
from donations.services import campaigns, goods, ledger, partners
from donations.services.partners import Agreed
from hopecare.demo.deposits import deposited
from hopecare.demo.world import World
from hopecare.kernel import clock
from hopecare.kernel.access import Principal, Viewer, acting_as, system


def month_before(month: date, many: int) -> date:
    for _ in range(many):
        month = (month.replace(day=1) - timedelta(days=1)).replace(day=1)
    return month


def seed_partners(world: World, by: Viewer, told: dict[str, Any]) -> None:
    """Agreements of a quarter ago; the newest month of the first shop is told and not paid yet."""
    for entry in told["shops"]:
        shop = _signed(world, by, "merchant", entry)
        for place, sales in enumerate(entry["sales"]):
            month = month_before(world.today, 2 - place)
            report = partners.tell_sales(by=by, partner=shop, month=month, sales_won=sales)
            if place == 0:
                _paid(report.order_id)
    for entry in told["schools"]:
        school = _signed(world, by, "school", entry)
        classes = [ClassTold(*row) for row in entry["classes"]]
        month = month_before(world.today, 1)
        report = partners.tell_classes(by=by, partner=school, month=month, classes=classes, attested=True)
        _paid(report.order_id)


def _signed(world: World, by: Viewer, kind: str, entry: dict[str, Any]) -> Partner:
    fund = Fund.objects.get(receiver__centre_id=by.organisation_id, kind="general")
    number = world.telephone()[0]
    agreed = Agreed(kind, entry["name"], entry["contact"], number, fund.pk, entry.get("rate"), entry["named"])
    with clock.pinned(clock.at(world.days_ago(100), time(14))):
        return partners.sign(by=by, agreed=agreed)


def _paid(order_id: int | None) -> None:
    deposited(Order.objects.get(pk=order_id or 0), "나눔")


def seed_campaigns(world: World, by: Viewer, second: Viewer, told: dict[str, Any]) -> None:
    """One that runs, with gifts in one journal, and a draft that waits for its second look."""
    entry, draft = told["campaign"], told["draft"]
    begun = world.days_ago(entry["ago"])
    last = begun + timedelta(days=entry["days"])
    with clock.pinned(clock.at(begun, time(10))):
        plan = Plan(entry["title"], entry["words"], entry["purpose"], entry["target"], begun, last)
        row = campaigns.open_it(by=second, code=campaigns.propose(by=by, plan=plan).code)
    with acting_as(system(Principal.GIVING)) as viewer:
        day = world.days_ago(2)
        gifts = [NewGift(row.fund_id or 0, won, "campaign", day) for won in entry["gifts"]]
        ledger.receive(by=viewer, key=f"demo:{row.code}", gifts=gifts, booked_on=day, into="bank")
    first = world.today + timedelta(days=120)
    later = Plan(draft["title"], draft["words"], draft["purpose"], draft["target"], first, first + timedelta(days=40))
    campaigns.propose(by=by, plan=later)


def seed_goods(world: World, by: Viewer, told: dict[str, Any]) -> None:
    assert Receiver.objects.exists()
    for ago, kind, what, quantity, unit, won, basis, who, guests, out in told["goods"]:
        day = world.days_ago(ago)
        row = goods.register(by=by, told=Offered(kind, what, quantity, unit, won, basis, day, who, "", guests))
        if out:
            goods.hand_out(by=by, gift_id=row.pk, quantity=out, people=out, words="겨울 꾸러미")
