"""What giving hangs into the kernel's registries; imported once by the app config."""

from django.utils.translation import gettext_lazy as _

from donations import access
from donations.services import giving, letters
from hopecare.kernel import audit, events

__all__ = ["access"]

events.subscribe("need.closed", "donations.release", giving.need_closed)
events.subscribe("need.closed", "donations.letters", letters.need_closed)
events.subscribe("case.closed", "donations.letters", letters.case_closed)
events.subscribe("case.closed", "donations.close_needs", giving.case_closed)
events.subscribe("person.state", "donations.close_needs", giving.person_state)
events.subscribe("person.died", "donations.close_needs", giving.person_state)
audit.register_words(
    {
        "payout_requested": _("asked for a payment"),
        "payout_approved": _("approved a payment"),
        "payout_refused": _("refused a payment"),
        "payout_paid": _("paid from gifts"),
        "payout_came_back": _("booked what a payee sent back"),
        "payout_proven": _("proved a payment"),
        "letter_passed": _("passed on a letter of a giver"),
        "letter_change": _("asked a giver to change a letter"),
        "letter_kept": _("kept a letter of a giver back"),
        "letter_handed": _("gave the person a letter of a giver"),
        "letter_printed": _("printed a letter of a giver"),
        "exported": _("took the books out"),
        "card_asked": _("asked for another card"),
        "card_kept": _("took a card or bank account for monthly accounts"),
        "giver_came": _("opened a giver's account by telephone"),
        "giver_proved": _("proved a giver's telephone"),
        "giver_brought": _("brought earlier gifts to a giver's account"),
        "giver_taken_out": _("took earlier gifts out of a giver's account"),
        "receipt_issued": _("issued receipts"),
        "receipt_voided": _("made a receipt void"),
        "boxes_registered": _("registered money boxes"),
        "box_issued": _("handed out a money box"),
        "box_returned": _("took a money box back"),
        "box_lost": _("wrote a money box down as lost"),
        "boxes_counted": _("counted money boxes"),
        "boxes_confirmed": _("counted money boxes as the second person"),
        "box_count_voided": _("had money boxes counted again"),
        "box_difference": _("explained a difference of money boxes"),
        "partner_signed": _("signed an agreement with a shop or school"),
        "partner_ended": _("ended an agreement with a shop or school"),
        "partner_told": _("wrote down a month of a shop or school"),
        "partner_other_sum": _("booked another sum than a shop or school told"),
        "campaign_proposed": _("proposed a campaign"),
        "campaign_opened": _("opened a campaign"),
        "campaign_closed": _("closed a campaign"),
        "campaign_rest": _("moved on what was left of a campaign"),
        "goods_registered": _("registered a gift in kind"),
        "goods_handed_out": _("handed out a gift in kind"),
        "guests_invited": _("wrote down guests of an event"),
        "guests_came": _("wrote down which guests came"),
        "outside_brought": _("brought a list of another platform"),
        "outside_booked": _("booked gifts of another platform"),
        "outside_voided": _("threw a list of another platform away"),
        "roster_brought": _("brought a list of people to be asked"),
        "roster_sent": _("had the people of a list asked"),
        "roster_voided": _("threw a list away"),
        "invitation_answered": _("answered a question about a monthly account"),
        "back_asked": _("asked for money to go back"),
        "back_approved": _("approved money going back"),
        "back_refused": _("refused money going back"),
        "back_paid": _("sent money back to its giver"),
        "interest_booked": _("booked interest"),
        "transfers_made": _("took the list of transfers for the bank"),
        "sheet_made": _("made the sheet for the tax office"),
        "sheet_taken": _("noted that the tax office took the sheet"),
    }
)
