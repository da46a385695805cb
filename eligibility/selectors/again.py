"""A kept answer under the rules of today: which verdicts other rules have turned, either way (D12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eligibility.selectors.simulation import simulate, told
from hopecare.kernel import clock, errors


@dataclass(frozen=True)
class Turned:
    """One programme whose verdict is another one. `own_day`: it reads so on the very day of the answer, which was
    therefore wrong; otherwise it is right for its day and reads so from today on."""

    programme: str
    before: str
    after: str
    own_day: bool

    def plain(self) -> dict[str, Any]:
        return {"programme": self.programme, "before": self.before, "after": self.after, "own_day": self.own_day}


def turned(facts: Mapping[str, Any], verdicts: Mapping[str, str]) -> list[Turned]:
    """`facts` in the shape of the API with the day they were told on, `verdicts`: programme → what was said then.

    Run twice, a few milliseconds each: on that day, where nothing but the rules can differ, and for today. Programmes
    that are new or gone are left out.
    """
    days = dict.fromkeys([str(facts["as_of"]), clock.today().isoformat()])
    found: dict[str, Turned] = {}
    for day in days:
        for programme, after in _verdicts({**facts, "as_of": day}).items():
            before = verdicts.get(programme, after)
            if after != before and programme not in found:
                found[programme] = Turned(programme, before, after, day == facts["as_of"])
    return list(found.values())


def _verdicts(facts: dict[str, Any]) -> dict[str, str]:
    """Nothing where the rules can no longer read the facts: a due date that has passed, a programme that is gone."""
    try:
        results = simulate(told(facts), detail="verdicts").results
    except errors.Impossible:
        return {}
    return {result.programme: result.verdict for result in results}
