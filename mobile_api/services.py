"""What the API does across apps in one transaction."""

from django.utils.translation import gettext_noop

from hopecare.kernel.access import Viewer
from hopecare.messaging import services as messaging

PURPOSE = "sign_in.code"
WORDS = gettext_noop("[Hope Care] Code %(code)s, good for ten minutes. Tell it to nobody, us included.")


def send_code(*, by: Viewer, phone: str, language: str) -> None:
    messaging.send_code(by=by, phone=phone, language=language, purpose=PURPOSE, words=WORDS)
