"""The page on which a worker approves what givers may read of a need, exactly as they would read it."""

import uuid

from django import forms
from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cases.selectors import published as selectors
from cases.selectors.case_page import read_case
from cases.selectors.catalogue import payable_services
from cases.services import published as services
from cases.services.published import Telling
from cases.ui.case_frame import address, done, frame, page, taken
from cases.ui.forms_case import DayField, OnceForm, PickField, WonField
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


class TellingForm(OnceForm):
    words = forms.CharField(
        label=gettext_lazy("What givers read"),
        help_text=gettext_lazy("What is needed and what for. No name, no place, no date, nothing that happened."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=160,
        required=False,
    )
    service = PickField(label=gettext_lazy("What it pays for"))
    target_won = WonField(label=gettext_lazy("How much is needed, in won"))
    wanted_by = DayField(
        label=gettext_lazy("Until when gifts can help"),
        help_text=gettext_lazy("Givers read this day. Leave some days before a party or an operation."),
        required=False,
    )
    urgent = forms.BooleanField(label=gettext_lazy("Needed within a week"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].offer(payable_services())  # type: ignore[attr-defined]

    def telling(self) -> Telling:
        data = self.cleaned_data
        told = (data["words"], data["service"], data["target_won"], data["urgent"], data["token"])
        return Telling(*told, wanted_by=data["wanted_by"])


@staff(Permission.CASE_PLAN)
def givers(request: HopeRequest, number: str) -> HttpResponseBase:
    """First press shows what givers would see, the second approves it."""
    case = read_case(request.viewer, number)
    form = TellingForm(request.POST or None)
    preview = None
    if request.method == "POST" and "approve" not in request.POST and form.is_valid():
        problems = services.problems_of(request.viewer, case, form.telling())
        for problem in problems:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem.words))
        preview = None if problems else form.telling()
    elif taken(request, form, lambda: services.publish(by=request.viewer, number=number, telling=form.telling())):
        return done(request, _("Approved. Givers see it in one to four days."), address(case, "case_givers"))
    context = {
        **frame(case, _("For givers")),
        "form": form,
        "preview": preview,
        "place": services.place_of(case),
        "needs": selectors.needs_of_case(request.viewer, case),
        "agreed": selectors.agreed_to_givers(case),
    }
    return page(request, "givers", context, form)


@staff(Permission.CASE_PLAN)
@require_POST
def take_back(request: HopeRequest, number: str, need: uuid.UUID) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    services.withdraw(by=request.viewer, number=number, need_uuid=need)
    return HttpResponseRedirect(address(case, "case_givers"))
