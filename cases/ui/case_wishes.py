"""`/desk/cases/<number>/wishes/`: wishes in people's own words; and how a service was, asked once (R59, R85)."""

from typing import Any

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from cases.models import AskedBy, Satisfied
from cases.selectors import catalogue
from cases.selectors.case_page import read_case
from cases.selectors.choices import people_of
from cases.selectors.wishes import wish_of, wishes_of
from cases.selectors.work import service_of
from cases.services import satisfaction, wishes
from cases.ui.case_frame import address, done, frame, simple_form, taken
from cases.ui.forms_case import DayField, OnceForm, PickField, WonField, words_field
from hopecare.kernel import audit, clock
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

audit.register_words(
    {
        "wish_told": gettext_lazy("wrote down a wish"),
        "wish_fulfilled": gettext_lazy("fulfilled a wish"),
        "wish_given_up": gettext_lazy("gave up a wish"),
        "asked_how_it_was": gettext_lazy("asked how a service was"),
    }
)


class WishForm(OnceForm):
    words = words_field(gettext_lazy("The wish, in their own words"), rows=3, most=300)
    person = PickField(
        label=gettext_lazy("Whose"),
        required=False,
        empty=gettext_lazy("the whole household's"),
        label_of=lambda row: row.name,
    )
    price_won = WonField(label=gettext_lazy("About how much it costs, in won"), required=False)
    wanted_on = DayField(label=gettext_lazy("Until when"), required=False)


class FulfilForm(forms.Form):
    outcome = words_field(gettext_lazy("What came of it"), rows=3, most=300)
    on = DayField(label=gettext_lazy("Day"))
    provider_kind = PickField(label=gettext_lazy("Given by"))
    amount_won = WonField(label=gettext_lazy("Amount in won"), required=False)
    fund_source = PickField(label=gettext_lazy("From which money"), required=False, empty=gettext_lazy("no money"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["provider_kind"].offer(catalogue.provider_kinds())
        fields["fund_source"].offer(catalogue.fund_sources())


class AskedForm(OnceForm):
    channel = forms.ChoiceField(
        label=gettext_lazy("How they are asked"), choices=AskedBy.choices, widget=forms.RadioSelect
    )
    answer = forms.ChoiceField(
        label=gettext_lazy("What they said"),
        choices=[("", gettext_lazy("would rather not say")), *Satisfied.choices],
        widget=forms.RadioSelect,
        required=False,
        help_text=gettext_lazy("By text message the answer comes by itself; leave it open."),
    )
    words = words_field(gettext_lazy("In their own words"), most=200)


@staff(Permission.CASE_PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def case_wishes(request: HopeRequest, number: str) -> HttpResponseBase:
    """What is wished for, by when, and what came of it; beside it, one more."""
    case = read_case(request.viewer, number)
    form = WishForm(request.POST or None)
    form.fields["person"].offer(people_of(request.viewer, case))  # type: ignore[attr-defined]

    def tell() -> None:
        data = {**form.cleaned_data, "price_won": form.cleaned_data["price_won"] or 0}
        wishes.tell(by=request.viewer, number=number, told=wishes.Told(**data))

    if taken(request, form, tell):
        return done(request, _("The wish stands on the plan."), address(case, "case_wishes"))
    context = {**frame(case, _("Wishes")), "rows": wishes_of(request.viewer, case), "form": form}
    return render(request, "cases/case/wishes.html", context, status=422 if form.errors else 200)


@staff(Permission.CASE_SERVICE)
@require_http_methods(["GET", "HEAD", "POST"])
def fulfil(request: HopeRequest, number: str, wish_id: int) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    wish = wish_of(request.viewer, case, wish_id)
    kind = catalogue.provider_kind("private")
    form = FulfilForm(request.POST or None, initial={"on": clock.today(), "provider_kind": kind})

    def write() -> None:
        data = {**form.cleaned_data, "amount_won": form.cleaned_data["amount_won"] or 0}
        wishes.fulfil(by=request.viewer, number=number, wish_id=wish_id, how=wishes.Fulfilled(**data))

    back = address(case, "case_wishes")
    if taken(request, form, write):
        return done(request, _("The wish came true."), back)
    intro = f"“{wish.words}” · " + _("What givers paid for it stands on the task already; leave the amount open then.")
    return simple_form(
        request, case, form, title=_("A wish came true"), button=_("Write it down"), intro=intro, back=back
    )


@staff(Permission.CASE_SERVICE)
@require_POST
def give_up(request: HopeRequest, number: str, wish_id: int) -> HttpResponseBase:
    case = read_case(request.viewer, number)
    wishes.give_up(by=request.viewer, number=number, wish_id=wish_id)
    return done(request, _("It has left the plan."), address(case, "case_wishes"))


@staff(Permission.CASE_SERVICE)
@require_http_methods(["GET", "HEAD", "POST"])
def how_was_it(request: HopeRequest, number: str, record_id: int) -> HttpResponseBase:
    """One question after a service, asked once; the answer is kept apart from whoever gave it."""
    case = read_case(request.viewer, number)
    record = service_of(request.viewer, case, record_id)
    form = AskedForm(request.POST or None, initial={"channel": AskedBy.SMS})

    def ask() -> None:
        asked = satisfaction.Asked(**form.cleaned_data)
        satisfaction.ask(by=request.viewer, number=number, record_id=record_id, asked=asked)

    back = address(case, "case_services")
    if taken(request, form, ask):
        return done(request, _("Thank you. The answer comes back in sums alone."), back)
    intro = _("“How was it?” Good, so-so or not good; they need not answer. Nobody who gave it learns who said what.")
    title = f"{_('How was it?')} · {record.service.name}"
    return simple_form(request, case, form, title=title, button=_("Write down or ask"), intro=intro, back=back)
