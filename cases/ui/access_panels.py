"""Places in the desk's menus: overlaps and omissions in the bar, the rest in the menu of whoever is at the desk."""

from typing import Any

from django.utils.translation import gettext as _

from cases.selectors.recent import left_by
from hopecare.kernel import panels
from hopecare.kernel.access import Viewer
from hopecare.kernel.panels import Panel
from hopecare.kernel.permissions import Permission


def checks_entry(viewer: Viewer, subject: Any) -> Panel | None:
    if not viewer.may(Permission.CASE_SERVICE):
        return None
    return Panel("components/nav_item.html", {"url": "/desk/overlaps/", "label": _("Twice or not at all")})


def crossing_menu(viewer: Viewer, subject: Any) -> Panel | None:
    """Links that the role opens; no counts, since the menu stands on every page."""
    may = viewer.may
    links = [
        ("watch", "bell", _("Signals of need"), may(Permission.CASE_VIEW)),
        ("service_batch", "check", _("One service, many people"), may(Permission.CASE_SERVICE)),
        ("resources", "search", _("What there is"), may(Permission.CASE_VIEW)),
        ("rule_changes", "swap", _("Changed by new rules"), may(Permission.SECTION_MEANS)),
        ("referrals", "arrow", _("Referrals"), may(Permission.CASE_SERVICE)),
        ("pathways", "calendar", _("Longer help"), may(Permission.CASE_SERVICE)),
        ("market", "home", _("Counter of the food market"), may(Permission.MARKET_SERVE)),
        ("hand_overs", "swap", _("Hand-overs"), may(Permission.CASE_LEAD)),
        ("urgent", "phone", _("Urgent requests"), may(Permission.REPORT_TYPE) or may(Permission.REPORT_TRIAGE)),
        ("covers", "people", _("Standing in"), may(Permission.CASE_LEAD)),
        ("shared", "people", _("Shared with us"), may(Permission.CASE_VIEW)),
        ("people", "people", _("Who is at work"), may(Permission.CASE_VIEW)),
        ("council_issues", "people", _("Groups and issues"), may(Permission.COUNCIL_VIEW)),
        ("agreements", "check", _("Agreements"), may(Permission.AGREEMENT_SIGN)),
        ("readers", "lock", _("Who reads our records"), may(Permission.AGREEMENT_SIGN) or may(Permission.AUDIT_VIEW)),
        ("odd_reading", "lock", _("Looks to ask about"), may(Permission.AUDIT_VIEW)),
        ("own_file", "paper", _("All we hold, as a file"), may(Permission.CASE_VIEW_ORGANISATION)),
        ("close_people", "shield", _("People close to me"), may(Permission.CASE_VIEW)),
        ("protections", "shield", _("Protections without two"), bool(viewer.seals)),
        ("break_glass", "shield", _("Danger to life or body"), may(Permission.BREAK_GLASS)),
    ]
    shown = [{"name": name, "icon": icon, "words": words} for name, icon, words, open_ in links if open_]
    return Panel("cases/access/menu.html", {"links": shown}) if shown else None


def left_behind(viewer: Viewer, subject: Any) -> Panel | None:
    """What a colleague who changes the team leads: it stays with its team and wants somebody else."""
    if not viewer.may(Permission.CASE_VIEW):
        return None
    context = {"cases": left_by(viewer, subject.pk), "may_lead": viewer.may(Permission.CASE_LEAD), "lead": subject}
    return Panel("cases/access/left.html", context)


def register() -> None:
    panels.register("colleague.move", 20, left_behind)
    panels.register("desk.nav", 40, checks_entry)
    panels.register("desk.menu", 60, crossing_menu, still=True)
