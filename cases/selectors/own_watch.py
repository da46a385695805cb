"""A watch as the person themselves may find it: by the signed link, or by the number their telephone has proven."""

from dataclasses import dataclass
from uuid import UUID

from django.core import signing
from django.db.models import Q
from django.urls import reverse

from cases.models import Alarm, CheckIn, DutyHour, Watch, WatchAway, WatchEvent, WatchWay
from cases.selectors.duty import duty_rows
from cases.selectors.watch_sentences import duty_sentence, when_asked
from cases.states import WatchState
from hopecare.kernel import clock, errors, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, system, visible_to
from hopecare.kernel.models import SafeContact

SHOWN = 20
_SALT = "cases.watch.link"
_RELATED = ("case__lead", "case__town", "person", "provider", "caller")


def link_of(watch: Watch) -> str:
    """The address of the person's own page; another `link_version`, and the older ones open nothing."""
    return reverse("own_watch", args=[signing.Signer(salt=_SALT).sign(f"{watch.uuid.hex}.{watch.link_version}")])


def by_token(by: Viewer, token: str) -> Watch:
    """Raises NotFound for a link that is not ours, or is an older one. By is the principal `watch`."""
    try:
        uuid, _, version = signing.Signer(salt=_SALT).unsign(token).partition(".")
        key = UUID(uuid)
    except (signing.BadSignature, ValueError) as error:
        raise errors.NotFound("watch", "") from error
    rows = visible_to(by, Watch).select_related(*_RELATED).filter(uuid=key)
    watch = rows.first()
    if watch is None or str(watch.link_version) != version:
        raise errors.NotFound("watch", "")
    return watch


def of_phone(by: Viewer, phone: str) -> list[Watch]:
    """Who is asked by text or button under this proven number, and named no other number as the safe one (D4)."""
    rows = (
        visible_to(by, Watch)
        .select_related(*_RELATED)
        .filter(
            Q(way=WatchWay.BUTTON) | Q(way=WatchWay.SMS),
            person__phone_hash__in=phones.candidates(phone),
            state__in=[WatchState.ON, WatchState.PAUSED],
        )
    )
    found = list(rows.order_by("pk"))
    other = (
        {
            contact.person_id
            for contact in SafeContact.objects.filter(person__in=[watch.person_id for watch in found])
            if contact.number
        }
        if found
        else set()
    )
    return [watch for watch in found if watch.person_id not in other]


@dataclass(frozen=True)
class OwnWatch:
    """Everything the person may see: their plan, who answers, what was asked, what was heard, what came of it."""

    watch: Watch
    away: WatchAway | None
    asked: CheckIn | None
    check_ins: list[CheckIn]
    alarms: list[Alarm]
    events: list[WatchEvent]
    duty: list[DutyHour]

    @property
    def asked_words(self) -> str:
        return when_asked(self.watch)

    @property
    def answering(self) -> str:
        """When somebody answers; empty for nobody."""
        return duty_sentence(self.duty)


def own(by: Viewer, watch: Watch) -> OwnWatch:
    now = clock.now()
    rows = visible_to(by, CheckIn).filter(watch=watch).order_by("-asked_at")
    check_ins = list(rows[:SHOWN])
    return OwnWatch(
        watch=watch,
        away=visible_to(by, WatchAway).filter(watch=watch, ends_at__gt=now).order_by("starts_at").first(),
        asked=next((row for row in check_ins if row.answered_at is None and row.missed_at is None), None),
        check_ins=check_ins,
        alarms=list(visible_to(by, Alarm).filter(watch=watch).order_by("-pk")[:SHOWN]),
        events=list(visible_to(by, WatchEvent).filter(source__watch=watch).order_by("-received_at")[:SHOWN]),
        duty=duty_rows([watch.team_id]),
    )


def page_of(token: str) -> OwnWatch:
    """By the link; runs as the principal `watch`."""
    machine = system(Principal.WATCH)
    with acting_as(machine):
        return own(machine, by_token(machine, token))


def told_to(phone: str) -> list[OwnWatch]:
    """For the phone app; runs as the principal `watch`."""
    machine = system(Principal.WATCH)
    with acting_as(machine):
        return [own(machine, watch) for watch in of_phone(machine, phone)]
