"""A monthly account from the public page, and its one-tap changes."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from donations.gateway import providers
from donations.models import Donor, Fund, Pledge
from donations.services import cards, monthly
from donations.services.giving import phone_of
from donations.states import STANDING, PledgeState
from hopecare.kernel import errors, phones
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.errors import Problem

TAPS = {"pause": PledgeState.PAUSED, "resume": PledgeState.ACTIVE, "stop": PledgeState.STOPPED}


def begin(
    *,
    way: str,
    fund_id: str,
    units: int,
    day: int,
    name: str,
    phone: str,
    bank: str,
    account: str,
    consent: bool,
    language: str = "ko",
) -> str:
    """Open a monthly account; returns its code. The consent's words are kept with it.

    By bank account it is debited from its next day on; by card it rests until the card is typed at the provider's page.
    """
    by_card = way in providers.ONLINE
    number = phone_of(phone)
    with acting_as(system(Principal.GIVING)):
        funds = Fund.objects.filter(kind__in=STANDING, is_gift=True)
        fund = funds.filter(pk=int(fund_id)).first() if fund_id.isdigit() else None
        problems = [] if fund else [Problem("fund", _("Please choose what your gift is for."), "fund")]
        problems += [] if number else [errors.bad_phone()]
        problems += [] if way in providers.monthly_ways() else [errors.required("way")]
        problems += [] if by_card else [errors.required(name) for name, text in _account(bank, account) if not text]
        problems += [] if consent else [errors.required("consent")]
        if problems or fund is None or number is None:
            raise errors.Impossible(*problems)
        donor = Donor.objects.create(
            name=name.strip(), phone=number, phone_hash=phones.hashed(number), language=language
        )
        words = _("%(won)s won each month on the %(day)s. from this account") % {
            "won": f"{units * 5_000:,}",
            "day": day,
        }
        pledge = monthly.enrol(
            donor=donor,
            provider=way if by_card else providers.CMS,
            token="" if by_card else f"{bank.strip()} {account.strip()}",
            consent_words=words,
            fund=fund,
            units=units,
            day=day,
            rests=by_card,
            label="" if by_card else f"{bank.strip()} ••{account.strip()[-2:]}",
        )
        return pledge.code


def _account(bank: str, account: str) -> list[tuple[str, str]]:
    return [("bank", bank.strip()), ("account", account.strip())]


def next_debit(pledge: Pledge) -> date | None:
    """The day of the next debit, None while it rests."""
    if pledge.state != PledgeState.ACTIVE:
        return None
    with acting_as(system(Principal.GIVING)) as viewer:
        waits = monthly.moved(pledge)
        return waits.due_on if waits else monthly.next_month(viewer, pledge).replace(day=pledge.day)


def tap(pledge: Pledge, do: str, units: str = "") -> None:
    """skip, pause, resume, stop, units, card; anything else changes nothing. Without a card nothing goes on."""
    wanted: dict[str, Any] = {}
    if do == "card":
        cards.replace(pledge)
    elif do == "units" and units.isdigit() and len(units) < 5:
        wanted = {"units": int(units)}
    elif do == "resume" and cards.waits(pledge.method):
        return
    elif do == "skip":
        coming = next_debit(pledge)
        wanted = {"skip": coming} if coming else {}
    elif do in TAPS:
        wanted = {"to": TAPS[do]}
    if wanted:
        monthly.change(code=pledge.code, **wanted)
