"""What the API tells other apps when they start."""

from django.utils.translation import gettext_lazy as _

from hopecare.messaging import replies
from mobile_api.services import PURPOSE

replies.describe(PURPOSE, _("Code for signing in by telephone"))
