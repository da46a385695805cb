"""What must be true before a picture of a room is kept (D9)."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

#: So many pictures of one visit say enough.
MOST = 5


@dataclass(frozen=True)
class Sent:
    """`known`: pictures of this visit that are kept already; `new`: those that come now."""

    known: int
    new: int
    rooms_only: bool
    moment: bool


def agree_problems(*, is_minor: bool, may_be_asked: bool) -> list[Problem]:
    """Never where a minor is helped, and only where volunteers may come at all."""
    found = []
    if is_minor:
        found.append(Problem("minor", _("No pictures at a visit to a minor.")))
    if not may_be_asked:
        words = _("They have not agreed that volunteers come, or nobody is at home: no pictures then.")
        found.append(Problem("no_consent", words))
    return found


def photo_problems(sent: Sent) -> list[Problem]:
    found = []
    if not sent.new:
        found.append(required("photos"))
    if sent.known + sent.new > MOST:
        words = _("At most %(limit)s pictures of one visit, please.") % {"limit": MOST}
        found.append(Problem("too_many_photos", words, "photos"))
    if not sent.moment:
        found.append(required("moment"))
    if not sent.rooms_only:
        look = _("Look once more: is nobody in the picture, no face, no name, no photo on the wall?")
        found.append(Problem("people", look, "rooms_only"))
    return found
