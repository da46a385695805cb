"""Work that is under way: the food market, longer help, an urgent call, a case that goes from hand to hand, two
houses with an agreement, one thing given twice. All by the services that colleagues use, mostly on Hana's desk."""

from collections.abc import Iterator
from datetime import time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db.models import QuerySet

from cases.models import Case, MarketSite, Resource
from cases.rules.checks import Override
from cases.services import hand_over, market, pathways, services_given, sharing, urgent
from cases.services.pathways import Begun, Told
from cases.services.services_given import Given
from hopecare.demo.helping import in_the_first_that_can
from hopecare.demo.world import World
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer
from hopecare.kernel.models import Organisation, ProviderKind, Service, Team, Town, User
from hopecare.kernel.services import agreements
from hopecare.kernel.viewers import viewer_of

WORKING_AGE = timedelta(days=64 * 365)


@cache
def told() -> dict[str, Any]:
    return dict(yaml.safe_load((Path(__file__).parent / "data" / "in_progress.yaml").read_text()))


def seed_in_progress(world: World, cast: dict[str, User]) -> None:
    hana, eli, gil, chi = (viewer_of(cast[name]) for name in ("hana", "eli", "gil", "chi"))
    _market(world, gil)
    _agreement(eli, gil)
    left = list(_led_by(cast["hana"]))
    for put in (_card, _taken_together, _given_twice, _handed_on):
        left = in_the_first_that_can(put, world, hana, left)
    _ways(world, hana, left)
    in_the_first_that_can(_handed_to_us, world, chi, list(_led_by(cast["chi"])))
    call = told()["urgent"]
    with clock.pinned(clock.now() - timedelta(minutes=20)):
        urgent.ask(by=gil, **{**call, "town": Town.objects.get(code=call["town"])})


def _led_by(lead: User) -> QuerySet[Case]:
    """From the newest back: the first ones are the stage of other walks, the last three are under watch."""
    rows = Case.objects.filter(lead=lead, closed_at=None, main_person__sealed=False, main_person__state="here")
    return rows.filter(stage="delivery").select_related("main_person").order_by("-pk")[3:]


def _market(world: World, gil: Viewer) -> None:
    for name, town, phone in told()["market"]["sites"]:
        place = MarketSite(name=name, phone=phone, town=Town.objects.get(code=town))
        site = market.add_site(by=gil, site=place)
        for good, won, pieces in told()["market"]["goods"]:
            market.fill(by=gil, site=site, name=good, won=won, more=pieces)


def _card(world: World, hana: Viewer, case: Case) -> None:
    day = world.days_ago(5)
    market.give_card(
        by=hana,
        number=case.number,
        person=case.main_person,
        recommended_by=told()["market"]["recommended_by"],
        recommended_on=day,
    )


def _agreement(eli: Viewer, gil: Viewer) -> None:
    """Both signed: the plan may be read together, where the person agreed."""
    other = Organisation.objects.get(pk=gil.organisation_id or 0)
    row = agreements.propose(by=eli, other=other, level=2, text=told()["agreement"])
    agreements.sign(by=gil, agreement_id=row.pk)


def _taken_together(world: World, hana: Viewer, case: Case) -> None:
    hanbit = Organisation.objects.get(code="hanbit")
    sharing.invite(by=hana, number=case.number, organisation=hanbit, reason=told()["together"])


def _given_twice(world: World, hana: Viewer, case: Case) -> None:
    """The partner's dishes and ours in one week: written down with its reason, and asked about."""
    meals = Service.objects.select_related("category").get(code="meals")
    assert meals.category is not None
    houses = Organisation.objects.filter(pk=hana.organisation_id or 0) | Organisation.objects.filter(code="hanbit")
    for ago, house in enumerate(houses.order_by("kind")):
        given = Given(
            service=meals,
            category=meals.category,
            provider_kind=ProviderKind.objects.get(code="private"),
            provider=house,
            person=case.main_person,
            given_on=world.days_ago(ago),
            override=Override("agreed", told()["twice"]),
        )
        services_given.record_service(by=hana, number=case.number, given=given)


def _handed_on(world: World, hana: Viewer, case: Case) -> None:
    _offer(world, hana, case, "north", told()["hand_overs"]["from_us"])


def _handed_to_us(world: World, chi: Viewer, case: Case) -> None:
    _offer(world, chi, case, "east", told()["hand_overs"]["to_us"])


def _offer(world: World, by: Viewer, case: Case, zone: str, reason: str) -> None:
    to = world.zones[zone]
    team, house = Team.objects.get(pk=to.team_id), Organisation.objects.get(pk=to.centre_id)
    hand_over.offer(by=by, number=case.number, team=team, provider=house, reason=reason)


def _ways(world: World, hana: Viewer, cases: list[Case]) -> None:
    """Each kind of longer help in a household that it fits, with the steps it has taken."""
    for way, case in zip(told()["ways"], _fitting(world, cases), strict=False):
        _way(world, hana, case, way)


def _fitting(world: World, cases: list[Case]) -> Iterator[Case]:
    """Somebody of working age first, for the employment plan; then whoever is left."""
    young = [case for case in cases if world.today - (case.main_person.birth_date or world.today) < WORKING_AGE]
    yield from [*young[:1], *(case for case in cases if case not in young[:1])]


def _way(world: World, hana: Viewer, case: Case, way: dict[str, Any]) -> None:
    place = Resource.objects.filter(name=way.get("place")).first()
    row = None
    for step, ago, words in way["steps"]:
        day = world.days_ago(ago)
        with clock.pinned(clock.at(day, time(11))):
            if row is None:
                begun = Begun(case.main_person, way["kind"], Told(day, words=words))
                row = pathways.begin(by=hana, number=case.number, begun=begun)
            else:
                taken = Told(day, step=step, words=words, place=place, room=way.get("room"))
                pathways.step(by=hana, number=case.number, pathway_id=row.pk, told=taken)
