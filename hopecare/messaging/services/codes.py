"""Six digits to a telephone, whether or not anybody here knows it."""

from django.utils import translation
from django.utils.translation import gettext

from hopecare.kernel.access import Principal, Viewer, acting_as, system
from hopecare.kernel.services import devices
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services.queueing import queue


def send_code(*, by: Viewer, phone: str, language: str, purpose: str, words: str) -> None:
    """A fresh code to a number in E.164; worthless after ten minutes, so it is not sent later. Raises TooMany.

    `words`: marked with gettext_noop, with `%(code)s` in them.
    """
    keeper = system(Principal.DEVICES, source_address=by.source_address)
    with acting_as(keeper):
        code, row = devices.ask_code(by=keeper, phone=phone)
        with translation.override("ko" if language.startswith("ko") else "en"):
            body = gettext(words) % {"code": code}
        queue(
            by=keeper,
            purpose=purpose,
            about=("sign_in_code", row.pk),
            step="code",
            to=Recipient.number(phone, language=language, quiet=None),
            body=body,
            not_after=row.until,
        )
