"""What text messages cost, by organisation and day, and the stop before a run-away loop empties the account."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_noop

from hopecare.kernel import clock
from hopecare.kernel.access import Principal, system
from hopecare.kernel.models import User
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import Recipient
from hopecare.messaging.models import BudgetDay
from hopecare.messaging.services.queueing import notify

STOPPED = gettext_noop(
    "Text messages have stopped for today: %(used)s of %(limit)s parts are used. Alarms still go out."
)
OPENS_AT_HOUR = 8


class Purse:
    """The budget rows of one batch, each read and written once. Works inside the claiming transaction."""

    def __init__(self) -> None:
        self._days: dict[int | None, BudgetDay] = {}
        self._used_before: dict[int | None, int] = {}

    def take(self, provider_id: int | None, parts: int, *, duty: bool) -> bool:
        """Pay `parts` from today's budget; False when it is used up. Alarms always pass, and are counted."""
        day = self._day(provider_id)
        if not duty and day.used + parts > limit_of(day):
            self._stop(day)
            return False
        day.used += parts
        return True

    def close(self) -> None:
        for provider_id, day in self._days.items():
            if day.used != self._used_before[provider_id]:
                day.save(update_fields=["used"])

    def _day(self, provider_id: int | None) -> BudgetDay:
        if provider_id not in self._days:
            BudgetDay.objects.get_or_create(provider_id=provider_id, day=clock.today())
            day = BudgetDay.objects.select_for_update().get(provider_id=provider_id, day=clock.today())
            self._days[provider_id], self._used_before[provider_id] = day, day.used
        return self._days[provider_id]

    def _stop(self, day: BudgetDay) -> None:
        if day.stopped_at is not None:
            return
        day.stopped_at = clock.now()
        day.save(update_fields=["stopped_at"])
        for user_id in _repairers(day.provider_id):
            notify(
                by=system(Principal.MESSAGES),
                purpose="budget_stop",
                about=("budget_day", day.pk),
                step=f"{user_id}-{day.extra}",
                to=Recipient.user(user_id),
                words=STOPPED,
                parameters={"used": day.used, "limit": limit_of(day)},
                link="/desk/messages/",
                provider_id=day.provider_id,
            )


def limit_of(day: BudgetDay) -> int:
    return int(settings.MESSAGE_DAILY_PARTS) + day.extra


def tomorrow_morning() -> timedelta:
    """How long from now until the next day's budget is used (08:00)."""
    now = clock.now()
    morning = now.replace(hour=OPENS_AT_HOUR, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return morning - now


def _repairers(provider_id: int | None) -> list[int]:
    if provider_id is None:
        return []
    today = clock.today()
    in_force = Q(affiliations__ends_on=None) | Q(affiliations__ends_on__gte=today)
    return list(
        User.objects.filter(
            in_force,
            is_active=True,
            affiliations__organisation_id=provider_id,
            affiliations__starts_on__lte=today,
            affiliations__role__permissions__permission=Permission.MESSAGE_REPAIR,
        )
        .values_list("pk", flat=True)
        .distinct()
    )
