"""What somebody told, in short lines: for the result's side, the paper, and a centre it is given to."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from eligibility import interview
from eligibility.interview import Told
from eligibility.selectors import board
from eligibility.ui.question_words import BANDS, CRISES, LIFE, TENURES
from hopecare.kernel.templatetags.hope_formats import won


def mine(told: Told) -> list[tuple[str, str]]:
    """What was told, in short lines: what was asked, what was said."""
    rows: list[tuple[str, str]] = []
    home, housing = told.get("home", {}), told.get("housing", {})
    ages = [str(dict(BANDS).get(interview.band(told, number), "")) for number in interview.numbers(told)]
    place = board.offices(str(home.get("town", ""))).town
    if home:
        count = int(home["size"])
        people = _("living alone") if count == 1 else _("%(count)s people") % {"count": count}
        rows.append((_("Household"), " · ".join([people, *(one for one in ages if one)])))
        rows.append(
            (
                _("Place"),
                " · ".join(
                    filter(None, [place.name if place else "", str(dict(TENURES).get(housing.get("tenure", ""), ""))])
                ),
            )
        )
    life = [str(dict(LIFE)[code]) for code in told.get("life", {}).get("of") or []]
    if life:
        rows.append((_("What is so"), ", ".join(life)))
    rows += _money(told)
    crisis = told.get("crisis", {}).get("crisis")
    if crisis and crisis != "private":
        rows.append((_("Suddenly"), str(dict(CRISES)[crisis])))
    return rows


def _money(told: Told) -> list[tuple[str, str]]:
    answers = told.get("income", {})
    sums = [value for value in answers.values() if isinstance(value, int) and not isinstance(value, bool)]
    nothing = any(value is True for name, value in answers.items() if name.startswith("nothing_"))
    rent, savings = told.get("rent", {}), told.get("savings", {})
    found = [
        (_("Comes in each month"), sum(sums) if sums or nothing else None),
        (_("Deposit"), rent.get("deposit")),
        (_("Rent a month"), rent.get("monthly_rent")),
        (_("Savings"), 0 if savings.get("nothing") else savings.get("financial_assets")),
    ]
    return [(label, won(value)) for label, value in found if value is not None]


def lines_in_korean(told: Told) -> list[tuple[str, str]]:
    """As a centre reads them."""
    with override("ko"):
        return mine(told)
