"""What nobody gives or does: found at night, answered by people until a day, never an automatic cut-off (R20, R4)."""

import json
from typing import Any

from django.db import connection

from cases.models import Omission, OmissionAnswer
from cases.rules import access as access_rules
from cases.rules import checks as rules
from cases.services.locking import actor
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, get_visible, system, visible_to
from hopecare.kernel.permissions import Permission


def answer(*, by: Viewer, omission_id: int, answer: str, words: str = "") -> Omission:
    """Arranged, not wished, not needed, or later (it comes back). Words are needed unless it was arranged."""
    check(by, Permission.CASE_SERVICE)
    with acting_as(by):
        get_visible(by, Omission, named="omission", pk=omission_id)
        row = visible_to(by, Omission).select_for_update().get(pk=omission_id)
        if answer not in set(OmissionAnswer):
            raise errors.Impossible(errors.required("answer"))
        problems = [] if answer == OmissionAnswer.ARRANGED else access_rules.reason_problems(words, "words")
        if problems:
            raise errors.Impossible(*problems)
        if row.answered_at is None:
            row.answer, row.answer_words = answer, words.strip()[:300]
            row.answered_at, row.answered_by_id = clock.now(), actor(by)
            row.save(update_fields=["answer", "answer_words", "answered_at", "answered_by"])
            audit.changed(by, "case", [row.case_id], "omission_answered", owners=[row.provider_id], answer=answer)
    return row


def sweep() -> int:
    """Tonight's look over all open cases; returns how many new questions stand. Safe to repeat.

    A question whose cause is gone (the service came, the visit has a result) disappears by itself.
    """
    data = rules.data()
    stages = [[stage["code"], stage["age"], stage.get("month")] for stage in data["stages"]]
    parameters: list[Any] = [clock.today(), clock.now(), json.dumps(data["omission"]), json.dumps(stages)]
    with acting_as(system(Principal.SWEEP)), connection.cursor() as cursor:
        cursor.execute("select hc_sweep_omissions(%s, %s, %s::jsonb, %s::jsonb)", parameters)
        return int(cursor.fetchone()[0])
