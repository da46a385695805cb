"""What the API does across apps in one transaction."""

from django.utils import translation
from django.utils.translation import gettext

from hopecare.kernel.access import Viewer, acting_as
from hopecare.kernel.services import devices
from hopecare.messaging import services as messaging
from hopecare.messaging.facts import Recipient

PURPOSE = "sign_in.code"


def send_code(*, by: Viewer, phone: str, language: str) -> None:
    """Send a fresh code to a number in E.164; worthless after ten minutes, so it is not sent later. Raises TooMany."""
    with acting_as(by):
        code, row = devices.ask_code(by=by, phone=phone)
        with translation.override("ko" if language.startswith("ko") else "en"):
            words = gettext("[Hope Care] Code %(code)s, good for ten minutes. Tell it to nobody, us included.")
        messaging.queue(
            by=by,
            purpose=PURPOSE,
            about=("sign_in_code", row.pk),
            step="code",
            to=Recipient.number(phone, language=language, quiet=None),
            body=words % {"code": code},
            not_after=row.until,
        )
