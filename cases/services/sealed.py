"""Whoever touches a sealed person's case is told to the one who answers for it, within minutes (D5)."""

from datetime import timedelta

from django.db import connection
from django.utils.translation import gettext_noop

from hopecare.kernel import clock
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

LOOKED = gettext_noop("%(who)s (%(house)s) looked at case %(number)s, whose address is protected.")
TRIED = gettext_noop("%(who)s (%(house)s) tried to open case %(number)s, whose address is protected.")
#: How far each round looks back: longer than the pause between two rounds, as each look is told once anyhow.
_BACK = timedelta(hours=2)


def watch() -> int:
    """Looks and refused attempts of anybody but the lead; one notice a person and hour. Safe to repeat."""
    machine = system(Principal.SWEEP)
    with acting_as(machine):
        with connection.cursor() as cursor:
            cursor.execute("select * from hc_sealed_looks(%s)", [clock.now() - _BACK])
            looks = cursor.fetchall()
        told = 0
        for case_id, number, provider_id, lead_id, user_id, who, house, hour, refused in looks:
            told += notify(
                by=machine,
                purpose="sealed_look",
                about=("case", case_id),
                step=f"{user_id}:{hour:%Y-%m-%dT%H}:{refused}",
                to=Recipient.user(lead_id),
                words=TRIED if refused else LOOKED,
                parameters={"who": who, "house": house or "–", "number": number},
                link=f"/desk/cases/{number}/seen/",
                provider_id=provider_id,
            ).fresh
        return told
