"""Every address × everybody: the matrix says what to expect, and each one is opened to see whether it is true."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, path

from hopecare.kernel import url_walk, web
from hopecare.kernel.models import UserKind
from hopecare.kernel.services.city import DATA
from hopecare.kernel.url_walk import ENTERS, HIDDEN, LOGIN, Address, addresses
from tests.cast import Actor

ROLES: dict[str, dict[str, list[str]]] = yaml.safe_load((DATA / "roles.yaml").read_text())
As = Callable[..., Client]
PAGES_BUILT_FOR = {"social_worker", "centre_head", "partner_worker", "volunteer_coordinator", "accountant"}


def found(client: Client, address: Address) -> str:
    """What a GET meets: the view's own mark says on the request whether it let us in."""
    try:
        answer = client.get(address.trial)
    except Exception as error:  # a page that breaks is one more complaint; the others are still opened
        return f"broke with {type(error).__name__}: {error}"[:160]
    if answer.status_code == 500:
        return "broke"
    if getattr(answer.wsgi_request, "entered", False):
        return ENTERS
    if answer.status_code == 302 and answer["Location"].startswith(settings.LOGIN_URL):
        return LOGIN
    return HIDDEN if answer.status_code == 404 else f"{answer.status_code}"


def wrong(client: Client, kind: str, permissions: frozenset[str] = frozenset()) -> Iterator[str]:
    for address in addresses():
        expected, met = address.expect(kind=kind, permissions=permissions), found(client, address)
        if met != expected:
            yield f"{address.trial}: {met}, not {expected}"


def test_nobody(as_: As, city: object) -> None:
    assert list(wrong(as_(), "")) == []


@pytest.mark.parametrize(("who", "kind"), [("fay", "citizen"), ("dee", "donor"), ("bo", "volunteer")])
def test_people_without_a_desk(who: str, kind: str, as_: As, request: pytest.FixtureRequest) -> None:
    assert list(wrong(as_(request.getfixturevalue(who)), kind)) == []


@pytest.mark.parametrize("role", ROLES)
def test_every_role(role: str, as_: As, someone: Callable[..., Actor], monkeypatch: pytest.MonkeyPatch) -> None:
    """The marks of all roles are tried; the pages behind them are built for roles that see different ones."""
    if role not in PAGES_BUILT_FOR:
        monkeypatch.setattr(web, "_run", lambda *rest: HttpResponse())
    permissions = frozenset(ROLES[role]["may"])
    assert list(wrong(as_(someone(role)), UserKind.STAFF, permissions)) == []


def test_staff_whose_confirmation_lapsed_find_no_desk(as_: As, hana: Actor) -> None:
    hana.user.affiliations.update(confirmed_on="2026-01-01")
    assert list(wrong(as_(hana), UserKind.STAFF)) == []


@pytest.mark.parametrize("paper", ["url_matrix", "roles_matrix", "visibility_matrix", "state_diagrams"])
def test_the_paper_says_what_the_code_says(paper: str) -> None:
    call_command(paper, "--check")


def test_a_view_without_a_mark_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Loose:
        url_patterns = [path("loose/", lambda request: HttpResponse())]

    monkeypatch.setattr(url_walk, "get_resolver", Loose)
    with pytest.raises(url_walk.Unmarked, match="/loose/"):
        addresses()


def test_no_two_views_share_an_address() -> None:
    paths = [address.path for address in addresses()]
    assert sorted({path for path in paths if paths.count(path) > 1}) == []


def test_no_two_views_share_a_name() -> None:
    """`{% url "name" %}` would lead to whichever comes last."""
    names = get_resolver().reverse_dict.lists()
    assert [name for name, found in names if isinstance(name, str) and len(found) > 1] == []


def test_trial_addresses_have_no_argument_left() -> None:
    assert [address.path for address in addresses() if "<" in address.trial or "(" in address.trial] == []


def test_the_papers_are_kept_in_docs() -> None:
    docs = Path(settings.BASE_DIR) / "docs"
    assert {"url_matrix.md", "roles_matrix.md", "state_diagrams.md"} <= {path.name for path in docs.iterdir()}
