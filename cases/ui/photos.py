"""Photos of a report: taken from the form, and kept while it is corrected."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.utils.translation import gettext as _

from cases.rules.reports import PHOTOS_LIMIT
from hopecare.kernel import errors
from hopecare.kernel.errors import Problem
from hopecare.kernel.services import documents
from hopecare.kernel.services.documents import Draft

#: Five photos of ten megabytes, each a little too large, and the form: what is still read to answer kindly.
MOST_BYTES = 100 * 1024 * 1024


def gather(request: HttpRequest) -> tuple[list[Draft], list[Problem]]:
    """The drafts that travel with this form, those chosen now and those kept before, and what is wrong with others."""
    drafts, problems = _kept(request.POST.getlist("kept"))
    for upload in request.FILES.getlist("photos"):
        if len(drafts) >= PHOTOS_LIMIT:
            words = _("At most %(limit)s photos, please. The first ones are kept.") % {"limit": PHOTOS_LIMIT}
            problems.append(Problem("too_many_photos", words, "photos"))
            break
        try:
            draft = documents.keep_photo(upload, upload.size or 0)
        except errors.Impossible as error:
            problems.extend(error.problems)
        else:
            if draft not in drafts:
                drafts.append(draft)
    return drafts, problems


def _kept(tokens: Sequence[str]) -> tuple[list[Draft], list[Problem]]:
    found = [documents.draft_of(token) for token in tokens[:PHOTOS_LIMIT]]
    drafts = list(dict.fromkeys(draft for draft in found if draft is not None))
    gone = Problem("photo_gone", _("A photo was kept too long and is gone. Please choose it again."), "photos")
    return drafts, [gone] if None in found else []
