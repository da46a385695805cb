"""Weigh a case anew after answers, flags or people changed; written only when the weight changed (R45)."""

from django.db import connection

from cases.models import Case, Complexity, NeedAnswer
from cases.rules import complexity as rules
from cases.rules import needs
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import Membership


def reweigh(by: Viewer, case: Case) -> rules.Weighed:
    """The weight of today; inside the transaction of the change. Flags that the role may not read count as well."""
    weighed = rules.weigh(_answers(by, case), _flags(case), _household(by, case))
    reasons = [list(reason) for reason in weighed.reasons]
    newest = visible_to(by, Complexity).filter(case=case).order_by("-at", "-pk").first()
    if newest is None or (newest.score, newest.reasons) != (weighed.score, reasons):
        Complexity.objects.create(
            case=case,
            team_id=case.team_id,
            provider_id=case.provider_id,
            score=weighed.score,
            reasons=reasons,
            at=clock.now(),
        )
    return weighed


def _answers(by: Viewer, case: Case) -> list[dict[str, str]]:
    rows = (
        visible_to(by, NeedAnswer)
        .filter(case=case)
        .order_by("person_id", "category_id", "-asked_at", "-pk")
        .distinct("person_id", "category_id")
        .values_list("person_id", "category__code", "answer", "severity")
    )
    table: dict[int | None, dict[str, str]] = {}
    for person_id, code, answer, severity in rows:
        table.setdefault(person_id, {})[code] = needs.shown(answer, severity)
    return list(table.values())


def _flags(case: Case) -> list[str]:
    """All of them, whoever may read which: the weight is the case's, not the viewer's."""
    with connection.cursor() as cursor:
        cursor.execute("select hc_open_risks(%s)", [case.pk])
        return [kind for (kind,) in cursor.fetchall()]


def _household(by: Viewer, case: Case) -> list[rules.Someone]:
    rows = visible_to(by, Membership).filter(household=case.household_id, ends_on=None).select_related("person")
    return [rules.Someone(row.person.age, row.lives_here) for row in rows]
