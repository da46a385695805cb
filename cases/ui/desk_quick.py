"""A note in seconds from any page; several cases to another lead, each checked by itself."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases.selectors.choices import whom_about
from cases.selectors.colleagues import colleagues
from cases.selectors.recent import at_hand, led_by, loads, one_at_hand
from cases.selectors.team import leaders_of
from cases.services.leads import change_leads
from cases.services.notes import record_contact
from cases.ui import case_drafts
from cases.ui.case_words import is_strict, safe_contact_words
from cases.ui.forms_case import ContactForm, add_problems
from hopecare.kernel import errors, panels
from hopecare.kernel.access import Viewer
from hopecare.kernel.models import Person
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


class QuickForm(ContactForm):
    """About whom stands there as chips, the household chosen already, so that nobody who lives alone is slowed down."""

    field_order = ("way", "person", "words")
    number = forms.CharField(max_length=11, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "person" in self.fields:
            person: Any = self.fields["person"]
            person.widget, person.help_text = forms.RadioSelect(), ""
            person.choices = person.choices  # told to the new widget


@staff(Permission.CASE_ASSESS)
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HopeRequest) -> HttpResponseBase:
    """Whom, how, two words: "no answer" is one tap beside each name."""
    line, number = request.GET.get("q", "")[:80], request.GET.get("case", "")[:11]
    chosen = request.POST.get("number", number)[:11]
    form = QuickForm(request.POST or None, people=_people(request.viewer, chosen))
    if request.method == "POST" and form.is_valid():
        try:
            record_contact(by=request.viewer, number=chosen, **form.noted())
        except errors.NotFound:
            form.add_error(None, _("Not found. Please look at the number again, or ask the central desk."))
        except errors.Impossible as refusal:
            add_problems(form, refusal)
        else:
            case_drafts.sent(request, chosen)
            messages.success(request, _("Written down: %(number)s") % {"number": chosen})
            return HttpResponseRedirect(reverse("case", args=[chosen]))
    cases = [
        {
            "case": case,
            "safe": safe_contact_words(getattr(case.main_person, "safe_contact", None)),
            "strict": is_strict(getattr(case.main_person, "safe_contact", None)),
        }
        for case in at_hand(request.viewer, line=line, number=number)
    ]
    context = {"form": form, "cases": cases, "line": line, "chosen": chosen}
    return render(request, "cases/desk/note.html", context, status=422 if form.is_bound else 200)


def _people(viewer: Viewer, number: str) -> list[Person]:
    """Whom the note may be about, of the case that was chosen."""
    case = one_at_hand(viewer, number)
    return whom_about(viewer, case) if case else []


def link(viewer: Viewer, subject: Any) -> panels.Panel | None:
    if viewer.user_id is None or not viewer.may(Permission.CASE_ASSESS):
        return None
    return panels.Panel("cases/desk/note_link.html")


class ReassignForm(forms.Form):
    to = forms.TypedChoiceField(label=gettext_lazy("New lead"), coerce=int)
    numbers = forms.MultipleChoiceField(label=gettext_lazy("Cases"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(label=gettext_lazy("Words about it"), max_length=500, required=False)


@staff(Permission.CASE_LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def reassign(request: HopeRequest) -> HttpResponseBase:
    """From one lead to another, as many cases as ticked; what could not be moved says why."""
    viewer = request.viewer
    chosen = request.GET.get("lead", "")
    lead_id = int(chosen) if chosen.isdecimal() and len(chosen) < 10 else viewer.user_id
    rows, weighed = led_by(viewer, lead_id), loads(viewer)
    people = {user.pk: user for team_id in viewer.team_ids for user in leaders_of(team_id)}
    form = ReassignForm(request.POST or None)
    fields: Any = form.fields
    fields["to"].choices = [
        (key, _load_words(user.name, weighed.get(key))) for key, user in people.items() if key != lead_id
    ]
    fields["numbers"].choices = [(one.case.number, one.case.main_person.name) for one in rows]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        moved, kept = change_leads(by=viewer, numbers=data["numbers"], to=people[data["to"]], reason=data["reason"])
        messages.success(request, _("Handed over: %(n)d") % {"n": len(moved)})
        for number, why in kept:
            messages.warning(request, f"{number}: {why}")
        return HttpResponseRedirect(f"{reverse('reassign')}?lead={lead_id}")
    leads = [(one.user_id, _load_words(one.name, weighed.get(one.user_id))) for one in colleagues(viewer.team_ids)
             if one.user_id in weighed]  # fmt: skip
    context = {"form": form, "rows": rows, "leads": leads, "lead_id": lead_id}
    return render(request, "cases/desk/reassign.html", context, status=422 if form.is_bound else 200)


def _load_words(name: str, load: tuple[int, int] | None) -> str:
    count, weight = load or (0, 0)
    return _("%(name)s · %(count)d cases, weight %(weight)d") % {"name": name, "count": count, "weight": weight}


def register() -> None:
    panels.register("desk.nav", 90, link)
