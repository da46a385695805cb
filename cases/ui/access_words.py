"""Changes and looks of access in words, for "who looked" and for the timeline."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.models import EntryKind
from hopecare.kernel import audit

audit.register_words(
    {
        "shared": _("let an organisation take part"),
        "share_ended": _("ended an organisation's part"),
        "notes_opened": _("opened earlier notes to somebody let in later"),
        "notes_kept": _("closed earlier notes to somebody let in later"),
        "cover": _("arranged a standing in"),
        "cover_ended": _("ended a standing in"),
        "declared": _("declared somebody close"),
        "locked_out": _("kept a colleague out"),
        "lock_released": _("ended a lock"),
        "glass_broken": _("opened it for danger to life or body"),
        "glass_reviewed": _("looked why it was opened"),
        "offered": _("asked another team to take it over"),
        "taken_back": _("kept it after all"),
        "overlap_check": _("asked whether something is given already"),
        "overlap_answered": _("answered a question of overlap"),
        "overlap_unfounded": _("deleted an unfounded question"),
        "services": _("recorded a service for many"),
        "resource_added": _("added to the directory"),
        "resource_changed": _("changed the directory"),
        "resource_confirmed": _("confirmed an entry of the directory"),
        "resource_ended": _("ended an entry of the directory"),
        "gap_noted": _("noted a gap"),
        "market_card": _("gave a card for the food market"),
        "market_card_ended": _("ended a card for the food market"),
        "market_taking": _("handed out goods at the food market"),
        "pathway": _("wrote down a step of a longer help"),
        "pathway_check": _("asked how a longer help goes"),
        "pathway_photos": _("added pictures of rooms"),
        "room_photos": _("added pictures of rooms"),
        "room_photos_agreed": _("wrote down that pictures of rooms are agreed to"),
        "room_photos_taken_back": _("wrote down that pictures of rooms are not wished any more"),
        "referral_sent": _("referred somebody"),
        "referral_accepted": _("wrote down that a referral was accepted"),
        "referral_attended": _("wrote down that an appointment was kept"),
        "referral_missed": _("wrote down that an appointment was missed"),
        "referral_back": _("ended a referral"),
        "form_carried": _("carried an official form over to the city's system"),
        "imported": _("added what the city's system sent"),
        "import_review": _("looked whether a row of the city's system means them"),
        "omission_answered": _("answered a question of omission"),
        "view_shared": _("looked at what is shared"),
        "export": _("took it along in a file"),
        "exported": _("fetched a file, with a reason"),
        "reading_reviewed": _("signed the month's odd looks"),
        "agreement_proposed": _("proposed an agreement"),
        "agreement_signed": _("signed an agreement"),
        "agreement_lowered": _("lowered an agreement"),
    }
)


def team_words(kind: str, details: dict[str, Any]) -> str:
    """An entry of the timeline about who works on the case and who may see it."""
    values = {"name": details.get("name", ""), "day": details.get("until", "")}
    words = {
        "added": gettext("%(name)s joins the team") % values,
        "removed": gettext("%(name)s leaves the team") % values,
        "granted": gettext("%(name)s may see the case until %(day)s") % values,
        "withdrawn": gettext("%(name)s may not see the case any more") % values,
        "notes_opened": gettext("%(name)s may read earlier notes, too") % values,
        "notes_kept": gettext("%(name)s may not read earlier notes any more") % values,
    }
    return words.get(details.get("what", ""), str(EntryKind(kind).label))


def notes_said(earlier: bool) -> str:
    return gettext("Earlier notes are open now.") if earlier else gettext("Earlier notes are closed now.")
