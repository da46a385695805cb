"""The quarterly look at who still works here, by somebody else than themselves; and letting a new colleague in."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hopecare.kernel import clock, errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.selectors.accounts import Movable, Openable, colleagues, movable, openable
from hopecare.kernel.services.accounts import confirm_affiliation, end_affiliation, move_to_team, open_account
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.AFFILIATION_CONFIRM)
@require_GET
def accounts(request: HopeRequest) -> HttpResponseBase:
    rows = colleagues(request.viewer)
    due, may_open = sum(row.state != "fine" for row in rows), request.viewer.may(Permission.ACCOUNT_OPEN)
    return render(request, "kernel/accounts.html", {"rows": rows, "due": due, "may_open": may_open})


@staff(Permission.AFFILIATION_CONFIRM)
@require_POST
def confirm(request: HopeRequest, affiliation: int) -> HttpResponseBase:
    row = confirm_affiliation(by=request.viewer, affiliation_id=affiliation)
    messages.success(request, _("%(name)s is confirmed for the next quarter.") % {"name": row.user.name})
    return HttpResponseRedirect("/desk/colleagues/")


@staff(Permission.AFFILIATION_CONFIRM)
@require_POST
def end(request: HopeRequest, affiliation: int) -> HttpResponseBase:
    row = end_affiliation(by=request.viewer, affiliation_id=affiliation)
    messages.success(request, _("%(name)s no longer acts here; access has ended.") % {"name": row.user.name})
    return HttpResponseRedirect("/desk/colleagues/")


class AccountForm(forms.Form):
    """Who comes, for whom they act, in which role and teams."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    username = forms.RegexField(
        r"^[a-z][a-z0-9._-]{2,40}$",
        label=gettext_lazy("User name"),
        help_text=gettext_lazy("Small letters, digits, dots; at least three signs. It never changes."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Work telephone (stands on papers)"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    organisation: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"), queryset=None, empty_label=gettext_lazy("Choose")
    )
    role: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=gettext_lazy("Role"), queryset=None, empty_label=gettext_lazy("Choose")
    )
    teams: "forms.ModelMultipleChoiceField[Any]" = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Teams"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, allowed: Openable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field, rows in (
            ("organisation", allowed.organisations),
            ("role", allowed.roles),
            ("teams", allowed.teams),
        ):
            self.fields[field].queryset = rows  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """Out of which team, into which, from when."""

    seat = forms.TypedChoiceField(label=gettext_lazy("Team now"), coerce=int)
    team: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=gettext_lazy("New team"), queryset=None, empty_label=gettext_lazy("Choose")
    )
    on = forms.DateField(label=gettext_lazy("From this day on"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, found: Movable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = [(row.pk, row.team.name) for row in found.memberships if row.ends_on is None]
        self.fields["seat"].choices = seats  # type: ignore[attr-defined]
        self.fields["team"].queryset = found.teams  # type: ignore[attr-defined]


@staff(Permission.ACCOUNT_OPEN)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HopeRequest, affiliation: int) -> HttpResponseBase:
    """Another team of the same organisation, from a day on; what the colleague leads stands beside it."""
    found = movable(request.viewer, affiliation)
    if found is None:
        raise errors.NotFound("account", str(affiliation))
    form = MoveForm(request.POST or None, found=found, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            move_to_team(by=request.viewer, affiliation_id=affiliation, **form.cleaned_data)
        except errors.Impossible as error:
            for problem in error.problems:
                form.add_error(problem.field, str(problem.words))
        else:
            messages.success(request, _("%(name)s moves. Access follows by itself.") % {"name": found.user.name})
            return HttpResponseRedirect(request.path)
    return render(
        request, "kernel/account_move.html", {"form": form, "found": found}, status=422 if form.errors else 200
    )


@staff(Permission.ACCOUNT_OPEN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_page(request: HopeRequest) -> HttpResponseBase:
    """Let a new colleague in. The password stands on the answer once and nowhere else."""
    form = AccountForm(request.POST or None, allowed=openable(request.viewer))
    if request.method == "POST" and form.is_valid():
        try:
            user, password = open_account(by=request.viewer, **form.cleaned_data)
        except errors.Impossible as error:
            for problem in error.problems:
                form.add_error(problem.field, str(problem.words))
        else:
            return render(request, "kernel/account_opened.html", {"account": user, "password": password})
    return render(request, "kernel/account_new.html", {"form": form}, status=422 if form.errors else 200)
