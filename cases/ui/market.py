"""The food market: the counter that knows numbers alone, the shelves, and the card of a household (R41, D9)."""

from typing import Any

from django import forms
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases.models import MarketGood, MarketSite
from cases.selectors import market as found
from cases.selectors.case_page import read_case
from cases.selectors.choices import people_of
from cases.selectors.crossing import towns
from cases.services import market as services
from cases.ui.case_frame import address, done, frame, taken
from cases.ui.forms_case import DayField, OnceForm, PickField, WonField
from hopecare.kernel import clock, codes
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


class NumberForm(forms.Form):
    number = forms.CharField(
        label=gettext_lazy("Number on the card"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "short", "spellcheck": "false"}),
    )


class TakeForm(OnceForm):
    """One small number per good of the place."""

    number = forms.CharField(widget=forms.HiddenInput, max_length=30)

    def __init__(self, *args: Any, goods: list[MarketGood], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goods = goods
        for good in goods:
            label = _("%(name)s · %(won)s won · %(many)s left") % {
                "name": good.name, "won": f"{good.won:,}", "many": good.stock,
            }  # fmt: skip
            self.fields[f"good_{good.pk}"] = forms.IntegerField(
                label=label,
                required=False,
                min_value=0,
                max_value=99,
                widget=forms.NumberInput(attrs={"class": "tiny"}),
            )

    def counts(self) -> dict[int, int]:
        return {good.pk: self.cleaned_data.get(f"good_{good.pk}") or 0 for good in self.goods}


class SiteForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the place"), max_length=60)
    town = PickField(label=gettext_lazy("Town"))
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=20, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["town"].offer(towns())  # type: ignore[attr-defined]


class GoodForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("What came in"), max_length=60)
    won = WonField(label=gettext_lazy("Worth of one"))
    more = forms.IntegerField(
        label=gettext_lazy("How many"),
        min_value=-100_000,
        max_value=100_000,
        help_text=gettext_lazy("Below zero: spoiled or lost."),
        widget=forms.NumberInput(attrs={"class": "tiny"}),
    )


class CardForm(forms.Form):
    person = PickField(label=gettext_lazy("Who carries it"), label_of=lambda person: person.name)
    recommended_by = forms.CharField(
        label=gettext_lazy("Recommended by"), max_length=80, help_text=gettext_lazy("The town office and who signed.")
    )
    recommended_on = DayField(label=gettext_lazy("On which day"))


def _chosen(request: HopeRequest) -> tuple[list[MarketSite], MarketSite | None]:
    """The places, and the one whose counter this is; the only one, if there is one."""
    places = found.sites()
    wanted = request.GET.get("site", "")
    chosen = next((place for place in places if str(place.pk) == wanted), None)
    return places, chosen or (places[0] if len(places) == 1 else None)


@staff(Permission.MARKET_SERVE, short_transactions=True)
@require_http_methods(["GET", "HEAD", "POST"])
def counter(request: HopeRequest) -> HttpResponseBase:
    """A number in, what may still be taken out. Neither a name nor a case stands here."""
    places, site = _chosen(request)
    goods = found.goods(site) if site else []
    told = request.POST if request.method == "POST" else None
    number = NumberForm(told if told is not None and "look" in told else None)
    take = TakeForm(told if told is not None and "take" in told else None, goods=goods)
    card: services.AtCounter | None = None

    def look() -> None:
        nonlocal card, take
        card = services.look(by=request.viewer, typed=number.cleaned_data["number"])
        take = TakeForm(goods=goods, initial={"number": card.number})

    def hand_out() -> None:
        nonlocal card
        assert site is not None
        data = take.cleaned_data
        counts = {"counts": take.counts(), "token": data["token"]}
        card = services.take(by=request.viewer, typed=data["number"], site=site, **counts)

    if number.is_bound:
        taken(request, number, look)
    if site is not None and take.is_bound:
        if taken(request, take, hand_out):
            said = _("Written down. Still open this month: %(items)s pieces, %(won)s won.")
            left = card.left if card else None
            words = said % {"items": left.items if left else 0, "won": f"{left.won if left else 0:,}"}
            return done(request, words, f"{reverse('market')}?site={site.pk}")
        card = services.look(by=request.viewer, typed=take.data.get("number", ""))
    form = take if take.is_bound else number
    context = {
        "sites": places,
        "site": site,
        "goods": goods,
        "card": card,
        "number": number,
        "take": take,
        "form": form,
        "shown": codes.shown(card.number) if card else "",
    }
    return render(request, "cases/market/counter.html", context, status=_status(form))


@staff(Permission.MARKET_SERVE)
@require_http_methods(["GET", "HEAD", "POST"])
def shelves(request: HopeRequest) -> HttpResponseBase:
    """Places and what lies there."""
    places, site = _chosen(request)
    told = request.POST if request.method == "POST" else None
    new = SiteForm(told if told is not None and "site" in told else None)
    good = GoodForm(told if told is not None and "good" in told else None)

    def add() -> None:
        services.add_site(by=request.viewer, site=MarketSite(**new.cleaned_data))

    def fill() -> None:
        assert site is not None
        services.fill(by=request.viewer, site=site, **good.cleaned_data)

    here = reverse("market_shelves")
    if new.is_bound and taken(request, new, add):
        return done(request, _("The place is there."), here)
    if site is not None and good.is_bound and taken(request, good, fill):
        return done(request, _("On the shelf."), f"{here}?site={site.pk}")
    form = good if good.is_bound else new
    context = {"sites": places, "site": site, "goods": found.goods(site) if site else [], "new": new, "good": good}
    return render(request, "cases/market/shelves.html", {**context, "form": form}, status=_status(form))


@staff(Permission.CASE_SERVICE)
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HopeRequest, number: str) -> HttpResponseBase:
    """The household's card: given on a recommendation, printed without a name, ended in one tap."""
    case = read_case(request.viewer, number)
    here = address(case, "case_market")
    if request.method == "POST" and "end" in request.POST:
        services.end_card(by=request.viewer, number=number)
        return done(request, _("The card opens nothing any more."), here)
    form = CardForm(request.POST or None, initial={"person": case.main_person_id, "recommended_on": clock.today()})
    form.fields["person"].offer(people_of(request.viewer, case))  # type: ignore[attr-defined]

    def give() -> None:
        services.give_card(by=request.viewer, number=number, **form.cleaned_data)

    if taken(request, form, give):
        return done(request, _("The card is ready. Print it, or write the number down."), here)
    told = found.of_case(request.viewer, case)
    context = {**frame(case, _("Food market")), "told": told, "form": form, "sites": found.sites()}
    context["shown"] = codes.shown(told.card.number) if told.card else ""
    return render(request, "cases/market/card.html", context, status=_status(form))


@staff(Permission.CASE_SERVICE)
@require_http_methods(["GET", "HEAD"])
def paper(request: HopeRequest, number: str) -> HttpResponseBase:
    """The card on paper: a number, places, telephones. No programme, no name (D9)."""
    case = read_case(request.viewer, number)
    told = found.of_case(request.viewer, case)
    if told.card is None or not told.card.is_good:
        return HttpResponseRedirect(address(case, "case_market"))
    context = {"card": told.card, "shown": codes.shown(told.card.number), "sites": found.sites()}
    return render(request, "cases/market/paper.html", context)


def _status(form: forms.Form) -> int:
    return 422 if form.is_bound and form.errors else 200
