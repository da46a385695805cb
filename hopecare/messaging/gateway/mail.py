"""E-mail through Django's mail back end. In the demo nothing leaves: it stands on the outbox page only (D16)."""

import smtplib
from email.utils import make_msgid

from django.conf import settings
from django.core.mail import EmailMessage

from hopecare.messaging.gateway.errors import Accepted, Permanent, Transient, Uncertain


def send(*, message_id: int, to: str, subject: str, body: str) -> Accepted:
    """Raises Permanent when the address is refused, Transient when the server asks to come back, else Uncertain.

    The Message-ID is made of our row, so that a second copy is recognised as the same letter.
    """
    sid = f"mail-{message_id}"
    if settings.HOPECARE_DEMO:
        return Accepted(sid, "sent")
    letter = EmailMessage(subject, body, to=[to], headers={"Message-ID": make_msgid(sid, "hopecare")})
    try:
        letter.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused) as error:
        raise Permanent("refused") from error
    except smtplib.SMTPResponseException as error:
        kind = Transient if 400 <= error.smtp_code < 500 else Permanent
        raise kind(str(error.smtp_code)) from error
    except (ConnectionRefusedError, smtplib.SMTPConnectError) as error:
        raise Transient("connect") from error
    except OSError as error:
        raise Uncertain(type(error).__name__) from error
    return Accepted(sid, "sent")
