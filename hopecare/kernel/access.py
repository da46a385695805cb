"""Who is looking, and what they may see: the viewer, `acting_as`, and `visible_to` once for every private model.

Two walls. The first is the QuerySet that `visible_to` returns. The second is row-level security, which reads the
`app.*` settings that `acting_as` sets for one transaction; where neither was set, no private row exists. The web role
could set them itself: the second wall stops forgotten filters, not injected SQL.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.db.models import Q

from hopecare.kernel import errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.statements import array, statement, tell

CASE_KEY = 1_000_000_000
CENTRAL = "central"
Row = TypeVar("Row", bound=models.Model)


class Principal(StrEnum):
    """System principals: each has its own listed policies and nothing else."""

    INTAKE = "intake"  # a citizen's report: adds one, reads the one whose code was given
    SWEEP = "sweep"  # nightly and minutely work over everybody's deadlines
    MESSAGES = "messages"  # the outbox and its providers' callbacks
    OFFERS = "offers"  # volunteers answering by link, word or telephone
    SIMULATOR = "simulator"  # saved answers, by the code or key that was given
    GIVING = "giving"  # gifts on their way: public pages, providers' call-backs, the monthly run
    DEVICES = "devices"  # telephones that sign in: their codes, their keys, nothing else
    WATCH = "watch"  # signals of need: asking whether somebody is well, their answers, alarms that climb
    IMPORTS = "imports"  # rows of another system: finds whom they mean, adds, never changes a sealed person (R19)
    MARKET = "market"  # the counter of the food market: one card by its number, nobody's name (R41)
    SURVEY = "survey"  # how a service was: asks, and keeps answers apart from whoever gave them (R85)
    AUDITOR = "auditor"  # finds whose record a refused attempt was about


@dataclass(frozen=True)
class Reach:
    """What one account reaches besides its teams and its organisation, worked out afresh for every request.

    `cases`: single cases by exception (grant, cover, break-glass). `led`: open cases this account answers for; there
    every section but credit is open to it. `locked`: cases closed to it whatever else holds (own kin, a conflict of
    interest, a sealed person); `sealed`: those among them that only a seal closes, where a visit or task of one's
    own stays in sight without name and place. `dates`, `plans`, `notes`: cases shared with its organisation whose
    agreement allows level 1, 2, 3 and whose ground holds (K6); `health`: those among them with a ground for health
    data, too (K7). `withheld`, `withheld_health`: people of households shared with it, beside the main person, whose
    own word opens nothing, or nothing about their health: their rows stay with the case's own people (K6, K7, D4).
    `apart`: cases of the city that this account reads in its team for a private organisation, with somebody whose own
    word is missing; `apart_people`, `apart_health`: who that is, or whose health; `unmet`: those of them whom no other
    case makes known to it, and who are not named to it.
    `kept`: cases that nothing but a later exception or part opens, and whose earlier notes stay closed; `kept_since`:
    for each of them the moment from which on notes are read, in seconds (R58).
    """

    cases: tuple[int, ...] = ()
    led: tuple[int, ...] = ()
    locked: tuple[int, ...] = ()
    sealed: tuple[int, ...] = ()
    dates: tuple[int, ...] = ()
    plans: tuple[int, ...] = ()
    notes: tuple[int, ...] = ()
    health: tuple[int, ...] = ()
    withheld: tuple[int, ...] = ()
    withheld_health: tuple[int, ...] = ()
    apart: tuple[int, ...] = ()
    apart_people: tuple[int, ...] = ()
    apart_health: tuple[int, ...] = ()
    unmet: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()
    kept_since: tuple[int, ...] = ()


NO_REACH = Reach()


@dataclass(frozen=True)
class Viewer:
    """Somebody acting for one organisation in one role, or a system principal; carries the visibility keys."""

    user_id: int | None = None
    name: str = ""
    organisation_id: int | None = None
    organisation_name: str = ""
    central: bool = False  # acts for the city hall or for the central centre
    role: str = ""
    role_name: str = ""
    permissions: frozenset[str] = frozenset()
    team_ids: tuple[int, ...] = ()
    provider_ids: tuple[int, ...] = ()
    case_ids: tuple[int, ...] = ()
    principal: str = ""
    subject: str = ""
    extra_keys: tuple[int, ...] = ()
    source_address: str | None = None
    reach: Reach = NO_REACH
    reads: list[Any] = field(default_factory=list, compare=False, repr=False)

    @property
    def keys(self) -> list[int]:
        """Every scope key this viewer holds (see kernel.models.base.Scoped)."""
        personal = [person_key(self.user_id)] if self.user_id and self.permissions else []
        return [
            *self.team_ids,
            *(-key for key in self.provider_ids),
            *(CASE_KEY + key for key in self.case_ids),
            *personal,
            *self.extra_keys,
        ]

    @property
    def sections(self) -> tuple[str, ...]:
        """The field sections this role opens: identity, household, means, health, …"""
        return tuple(sorted(name.removeprefix("section.") for name in self.permissions if name.startswith("section.")))

    @property
    def house(self) -> int | None:
        """The organisation whose own dealings (covers, requests, invitations) this role takes part in."""
        part = self.may(Permission.CASE_VIEW) or self.may(Permission.REPORT_TYPE)
        return self.organisation_id if part else None

    @property
    def seals(self) -> str:
        """Where this role has a say over who sees protected people, without seeing them: everywhere (CENTRAL), in the
        organisation that it heads (its id), or nowhere (D5)."""
        if not self.may(Permission.PERSON_SEAL):
            return ""
        head = self.may(Permission.CASE_VIEW_ORGANISATION) and self.organisation_id
        return CENTRAL if self.central else str(head or "")

    @property
    def locked_keys(self) -> list[int]:
        """Scope keys that close a row whatever other key it carries."""
        return [CASE_KEY + key for key in self.reach.locked]

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def also(
        self,
        *,
        teams: tuple[int, ...] = (),
        providers: tuple[int, ...] = (),
        cases: tuple[int, ...] = (),
        keys: tuple[int, ...] = (),
    ) -> "Viewer":
        """The same person with more keys for the rest of one transaction, as a hand-over or a sealing needs."""
        return replace(
            self,
            team_ids=self.team_ids + teams,
            provider_ids=self.provider_ids + providers,
            case_ids=self.case_ids + cases,
            extra_keys=self.extra_keys + keys,
        )


def person_key(user_id: int) -> int:
    """The scope key of one account, for rows that only named people may see (D5)."""
    return -(CASE_KEY + user_id)


def case_key(case_id: int) -> int:
    return CASE_KEY + case_id


def system(principal: Principal, *, subject: str = "", source_address: str | None = None) -> Viewer:
    """A system principal; `subject` narrows what it sees to one row where its policy says so."""
    return Viewer(name=principal.value, principal=principal.value, subject=subject, source_address=source_address)


def check(viewer: Viewer, permission: Permission) -> None:
    if not viewer.may(permission):
        raise errors.Forbidden(permission.value)


def check_any(viewer: Viewer, *permissions: Permission) -> None:
    """At least one of the permissions; raises Forbidden naming them all."""
    if not any(viewer.may(permission) for permission in permissions):
        raise errors.Forbidden("|".join(permissions))


_flush: list[Callable[[Viewer], None]] = []


def on_finish(writer: Callable[[Viewer], None]) -> None:
    """Called with the viewer before the outermost `acting_as` commits; the audit of reads hangs here."""
    _flush.append(writer)


@contextmanager
def acting_as(viewer: Viewer) -> Iterator[Viewer]:
    """One transaction in which the database knows who is looking. Nested calls put the former viewer back."""
    before: Viewer | None = getattr(connection, "hopecare_viewer", None) if connection.in_atomic_block else None
    with transaction.atomic():
        _tell_database(viewer)
        connection.hopecare_viewer = viewer  # type: ignore[attr-defined]
        try:
            yield viewer
            if before is None:
                for writer in _flush:
                    writer(viewer)
            elif before is not viewer and viewer.reads:
                before.reads.extend(viewer.reads)
        finally:
            connection.hopecare_viewer = before  # type: ignore[attr-defined]
    if connection.in_atomic_block:  # settings of one transaction end with it
        _tell_database(before or _NOBODY)


_NOBODY = Viewer()


#: What the policies read; named in kernel/rls.py and in the migrations.
_TOLD = ["keys", "teams", "providers", "cases", "sections", "led", "locked", "sealed", "locked_keys"]
_TOLD += ["dates", "plans", "notes", "health", "withheld", "withheld_health"]
_TOLD += ["apart", "apart_people", "apart_health", "unmet"]
_TOLD += ["kept", "kept_since"]
_TOLD += ["principal", "subject", "user_id", "house"]
_TOLD += ["audit", "messages", "volunteers", "money", "giving", "imports", "seals"]
_TELL = statement("select " + ", ".join(f"set_config('app.{name}', %({name})s, true)" for name in _TOLD))


def _tell_database(viewer: Viewer) -> None:
    tell(_TELL, _settings(viewer))


def _settings(viewer: Viewer) -> dict[str, str]:
    reach, house = viewer.reach, str(viewer.organisation_id or "")
    return {
        "keys": array(viewer.keys),
        "teams": array(viewer.team_ids),
        "providers": array(viewer.provider_ids),
        "cases": array(viewer.case_ids),
        "sections": "{" + ",".join(viewer.sections) + "}",
        "led": array(reach.led),
        "locked": array(reach.locked),
        "sealed": array(reach.sealed),
        "locked_keys": array(viewer.locked_keys),
        "dates": array(reach.dates),
        "plans": array(reach.plans),
        "notes": array(reach.notes),
        "health": array(reach.health),
        "withheld": array(reach.withheld),
        "withheld_health": array(reach.withheld_health),
        "apart": array(reach.apart),
        "apart_people": array(reach.apart_people),
        "apart_health": array(reach.apart_health),
        "unmet": array(reach.unmet),
        "kept": array(reach.kept),
        "kept_since": array(reach.kept_since),
        "principal": str(viewer.principal),
        "subject": viewer.subject,
        "user_id": str(viewer.user_id or ""),
        "house": str(viewer.house or ""),
        "audit": house if viewer.may(Permission.AUDIT_VIEW) else "",
        "messages": house if viewer.may(Permission.MESSAGE_REPAIR) else "",
        "volunteers": house if viewer.may(Permission.VOLUNTEER_VIEW) else "",
        "money": house if viewer.may(Permission.MONEY_VIEW) else "",
        "giving": house if viewer.may(Permission.GIVING_MANAGE) else "",
        "imports": house if viewer.central and viewer.may(Permission.CITY_IMPORT) else "",
        "seals": viewer.seals,
    }


_rules: dict[type[models.Model], Callable[[Viewer], Q]] = {}


def visibility(*kinds: type[models.Model]) -> Callable[[Callable[[Viewer], Q]], Callable[[Viewer], Q]]:
    """Declare the one predicate of a private model: `@visibility(Case) def case_rule(viewer) -> Q`."""

    def register(rule: Callable[[Viewer], Q]) -> Callable[[Viewer], Q]:
        for kind in kinds:
            _rules[kind] = rule
        return rule

    return register


def private_models() -> list[type[models.Model]]:
    """Every model with a declared visibility; a test compares them with the policies in the database."""
    return list(_rules)


def visible_to(viewer: Viewer, kind: type[Row]) -> models.QuerySet[Row]:
    """The rows of `kind` this viewer may see. A model without a declared rule raises: forgetting fails closed."""
    return kind._default_manager.filter(_rules[kind](viewer))


def get_visible(
    viewer: Viewer, kind: type[Row], *, named: str = "", select: tuple[str, ...] = (), **lookup: Any
) -> Row:
    """One visible row, or NotFound in the same words as missing. `named` is the subject kind for the refusal log."""
    rows = visible_to(viewer, kind).filter(**lookup)
    row = rows.select_related(*select).first() if select else rows.first()
    if row is None:
        raise errors.NotFound(named or kind._meta.model_name or "", str(next(iter(lookup.values()), "")))
    return row


def scoped_rule(viewer: Viewer) -> Q:
    """The predicate of every `Scoped` row: one of the viewer's keys, and none of the locked ones."""
    rule = Q(scope_keys__overlap=viewer.keys)
    return rule & ~Q(scope_keys__overlap=viewer.locked_keys) if viewer.reach.locked else rule


def section_rule(*sections: Permission) -> Callable[[Viewer], Q]:
    """A scoped table that is a section of its own, as identity and household are."""

    def rule(viewer: Viewer) -> Q:
        return scoped_rule(viewer) if all(viewer.may(section) for section in sections) else Q(pk__in=[])

    return rule


def met(viewer: Viewer, person: str = "person_id") -> Q:
    """Nobody whom the city may not name to this colleague of a private organisation (K6)."""
    return ~Q(**{f"{person}__among": viewer.reach.unmet}) if viewer.reach.unmet else Q()


def case_keyed_rule(viewer: Viewer, *, case: str = "case_id") -> Q:
    """The predicate of every row that carries team_id, provider_id and case_id."""
    rule = (
        Q(team_id__among=viewer.team_ids)
        | Q(provider_id__among=viewer.provider_ids)
        | Q(**{f"{case}__among": viewer.case_ids})
    )
    return rule & unlocked(viewer, case=case)


def unlocked(viewer: Viewer, *, case: str = "case_id") -> Q:
    """Own kin, a conflict of interest and sealed people win over every key (D5, D6); a row without a case stays."""
    if not viewer.reach.locked:
        return Q()
    return Q(**{f"{case}__isnull": True}) | ~Q(**{f"{case}__among": viewer.reach.locked})


_reach: list[str] = []


def register_reach(query: str) -> None:
    """The app that knows of exceptions says here how to read them: one row with the columns of `Reach`, in order.

    As SQL, because it is a part of the one statement that every request of staff begins with; it may name %(user)s,
    %(today)s, %(now)s and the organisation as o.id.
    """
    _reach.append(query)


def reach_query() -> str:
    """The registered query; without one nothing is reached beyond teams and organisation."""
    return _reach[-1] if _reach else "select " + ", ".join(["'{}'::bigint[]"] * len(fields(Reach)))
