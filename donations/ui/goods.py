"""Goods and events in kind at the desk: the register, one entry, and what was handed out of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.selectors.catalogue import categories
from donations.models import GoodsGift, GoodsKind, ValueBasis
from donations.rules.goods import Guests, Offered
from donations.selectors import export
from donations.selectors import goods as selectors
from donations.services import goods as services
from donations.ui.forms import WonField, place_problems
from donations.ui.many_hands import MAY, done_or_said, tabs
from donations.ui.private import private
from hopecare.kernel import clock, errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


class GoodsForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of gift"), choices=GoodsKind.choices, widget=forms.RadioSelect, required=False
    )
    what = forms.CharField(label=gettext_lazy("Item"), max_length=120, required=False)
    quantity = forms.IntegerField(label=gettext_lazy("How many"), required=False)
    unit = forms.CharField(
        label=gettext_lazy("Unit"), help_text=gettext_lazy("Boxes, sacks, meals …"), max_length=20, required=False
    )
    value_won = WonField(label=gettext_lazy("Value of all in won"), required=False)
    basis = forms.ChoiceField(
        label=gettext_lazy("On what the value rests"),
        choices=ValueBasis.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    guests = forms.IntegerField(
        label=gettext_lazy("People invited"),
        help_text=gettext_lazy("Only for events, and only the number."),
        required=False,
    )
    given_on = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), required=False
    )
    giver_name = forms.CharField(label=gettext_lazy("Who gave it"), max_length=80, required=False)
    giver_phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=40, required=False)


class UseForm(forms.Form):
    quantity = forms.IntegerField(label=gettext_lazy("How many"), required=False)
    people = forms.IntegerField(label=gettext_lazy("For how many people"), required=False)
    words = forms.CharField(
        label=gettext_lazy("For what"),
        help_text=gettext_lazy("No names: winter parcels in Hwado, say."),
        max_length=120,
        required=False,
    )


class GuestForm(forms.Form):
    category = forms.ChoiceField(label=gettext_lazy("What they need"), required=False)
    invited = forms.IntegerField(label=gettext_lazy("How many people"), required=False)
    words = forms.CharField(
        label=gettext_lazy("What the host should know"),
        help_text=gettext_lazy("A wheelchair, no peanuts. No names: the host never learns who comes."),
        max_length=80,
        required=False,
    )
    number = forms.CharField(
        label=gettext_lazy("Number of the case"),
        help_text=gettext_lazy("Only if the case shall know of it, and only one of yours."),
        max_length=16,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [(str(row.pk), row.name) for row in categories()]  # type: ignore[attr-defined]


@staff(*MAY)
@require_safe
def goods(request: HopeRequest) -> HttpResponseBase:
    context = {
        "register": selectors.register(request.viewer),
        "year": clock.today().year,
        "tabs": tabs(request.viewer),
        "may_manage": request.viewer.may(Permission.GIVING_MANAGE),
        "may_book": request.viewer.may(Permission.MONEY_BOOK),
    }
    return render(request, "donations/goods.html", context)


@staff(*MAY)
@require_safe
def goods_csv(request: HopeRequest) -> HttpResponseBase:
    answer = HttpResponse(
        "".join(export.csv_of(selectors.csv_rows(request.viewer))), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="goods-{clock.today().year}.csv"'
    return private(answer)


@staff(Permission.GIVING_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HopeRequest) -> HttpResponseBase:
    start = {"kind": "goods", "basis": "receipt", "given_on": clock.today()}
    form = GoodsForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.register(by=request.viewer, told=Offered(**form.cleaned_data))
        except errors.Impossible as error:
            place_problems(form, error.problems)
        else:
            messages.success(request, _("It stands in the register."))
            return redirect("goods-one", gift_id=row.pk)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "donations/goods_new.html", {"form": form}, status=status)


@staff(*MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HopeRequest, gift_id: int) -> HttpResponseBase:
    """One entry; a post writes down what was handed out of it."""
    row = selectors.one(request.viewer, gift_id)
    form = UseForm(request.POST or None)
    if row.kind == GoodsKind.EVENT:
        return _event(request, row, GuestForm())
    if request.method == "POST" and form.is_valid():
        data: dict[str, Any] = form.cleaned_data
        try:
            services.hand_out(by=request.viewer, gift_id=gift_id, **data)
        except errors.Impossible as error:
            place_problems(form, error.problems)
        else:
            messages.success(request, _("Written down."))
            return redirect("goods-one", gift_id=gift_id)
    context = {
        "row": row,
        "uses": selectors.uses(row),
        "form": form,
        "may_manage": request.viewer.may(Permission.GIVING_MANAGE),
    }
    return render(request, "donations/goods_one.html", context, status=422 if form.is_bound and form.errors else 200)


def _event(request: HopeRequest, row: GoodsGift, form: GuestForm) -> HttpResponseBase:
    """An event with its guest list: numbers by need, never a name (R75, D9)."""
    found = selectors.guests(request.viewer, row)
    seats = row.guests - sum(one.row.invited for one in found)
    context = {"row": row, "guests": found, "seats": seats, "form": form}
    context["may_manage"] = request.viewer.may(Permission.GIVING_MANAGE)
    status = 422 if form.is_bound and form.errors else 200
    return private(render(request, "donations/event.html", context, status=status))


@staff(Permission.GIVING_MANAGE)
@require_POST
def guests(request: HopeRequest, gift_id: int) -> HttpResponseBase:
    row, form = selectors.one(request.viewer, gift_id), GuestForm(request.POST)
    if form.is_valid():
        data: dict[str, Any] = dict(form.cleaned_data)
        chosen = data.pop("category")
        told = Guests(int(chosen) if chosen else None, **data)
        try:
            services.invite(by=request.viewer, gift_id=gift_id, told=told)
        except errors.Impossible as error:
            place_problems(form, error.problems)
        else:
            messages.success(request, _("Written down."))
            return redirect("goods-one", gift_id=gift_id)
    return _event(request, row, form)


@staff(Permission.GIVING_MANAGE)
@require_POST
def came(request: HopeRequest, gift_id: int, line_id: int) -> HttpResponseBase:
    """How many of a line came."""
    typed = request.POST.get("came", "")
    many = int(typed) if typed.isdigit() and len(typed) < 5 else None
    return done_or_said(
        request,
        lambda: services.note_came(by=request.viewer, gift_id=gift_id, line_id=line_id, came=many),
        _("Written down."),
        "goods-one",
        gift_id=gift_id,
    )
