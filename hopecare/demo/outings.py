"""Two days of the mobile unit: the last working day with what came of it, the next one with whom it will see."""

from datetime import date, time, timedelta

from cases.models import Case, Outing, SeenResult, StopPerson
from cases.services import outings
from cases.services.outings import NewOuting
from hopecare.demo.world import World
from hopecare.kernel import clock
from hopecare.kernel.models import Town, User
from hopecare.kernel.viewers import viewer_of

#: place and minutes of a stop, and what its people come for
_STOPS = (
    ("hwado", "마석역 광장", 50, "혈압·혈당 재기"),
    ("sudong", "수동면사무소 앞", 40, "겨울 이불 전달, 난방 점검"),
    ("hwado", "월산리 마을회관", 40, "복지 서류 도움"),
)
_FOUND = (
    (SeenResult.MET, "혈압 138/86. 약은 거르지 않으신다고. 이불 한 채 받아 가심."),
    (SeenResult.NOT_THERE, "문이 닫혀 있었음. 이웃 말로는 장에 가셨다고."),
    (SeenResult.MET, "난방비 지원 서류를 함께 쓰심. 보일러 소리가 커서 살펴보기로."),
    (SeenResult.LATER, "오늘은 손님이 계셔서 다음에 보자고 하심."),
)


def seed_outings(world: World, cast: dict[str, User]) -> None:
    east = world.zones["east"].team_id
    rows = Case.objects.filter(team=east, closed_at=None, main_person__sealed=False, main_person__state="here")
    before = clock.working_day_before(world.today)
    # not the newest: those are watched over, and the stage of other walks
    people = list(rows.filter(opened_at__lt=clock.at(before, time())).order_by("-pk")[3:12])
    with clock.pinned(clock.at(before - timedelta(days=2), time(10))):
        past = _round(cast, before, "화도·수동 이동복지관", people[1::2])
    for row, (result, words), hour in zip(past, _FOUND, range(10, 14), strict=False):
        with clock.pinned(clock.at(before, time(hour, 20))):
            outings.record_result(by=viewer_of(cast["hana"]), person_id=row.pk, result=result, words=words)
    _round(cast, clock.next_working_day(world.today), "화도·수동 이동복지관", people[::2])


def _round(cast: dict[str, User], on: date, name: str, people: list[Case]) -> list[StopPerson]:
    """The central desk plans it, Hana and the town's official go along; people are spread over the stops."""
    crew = [cast["mina"], cast["hana"], cast["ana"]]
    start = Town.objects.get(code="geumgok")
    by = viewer_of(cast["mina"])
    new = NewOuting("mobile_unit", on, time(9, 30), name, start, crew, "이동복지관 1호차")
    outing: Outing = outings.plan(by=by, outing=new)
    stops = [
        outings.add_stop(by=by, outing_id=outing.pk, town=Town.objects.get(code=code), place=place, minutes=minutes)
        for code, place, minutes, _purpose in _STOPS
    ]
    return [
        outings.add_person(
            by=viewer_of(cast["hana"]),
            stop_id=stops[place % len(stops)].pk,
            number=case.number,
            purpose=_STOPS[place % len(_STOPS)][3],
        )
        for place, case in enumerate(people)
    ]
