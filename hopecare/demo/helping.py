"""What the demo shows beside the weeks of volunteering: a house put in order by trades, a coupon, a circle of
neighbours, hope managers and who may be rung at short notice. All in the East, near the cast."""

from collections.abc import Callable
from datetime import date, time, timedelta

from django.db import transaction

from cases.models import Action, Case
from cases.services import plans
from cases.states import CaseStage
from hopecare.demo.world import World
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Viewer
from hopecare.kernel.models import Ground, Service, User
from hopecare.kernel.viewers import viewer_of
from volunteers.facts import NeighbourTold, PackageTold
from volunteers.models import Favour, Package, Paper, Portion, StandBy, Volunteer
from volunteers.services import circles, coupons, managers, projects, requests

WEEK, WEDNESDAY = timedelta(days=7), 2
VILLAGE, NEIGHBOURS = "창현 느티나무길", ("박순임", "오길자", "정만수", "최복순")
TRADES = (
    ("survey", "현장 조사와 설계", 0, 0, "", ""),
    ("electric", "분전함과 전선 갈기", 9, 180_000, "전선 40미터, 차단기 6개", "gift_living"),
    ("boiler", "보일러 갈기", 16, 620_000, "콘덴싱 보일러 한 대", "gift_living"),
    ("paper", "도배와 장판", 23, 300_000, "벽지 12롤, 장판 20제곱미터", "gift_living"),
)


def seed_helping(world: World, cast: dict[str, User]) -> None:
    hana, eli = viewer_of(cast["hana"]), viewer_of(cast["eli"])
    left = _cases(world)
    for put in (_coupon, _project):
        left = in_the_first_that_can(put, world, hana, left)
    _circle(world, eli)
    _managers(world, eli)
    _on_call(world)


def in_the_first_that_can(
    put: Callable[[World, Viewer, Case], None], world: World, hana: Viewer, cases: list[Case]
) -> list[Case]:
    """Houses are drawn: one may be without consent for that day. Returns the houses that are left."""
    for place, case in enumerate(cases):
        try:
            with transaction.atomic():
                put(world, hana, case)
        except errors.Impossible:
            continue
        return cases[place + 1 :]
    return []


def _cases(world: World) -> list[Case]:
    """Houses in the East's first town whose people agreed that volunteers come (K6)."""
    post = world.zones["east"]
    agreed = Ground.objects.filter(purpose="volunteers", given=True, ends_on__gte=world.today + 4 * WEEK)
    rows = Case.objects.filter(
        stage=CaseStage.DELIVERY,
        closed_at=None,
        team_id=post.team_id,
        main_person__state="here",
        main_person__sealed=False,
        main_person_id__in=agreed.values("person_id"),
    )
    near = post.towns[0].pk
    return sorted(rows.order_by("pk")[:12], key=lambda case: case.town_id != near)


def _project(world: World, hana: Viewer, case: Case) -> None:
    """The architect was there; electricians are asked for now, the others wait for their turn."""
    project = projects.draft(by=hana, number=case.number, title="겨울 전에 따뜻한 집")
    for trade, what, days, won, materials, fund in TRADES:
        told = PackageTold(
            trade, what, _weekday(world.today + timedelta(days=max(days, 1))), time(14), 120, "느티나무길",
            seats=2, materials=materials, won=won, fund=fund,
        )  # fmt: skip
        projects.add(by=hana, project_id=project.pk, told=told)
    survey = Package.objects.get(project=project, place=1)
    was = clock.at(world.days_ago(6), time(14))
    Action.objects.filter(pk=survey.action_id).update(state="done", done_on=was.date(), at=was, due_on=was.date())
    Package.objects.filter(pk=survey.pk).update(state="done", began_at=was - WEEK, ended_at=was)
    projects.begin(by=hana, project_id=project.pk)


def _coupon(world: World, hana: Viewer, case: Case) -> None:
    """A haircut on the next Wednesday at the hairdresser's round the corner, with its coupon printed."""
    day = world.today + timedelta(days=(WEDNESDAY - world.today.weekday() - 1) % 7 + 1)
    service = Service.objects.select_related("category").get(code="hair_care")
    assert service.category is not None
    wanted = plans.Wanted(
        title="머리 손질",
        category=service.category,
        owner_kind="volunteer",
        due_on=day,
        service=service,
        at=clock.at(day, time(10)),
        minutes=60,
        quarter="마석우리",
        stairs=False,
        token="",
    )
    action = plans.add_action(by=hana, number=case.number, wanted=wanted)
    assert action is not None
    request = requests.open_request(by=hana, action_id=action.pk)
    portion = Portion.objects.filter(request=request, state="promised").first()
    if portion is None:
        raise errors.Impossible(errors.required("portion"))
    coupons.issue(by=hana, portion_id=portion.pk)


def _circle(world: World, eli: Viewer) -> None:
    circle = circles.open_circle(by=eli, village=VILLAGE, town=world.zones["east"].towns[0].code)
    people = [
        circles.join(by=eli, circle_id=circle.pk, told=NeighbourTold(name, f"010-0000-{7701 + number}", True, True))
        for number, name in enumerate(NEIGHBOURS)
    ]
    until = world.today + timedelta(days=5)
    Favour.objects.create(
        circle=circle, by=people[0], kind="ask", words="김장 배추 스무 포기 옮길 손이 필요해요", on=until
    )
    Favour.objects.create(
        circle=circle, by=people[1], kind="offer", words="토요일에 호박죽 넉넉히 쒀요", on=until,
        state="taken", taken_by=people[2], taken_at=clock.now(),
    )  # fmt: skip


def _managers(world: World, eli: Viewer) -> None:
    """Three of the trained ones of the zone are a cohort; the first leads the area."""
    cohort = managers.open_cohort(by=eli, name="12기")
    towns = [town.pk for town in world.zones["east"].towns]
    rows = Volunteer.objects.filter(state="active", level=1, town_id__in=towns, user=None, sms_ok=True).order_by("pk")
    leader: int | None = None
    for volunteer in rows[:3]:
        Paper.objects.get_or_create(
            volunteer=volunteer,
            kind="hope_manager",
            defaults={
                "body": eli.organisation_name,
                "valid_until": world.today + timedelta(days=500),
                "checked_on": world.days_ago(200),
            },
        )
        managers.appoint(by=eli, volunteer_id=volunteer.pk, cohort=cohort.pk, most=10, leader=leader)
        leader = leader or volunteer.pk


def _on_call(world: World) -> None:
    """Who said "call me" for this week and for the next, in every zone."""
    monday = world.today - timedelta(days=world.today.weekday())
    for post in world.zones.values():
        rows = Volunteer.objects.filter(
            state="active", sms_ok=True, user=None, town_id__in=[town.pk for town in post.towns]
        ).select_related("town")
        found = list(rows.order_by("-pk")[:5])
        StandBy.objects.bulk_create(
            StandBy(
                volunteer=one,
                zone_id=one.town.zone_id,
                week=week,
                state="on" if place < 3 else "asked",
                asked_at=clock.now() - timedelta(days=2),
                answered_at=clock.now() - timedelta(days=1) if place < 3 else None,
                answered_via="word" if place < 3 else "",
            )
            for week in (monday, monday + WEEK)
            for place, one in enumerate(found)
        )


def _weekday(day: date) -> date:
    """That day, or the Monday after it."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day
