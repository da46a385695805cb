"""All of one giver together: in by a code to the telephone, earlier accounts brought by their telephone's code.

Never by a typed name, number or bank account: whoever knows these of somebody else would see their receipts. Whoever
reads the telephone has every message about these accounts already, each with its number.
"""

import uuid
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from donations.models import Donor
from donations.selectors.giver import unclaimed
from donations.services import means
from hopecare.kernel import audit, clock, errors, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from hopecare.kernel.models import User, UserKind
from hopecare.kernel.services import devices
from hopecare.messaging import services as messages

CODE_PURPOSE = "gift_code"
CODE_WORDS = gettext_noop("[Hope Care] Code %(code)s for your giving, good for ten minutes. Tell it to nobody.")


def send_code(*, by: Viewer, phone: str, language: str) -> None:
    messages.send_code(by=by, phone=phone, language=language, purpose=CODE_PURPOSE, words=CODE_WORDS)


def _proved(by: Viewer, phone: str, code: str) -> bool:
    return devices.proves(by=system(Principal.DEVICES, source_address=by.source_address), phone=phone, code=code)


def come_in(*, by: Viewer, phone: str, code: str, language: str) -> User | None:
    """The account of this telephone, made at its first code; None when the code does not hold."""
    if not _proved(by, phone, code):
        return None
    with acting_as(system(Principal.GIVING, source_address=by.source_address)) as viewer:
        rows = Donor.objects.filter(phone_hash__in=phones.candidates(phone), brought_at=None, user__is_active=True)
        own = rows.exclude(phone_proved_at=None).select_related("user").order_by("pk").first()
        if own is not None:
            return own.user
        user = _account(language)
        made = _own_row(user.pk, language=language, **_telephone(phone))
        audit.changed(viewer, "donor", [made.pk], "giver_came")
        return user


def _account(language: str) -> User:
    """Without a password: the code to the telephone opens it."""
    name = _("Giver")
    user = User(username=f"d-{uuid.uuid4().hex[:16]}", name=name, kind=UserKind.DONOR, language=language)
    user.set_unusable_password()
    user.save()
    return user


def _telephone(phone: str) -> dict[str, Any]:
    return {"phone": phone, "phone_hash": phones.hashed(phone), "phone_proved_at": clock.now()}


def _own_row(user_id: int, **told: Any) -> Donor:
    """The one row of an account that was not brought; every new gift of the account stands there."""
    return Donor.objects.get_or_create(user_id=user_id, brought_at=None, defaults=told)[0]


def own_row(user_id: int, *, language: str = "ko") -> Donor:
    with acting_as(system(Principal.GIVING)):
        return _own_row(user_id, language=language)


def prove(*, by: Viewer, user_id: int, phone: str, code: str) -> bool:
    """A further telephone of a giver who is logged in; where none was known, messages go there from now on."""
    if not _proved(by, phone, code):
        return False
    with acting_as(system(Principal.GIVING)) as viewer:
        own = _own_row(user_id)
        if not own.phone or own.phone_hash in phones.candidates(phone):
            Donor.objects.filter(pk=own.pk).update(**_telephone(phone))
            audit.changed(viewer, "donor", [own.pk], "giver_proved")
    return True


def bring(*, user_id: int, phone_hash: str, donor_ids: list[int]) -> int:
    """Put what was given under a proved telephone to the account; returns how many rows came."""
    with acting_as(system(Principal.GIVING)) as viewer:
        own = _own_row(user_id)
        rows = unclaimed(phone_hash).filter(pk__in=donor_ids).select_for_update(of=("self",))
        brought = list(rows.order_by("pk"))
        found = [row.pk for row in brought]
        Donor.objects.filter(pk__in=found).update(user_id=user_id, brought_at=clock.now())
        name_once(own, next((row.name for row in brought if row.name), ""))
        means.regroup(own)
        audit.changed(viewer, "donor", found, "giver_brought", user=user_id)
        return len(found)


def name_once(own: Donor, name: str) -> None:
    """What the centre calls this giver; the first name that was told stays."""
    if name and not own.name:
        own.name = name
        own.save(update_fields=["name"])


def take_out(*, user_id: int, donor_id: int) -> None:
    """What was brought stands by itself again, with all that was given since; its numbers open it as before."""
    with acting_as(system(Principal.GIVING)) as viewer:
        rows = Donor.objects.select_for_update(of=("self",)).filter(user_id=user_id).exclude(brought_at=None)
        row = rows.filter(pk=donor_id).first()
        if row is None:
            raise errors.NotFound("giver", str(donor_id))
        row.user_id = row.brought_at = None
        row.save(update_fields=["user", "brought_at"])
        means.regroup(row)
        means.regroup(_own_row(user_id))
        audit.changed(viewer, "donor", [row.pk], "giver_taken_out", user=user_id)
