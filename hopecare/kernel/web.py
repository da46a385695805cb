"""How a view says who may come in. A view without one of these marks is refused by a test, and sees no private row.

@staff(Permission.CASE_VIEW)          somebody logged in whose role has the permission
@member(UserKind.VOLUNTEER)           an account of that kind
@public(Principal.INTAKE)             anybody; the view works as the named system principal
@public()                             anybody; the view reads no private row
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from hopecare.kernel import errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check_any, system
from hopecare.kernel.accounts import needs_own_password, needs_second_factor
from hopecare.kernel.models import UserKind
from hopecare.kernel.permissions import Permission
from hopecare.kernel.viewers import viewer_of

View = Callable[..., HttpResponseBase]


class HopeRequest(HttpRequest):
    """A request after the middleware: who is looking is known; `entered` is true once the view's mark let it in."""

    viewer: Viewer
    entered: bool
    htmx: Any


def source_address(request: HttpRequest) -> str | None:
    return request.META.get("REMOTE_ADDR") or None


def viewer_for(request: HttpRequest) -> Viewer:
    """The viewer of the logged-in account; anonymous visitors are nobody."""
    user: Any = request.user
    if not user.is_authenticated:
        return Viewer(source_address=source_address(request))
    return viewer_of(user, affiliation_id=request.session.get("affiliation"), source_address=source_address(request))


def _come_in(request: HttpRequest, *, without_second_factor: bool = False) -> Viewer:
    """The viewer of a logged-in account; raises Unauthenticated, PasswordTold or SecondFactorMissing."""
    if not request.user.is_authenticated:
        raise errors.Unauthenticated
    if not without_second_factor and needs_own_password(request):
        raise errors.PasswordTold
    if not without_second_factor and needs_second_factor(request):
        raise errors.SecondFactorMissing
    return viewer_for(request)


def staff(*permissions: Permission, short_transactions: bool = False) -> Callable[[View], View]:
    """Any one of the permissions opens; `short_transactions`: the view opens `acting_as` itself, as exports must."""

    def mark(view: View) -> View:
        @wraps(view)
        def inner(request: HopeRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.viewer = _come_in(request)
            check_any(request.viewer, *permissions)
            request.entered = True
            return _run(view, request, request.viewer, short_transactions, args, kwargs)

        inner.hopecare_access = ("staff", "|".join(permissions))  # type: ignore[attr-defined]
        return inner

    return mark


def member(*kinds: UserKind, without_second_factor: bool = False) -> Callable[[View], View]:
    """For accounts of these kinds; without arguments, for anybody who is logged in.

    `without_second_factor`: staff come in by password alone, for the pages on which a factor is set up.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def inner(request: HopeRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.viewer = _come_in(request, without_second_factor=without_second_factor)
            user: Any = request.user
            if kinds and user.kind not in kinds:
                raise errors.Forbidden("kind")
            request.entered = True
            return _run(view, request, request.viewer, False, args, kwargs)

        inner.hopecare_access = ("member", ",".join(kinds))  # type: ignore[attr-defined]
        return inner

    return mark


def public(principal: Principal | None = None) -> Callable[[View], View]:
    def mark(view: View) -> View:
        @wraps(view)
        def inner(request: HopeRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            address = source_address(request)
            request.viewer = system(principal, source_address=address) if principal else Viewer(source_address=address)
            request.entered = True
            return _run(view, request, request.viewer, True, args, kwargs)

        inner.hopecare_access = ("public", principal.value if principal else "")  # type: ignore[attr-defined]
        return inner

    return mark


def _run(view: View, request: HopeRequest, viewer: Viewer, short: bool, args: Any, kwargs: Any) -> HttpResponseBase:
    if short:
        return view(request, *args, **kwargs)
    with acting_as(viewer):
        response = view(request, *args, **kwargs)
        if (
            isinstance(response, HttpResponse)
            and hasattr(response, "render")
            and not getattr(response, "is_rendered", True)
        ):
            response.render()  # lazily rendered pages read rows too
        return response
