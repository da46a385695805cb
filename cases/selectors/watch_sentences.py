"""When somebody is asked and when somebody answers, as sentences without names: for pages, papers, telephones."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import DutyHour, Watch

WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


def when_asked(watch: Watch) -> str:
    """ "Every day at 09:00 by text message", or that nobody asks."""
    if watch.way == "none" or watch.ask_at is None:
        return _("nobody asks; other signals count")
    days = _("every day") if watch.weekday is None else _("every %(day)s") % {"day": WEEKDAYS[watch.weekday]}
    values = {"days": days, "hour": f"{watch.ask_at:%H:%M}", "way": watch.get_way_display()}
    return _("%(days)s at %(hour)s %(way)s") % values


def duty_sentence(rows: Iterable[DutyHour]) -> str:
    """When somebody answers, without names: for the person's own page and paper."""
    spans: dict[tuple[int, int], set[int]] = {}
    for row in rows:
        spans.setdefault((row.from_hour, row.to_hour), set()).add(row.weekday)
    parts = [
        _("%(days)s %(start)s–%(end)s") % {"days": _days(days), "start": f"{start:02}:00", "end": f"{end:02}:00"}
        for (start, end), days in sorted(spans.items(), key=lambda one: (min(one[1]), one[0]))
    ]
    return ", ".join(parts)


def _days(days: set[int]) -> str:
    if days == set(range(7)):
        return _("every day")
    if days == set(range(5)):
        return _("Monday to Friday")
    return "·".join(str(WEEKDAYS[day]) for day in sorted(days))
