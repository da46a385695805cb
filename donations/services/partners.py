"""Shops with a share of their sales, schools that collect by class: agreement, report, one transfer (R68, R74)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from donations.access import get_visible
from donations.models import ClassTotal, Donor, Fund, Order, Partner, PartnerReport
from donations.rules import partners as rules
from donations.rules.partners import ClassTold
from donations.services import orders, slips, telling
from donations.services.books import school_fund
from donations.services.boxes import receiver_of
from donations.services.giving import phone_of
from donations.states import RATED, STANDING, OrderState, PartnerKind, Source
from hopecare.kernel import audit, clock, codes, errors, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission

SOURCES = {
    PartnerKind.MERCHANT: Source.MERCHANT,
    PartnerKind.SCHOOL: Source.SCHOOL,
    PartnerKind.POINTS: Source.POINTS,
}


@dataclass(frozen=True)
class Agreed:
    """What was signed. `rate_tt`: ten-thousandths of the sales, for shops; of a won a point, for points.

    `own_fund`: a school collects for pupils of its own who need help; no fund is chosen then.
    """

    kind: str
    name: str
    contact_name: str
    contact_phone: str
    fund_id: int
    rate_tt: int | None = None
    may_be_named: bool = False
    own_fund: bool = False
    signed: bool = True


def sign(*, by: Viewer, agreed: Agreed) -> Partner:
    """Write a signed agreement down; its code opens the partner's own page."""
    receiver = receiver_of(by)
    shop, points = agreed.kind == PartnerKind.MERCHANT, agreed.kind == PartnerKind.POINTS
    words = {"name": agreed.name, "contact_name": agreed.contact_name, "contact_phone": agreed.contact_phone}
    problems = rules.agreement_problems(shop=shop, points=points, rate_tt=agreed.rate_tt, **words)
    problems += [] if agreed.signed else [Problem("signed", _("Please have it signed first."), "signed")]
    number = phone_of(agreed.contact_phone)
    if number is None and agreed.contact_phone.strip():
        problems.append(errors.bad_phone("contact_phone"))
    own = agreed.own_fund and agreed.kind == PartnerKind.SCHOOL
    standing = Fund.objects.filter(pk=agreed.fund_id, receiver=receiver, kind__in=STANDING).first()
    if (standing is None and not own) or agreed.kind not in set(PartnerKind):
        problems.append(errors.required("fund"))
    if problems or number is None:
        raise errors.Impossible(*problems)
    with acting_as(by):
        code = codes.new_code()
        fund = school_fund(receiver, code=code, name=agreed.name.strip()) if own or not standing else standing
        row = Partner.objects.create(
            code=code,
            kind=agreed.kind,
            name=agreed.name.strip(),
            receiver=receiver,
            provider_id=receiver.centre_id,
            fund=fund,
            donor_id=_donor(agreed.name.strip(), number),
            contact_name=agreed.contact_name.strip(),
            contact_phone=number,
            rate_tt=agreed.rate_tt if agreed.kind in RATED else None,
            may_be_named=agreed.may_be_named,
            signed_by_id=by.user_id or 0,
        )
        audit.changed(by, "partner", [row.pk], "partner_signed", owners=[row.provider_id])
        return row


def _donor(name: str, phone: str) -> int:
    with acting_as(system(Principal.GIVING)):
        return Donor.objects.create(kind="company", name=name, phone=phone, phone_hash=phones.hashed(phone)).pk


def end(*, by: Viewer, partner_id: int) -> Partner:
    """From tomorrow on nothing is told under it any more; what is open may still be paid."""
    receiver_of(by)
    with acting_as(by):
        row = get_visible(by, Partner, named="partner", pk=partner_id)
        if row.ends_on is not None:
            raise errors.Impossible(rules.ended())
        row.ends_on = max(clock.today(), row.starts_on)
        row.save(update_fields=["ends_on"])
        audit.changed(by, "partner", [row.pk], "partner_ended", owners=[row.provider_id])
        return row


def tell_sales(*, by: Viewer, partner: Partner, month: date | None, sales_won: int | None) -> PartnerReport:
    """A shop's month (or the points of one): the share at the agreed rate, and the slip for its transfer.

    `by`: staff, or the principal `giving` behind the partner's own code.
    """
    problems = [*_month_problems(partner, month), *rules.sales_problems(sales_won)]
    if problems or month is None or sales_won is None or partner.rate_tt is None:
        raise errors.Impossible(*problems)
    share = rules.share(sales_won, partner.rate_tt)
    with acting_as(by):
        return _write(by, partner, month, share, sales_won=sales_won, rate_tt=partner.rate_tt)


def tell_classes(
    *, by: Viewer, partner: Partner, month: date | None, classes: list[ClassTold], attested: bool
) -> PartnerReport:
    """A school's collection by class: totals and how many, never who."""
    problems = [*_month_problems(partner, month), *rules.class_problems(classes, attested=attested)]
    if problems or month is None:
        raise errors.Impossible(*problems)
    with acting_as(by):
        report = _write(by, partner, month, sum(one.won or 0 for one in classes))
        rows = [
            ClassTotal(
                report=report,
                provider_id=partner.provider_id,
                grade=one.grade or 0,
                room=one.room or 0,
                amount_won=one.won or 0,
                givers=one.givers or 0,
                guardians=one.guardians or 0,
            )
            for one in classes
        ]
        ClassTotal.objects.bulk_create(rows)
        return report


def _month_problems(partner: Partner, month: date | None) -> list[errors.Problem]:
    return rules.month_problems(month, starts_on=partner.starts_on, ends_on=partner.ends_on, today=clock.today())


def _write(by: Viewer, partner: Partner, month: date, won: int, **figures: int) -> PartnerReport:
    """The report in place of an unpaid one of the same month."""
    problems = rules.transfer_problems(won)
    if problems:
        raise errors.Impossible(*problems)
    Partner.objects.select_for_update().get(pk=partner.pk)
    first = month.replace(day=1)
    before = PartnerReport.objects.filter(partner=partner, month=first, replaced_at=None).first()
    if before is not None:
        _set_aside(before)
    report = PartnerReport.objects.create(
        partner=partner,
        provider_id=partner.provider_id,
        month=first,
        amount_won=won,
        reported_by_id=by.user_id,
        order_id=_expect(partner.pk, won) if won >= rules.LEAST_TRANSFER_WON else None,
        **figures,
    )
    audit.changed(by, "partner", [partner.pk], "partner_told", owners=[partner.provider_id], won=won)
    return report


def _set_aside(before: PartnerReport) -> None:
    with acting_as(system(Principal.GIVING)):
        open_order = Order.objects.filter(pk=before.order_id or 0).exclude(state=OrderState.PAID)
        if before.order_id is not None and not open_order.update(state=OrderState.FAILED):
            raise errors.Impossible(rules.paid_already())
    before.replaced_at = clock.now()
    before.save(update_fields=["replaced_at"])


def _expect(partner_id: int, won: int) -> int:
    with acting_as(system(Principal.GIVING)):
        row = Partner.objects.select_related("fund", "donor").get(pk=partner_id)
        source = SOURCES[PartnerKind(row.kind)]
        return orders.expect(fund=row.fund, won=won, source=source, donor=row.donor).pk


def remind_shops() -> int:
    """From the 8th on each shop whose last month is still missing is asked once a month; returns how many are asked."""
    today = clock.today()
    if not rules.remind_today(today):
        return 0
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    with acting_as(system(Principal.GIVING)) as viewer:
        told = PartnerReport.objects.filter(month__gte=month, replaced_at=None).values("partner_id")
        rows = Partner.objects.filter(kind=PartnerKind.MERCHANT, ends_on=None, starts_on__lt=month).exclude(pk__in=told)
        missing = list(rows.select_related("donor").order_by("pk"))
        for row in missing:
            link = f"{settings.PUBLIC_URL}/donate/together/{codes.shown(row.code)}/"
            telling.shop_month(viewer, row.donor, row.pk, month, link)
    return len(missing)


def take_other_sum(*, by: Viewer, report_id: int, deposit_id: int) -> PartnerReport:
    """The bank shows another sum than the share: it is booked as it is; what was due still stands beside it."""
    check(by, Permission.MONEY_BOOK)
    with acting_as(by):
        found = get_visible(by, PartnerReport, named="partner", pk=report_id, select=("order",))
        after = slips.book_as_deposited(by, found.order, deposit_id) if found.order else None
        if after is None:
            raise errors.Impossible(rules.paid_already())
        found.order = after
        found.save(update_fields=["order"])
        audit.changed(by, "partner", [found.partner_id], "partner_other_sum", owners=[found.provider_id])
        return found
