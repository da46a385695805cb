"""Coupons: one for a promised portion, taken once by one tap at the till, without a name and without a reason (D9)."""

from django.utils.translation import gettext_lazy as _

from hopecare.kernel import audit, clock, codes, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission
from volunteers.access import get_visible
from volunteers.models import Coupon, Partner, Place, Portion
from volunteers.services import partner_days, portions
from volunteers.states import CouponOutcome, PortionState


def issue(*, by: Viewer, portion_id: int) -> Coupon:
    """The coupon of a portion; asked for again it is the same one. Raises Impossible where none is wanted."""
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        portion = get_visible(by, Portion, named="portion", pk=portion_id, select=("standing",))
        if portion.state != PortionState.PROMISED or portion.standing.place != Place.THEIRS:
            words = _("A coupon is for a promised portion at a partner's place.")
            raise errors.Impossible(Problem("no_coupon", words))
        coupon, fresh = Coupon.objects.get_or_create(
            portion=portion,
            defaults={
                "code": codes.new_code(),
                "issued_at": clock.now(),
                "issued_by_id": by.user_id,
                "case_id": portion.case_id,
                "team_id": portion.team_id,
                "provider_id": portion.provider_id,
            },
        )
        if fresh:
            audit.changed(by, "coupon", [coupon.pk], "issued", owners=[coupon.provider_id])
        return coupon


def take(*, token: str, code: str, source_address: str | None = None) -> CouponOutcome:
    """At the till of the partner whose link `token` is. A coupon of another shop is unknown there.

    Of two taps in one moment one takes it: the portion's row is locked and changes its state once.
    """
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        return _take(by, partner_days.partner_of(token), code)


def _take(by: Viewer, partner: Partner, code: str) -> CouponOutcome:
    rows = Coupon.objects.filter(code=codes.read(code) or "", portion__standing__partner=partner)
    coupon = rows.select_related("portion").first()
    if coupon is None or coupon.portion.state in (PortionState.TAKEN_BACK, PortionState.MISSED):
        return CouponOutcome.UNKNOWN
    if coupon.portion.on != clock.today():
        return CouponOutcome.USED if coupon.used_at else CouponOutcome.OTHER_DAY
    if not portions.redeem(by, coupon.portion_id):
        return CouponOutcome.USED
    Coupon.objects.filter(pk=coupon.pk, used_at=None).update(used_at=clock.now())
    audit.changed(by, "coupon", [coupon.pk], "taken", owners=[coupon.provider_id])
    return CouponOutcome.TAKEN
