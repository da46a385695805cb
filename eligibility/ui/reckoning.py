"""From kept answers to a simulation, and to the page that must be asked or mended next."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from eligibility import interview
from eligibility import selectors as rules
from eligibility.facts import Simulation
from eligibility.interview import Told, meaning
from eligibility.ui.kept import Kept
from hopecare.kernel import clock
from hopecare.kernel.errors import Impossible, Problem


def run(told: Told, *, detail: str) -> Simulation:
    """What the rules say to everything told; raises Impossible with problems that name paths of the API."""
    facts = rules.told(meaning.facts(told, clock.today()))
    return rules.simulate(facts, detail=detail, language=get_language() or "ko")


#: What stays open when no single input settles a programme: several of these together do.
MEANS = frozenset({"tenure", "deposit", "home_value", "financial_assets", "debt", "other_property", "car_value"})


def unknown_of(simulation: Simulation) -> frozenset[str]:
    """Inputs that could still change a verdict."""
    found: set[str] = set()
    for result in simulation.of("possible"):
        found.update(result.unknown_inputs or MEANS)
    return frozenset(found)


@dataclass(frozen=True)
class Step:
    """Where one stands: the page to show next ("" = the result), what does not fit there, how far one has come."""

    page: str
    problems: tuple[Problem, ...] = ()
    done: int = 0
    most: int = 0


def next_step(kept: Kept) -> Step:
    """The first page that is open and can still change something; the early end is its absence."""
    told = kept.told()
    waiting = [page for page in interview.PAGES if _waits(kept, told, page)]
    done = len(told) + sum(1 for page in kept.skipped if interview.has_place(told, page))
    first = next((page for page in waiting if page in interview.ALWAYS or page in kept.raw), "")
    if first:
        return Step(first, (), done, done + len(waiting))
    try:
        unknown = unknown_of(run(told, detail="reasons"))
    except Impossible as error:
        page = next(
            (page for page, _ in (meaning.field_of(one.field) for one in error.problems) if page in told), "people"
        )
        return Step(page, error.problems, done, done + len(waiting))
    asked = [page for page in waiting if interview.settles(page, unknown)]
    return Step(asked[0] if asked else "", (), done, done + len(asked))


def _waits(kept: Kept, told: dict[str, dict[str, Any]], page: str) -> bool:
    """Not answered, not skipped, or answered in a way that no longer fits the answers before it."""
    return interview.has_place(told, page) and page not in told and page not in kept.skipped
