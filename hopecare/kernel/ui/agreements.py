"""Agreements between organisations: what is shared with whom, proposing, signing, lowering at once (R9, K6)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hopecare.kernel import errors
from hopecare.kernel.models import AgreementLevel, Organisation
from hopecare.kernel.permissions import Permission
from hopecare.kernel.selectors import agreements as selectors
from hopecare.kernel.services import agreements as services
from hopecare.kernel.web import HopeRequest, staff

LEVELS = {
    AgreementLevel.EXISTENCE: gettext_lazy("that a case exists"),
    AgreementLevel.CATEGORY_AND_DATES: gettext_lazy("category and dates"),
    AgreementLevel.PLAN: gettext_lazy("the plan"),
    AgreementLevel.NOTES: gettext_lazy("notes"),
}


class ProposeForm(forms.Form):
    other = forms.ChoiceField(label=gettext_lazy("With which organisation"))
    level = forms.TypedChoiceField(
        label=gettext_lazy("Share up to"),
        coerce=int,
        choices=[(int(level), words) for level, words in LEVELS.items() if level],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("What was agreed"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, houses: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["other"]
        field.choices = [("", "–"), *((str(house.pk), house.name) for house in houses)]


@staff(Permission.AGREEMENT_SIGN)
def agreements(request: HopeRequest) -> HttpResponseBase:
    """Every partner with the level in force, its versions, and the form of a new version."""
    houses = selectors.possible_partners(request.viewer)
    form = ProposeForm(request.POST or None, houses=houses)
    if request.method == "POST" and form.is_valid() and _proposed(request, form, houses):
        return _done(request, _("Signed by you. It holds once the other organisation has signed, too."))
    found = selectors.partners(request.viewer)
    names = selectors.signers([row for partner in found for row in partner.versions])
    partners = [_shown(request, partner, names) for partner in found]
    context = {"partners": partners, "form": form, "levels": [(int(key), words) for key, words in LEVELS.items()]}
    return render(request, "kernel/agreements.html", context, status=422 if form.is_bound and form.errors else 200)


def _proposed(request: HopeRequest, form: ProposeForm, houses: list[Organisation]) -> bool:
    data = form.cleaned_data
    other = next(house for house in houses if str(house.pk) == data["other"])
    try:
        services.propose(
            by=request.viewer, other=other, level=data["level"], text=data["text"], ends_on=data["ends_on"]
        )
    except errors.Impossible as refusal:
        for problem in refusal.problems:
            form.add_error(problem.field if problem.field in form.fields else None, problem.words)
        return False
    return True


def _shown(request: HopeRequest, partner: selectors.Partner, names: dict[int, str]) -> dict[str, Any]:
    own = request.viewer.organisation_id
    versions = []
    for row in partner.versions:
        ours_first = row.first_id == own
        pair = (row.first_signed_by, row.first_signed_at), (row.second_signed_by, row.second_signed_at)
        ours, theirs = pair if ours_first else (pair[1], pair[0])
        versions.append(
            {
                "row": row,
                "words": LEVELS[AgreementLevel(row.level)],
                "ours": (names.get(ours[0] or 0, ""), ours[1]),
                "theirs": (names.get(theirs[0] or 0, ""), theirs[1]),
            }
        )
    lower = [(int(level), words) for level, words in LEVELS.items() if level < partner.level]
    return {"partner": partner, "words": LEVELS[AgreementLevel(partner.level)], "versions": versions, "lower": lower}


@staff(Permission.AGREEMENT_SIGN)
@require_POST
def sign(request: HopeRequest, agreement_id: int) -> HttpResponseBase:
    try:
        services.sign(by=request.viewer, agreement_id=agreement_id)
    except errors.Impossible as refusal:
        return _done(request, " ".join(str(problem.words) for problem in refusal.problems))
    return _done(request, _("Both have signed. It holds from today."))


@staff(Permission.AGREEMENT_SIGN)
@require_POST
def lower(request: HopeRequest, organisation_id: int) -> HttpResponseBase:
    """At once, without asking the other side."""
    houses = selectors.possible_partners(request.viewer)
    other = next((house for house in houses if house.pk == organisation_id), None)
    if other is None:
        raise errors.NotFound("organisation", str(organisation_id))
    level = request.POST.get("level", "")
    try:
        services.lower(by=request.viewer, other=other, level=int(level) if level in set("0123") else 0)
    except errors.Impossible as refusal:
        return _done(request, " ".join(str(problem.words) for problem in refusal.problems))
    return _done(request, _("Lowered. The other organisation sees less from this moment on."))


def _done(request: HopeRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(reverse("agreements"))
