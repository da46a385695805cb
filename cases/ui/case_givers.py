"""The page on which a worker approves what givers may read of a need, exactly as they would read it."""

import uuid
from typing import Any

from django import forms
from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cases.models import Wish
from cases.selectors import published as selectors
from cases.selectors.case_page import read_case
from cases.selectors.catalogue import payable_services
from cases.selectors.wishes import open_wishes_untold
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
    wish = PickField(
        label=gettext_lazy("For which wish"),
        required=False,
        empty=gettext_lazy("for none"),
        label_of=lambda row: row.words,
    )

    def __init__(self, *args: Any, wishes: list[Wish], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["service"].offer(payable_services())
        fields["wish"].offer(wishes)
        if not wishes:
            del fields["wish"]

    def telling(self) -> Telling:
        names = ("words", "service", "target_won", "urgent", "token", "wanted_by", "wish")
        said: dict[str, Any] = {name: self.cleaned_data.get(name) for name in names}
        return Telling(**said)


def _of_wish(request: HopeRequest, wishes: list[Wish]) -> dict[str, Any]:
    """What a wish says already; the words for givers are written anew, since its own may name somebody (D1)."""
    wish = next((one for one in wishes if str(one.pk) == request.GET.get("wish")), None)
    if wish is None:
        return {}
    service = next((one.pk for one in payable_services() if one.pk == wish.action.service_id), None)
    told = {"wish": wish.pk, "service": service, "wanted_by": wish.wanted_on}
    return {**told, "target_won": wish.price_won or None}


@staff(Permission.CASE_PLAN)
def givers(request: HopeRequest, number: str) -> HttpResponseBase:
    """First press shows what givers would see, the second approves it."""
    case = read_case(request.viewer, number)
    wishes = open_wishes_untold(request.viewer, case)
    form = TellingForm(request.POST or None, wishes=wishes, initial=_of_wish(request, wishes))
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
