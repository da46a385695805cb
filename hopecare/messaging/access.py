"""Who sees which message: repairers those of their organisation, everybody their own notices, the outbox all."""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from hopecare.kernel.access import Principal, Viewer, visibility
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import RecipientKind
from hopecare.messaging.models import InboundMessage, Message, OptOut, PushSubscription, WebhookCall
from hopecare.messaging.states import Channel

_NOBODY = Q(pk__in=[])


def _repairs(viewer: Viewer) -> Q:
    if viewer.principal == Principal.MESSAGES:
        return Q()
    if viewer.may(Permission.MESSAGE_REPAIR) and viewer.organisation_id is not None:
        return Q(provider_id=viewer.organisation_id)
    return _NOBODY


def addressed_to(viewer: Viewer) -> list[Q]:
    """To whom a notice of this viewer's goes: to them, and to their teams."""
    if viewer.user_id is None:
        return []
    me: Any = viewer.user_id  # a number, or the blank of a prepared query
    mine = Q(recipient_kind=RecipientKind.USER, recipient_id=Cast(me, TextField()))
    teams = Q(recipient_kind=RecipientKind.TEAM, recipient_id__among=viewer.team_ids)
    return [mine, teams] if viewer.team_ids else [mine]


def my_notices(viewer: Viewer) -> Q:
    """Notices to the viewer or to a team of theirs."""
    ways = addressed_to(viewer)
    return Q(channel=Channel.NOTICE) & reduce(or_, ways) if ways else _NOBODY


@visibility(Message)
def message_rule(viewer: Viewer) -> Q:
    if viewer.principal == Principal.MESSAGES:
        return Q()
    return (_repairs(viewer) & ~Q(channel=Channel.NOTICE)) | my_notices(viewer)


@visibility(InboundMessage)
def inbound_rule(viewer: Viewer) -> Q:
    return _repairs(viewer)


@visibility(OptOut, WebhookCall, PushSubscription)
def opt_out_rule(viewer: Viewer) -> Q:
    return Q() if viewer.principal == Principal.MESSAGES else _NOBODY
