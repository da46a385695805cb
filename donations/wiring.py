"""What giving hangs into the kernel's registries; imported once by the app config."""

from django.utils.translation import gettext_lazy as _

from donations import access
from donations.services import giving
from hopecare.kernel import audit, events

__all__ = ["access"]

events.subscribe("need.closed", "donations.release", giving.need_closed)
events.subscribe("case.closed", "donations.close_needs", giving.case_closed)
events.subscribe("person.state", "donations.close_needs", giving.person_state)
events.subscribe("person.died", "donations.close_needs", giving.person_state)
audit.register_words(
    {
        "payout_requested": _("asked for a payment"),
        "payout_approved": _("approved a payment"),
        "payout_refused": _("refused a payment"),
        "payout_paid": _("paid from gifts"),
        "payout_proven": _("proved a payment"),
        "exported": _("took the books out"),
        "card_asked": _("asked for another card"),
        "card_kept": _("took a card for monthly accounts"),
        "receipt_issued": _("issued receipts"),
        "receipt_voided": _("made a receipt void"),
        "sheet_made": _("made the sheet for the tax office"),
        "sheet_taken": _("noted that the tax office took the sheet"),
    }
)
