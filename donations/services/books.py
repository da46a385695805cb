"""Load what every installation has: purposes, chart, receivers and their standing funds (data/books.yaml)."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import connection

from cases.selectors.published import NeedCard
from donations.models import Account, Campaign, Chart, Fund, Purpose, Receiver
from donations.states import EarmarkKind
from hopecare.kernel import clock
from hopecare.kernel.models import Category, OperatorContract, Organisation

#: The line of the plan that is for children alone (R72).
CHILDREN = "children_education"
BOOKS = Path(__file__).resolve().parent.parent / "data" / "books.yaml"


@cache
def books() -> dict[str, Any]:
    return dict(yaml.safe_load(BOOKS.read_text()))


def load_books() -> None:
    """Idempotent; runs as the owner. Purposes get an end or a name, a fund's purposes are never touched again."""
    data = books()
    _load_lists(data)
    for code, facts in data["receivers"].items():
        contract = _contract(code)
        if contract is not None:
            receiver = _receiver(contract, facts)
            for fund in data["funds"]:
                _fund(receiver, fund)


def _load_lists(data: dict[str, Any]) -> None:
    for position, row in enumerate(data["purposes"]):
        values = {name: row[name] for name in ("name_ko", "name_en", "starts_on")}
        values |= {"ends_on": row.get("ends_on"), "from_gifts": row.get("from_gifts", True), "position": position}
        parent = Purpose.objects.get(code=row["parent"]) if "parent" in row else None
        Purpose.objects.update_or_create(code=row["code"], defaults={**values, "parent": parent})
    for position, row in enumerate(data["chart"]):
        values = {name: row[name] for name in ("kind", "name_ko", "name_en")}
        values |= {"operating": row.get("operating", False)}
        values |= {"purpose": row.get("purpose", ""), "budget_line": row["line"], "position": position}
        values |= {"floor_won": row.get("floor"), "ceiling_won": row.get("ceiling")}
        Chart.objects.update_or_create(code=row["code"], defaults=values)


def _contract(code: str) -> OperatorContract | None:
    today = clock.today()
    rows = OperatorContract.objects.select_related("operator", "facility").filter(operator__code=code)
    return rows.filter(starts_on__lte=today).order_by("-starts_on").first()


def _receiver(contract: OperatorContract, facts: dict[str, Any]) -> Receiver:
    values = {"bank": facts["bank"], "account_number": facts["account"], "registration": facts["registration"]}
    centre = Organisation.objects.get(pk=contract.facility.organisation_id)
    row, _ = Receiver.objects.update_or_create(organisation=contract.operator, defaults={**values, "centre": centre})
    return row


def _fund(receiver: Receiver, row: dict[str, Any]) -> None:
    zone = receiver.centre.code.removesuffix("_centre")
    code = ":".join(part for part in (zone, row["kind"], row["target"]) if part)
    standing = Fund.objects.filter(code=code).first()
    if standing is not None:
        _open_missing(standing)
        return
    is_gift = row["kind"] != "operating"
    category = Category.objects.filter(code=row.get("category", "")).first()
    fund = Fund.objects.create(
        code=code,
        receiver=receiver,
        kind=row["kind"],
        target=row["target"],
        is_gift=is_gift,
        allowed_purposes=row["purposes"],
        name_ko=f"{receiver.centre.name_ko.removesuffix('희망케어센터')} {row['name_ko']}".strip(),
        name_en=f"{receiver.centre.name_en.removesuffix(' Hope Care Center')}: {row['name_en']}",
        category=category,
    )
    _open_missing(fund)


def _open_missing(fund: Fund) -> None:
    """Every line of the chart that this fund may have; a line that is newer than the fund is opened, too."""
    held = set(Account.objects.filter(fund=fund).values_list("chart_id", flat=True))
    for chart in Chart.objects.exclude(code__in=held):
        payable = chart.kind != "expense" or chart.purpose in fund.allowed_purposes
        if chart.operating != fund.is_gift and payable:
            Account.objects.create(chart=chart, fund=fund)


def need_fund(card: NeedCard, receiver: Receiver) -> Fund:
    """The fund of a published need, made when the first giver chooses it; it may pay that need's purpose alone."""
    standing = Fund.objects.filter(need_uuid=card.uuid).first()
    if standing is not None:
        return standing
    purpose = purpose_of(card.service.code, card.service.gift_purpose)
    fund, fresh = Fund.objects.get_or_create(
        need_uuid=card.uuid,
        defaults={
            "code": f"need:{card.uuid}",
            "receiver": receiver,
            "kind": EarmarkKind.NEED,
            "target": card.uuid.hex,
            "is_gift": True,
            "allowed_purposes": [purpose],
            "name_ko": f"한 사람의 필요 · {card.category.name_ko}",
            "name_en": f"One person's need · {card.category.name_en}",
            "category": card.category,
        },
    )
    if fresh:
        _open_accounts(fund, purpose)
    return fund


def campaign_fund(campaign: Campaign) -> Fund:
    """The fund of a campaign, made when it opens; it may pay the campaign's purpose alone."""
    fund = Fund.objects.create(
        code=f"campaign:{campaign.code}",
        receiver_id=campaign.receiver_id,
        kind=EarmarkKind.CAMPAIGN,
        target=campaign.code,
        is_gift=True,
        allowed_purposes=[campaign.purpose],
        name_ko=campaign.title,
        name_en=campaign.title,
    )
    _open_accounts(fund, campaign.purpose)
    return fund


def school_fund(receiver: Receiver, *, code: str, name: str) -> Fund:
    """The fund of a school's agreement: for the education of its pupils who need help alone (R68, R72)."""
    fund = Fund.objects.create(
        code=f"school:{code}",
        receiver=receiver,
        kind=EarmarkKind.SCHOOL,
        target=code,
        is_gift=True,
        allowed_purposes=[CHILDREN],
        name_ko=f"{name} 학생의 배움",
        name_en=f"Education of pupils: {name}",
    )
    _open_accounts(fund, CHILDREN)
    return fund


def _open_accounts(fund: Fund, purpose: str) -> None:
    lines = [chart.code for chart in Chart.objects.filter(operating=False) if chart.purpose in ("", purpose)]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into donations_account (chart_id, fund_id) select unnest(%s::text[]), %s", [lines, fund.pk]
        )


def purpose_of(service: str, gift_purpose: str) -> str:
    """The line of the plan a service is paid from: the finer one of data/books.yaml, else the catalogue's."""
    return str(books()["services"].get(service, gift_purpose))
