"""What giving puts into other pages."""

from typing import Any

from django.utils.translation import gettext as _

from cases.selectors.catalogue import by_id, services
from donations.selectors import letters
from donations.selectors.ledger import spent_on_operating_from_gifts
from hopecare.kernel import panels
from hopecare.kernel.access import Viewer
from hopecare.kernel.panels import Panel
from hopecare.kernel.permissions import Permission


def nothing_for_operating(viewer: Viewer, subject: Any) -> Panel | None:
    """The promise of the front page, read from the books each time; it disappears the day it is not true."""
    if spent_on_operating_from_gifts():
        return None
    title = _("0 won for running costs")
    words = _("Gifts go out only for what they were given for. The books do not even accept running costs.")
    return Panel("components/fact.html", {"title": title, "words": words})


def payouts_entry(viewer: Viewer, subject: Any) -> Panel | None:
    if not (viewer.may(Permission.PAYOUT_REQUEST) or viewer.may(Permission.PAYOUT_APPROVE)):
        return None
    return Panel("components/nav_item.html", {"url": "/desk/payouts/", "label": _("Payments")})


def together_entry(viewer: Viewer, subject: Any) -> Panel | None:
    """Whoever asks for payments finds it as tabs of that page; the accountant has no such entry."""
    if not viewer.may(Permission.MONEY_VIEW):
        return None
    return Panel("components/nav_item.html", {"url": "/desk/giving/", "label": _("Fundraising")})


def accounts_entry(viewer: Viewer, subject: Any) -> Panel | None:
    if not viewer.may(Permission.MONEY_VIEW):
        return None
    return Panel("components/nav_item.html", {"url": "/desk/accounts/", "label": _("Accounts")})


def action_row(viewer: Viewer, subject: Any) -> Panel | None:
    """`subject`: an action of a plan; gifts may pay it when its service says for what."""
    if subject is None or not viewer.may(Permission.PAYOUT_REQUEST) or subject.state in ("done", "cancelled"):
        return None
    service = by_id(services(), subject.service_id) if subject.service_id else None
    if service is None or not service.gift_purpose or subject.owner_kind == "volunteer":
        return None
    return Panel("donations/panel_action.html", {"action_id": subject.pk})


def my_giving(viewer: Viewer, subject: Any) -> Panel | None:
    """On the page of a giver's account."""
    return Panel("donations/panel_mine.html", {}) if getattr(subject, "kind", "") == "donor" else None


def letters_of_case(viewer: Viewer, subject: Any) -> Panel | None:
    """`subject`: a case, on its page for givers."""
    found = letters.of_case(viewer, subject)
    return Panel("donations/panel_letters.html", {"letters": found}) if found else None


def letters_on_paper(viewer: Viewer, subject: Any) -> Panel | None:
    """`subject`: a case whose plan is printed for the person; letters that were passed on stand below it."""
    found = letters.passed_on(viewer, subject)
    return Panel("donations/panel_letters_paper.html", {"letters": found}) if found else None


def register() -> None:
    panels.register("front.facts", 50, nothing_for_operating)
    panels.register("desk.nav", 60, payouts_entry)
    panels.register("desk.nav", 62, together_entry)
    panels.register("desk.nav", 95, accounts_entry)
    panels.register("case.action_row", 40, action_row)
    panels.register("case.givers", 10, letters_of_case)
    panels.register("person.print", 40, letters_on_paper)
    panels.register("me.panels", 30, my_giving)
