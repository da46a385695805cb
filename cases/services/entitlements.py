"""What a household with children is likely entitled to and does not receive: a question, never a decision (R5, R20).

Only what the record knows for certain is asked of the rules: birth dates, sex and who is whose. Incomes were told for
another purpose and stay out; so what depends on them is at most possible, and nobody is asked about it here.
"""

import json
from typing import Any

from django.db import connection

from cases.rules import checks as rules
from eligibility.selectors.simulation import simulate, told
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal, acting_as, system

_RELATIONS = {"spouse", "child", "parent", "grandparent", "grandchild", "sibling"}


def sweep() -> int:
    """Tonight's look over homes with small children; returns how many new questions stand. Safe to repeat."""
    today = clock.today()
    with acting_as(system(Principal.SWEEP)), connection.cursor() as cursor:
        years = rules.data()["omission"]["children_under"]
        cursor.execute("select case_id, town, people, given from hc_homes_with_children(%s, %s)", [today, years])
        homes = cursor.fetchall()
    found = [
        {"case_id": case_id, "about": f"programme:{programme}"}
        for case_id, town, people, given in homes
        for programme in _likely(town, _people(people))
        if programme not in given
    ]
    due = rules.omission_due(today)
    with acting_as(system(Principal.SWEEP)), connection.cursor() as cursor:
        cursor.execute("select hc_ask_entitlements(%s::jsonb, %s, %s)", [json.dumps(found), today, due])
        return int(cursor.fetchone()[0])


def _people(text: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(text) if isinstance(text, str) else text
    return rows


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
