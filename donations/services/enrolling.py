"""A monthly account from the public page, and its one-tap changes."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from donations.gateway import providers
from donations.models import Donor, Fund, Method, Pledge
from donations.selectors.giver import next_debit, ways_in_use
from donations.services import cards, givers, monthly
from donations.services.giving import phone_of
from donations.services.means import bank_label, waits
from donations.states import STANDING, PledgeState
from hopecare.kernel import errors, phones
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.errors import Problem

MOST_UNITS = 2_000
TAPS = {"pause": PledgeState.PAUSED, "resume": PledgeState.ACTIVE, "stop": PledgeState.STOPPED}


@dataclass(frozen=True)
class Known:
    """What a giver who is logged in need not tell again."""

    told: tuple[str, ...] = ()
    ways: tuple[Method, ...] = ()


NOBODY = Known()


def known_of(user_id: int) -> Known:
    own = givers.own_row(user_id)
    told = tuple(name for name in ("name", "phone") if getattr(own, name))
    return Known(told, tuple(ways_in_use(user_id)))


@dataclass(frozen=True)
class Begun:
    """What a giver tells. `way`: a provider, or `same:` and one of the means that her accounts go off already."""

    way: str
    fund_id: str
    units: int
    day: int
    consent: bool
    name: str = ""
    phone: str = ""
    bank: str = ""
    account: str = ""
    language: str = "ko"
    user_id: int | None = None


def begin(begun: Begun) -> str:
    """Open a monthly account; returns its code. The consent's words are kept with it.

    By bank account it is debited from its next day on; by card it rests until the card is typed at the provider's page.
    A giver who is logged in has all of hers together: what goes off one bank account on one day is one debit.
    """
    with acting_as(system(Principal.GIVING)):
        funds = Fund.objects.filter(kind__in=STANDING, is_gift=True)
        fund = funds.filter(pk=int(begun.fund_id)).first() if begun.fund_id.isdigit() else None
        known = _known_way(begun)
        problems = [] if fund else [Problem("fund", _("Please choose what your gift is for."), "fund")]
        problems += _problems(begun, known)
        if problems or fund is None:
            raise errors.Impossible(*problems)
        words = _("%(won)s won each month on the %(day)s. from this account") % {
            "won": f"{begun.units * Pledge.UNIT_WON:,}",
            "day": begun.day,
        }
        return monthly.enrol(
            donor=_donor(begun),
            consent_words=words,
            fund=fund,
            units=begun.units,
            day=begun.day,
            **_means(begun, known),
        ).code


def _known_way(begun: Begun) -> Method | None:
    if begun.user_id is None or not begun.way.startswith("same:"):
        return None
    return next((way for way in ways_in_use(begun.user_id) if begun.way == f"same:{way.pk}"), None)


def _problems(begun: Begun, known: Method | None) -> list[Problem]:
    by_bank = known is None and begun.way not in providers.ONLINE
    needs_phone = begun.user_id is None or not givers.own_row(begun.user_id).phone
    problems = [errors.bad_phone()] if needs_phone and not phone_of(begun.phone) else []
    problems += [] if known or begun.way in providers.monthly_ways() else [errors.required("way")]
    if by_bank:
        told = (("bank", begun.bank), ("account", begun.account))
        problems += [errors.required(name) for name, text in told if not text.strip()]
    return problems + ([] if begun.consent else [errors.required("consent")])


def _donor(begun: Begun) -> Donor:
    """The row of the account; without a log-in always a new one, as what was typed proves nothing."""
    number = phone_of(begun.phone) or ""
    told = {"phone": number, "phone_hash": phones.hashed(number) if number else ""}
    if begun.user_id is None:
        return Donor.objects.create(name=begun.name.strip(), language=begun.language, **told)
    own = givers.own_row(begun.user_id, language=begun.language)
    if not own.phone:
        Donor.objects.filter(pk=own.pk).update(**told)
    givers.name_once(own, begun.name.strip())
    return own


def _means(begun: Begun, known: Method | None) -> dict[str, Any]:
    if known is not None:
        return {"provider": known.provider, "token": known.token, "label": known.label}
    if begun.way in providers.ONLINE:
        return {"provider": begun.way, "token": "", "label": "", "rests": True}
    token = f"{begun.bank.strip()} {begun.account.strip()}"
    return {"provider": providers.CMS, "token": token, "label": bank_label(begun.bank, begun.account)}


def tap(pledge: Pledge, do: str, units: str = "") -> str:
    """skip, pause, resume, stop, units, card; anything else changes nothing. Returns what the giver reads afterwards.

    Without a card nothing goes on. Raises Impossible for a number of accounts that cannot be, or an account that ended.
    """
    if do == "card":
        cards.replace(pledge)
        return ""
    wanted = _wanted(pledge, do, units.strip())
    if not wanted:
        return ""
    after = monthly.change(code=pledge.code, **wanted)
    coming = next_debit(after)
    if coming is not None:
        told = {"day": coming.isoformat(), "won": f"{after.amount_won:,}"}
        return _("Done. Next: %(won)s won on %(day)s.") % told
    return _("Done. It rests until you say so.") if after.state == PledgeState.PAUSED else _("Done. It has ended.")


def _wanted(pledge: Pledge, do: str, units: str) -> dict[str, Any]:
    if do == "units":
        if not units.isdigit() or not 1 <= int(units[:9]) <= MOST_UNITS:
            raise errors.Impossible(Problem("units", _("A number from 1 to 2,000, please."), "units"))
        return {"units": int(units)}
    if do == "skip":
        coming = next_debit(pledge)
        return {"skip": coming} if coming else {}
    if do not in TAPS or (do == "resume" and waits(pledge.method)):
        return {}
    return {"to": TAPS[do]}
