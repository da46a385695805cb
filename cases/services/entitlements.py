"""What a household is likely entitled to and does not receive by the records: a question, never a decision (R5, R20).

Of homes with small children the rules are asked what the record knows for certain: birth dates, sex and who is whose.
Incomes were told for another purpose and stay out; what depends on them is asked only where staff reckoned it with the
household and kept the result: a benefit that was likely then and has not come since. Who draws it already, by a service
given or a benefit the city pays, is not asked, and a question whose benefit came is gone.
"""

import json
from datetime import timedelta
from typing import Any

from django.db import connection

from cases.rules import checks as rules
from eligibility.selectors.simulation import programmes, simulate, told
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal, acting_as, system

_RELATIONS = {"spouse", "child", "parent", "grandparent", "grandchild", "sibling"}


def sweep() -> int:
    """Tonight's look over homes with small children and kept checks; returns how many new questions stand. Safe to
    repeat."""
    today, figures = clock.today(), rules.data()["omission"]
    kept_before = clock.now() - timedelta(days=figures["kept_check_after"])
    with acting_as(system(Principal.SWEEP)), connection.cursor() as cursor:
        cursor.execute(
            "select case_id, town, people, given from hc_homes_with_children(%s, %s)",
            [today, figures["children_under"]],
        )
        homes = cursor.fetchall()
        cursor.execute("select case_id, verdicts, given from hc_kept_checks(%s, %s)", [today, kept_before])
        checks = cursor.fetchall()
    likely = [(case_id, _likely(town, _plain(people)), given) for case_id, town, people, given in homes]
    likely += [(case_id, _likely_then(_plain(verdicts)), given) for case_id, verdicts, given in checks]
    found = [
        {"case_id": case_id, "about": f"programme:{programme}"}
        for case_id, listed, given in likely
        for programme in listed
        if programme not in given
    ]
    due = rules.omission_due(today)
    with acting_as(system(Principal.SWEEP)), connection.cursor() as cursor:
        cursor.execute("select hc_ask_entitlements(%s::jsonb, %s, %s)", [json.dumps(found), today, due])
        return int(cursor.fetchone()[0])


def _plain(text: Any) -> Any:
    return json.loads(text) if isinstance(text, str) else text


def _likely_then(verdicts: dict[str, str]) -> list[str]:
    """Public programmes that a kept check found likely."""
    return [
        one.programme for one in programmes() if one.provider == "public" and verdicts.get(one.programme) == "likely"
    ]


def _likely(town: str, people: list[dict[str, Any]]) -> list[str]:
    """Programmes whose every criterion is met by what is known; a household the rules cannot read asks nothing."""
    persons = [
        {
            "id": row["id"],
            "birth_date": row["birth_date"],
            "relation": "head" if row["main"] else row["relation"] if row["relation"] in _RELATIONS else "other",
            **({"sex": row["sex"]} if row["sex"] in {"F", "M"} else {}),
        }
        for row in people
    ]
    try:
        facts = told({"as_of": f"{clock.today()}", "town": town, "persons": persons})
    except errors.Impossible:
        return []
    results = simulate(facts, detail="verdicts").results
    return [result.programme for result in results if result.verdict == "likely" and result.provider == "public"]
