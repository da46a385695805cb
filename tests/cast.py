"""The fixed cast as fixtures: `hana.user`, `hana.viewer`, `as_(hana).get("/desk/")`.

Hana leads in the East; Chi of the North may nothing there by default. `NOW` is the Monday on which every test stands.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from hopecare.kernel import clock, rates
from hopecare.kernel.access import Viewer
from hopecare.kernel.accounts import BACKEND
from hopecare.kernel.models import Affiliation, Organisation, Role, Team, TeamMembership, User, UserKind
from hopecare.kernel.services.cast import put_member
from hopecare.kernel.services.city import apply_roles, load_city
from hopecare.kernel.viewers import viewer_of

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=clock.SEOUL)
TEST_NET = "203.0.113.7"  # an address for documentation (RFC 5737)


@dataclass(frozen=True)
class Actor:
    """An account of the cast; `viewer` is worked out afresh at each look, as a request would."""

    user: User

    @property
    def id(self) -> int:
        return self.user.pk

    @property
    def viewer(self) -> Viewer:
        return viewer_of(self.user, source_address=TEST_NET)


@pytest.fixture(autouse=True)
def standing_clock() -> Iterator[datetime]:
    """Every test stands on NOW; `with clock.pinned(...)` moves it."""
    rates.forget()
    with clock.pinned(NOW):
        yield NOW


@pytest.fixture
def city(db: None) -> Organisation:
    """The city's own organisation, with zones, towns, teams, catalogue and roles below it."""
    if not Team.objects.exists():
        load_city(settings.HOPECARE_CITY)
    if not Role.objects.exists():
        apply_roles()
    return Organisation.objects.get(code="city_hall")


def _member(username: str) -> Callable[..., Actor]:
    def fixture(city: Organisation) -> Actor:
        return Actor(put_member(username))

    fixture.__doc__ = f"{username} of data/cast.yaml."
    return pytest.fixture(name=username)(fixture)


fay, ana, hana, eli, chi = (_member(name) for name in ("fay", "ana", "hana", "eli", "chi"))
bo, moon, dee, gil, ivo, jin = (_member(name) for name in ("bo", "moon", "dee", "gil", "ivo", "jin"))


def hire(username: str, role: str, organisation: str, *teams: str) -> Actor:
    """A further member of staff, in force today; needs the fixture `city`."""
    today = clock.today()
    user = User.objects.create(username=username, name=username.title(), kind=UserKind.STAFF, password="!")
    Affiliation.objects.create(
        user=user,
        organisation=Organisation.objects.get(code=organisation),
        role=Role.objects.get(code=role),
        starts_on=today - timedelta(days=30),
        confirmed_on=today,
    )
    for code in teams:
        TeamMembership.objects.create(user=user, team=Team.objects.get(code=code), starts_on=today)
    return Actor(user)


@pytest.fixture
def someone(city: Organisation) -> Callable[..., Actor]:
    """`someone("nurse")` works in the East; `someone("nurse", "north_centre", "north_mixed")` there."""

    def make(role: str, organisation: str = "east_centre", *teams: str) -> Actor:
        chosen = teams or (("east_mixed",) if organisation == "east_centre" else ())
        return hire(f"{role}_{organisation}", role, organisation, *chosen)

    return make


@pytest.fixture
def fraud(someone: Callable[..., Actor]) -> Actor:
    """A fraud reviewer who was put into the East team by mistake: still sees nothing (D11)."""
    return someone("fraud_reviewer")


def log_in(client: Client, actor: Actor) -> Client:
    """Logged in with the second factor passed."""
    client.force_login(actor.user, backend=BACKEND)
    session = client.session
    session["second_factor"] = True
    session.save()
    return client


@pytest.fixture
def as_(db: None) -> Callable[..., Client]:
    """`as_(hana)` is a client logged in as Hana; `as_()` is nobody."""

    def make(actor: Actor | None = None, **defaults: str) -> Client:
        client = Client(REMOTE_ADDR=TEST_NET, **defaults)
        return client if actor is None else log_in(client, actor)

    return make
