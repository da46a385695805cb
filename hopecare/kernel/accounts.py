"""Staff accounts: nobody signs up; a second factor (TOTP or passkey) is set up before the desk opens.

A session knows that the second factor was passed by its key `second_factor`; it is set in three places only: after
allauth's own stage, when a first factor is added in this very session, and by the demo's one click.
"""

from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import login as django_login
from django.http import HttpRequest

from hopecare.kernel import audit, clock, crypto
from hopecare.kernel.access import Viewer, acting_as
from hopecare.kernel.models import UserKind
from hopecare.kernel.viewers import affiliations_of, viewer_of

BACKEND = "hopecare.kernel.account_backend.AccountBackend"
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
#: A password typed within these seconds is fresh enough to set up the first factor without typing it again.
FRESH_SECONDS = 600


def needs_second_factor(request: HttpRequest) -> bool:
    """Whether this logged-in account must first show or set up a second factor. No query."""
    user: Any = request.user
    return user.kind == UserKind.STAFF and not request.session.get("second_factor")


def needs_own_password(request: HttpRequest) -> bool:
    """Whether somebody else knows this account's password, so that its owner must choose another. No query."""
    user: Any = request.user
    return bool(user.password_told)


def home_of(user: Any) -> str:
    """Where an account starts: staff at the desk (or at the choice, when they act for several), others at /me/."""
    if user.kind != UserKind.STAFF:
        return "/me/"
    return "/desk/acting/" if len(affiliations_of(user)) > 1 else "/desk/"


def open_session(request: HttpRequest, user: Any, *, second_factor: bool) -> None:
    """Log the account in, note it in the audit, and remember whether the second factor was passed."""
    django_login(request, user, backend=BACKEND)
    request.session["second_factor"] = second_factor
    request.session["opened"] = request.session["touched"] = int(clock.now().timestamp())
    viewer = viewer_of(user, source_address=request.META.get("REMOTE_ADDR") or None)
    with acting_as(viewer):
        audit.changed(viewer, "account", [user.pk], "logged_in", owners=[viewer.organisation_id])


class StaffAccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Axes alone counts wrong passwords: it has the page that says when the door opens again."""

    def login(self, request: HttpRequest, user: Any) -> None:
        """Reached after every stage, so an account that has a factor has passed it."""
        open_session(request, user, second_factor=is_mfa_enabled(user, FACTORS))

    def set_password(self, user: Any, password: str) -> None:
        user.password_told = False
        super().set_password(user, password)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return home_of(request.user)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """The password again before a factor changes, except to set up the first one straight after log-in."""
        session = self.request.session
        fresh = int(clock.now().timestamp()) - session.get("opened", 0) < FRESH_SECONDS
        return not (fresh and not is_mfa_enabled(self.request.user, FACTORS))


class FactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors are encrypted with the ring of data keys; staff keep at least one factor."""

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user: Any = authenticator.user
        others = Authenticator.objects.filter(user=user, type__in=FACTORS).exclude(pk=authenticator.pk)
        return user.kind != UserKind.STAFF or authenticator.type not in FACTORS or others.exists()

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail past the outbox; the audit row and the page itself tell of a new factor."""


@dataclass(frozen=True)
class Factors:
    """The factors of an account before a page that may change them."""

    ids: frozenset[int]

    @classmethod
    def of(cls, user: Any) -> "Factors":
        return cls(
            frozenset(Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).values_list("pk", flat=True))
        )


def note_factors(request: HttpRequest, viewer: Viewer, before: Factors) -> None:
    """After such a page, in its transaction: the audit row, and the open desk for whoever added a factor just now."""
    now = Factors.of(request.user).ids
    for what, ids in (("factor_added", now - before.ids), ("factor_removed", before.ids - now)):
        if ids:
            audit.changed(viewer, "account", [viewer.user_id or 0], what, owners=[viewer.organisation_id])
    if now - before.ids:
        request.session["second_factor"] = True
