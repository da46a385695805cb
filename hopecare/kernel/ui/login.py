"""Staff log-in, the demo's one click, log-out, whom somebody acts for, and the page about oneself."""

from functools import wraps
from typing import Any

from allauth.account.forms import ChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.views import LoginView
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout as django_logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hopecare.kernel import accounts, errors
from hopecare.kernel.selectors.accounts import cast_account, cast_buttons, own_account
from hopecare.kernel.viewers import affiliations_of
from hopecare.kernel.web import HopeRequest, View, member, public


def way_on(request: HttpRequest, otherwise: str) -> str:
    """The page that was asked for before the log-in, if it is a page of this house."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return asked if asked and ours else otherwise


class LoginForm(AllauthLoginForm):
    """User name and password; our words, no placeholder instead of a label."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, hint in (
            ("login", gettext_lazy("User name"), "username"),
            ("password", gettext_lazy("Password"), "current-password"),
        ):
            field: forms.Field = self.fields[name]
            field.label, field.help_text = label, ""
            field.widget.attrs = {"autocomplete": hint}


class OwnPasswordForm(ChangePasswordForm):
    """The password of one's own account; the old one again would not be new."""

    def clean_password1(self) -> str:
        chosen: str = self.cleaned_data["password1"]
        if self.user.check_password(chosen):
            raise forms.ValidationError(_("This is the password that you have now. Please choose another."))
        return chosen


class OurLoginView(LoginView):
    """Allauth's log-in in our frame: 422 when it does not fit, and the cast's buttons in the demo."""

    form_class = LoginForm

    def form_invalid(self, form: LoginForm) -> HttpResponse:
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=422)
        return response

    def get_authenticated_redirect_url(self) -> str:
        return way_on(self.request, accounts.home_of(self.request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = way_on(self.request, "")
        people = cast_buttons() if settings.HOPECARE_DEMO else []
        return {**super().get_context_data(**kwargs), "cast": people, "next": asked}


login = public()(OurLoginView.as_view())


@public()
@require_POST
def demo_login(request: HopeRequest) -> HttpResponseBase:
    """`who=ana`: in a demo, one click lets a member of the cast in; elsewhere there is no such page."""
    user = cast_account(request.POST.get("who", "")) if settings.HOPECARE_DEMO else None
    if user is None:
        raise errors.NotFound
    django_logout(request)
    accounts.open_session(request, user, second_factor=True)
    return HttpResponseRedirect(way_on(request, accounts.home_of(user)))


@public()
@require_POST
def log_out(request: HopeRequest) -> HttpResponseBase:
    django_logout(request)
    messages.success(request, _("You are logged out."))
    return HttpResponseRedirect(way_on(request, "/"))


@public()
@require_GET
def inactive(request: HopeRequest) -> HttpResponseBase:
    return render(request, "account/inactive.html", status=403)


@member()
@require_http_methods(["GET", "POST"])
def acting(request: HopeRequest) -> HttpResponseBase:
    """Somebody who works for several organisations says for which one they act now."""
    choices = affiliations_of(request.user)
    if request.method == "POST":
        chosen = next((choice for choice in choices if str(choice.pk) == request.POST.get("affiliation")), None)
        if chosen is None:
            raise errors.NotFound
        request.session["affiliation"] = chosen.pk
        messages.success(request, _("You now act for %(organisation)s.") % {"organisation": chosen.organisation.name})
        return HttpResponseRedirect(way_on(request, "/desk/"))
    current = next((choice for choice in choices if choice.pk == request.session.get("affiliation")), None)
    current = current or (choices[0] if choices else None)
    return render(request, "account/acting.html", {"choices": choices, "current": current, "next": way_on(request, "")})


@member(without_second_factor=True)
@require_GET
def me(request: HopeRequest) -> HttpResponseBase:
    """Who I am here and what is stored about my account; apps add their part through the slot `me.panels`."""
    account: Any = request.user
    return render(request, "account/me.html", {"account": own_account(account), "subject": account})


def with_password(view: View) -> View:
    """A page about one's password, which the cast of the demo and passkey-only accounts do not have."""

    @wraps(view)
    def inner(request: HopeRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if not user.has_usable_password():
            raise errors.NotFound
        return view(request, *args, **kwargs)

    return member(without_second_factor=True)(inner)


def changing_factors(view: View) -> View:
    """A page of allauth that adds or takes away a second factor, for accounts logged in by password alone too."""

    @wraps(view)
    def inner(request: HopeRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        before = accounts.Factors.of(request.user)
        response = view(request, *args, **kwargs)
        accounts.note_factors(request, request.viewer, before)
        return response

    return member(without_second_factor=True)(inner)
