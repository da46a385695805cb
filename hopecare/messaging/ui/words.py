"""How states, reasons and providers' codes read to a person who has to decide what to do."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from hopecare.messaging import replies
from hopecare.messaging.facts import RecipientKind
from hopecare.messaging.models import Message
from hopecare.messaging.states import MessageState, Reason

REASONS: dict[str, Any] = {
    Reason.OPT_OUT: _("They said STOP. Please ring instead."),
    Reason.SAFE_CONTACT: _("The safe contact allows no text message. Please look at how to reach this person."),
    Reason.NEUTRAL_SENDER: _("The text tells which office writes, but this person wants a neutral sender."),
    Reason.PERSON_STATE: _("The person has died, moved or is in hospital."),
    Reason.NO_ADDRESS: _("There is no usable telephone number or address."),
    Reason.TOO_LATE: _("It was too late to send it."),
    Reason.WITHDRAWN: _("It was taken back."),
    Reason.QUIET_HOURS: _("It waits for the morning."),
    Reason.BUDGET: _("Today's budget for text messages is used up."),
}
CODES: dict[str, Any] = {
    "21211": _("This is not a valid telephone number."),
    "21408": _("The provider does not send to this country."),
    "21610": _("They said STOP to the provider."),
    "21612": _("The provider finds no way to this number."),
    "21614": _("This is not a mobile telephone."),
    "20003": _("The provider refuses our account. Please tell the administrator."),
    "20429": _("The provider asked us to wait."),
    "30003": _("The telephone was off or out of reach."),
    "30005": _("Nobody has this number."),
    "30006": _("This is a landline."),
    "30007": _("The telephone company filtered it out."),
    "connect": _("The provider could not be reached."),
    "cut_off": _("The provider broke off; we look up whether it arrived."),
    "late": _("The provider did not answer in time; we look up whether it arrived."),
    "provider_abroad": _("This city uses domestic providers only, and this one is abroad."),
    "demo_only_stand_in": _("In the demo nothing is sent into the world."),
}
STATES: dict[str, Any] = {
    MessageState.QUEUED: _("Waiting to be sent"),
    MessageState.SENDING: _("On its way"),
    MessageState.SENT: _("Sent, not yet confirmed"),
    MessageState.DELIVERED: _("Delivered"),
    MessageState.FAILED: _("Not delivered"),
    MessageState.SUPPRESSED: _("Held back"),
}
TONES: dict[str, str] = {MessageState.FAILED: "red", MessageState.SUPPRESSED: "amb", MessageState.QUEUED: "amb"}


def why(message: Message) -> Any:
    """One sentence; an unknown code is shown as it is."""
    if message.reason:
        return REASONS.get(message.reason, message.reason)
    if message.error_code:
        return CODES.get(message.error_code, _("The provider's code: %(code)s") % {"code": message.error_code})
    return _("It should have left long ago.")


def stuck_row(message: Message) -> dict[str, Any]:
    """What a row of the page of stuck work shows. A person's number stays with their safe contact (D4)."""
    about = replies.description(message.purpose)
    return {
        "message": message,
        "about": about.words,
        "url": about.url(message.object_id) if about.url else "",
        "why": why(message),
        "state": STATES[message.state],
        "tone": TONES.get(message.state, "dim"),
        "phone": "" if message.recipient_kind == RecipientKind.PERSON else message.phone,
    }
