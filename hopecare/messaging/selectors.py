"""Reads of the outbox. What became of a message is told to whoever may see the object it is about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from hopecare.kernel import audit, clock, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, system, visible_to
from hopecare.kernel.prepared import prepared
from hopecare.messaging.access import addressed_to, my_notices
from hopecare.messaging.facts import MessageFact, RecipientKind
from hopecare.messaging.models import BudgetDay, InboundMessage, Message, OptOut
from hopecare.messaging.states import TO_NUMBERS, Channel, InboundState, MessageState, Reason

#: A queued message that should have left so long ago is stuck.
OVERDUE = timedelta(minutes=10)
SHOWN, UNREAD_CAP = 100, 99
PAGE = 50
STUCK_FOR = timedelta(days=14)
#: Nobody needs to look at what was taken back, what came too late, or what a STOP holds back.
_SILENT = (Reason.WITHDRAWN, Reason.OPT_OUT)


def last_message(*, purpose: str, about: tuple[str, object], step: str = "") -> MessageFact | None:
    """Where the newest message of this purpose about this object is. The caller has checked that the object is seen."""
    kind, key = about
    return last_messages(purpose=purpose, object_kind=kind, object_ids=[key], step=step).get(str(key))


def last_messages(
    *, purpose: str, object_kind: str, object_ids: Iterable[object], step: str = ""
) -> dict[str, MessageFact]:
    """The newest message of each object by its id as text, in one query. The caller has checked the objects."""
    with acting_as(system(Principal.MESSAGES)):
        rows = Message.objects.filter(
            purpose=purpose, object_kind=object_kind, object_id__in=[str(key) for key in object_ids]
        )
        if step:
            rows = rows.filter(step=step)
        return {row.object_id: row.fact() for row in rows.order_by("id")}


def steps_told(purpose: str, object_kind: str, ids: Iterable[int]) -> set[tuple[str, str]]:
    """(id, step) of all that stands in the outbox about these objects; a sweep need not ask for each. One query."""
    with acting_as(system(Principal.MESSAGES)):
        rows = Message.objects.filter(purpose=purpose, object_kind=object_kind, object_id__in=[str(one) for one in ids])
        return set(rows.values_list("object_id", "step"))


def is_opted_out(phone: str) -> bool:
    """Whether this number (E.164) wants no text messages: show the telephone list instead of asking by SMS."""
    with acting_as(system(Principal.MESSAGES)):
        return OptOut.objects.filter(phone_hash__in=phones.candidates(phone), until=None).exists()


def stuck(viewer: Viewer) -> list[Message]:
    """What does not move by itself, newest first: failed, suppressed, overdue, or waiting for the budget."""
    now = clock.now()
    rows = list(
        visible_to(viewer, Message)
        .outgoing()  # type: ignore[attr-defined]
        .filter(
            Q(state=MessageState.FAILED, created_at__gte=now - STUCK_FOR)
            | (Q(state=MessageState.SUPPRESSED, created_at__gte=now - STUCK_FOR) & ~Q(reason__in=_SILENT))
            | Q(state=MessageState.QUEUED, reason=Reason.BUDGET)
            | Q(state=MessageState.QUEUED, next_attempt_at__lte=now - OVERDUE)
            | Q(state=MessageState.SENDING, leased_until__lte=now - OVERDUE)
        )
        .order_by("-id")[:SHOWN]
    )
    audit.read(viewer, "message", [row.pk for row in rows], owners=[row.provider_id for row in rows[:1]], what="list")
    return rows


def waiting_count(viewer: Viewer) -> int:
    """How many messages of the viewer's organisation wait for their time."""
    rows: QuerySet[Message] = visible_to(viewer, Message).filter(state=MessageState.QUEUED)
    return rows.count()


def unknown_texts(viewer: Viewer) -> list[InboundMessage]:
    """Texts that no app understood and nobody has read, oldest first."""
    rows = list(visible_to(viewer, InboundMessage).filter(state=InboundState.UNKNOWN).order_by("id")[:SHOWN])
    if rows:
        audit.read(viewer, "inbound", [row.pk for row in rows], owners=[rows[0].provider_id], what="list")
    return rows


@dataclass(frozen=True)
class BudgetFact:
    """Parts used today and the limit; `stopped`: everything but alarms waits."""

    used: int
    limit: int
    stopped: bool


def budget_today(viewer: Viewer) -> BudgetFact:
    day = BudgetDay.objects.filter(provider_id=viewer.organisation_id, day=clock.today()).first()
    limit = int(settings.MESSAGE_DAILY_PARTS)
    if day is None:
        return BudgetFact(0, limit, False)
    return BudgetFact(day.used, limit + day.extra, day.stopped_at is not None)


def notices(viewer: Viewer) -> list[Message]:
    """The viewer's own notices and those of their teams, newest first."""
    return list(visible_to(viewer, Message).filter(my_notices(viewer)).order_by("-id")[:SHOWN])


def unread_notices(viewer: Viewer) -> int:
    """How many are unread, at most UNREAD_CAP + 1."""
    return len(_unread(viewer))


@prepared()
def _unread(viewer: Viewer, blank: Any) -> Any:
    """Theirs and their teams', each along its index no further than is shown: a team may have left thousands unread.

    What is addressed to them is theirs by the rule of visibility (`addressed_to`); asked twice, it hides the index.
    """
    most = UNREAD_CAP + 1
    rows = Message.objects.filter(channel=Channel.NOTICE, read_at=None).values_list("pk")
    parts = [rows.filter(way)[:most] for way in addressed_to(viewer)]
    return parts[0].union(*parts[1:], all=True)[:most] if parts else rows.none()


def demo_letters() -> list[Message]:
    """The newest e-mails, for the demo's telephone page: nothing leaves the demo, so this is where they are read."""
    with acting_as(system(Principal.MESSAGES)):
        return list(Message.objects.filter(channel="email").order_by("-id")[:20])


@dataclass(frozen=True)
class Written:
    """One message as whoever it went to may read it again."""

    id: int
    at: datetime
    words: str
    link: str
    read: bool


def written_to(phone: str, *, before: int = 0, without: Iterable[str] = ()) -> list[Written]:
    """Texts of the last fortnight that left for this number (E.164), newest first, one more than a page; without
    those of some purposes. Whoever asks has shown that the number is theirs. A person's own are left out (D4)."""
    with acting_as(system(Principal.MESSAGES)):
        rows = Message.objects.filter(
            phone_hash__in=phones.candidates(phone),
            channel__in=TO_NUMBERS,
            state__in=[MessageState.SENT, MessageState.DELIVERED],
            created_at__gte=clock.now() - STUCK_FOR,
        ).exclude(Q(purpose__in=tuple(without)) | Q(recipient_kind=RecipientKind.PERSON))
        return _written(rows, before)


def told_to(viewer: Viewer, *, before: int = 0) -> list[Written]:
    """The viewer's notices and those of their teams, newest first, one more than a page. Inside `acting_as(viewer)`."""
    return _written(visible_to(viewer, Message).filter(my_notices(viewer)), before)


def _written(rows: QuerySet[Message], before: int) -> list[Written]:
    if before:
        rows = rows.filter(pk__lt=before)
    return [
        Written(row.pk, row.created_at, row.words(), row.link if row.channel == Channel.NOTICE else "", _is_read(row))
        for row in rows.order_by("-pk")[: PAGE + 1]
    ]


def _is_read(row: Message) -> bool:
    return row.channel != Channel.NOTICE or row.read_at is not None
