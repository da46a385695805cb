"""What messaging itself sends to the phone app; imported once by the app config."""

from django.utils.translation import gettext_lazy as _

from hopecare.messaging import replies
from hopecare.messaging.services import notice_pushes

replies.opens(notice_pushes.PURPOSE, notice_pushes.screen)
replies.describe(notice_pushes.PURPOSE, _("Telling a colleague's telephone of a new notice"))
