"""What the API tells other apps when they start, and which news leaves for partners' systems."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cases.selectors import owners
from hopecare.kernel import events
from hopecare.messaging import replies
from hopecare.messaging.services import webhooks
from mobile_api.services import PURPOSE
from volunteers.selectors.owners import of_request

replies.describe(PURPOSE, _("Code for signing in by telephone"))

#: news → (kind of row, where its id stands, whose row it is)
NEWS: dict[str, tuple[str, str, Callable[[int], str]]] = {
    "report.received": ("report", "report", owners.of_report),
    "report.looked_at": ("report", "report_id", owners.of_report),
    "case.opened": ("case", "case_id", owners.of_case),
    "case.closed": ("case", "case_id", owners.of_case),
    "case.reopened": ("case", "case_id", owners.of_case),
    "offer.filled": ("request", "request_id", of_request),
}


def tell_partners(name: str) -> events.Handler:
    kind, key, owner = NEWS[name]

    def handler(payload: dict[str, Any]) -> None:
        pk = payload[key]
        webhooks.tell(name=name, organisation=owner(pk), kind=kind, pk=pk, state=name.split(".")[1])

    return handler


if settings.PARTNER_WEBHOOKS:  # without partners no news waits for a subscriber
    for name in NEWS:
        events.subscribe(name, "partners", tell_partners(name))
