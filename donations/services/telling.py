"""What givers are told, each once: thanks with the way to follow, failed debits, notice before a debit."""

from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from donations.models import Charge, Donor, Order, Pledge
from hopecare.kernel import codes
from hopecare.kernel.access import Viewer
from hopecare.messaging import services as messages
from hopecare.messaging.facts import Recipient


def follow_link(code: str) -> str:
    return f"{settings.PUBLIC_URL}/donate/follow/{codes.shown(code)}/"


def _page(donor: Donor, pledges: list[Pledge]) -> str:
    """One account's own page; where a giver with an account has several in it, the page with all of them."""
    together = donor.user_id is not None and len(pledges) > 1
    return f"{settings.PUBLIC_URL}/donate/mine/enter/" if together else follow_link(pledges[0].code)


def _send(by: Viewer, donor: Donor, purpose: str, about: tuple[str, object], step: str, text: str, link: str) -> None:
    to = Recipient.number(donor.phone, language=donor.language)
    messages.queue(by=by, purpose=purpose, about=about, step=step, to=to, body=text, link=link)


def thanks(by: Viewer, charge: Charge) -> None:
    donor, order = charge.donor, charge.order
    if donor is None or order is None or not donor.phone:
        return
    with translation.override(donor.language):
        text = _("[Hope Care] Thank you. We received your %(won)s won. Follow it with the number %(code)s.")
        text = text % {"won": f"{charge.amount_won:,}", "code": codes.shown(order.code)}
    _send(by, donor, "gift_thanks", ("gift", order.pk), "thanks", text, follow_link(order.code))


def try_again(by: Viewer, charge: Charge, day: date) -> None:
    donor = charge.donor
    if donor is None or not donor.phone:
        return
    with translation.override(donor.language):
        text = _("[Hope Care] Your monthly %(won)s won did not go through. We try again on %(day)s.")
        text = text % {"won": f"{charge.amount_won:,}", "day": f"{day.month}/{day.day}"}
    _send(by, donor, "debit_failed", ("charge", charge.pk), f"try{charge.attempts}", text, "")


def needs_another_method(by: Viewer, charge: Charge) -> None:
    donor = charge.donor
    lines = charge.lines.exclude(pledge=None).select_related("pledge").order_by("pk")
    pledges = [line.pledge for line in lines if line.pledge is not None]
    if donor is None or not donor.phone or not pledges:
        return
    with translation.override(donor.language):
        text = _(
            "[Hope Care] Your monthly %(won)s won did not go through. Nothing is cancelled; we wait for your word."
        )
        text = text % {"won": f"{charge.amount_won:,}"}
    _send(by, donor, "debit_failed", ("charge", charge.pk), "ask", text, _page(donor, pledges))


def notice(by: Viewer, donor: Donor, day: date, parts: list[Pledge], *, another: tuple[int, int] | None = None) -> None:
    """Some days before one debit: its sum, its parts where it is for several accounts, and the way to skip or pause.

    `another`: a further debit of this giver on that day, off another account or to another centre.
    """
    if not donor.phone:
        return
    told = {"won": f"{sum(part.amount_won for part in parts):,}", "day": f"{day.month}/{day.day}"}
    with translation.override(donor.language):
        if len(parts) == 1:
            text = _("[Hope Care] On %(day)s your monthly %(won)s won goes off. You can skip or pause it with one tap.")
        else:
            told["parts"] = " + ".join(f"{part.fund.name} {part.amount_won:,}" for part in parts)
            text = _(
                "[Hope Care] On %(day)s your monthly %(won)s won goes off in one debit: %(parts)s."
                " You can skip or pause each with one tap."
            )
        text = text % told
    step = f"{day:%Y-%m}:{day.day}" + (f":{another[0]}:{another[1]}" if another else "")
    _send(by, donor, "debit_notice", ("donor", donor.pk), step, text, _page(donor, parts))


def late_notice(by: Viewer, donor: Donor, day: date, won: int, code: str) -> None:
    """Some days before a debit that an outage moved there; of what goes off on that day anyway was told apart."""
    if not donor.phone:
        return
    with translation.override(donor.language):
        text = _("[Hope Care] On %(day)s your monthly %(won)s won goes off. You can skip or pause it with one tap.")
        text = text % {"won": f"{won:,}", "day": f"{day.month}/{day.day}"}
    _send(by, donor, "debit_notice", ("donor", donor.pk), f"late:{day}", text, follow_link(code))


def outcome(by: Viewer, donor: Donor, order_id: int, code: str, payout_id: int) -> None:
    """Something came of a gift; what it was stands behind the link, never in the message."""
    if not donor.phone:
        return
    with translation.override(donor.language):
        text = _("[Hope Care] Something came of your gift. Look with the number %(code)s.")
        text = text % {"code": codes.shown(code)}
    _send(by, donor, "gift_outcome", ("gift", order_id), f"payout{payout_id}", text, follow_link(code))


def letter(by: Viewer, donor: Donor, order: Order, written: str) -> None:
    """A worker has read the giver's letter, and it does not go on as it is; why stands behind the link."""
    if not donor.phone:
        return
    with translation.override(donor.language):
        text = _("[Hope Care] It is about the letter you wrote. Look with the number %(code)s.")
        text = text % {"code": codes.shown(order.code)}
    _send(by, donor, "gift_letter", ("gift", order.pk), f"letter{written}", text, follow_link(order.code))


def went_back(by: Viewer, charge: Charge, won: int) -> None:
    """Won of a transfer or a debit were sent back to the payer's account."""
    donor = charge.donor
    if donor is None or not donor.phone:
        return
    with translation.override(donor.language):
        text = _("[Hope Care] We sent %(won)s won back to your account.") % {"won": f"{won:,}"}
    _send(by, donor, "gift_back", ("charge", charge.pk), f"back{charge.steps}", text, "")


def shop_month(by: Viewer, donor: Donor, partner_id: int, month: date, link: str) -> None:
    """A shop whose last month is still missing, once a month."""
    if not donor.phone:
        return
    with translation.override(donor.language):
        text = _("[Hope Care] Thank you for sharing your sales. May we know those of %(month)s?")
        text = text % {"month": f"{month:%Y-%m}"}
    _send(by, donor, "shop_month", ("partner", partner_id), f"{month:%Y-%m}", text, link)


def year(by: Viewer, donor: Donor, year: int, won: int, code: str) -> None:
    """Once a year: what came in from this giver, and where its use and its receipts stand (K12)."""
    with translation.override(donor.language):
        text = _("[Hope Care] In %(year)s you gave %(won)s won. Its use and your receipts: number %(code)s.")
        text = text % {"year": year, "won": f"{won:,}", "code": codes.shown(code)}
    _send(by, donor, "gift_year", ("donor", donor.pk), str(year), text, follow_link(code))
