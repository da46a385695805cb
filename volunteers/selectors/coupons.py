"""A coupon as it is printed and as it is looked at: where, what, which day. Nobody's name, no programme (D9)."""

from dataclasses import dataclass
from datetime import date, time

from hopecare.kernel import audit, codes, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from hopecare.kernel.models import Service
from volunteers.access import get_visible, visible_to
from volunteers.models import Coupon, Partner
from volunteers.states import PortionState

_RELATED = ("portion__standing__partner", "portion__standing__service")


@dataclass(frozen=True)
class CouponCard:
    """`state`: "good", "used" or "gone" (taken back)."""

    code: str
    partner: Partner
    service: Service
    on: date
    starts: time
    ends: time
    state: str
    action_id: int


def coupon(viewer: Viewer, portion_id: int) -> CouponCard:
    """To print it. Raises NotFound in the same words as missing; the read is logged."""
    row = get_visible(viewer, Coupon, named="coupon", portion_id=portion_id, select=(*_RELATED, "portion__request"))
    audit.read(viewer, "coupon", [row.pk], owners=[row.provider_id])
    return _card(row)


def coupon_by_code(code: str) -> CouponCard:
    """Whoever holds it sees what stands on it. Raises NotFound for a code that was never given out."""
    with acting_as(system(Principal.OFFERS)) as machine:
        rows = visible_to(machine, Coupon).select_related(*_RELATED, "portion__request")
        row = rows.filter(code=codes.read(code) or "").first()
        if row is None:
            raise errors.NotFound("coupon", "")
        return _card(row)


def _card(row: Coupon) -> CouponCard:
    portion, standing = row.portion, row.portion.standing
    gone = portion.state in (PortionState.TAKEN_BACK, PortionState.MISSED)
    used = row.used_at is not None or portion.state == PortionState.GIVEN
    return CouponCard(
        code=row.code,
        partner=standing.partner,
        service=standing.service,
        on=portion.on,
        starts=standing.starts,
        ends=standing.ends,
        state="gone" if gone else "used" if used else "good",
        action_id=portion.request.action_id,
    )
