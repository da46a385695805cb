"""Home nursing in the East: three visits of a nurse to one of Hana's people, one of a doctor, the next planned."""

from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from cases.models import Case
from cases.rules import health as rules
from cases.services import health
from cases.states import CaseStage
from hopecare.demo.world import World
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Viewer
from hopecare.kernel.models import Affiliation, ProviderKind, Service, User
from hopecare.kernel.viewers import viewer_of

#: Days ago, what was measured, and what else was written down.
_VISITS: tuple[tuple[int, dict[str, str], dict[str, Any]], ...] = (
    (35, {"systolic": "158", "diastolic": "92", "pulse": "78", "glucose": "148", "weight": "49.6", "pain": "4"},
     {"medicines": "partly", "done": ["medicines", "education"], "found": "저녁 약을 자주 거르심. 약 달력을 검."}),
    (21, {"systolic": "146", "diastolic": "88", "pulse": "75", "glucose": "136", "weight": "49.2", "pain": "3"},
     {"medicines": "yes", "done": ["medicines", "foot"], "found": "발뒤꿈치 갈라짐, 보습제 바름."}),
    (7, {"systolic": "138", "diastolic": "84", "pulse": "74", "glucose": "129", "weight": "49.4", "pain": "2"},
     {"medicines": "yes", "done": ["medicines", "nutrition"], "found": "아침을 챙겨 드시기 시작함."}),
)  # fmt: skip
_DOCTOR = {
    "found": "무릎 관절이 부어 있음. 심장 소리는 고름.",
    "advice": "계단을 줄이고 앉아서 하는 운동을 권함.",
    "prescription": False,
    "referred_to": "마석 정형외과",
}


def seed_nursing(world: World, cast: dict[str, User]) -> None:
    hana = cast["hana"]
    post = world.zones["east"]
    nurse = (
        Affiliation.objects.filter(role__code="nurse", user__team_memberships__team=post.team_id).order_by("pk").first()
    )
    long_enough = clock.now() - timedelta(days=60)
    rows = Case.objects.filter(lead=hana, stage=CaseStage.DELIVERY, closed_at=None, opened_at__lt=long_enough)
    cases = rows.filter(main_person__sealed=False, main_person__state="here").select_related("main_person")
    writes = viewer_of(nurse.user if nurse else hana)
    for case in cases.order_by("-pk")[:8]:  # the first ones are the stage of other walks
        try:
            with transaction.atomic():
                _visits(world, case, writes, viewer_of(hana))
        except errors.Impossible:  # drawn services may be given there already
            continue
        return


def _visits(world: World, case: Case, nurse: Viewer, hana: Viewer) -> None:
    for days, measured, told in _VISITS:
        more = {"measured": {code: Decimal(number) for code, number in measured.items()}, "fasting": False, **told}
        if days == _VISITS[-1][0]:
            more["next_on"] = world.today + timedelta(days=3)
        _visit(nurse, world, case, "nursing", days, more)
    _visit(hana, world, case, "doctor", 14, {**_DOCTOR, "visitor": "서정인 의사"})


def _visit(by: Viewer, world: World, case: Case, kind: str, days: int, more: dict[str, Any]) -> None:
    known = rules.kinds()[kind]
    told = health.VisitTold(
        service=Service.objects.select_related("category").get(code=known.service),
        person=case.main_person,
        given_on=world.today - timedelta(days=days),
        provider=case.provider,
        provider_kind=ProviderKind.objects.get(code=known.provider_kind),
        **{"visitor": by.name, **more},
    )
    with clock.pinned(clock.at(told.given_on, time(16))):
        health.record_visit(by=by, number=case.number, kind=kind, told=told)
