"""The desk's side of the board: every entry with its freshness, a change proposed by one and decided by another."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from eligibility import catalogue
from eligibility.catalogue import Entry, Words
from eligibility.models import Revision
from eligibility.selectors import board
from eligibility.selectors.board import Off
from eligibility.services import revisions as services
from eligibility.services.revisions import Proposal
from eligibility.ui.board_words import FIELD_WORDS, KIND_WORDS, PROVIDER_WORDS, changed_rows, name_of
from hopecare.kernel import clock, errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

LISTS = ("stages", "situations", "papers", "ask")
#: Fields that a new entry cannot do without.
NEEDED = ("category", "name_ko", "name_en", "what_ko", "who_ko", "stages", "ask", "source")


def _text(name: str, language: str) -> forms.CharField:
    tongue = {"ko": gettext_lazy("in Korean"), "en": gettext_lazy("in English")}[language]
    return forms.CharField(
        required=False,
        max_length=400,
        label=f"{FIELD_WORDS[name]} ({tongue})",
        widget=forms.Textarea(attrs={"rows": 2}) if name != "name" else forms.TextInput(),
    )


def code_of(name: str) -> str:
    """An entry's code from its English name: "Night bus for nurses" → night_bus_for_nurses."""
    return re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")[:40].rstrip("_")


class RevisionForm(forms.Form):
    """The whole entry as it stands; what is changed in it becomes the proposal."""

    def __init__(self, data: Any = None, *, entry: Entry) -> None:
        super().__init__(data)
        self.entry = entry
        for name in catalogue.TEXTS:
            for language in ("ko", "en"):
                self.fields[f"{name}_{language}"] = _text(name, language)
                self.initial[f"{name}_{language}"] = getattr(getattr(entry, name), language)
        self._choices()
        self.fields["source"] = forms.CharField(label=FIELD_WORDS["source"], max_length=300, required=False)
        day: dict[str, Any] = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), "required": False}
        self.fields["until"] = forms.DateField(label=FIELD_WORDS["until"], **day)
        self.fields["checked_on"] = forms.DateField(label=FIELD_WORDS["checked_on"], **day)
        self.fields["ended"] = forms.BooleanField(label=_("This help has ended: take it off the board"), required=False)
        self.fields["valid_from"] = forms.DateField(label=_("Holds from"), **{**day, "required": True})
        self.fields["reason"] = forms.CharField(label=_("Why (stands in the public list)"), max_length=300)
        for name in ("source", "until", "checked_on", *LISTS, "provider", "kind"):
            self.initial[name] = getattr(entry, name)
        self.initial["valid_from"] = clock.today()

    def _choices(self) -> None:
        frame = board.frame()
        stages = [(catalogue.ALL_STAGES, _("everybody")), *((one.code, one.name) for one in frame.stages)]
        many = {
            "stages": stages,
            "situations": [(code, str(words)) for code, words in catalogue.situations().items()],
            "papers": [(code, str(words)) for code, words in catalogue.papers().items()],
            "ask": [(code, str(one.name)) for code, one in catalogue.asks().items()],
        }
        for name, words in (("provider", PROVIDER_WORDS), ("kind", KIND_WORDS)):
            self.fields[name] = forms.ChoiceField(label=FIELD_WORDS[name], choices=list(words.items()))
        for name, choices in many.items():
            self.fields[name] = forms.MultipleChoiceField(
                label=FIELD_WORDS[name], choices=choices, required=False, widget=forms.SelectMultiple(attrs={"size": 6})
            )

    def changed(self) -> dict[str, Any]:
        """What differs from the entry as it stands."""
        data = self.cleaned_data
        fields: dict[str, Any] = {}
        for name in catalogue.TEXTS:
            texts = Words(data[f"{name}_ko"].strip(), data[f"{name}_en"].strip())
            if texts != getattr(self.entry, name):
                fields[name] = {"ko": texts.ko, "en": texts.en}
        for name in (*LISTS, "provider", "kind", "source"):
            value = tuple(data[name]) if name in LISTS else data[name]
            if (set(value) != set(getattr(self.entry, name))) if name in LISTS else value != getattr(self.entry, name):
                fields[name] = list(value) if name in LISTS else value
        for name in ("until", "checked_on"):
            if data[name] != getattr(self.entry, name):
                fields[name] = data[name].isoformat() if data[name] else ""
        return fields | ({"ended": True} if data.get("ended") else {})


class NewEntryForm(RevisionForm):
    """A help that is not on the board yet; its code is made of the English name."""

    def __init__(self, data: Any = None, *, entry: Entry) -> None:
        super().__init__(data, entry=entry)
        del self.fields["ended"]
        categories = [(one.code, one.name) for one in board.frame().categories]
        category = forms.ChoiceField(label=FIELD_WORDS["category"], choices=categories)
        self.fields = {"category": category, **self.fields}
        self.initial["checked_on"] = clock.today()
        for name in NEEDED:
            self.fields[name].required = True

    def changed(self) -> dict[str, Any]:
        return super().changed() | {"checked_on": (self.cleaned_data["checked_on"] or clock.today()).isoformat()}


@staff(Permission.CATALOGUE_EDIT)
@require_safe
def programmes(request: HopeRequest) -> HttpResponseBase:
    """What waits for a colleague, every entry with the day it was last compared with its source, and what is off."""
    known = board.entries(also_ended=True)
    on_it = [entry for entry in known.values() if not entry.ended]
    context = {
        "waiting": [(one, name_of(one, known.get(one.code))) for one in board.waiting()],
        "listed": sorted(on_it, key=lambda entry: (entry.checked_on, entry.code)),
        "off": list(board.taken_off().values()),
        "providers": PROVIDER_WORDS,
        "today": clock.today(),
    }
    return render(request, "eligibility/desk/programmes.html", context)


@staff(Permission.CATALOGUE_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HopeRequest) -> HttpResponseBase:
    """A new help for the board, laid before a colleague."""
    blank = catalogue.blank("", "", clock.today())
    form = NewEntryForm(request.POST if request.method == "POST" else None, entry=blank)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        code, changed = code_of(data["name_en"]), form.changed()
        told = Proposal(code, data["category"], changed, data["reason"], data["valid_from"], is_new=True)
        if _proposed(request, form, told):
            return HttpResponseRedirect(reverse("desk-programmes"))
    return render(request, "eligibility/desk/add.html", {"form": form}, status=422 if form.errors else 200)


def _proposed(request: HopeRequest, form: forms.Form, proposal: Proposal) -> bool:
    """Lay it before a colleague; what does not fit stands beside its field."""
    try:
        services.propose(by=request.viewer, proposal=proposal)
    except errors.Impossible as refusal:
        for problem in refusal.problems:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem.words))
        return False
    messages.success(request, _("Laid before a colleague. It changes when somebody else approves it."))
    return True


@staff(Permission.CATALOGUE_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HopeRequest, programme: str) -> HttpResponseBase:
    entry = board.entry(programme)
    if entry is None:
        raise errors.NotFound
    form = RevisionForm(request.POST if request.method == "POST" else None, entry=entry)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        proposal = Proposal(entry.code, entry.category, form.changed(), data["reason"], data["valid_from"])
        if _proposed(request, form, proposal):
            return HttpResponseRedirect(reverse("desk-programmes"))
    status = 422 if form.errors else 200
    context = {"entry": entry, "form": form, "history": board.history(entry.code)}
    return render(request, "eligibility/desk/edit.html", context, status=status)


@staff(Permission.CATALOGUE_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HopeRequest, revision_id: int) -> HttpResponseBase:
    """Old beside new; approve or decline."""
    revision = board.revision(revision_id)
    if revision is None:
        raise errors.NotFound("revision", str(revision_id))
    problems: list[str] = []
    if request.method == "POST":
        try:
            if request.POST.get("go") == "approve":
                services.approve(by=request.viewer, revision_id=revision_id)
                messages.success(request, _("Approved. It stands in the public list of changes."))
            else:
                services.decline(by=request.viewer, revision_id=revision_id, why=request.POST.get("why", "")[:300])
                messages.success(request, _("Declined. The board stays as it was."))
        except errors.Impossible as refusal:
            problems = [str(problem.words) for problem in refusal.problems]
        else:
            return HttpResponseRedirect(reverse("desk-programmes"))
    return _decision(request, revision, problems)


def _decision(request: HopeRequest, revision: Revision, problems: list[str]) -> HttpResponse:
    entry = board.entries(also_ended=True).get(revision.code)
    context = {
        "revision": revision,
        "name": name_of(revision, entry),
        "rows": changed_rows(revision.fields, entry, board.frame()),
        "problems": problems,
        "own": revision.proposed_by_id == request.viewer.user_id,
        "why": request.POST.get("why", ""),
    }
    return render(request, "eligibility/desk/decide.html", context, status=422 if problems else 200)


class PutBackForm(forms.Form):
    """From when an entry stands on the board again, and that somebody compared it with its source."""

    valid_from = forms.DateField(label=gettext_lazy("Stands on the board again from"))
    checked_on = forms.DateField(label=FIELD_WORDS["checked_on"])
    reason = forms.CharField(label=gettext_lazy("Why (stands in the public list)"), max_length=300)

    def __init__(self, data: Any = None, *, off: Off) -> None:
        super().__init__(data)
        for name in ("valid_from", "checked_on"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.initial = {"valid_from": max(off.since, clock.today()), "checked_on": clock.today()}


@staff(Permission.CATALOGUE_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def put_back(request: HopeRequest, programme: str) -> HttpResponseBase:
    """An entry that was taken off is laid before a colleague to stand on the board again, as it read."""
    off = board.taken_off().get(programme)
    if off is None:
        raise errors.NotFound
    form = PutBackForm(request.POST if request.method == "POST" else None, off=off)
    if request.method == "POST" and form.is_valid():
        data, entry = form.cleaned_data, off.entry
        fields = {"ended": False, "checked_on": data["checked_on"].isoformat()}
        proposal = Proposal(entry.code, entry.category, fields, data["reason"], data["valid_from"])
        if _proposed(request, form, proposal):
            return HttpResponseRedirect(reverse("desk-programmes"))
    context = {"entry": off.entry, "off": off, "form": form, "history": board.history(programme)}
    return render(request, "eligibility/desk/put_back.html", context, status=422 if form.errors else 200)
