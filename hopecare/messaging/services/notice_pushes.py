"""A member of staff's notices as a push, where she has chosen so on the telephone that she uses for her rounds.

The notice itself stays on her page; the push tells only that there is one. Several at once are one push, and what was
read before it left is none.
"""

from datetime import datetime, timedelta

from hopecare.kernel import clock, phones
from hopecare.kernel.access import Principal, acting_as, system, visible_to
from hopecare.kernel.models import User, UserKind
from hopecare.kernel.services import devices
from hopecare.kernel.viewers import viewer_of
from hopecare.messaging.access import my_notices
from hopecare.messaging.facts import MessageFact, RecipientKind
from hopecare.messaging.models import Message, PushSubscription
from hopecare.messaging.states import Channel

PURPOSE, SCREEN = "notice.push", "notices"
#: What nobody could be told of for so long is read on the page.
FRESH = timedelta(minutes=10)
_LOOKED_AT = 500


def queue_new() -> int:
    """One push to everybody who wants them and has something new and unread; returns how many."""
    fresh, chosen = _fresh(), _chosen()
    if not fresh or not chosen:
        return 0
    marks = _marks(list(chosen))
    users = User.objects.filter(pk__in=chosen, kind=UserKind.STAFF, is_active=True).order_by("pk")
    return sum(_tell(user, chosen[user.pk], [pk for pk in fresh if pk > marks.get(user.pk, 0)]) for user in users)


def screen(fact: MessageFact) -> str:
    """Where it opens, empty once the notice was read. Asked inside the outbox's own transaction."""
    return SCREEN if Message.objects.notices().filter(pk=int(fact.step), read_at=None).exists() else ""


def _fresh() -> list[int]:
    since, by = clock.now() - FRESH, system(Principal.MESSAGES)
    with acting_as(by):
        rows = visible_to(by, Message).filter(channel=Channel.NOTICE).order_by("-pk")
        found = list(rows.values_list("pk", "created_at", "read_at")[:_LOOKED_AT])
    return [pk for pk, at, read_at in found if at >= since and read_at is None]


def _chosen() -> dict[int, datetime]:
    """Account → since when the first of its telephones takes pushes."""
    by = system(Principal.MESSAGES)
    with acting_as(by):
        since = dict(visible_to(by, PushSubscription).filter(ended_at=None).values_list("device_id", "since"))
    found: dict[int, datetime] = {}
    for device_id, user_id in devices.staff_ids(since).items():
        found[user_id] = min(found.get(user_id, since[device_id]), since[device_id])
    return found


def _marks(users: list[int]) -> dict[int, int]:
    """Account → the newest notice that it was told of."""
    by = system(Principal.MESSAGES)
    with acting_as(by):
        rows = visible_to(by, Message).filter(
            purpose=PURPOSE, object_kind="user", object_id__in=[str(user) for user in users]
        )
        told: dict[int, int] = {}
        for user, notice in rows.filter(created_at__gte=clock.now() - FRESH).values_list("object_id", "step"):
            told[int(user)] = max(told.get(int(user), 0), int(notice))
    return told


def _tell(user: User, since: datetime, fresh: list[int]) -> int:
    viewer = viewer_of(user)
    with acting_as(viewer):
        rows = visible_to(viewer, Message).filter(my_notices(viewer), pk__in=fresh, created_at__gte=since)
        newest = rows.order_by("-pk").values_list("pk", flat=True).first()
    if newest is None:
        return 0
    owner = devices.staff_owner(user.pk)
    with acting_as(system(Principal.MESSAGES)):
        _row, fresh_one = Message.objects.get_or_create(
            purpose=PURPOSE,
            object_kind="user",
            object_id=str(user.pk),
            step=str(newest),
            defaults={
                "channel": Channel.PUSH,
                "recipient_kind": RecipientKind.USER,
                "recipient_id": str(user.pk),
                "provider_id": viewer.organisation_id,
                "phone": owner,
                "phone_hash": phones.hashed(owner),
                "segments": 0,
                "created_at": clock.now(),
            },
        )
    return int(fresh_one)
