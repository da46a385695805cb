"""Forms of the desk: triage, the result of a visit, an attachment. What was typed stays when something is wrong."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import VisitResult
from cases.selectors.colleagues import Colleague
from hopecare.kernel import clock
from hopecare.kernel.errors import Impossible, Weight
from hopecare.kernel.models import Zone
from hopecare.kernel.permissions import Permission


def tell(form: forms.BaseForm, error: Impossible) -> None:
    """Put what the rules found beside the fields it belongs to, the rest on top of the form."""
    for problem in error.problems:
        if problem.weight == Weight.BLOCKER:
            form.add_error(problem.field if problem.field in form.fields else None, problem.words)


def date_field(label: Any, *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


def hour_field(label: Any, *, required: bool = True) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time", "step": "300"}, format="%H:%M")
    return forms.TimeField(label=label, required=required, widget=widget)


class AssignForm(forms.Form):
    """First visit by two: one from the public side, one from the centre, a day and an hour."""

    official = forms.TypedChoiceField(label=_("City or town office"), coerce=int)
    worker = forms.TypedChoiceField(label=_("Centre"), coerce=int)
    day = date_field(_("Day"))
    hour = hour_field(_("Hour"))
    expected = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, team: Sequence[Colleague], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["official"].choices = list(_choices(team, public=True))  # type: ignore[attr-defined]
        self.fields["worker"].choices = list(_choices(team, public=False))  # type: ignore[attr-defined]

    @property
    def at(self) -> datetime:
        return clock.at(self.cleaned_data["day"], self.cleaned_data["hour"])


def _choices(team: Iterable[Colleague], *, public: bool) -> Iterable[tuple[int, str]]:
    for member in team:
        if member.is_public is public and member.may(Permission.VISIT_RECORD):
            yield member.user_id, f"{member.name} ({member.organisation})"


class HandOverForm(forms.Form):
    zone = forms.ChoiceField(label=_("To which zone"))
    reason = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, zones: Iterable[Zone], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = [("", _("Choose"))] + [  # type: ignore[attr-defined]
            (zone.code, zone.name) for zone in zones
        ]


class CloseForm(forms.Form):
    words = forms.CharField(label=_("Why without a case"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class AttachForm(forms.Form):
    number = forms.CharField(
        label=_("Case number"), max_length=11, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )


#: In the words that two people would use on the stairs.
RESULTS = [
    (VisitResult.MET, _("We met")),
    (VisitResult.NOBODY_HOME, _("Nobody there")),
    (VisitResult.WRONG_PLACE, _("Another house")),
    (VisitResult.ALREADY_HELPED, _("Helped already")),
    (VisitResult.DECLINED, _("Does not want it")),
    (VisitResult.DANGER, _("Danger")),
]


class ResultForm(forms.Form):
    """What came of a visit; which of the other fields is needed depends on it, and the service says so."""

    result = forms.ChoiceField(label=_("What came of it"), choices=RESULTS, widget=forms.RadioSelect)
    day = date_field(_("Again on"), required=False)
    hour = hour_field(_("at"), required=False)
    ask_again_on = date_field(_("May we ask again? From this day"), required=False)
    told_whom = forms.CharField(label=_("Who was told (119, 112, or by name)"), max_length=200, required=False)
    told_hour = hour_field(_("At what time"), required=False)
    note = forms.CharField(
        label=_("A few words for colleagues"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    @property
    def again_at(self) -> datetime | None:
        day, hour = self.cleaned_data.get("day"), self.cleaned_data.get("hour")
        return clock.at(day, hour) if day and hour else None

    @property
    def told_at(self) -> datetime | None:
        hour = self.cleaned_data.get("told_hour")
        return clock.at(clock.today(), hour) if hour else None
