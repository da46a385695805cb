"""The pages on which details are changed, typed into as a browser would, and what was kept of each change."""

import json

from cases.models import DetailChange
from cases.rules import details as rules
from cases.services.details import Sent
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.models import SafeContact
from hopecare.messaging import services as messaging
from hopecare.messaging.facts import Recipient
from tests.database import as_owner
from tests.factories import make_case


def page(case, *rest):
    return "/".join(("", "desk", "cases", case.number, *(str(one) for one in rest), ""))


def typed(client, url, **changed):
    """What a browser would send: the form as it was shown, with some of it typed over (None: unticked)."""
    form = client.get(url).context["form"]
    shown = {field.html_name: field.value() for field in form}
    sent = {name: value for name, value in {**shown, **changed}.items() if value not in (None, False, "")}
    return {**sent, **{name: "" for name, value in changed.items() if value == ""}}


def now_of(actor, read, *what):
    with acting_as(actor.viewer):
        return read(*what)


def sent(now, **values):
    return Sent({**now, **values}, rules.marks_in(rules.marks(now)))


def told(kind):
    with as_owner():
        return [json.loads(row.told) for row in DetailChange.objects.filter(kind=kind).order_by("pk")]


def opened(hana):
    """A case whose main person reads texts from nine to six."""
    found = make_case(hana)
    with as_owner():
        SafeContact.objects.filter(person=found.main_person).update(sms_ok=True, from_hour=9, to_hour=18)
    return found


def text_to(person, key="d1"):
    return messaging.queue(
        by=system(Principal.OFFERS),
        purpose="test",
        about=("offer", key),
        step="ask",
        to=Recipient.person(person.pk),
        body="내일 10시에 뵐게요.",
    )
