"""The electronic welfare display: what there is, filtered and searched. Public reference data, no viewer needed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from eligibility import catalogue
from eligibility.catalogue import Ask, Entry, Words
from eligibility.models import Revision
from eligibility.models.catalogue import RevisionQuerySet
from eligibility.rules.search import found_in
from hopecare.kernel import clock
from hopecare.kernel.models import Category, City, LifeStage, Organisation, Town

MOST_TYPED = 60


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; empty means everything."""

    words: str = ""
    category: str = ""
    stage: str = ""
    situation: str = ""
    provider: str = ""

    @property
    def anything(self) -> bool:
        return any((self.words, self.category, self.stage, self.situation, self.provider))


@dataclass(frozen=True)
class Cell:
    category: str
    stage: str
    count: int


@dataclass(frozen=True)
class Frame:
    """The words of the filters, in order."""

    categories: Sequence[Category]
    stages: Sequence[LifeStage]
    situations: dict[str, Words] = field(default_factory=dict)


def frame() -> Frame:
    return Frame(
        list(Category.objects.order_by("position")),
        list(LifeStage.objects.order_by("position")),
        catalogue.situations(),
    )


def entries(on: date | None = None, *, also_ended: bool = False) -> dict[str, Entry]:
    """Every entry as it reads on a day: the files with the approved revisions in force laid over them; one query."""
    day = on or clock.today()
    found = dict(catalogue.entries())
    for revision in _approved().in_force(day):
        found[revision.code] = _laid_over(found, revision)
    return {code: entry for code, entry in found.items() if also_ended or not entry.ended}


def _approved() -> RevisionQuerySet:
    """In the order in which they are laid over one another."""
    return Revision.objects.approved().order_by("valid_from", "approved_at", "pk")


def _laid_over(found: dict[str, Entry], revision: Revision) -> Entry:
    ground = found.get(revision.code) or catalogue.blank(revision.code, revision.category, revision.valid_from)
    return ground.changed(revision.fields, version=ground.version + 1)


def entry(code: str) -> Entry | None:
    return entries().get(code)


def look(wanted: Wanted) -> list[Entry]:
    """What fits, names that hold the typed words first, then in the order of the files."""
    typed = wanted.words[:MOST_TYPED]
    fitting = [entry for entry in entries().values() if _fits(entry, wanted) and _found(entry, typed)]
    return sorted(fitting, key=lambda entry: not (typed and found_in(_names(entry), typed)))


def _fits(entry: Entry, wanted: Wanted) -> bool:
    return (
        wanted.category in ("", entry.category)
        and (not wanted.stage or entry.fits_stage(wanted.stage))
        and (not wanted.situation or wanted.situation in entry.situations)
        and wanted.provider in ("", entry.provider)
    )


def _names(entry: Entry) -> str:
    return f"{entry.name.ko} {entry.name.en}"


def _found(entry: Entry, typed: str) -> bool:
    if not typed.strip():
        return True
    told = [catalogue.situations()[code] for code in entry.situations]
    texts = [entry.name, entry.what, entry.who, *told]
    return found_in(" ".join(f"{text.ko} {text.en}" for text in texts), typed)


def matrix(stages: Sequence[LifeStage], categories: Sequence[Category]) -> list[tuple[Category, list[Cell]]]:
    """How many entries there are, category × life stage; an entry for everybody counts in each stage."""
    all_entries = list(entries().values())
    return [
        (
            category,
            [
                Cell(
                    category.code,
                    stage.code,
                    sum(1 for one in all_entries if one.category == category.code and one.fits_stage(stage.code)),
                )
                for stage in stages
            ],
        )
        for category in categories
    ]


def near(entry: Entry, most: int = 4) -> list[Entry]:
    """Others of the same category that share a situation or, failing that, a life stage."""
    others = [one for one in entries().values() if one.category == entry.category and one.code != entry.code]
    shared = set(entry.situations)
    return sorted(others, key=lambda one: -len(shared & set(one.situations)))[:most]


def is_over(entry: Entry) -> bool:
    """Whether the last day to apply has passed; help comes back more often than not, so it stays on the board."""
    return entry.until is not None and entry.until < clock.today()


def is_stale(entry: Entry) -> bool:
    """Whether nobody has compared the entry with its source for half a year."""
    return clock.today() - entry.checked_on > timedelta(days=catalogue.STALE_DAYS)


@dataclass(frozen=True)
class Door:
    """Where to ask, with the name and the telephone of this city or town."""

    name: str
    phone: str


@dataclass(frozen=True)
class Offices:
    """The telephones behind `office` in the files."""

    city: City | None
    hall: Organisation | None
    town: Town | None

    def door(self, ask: Ask) -> Door:
        main = self.city.phone if self.city else ""
        if ask.office == "town":
            return Door(self.town.office.name, self.town.office.phone) if self.town else Door(str(ask.name), main)
        if ask.office == "centre":
            centre = self.town.zone.centre if self.town else None
            return Door(centre.name, centre.phone) if centre else Door(str(ask.name), main)
        if ask.office == "central":
            return Door(str(ask.name), self.city.central_phone if self.city else "")
        if ask.office == "city":
            return Door(self.hall.name, self.hall.phone) if self.hall else Door(str(ask.name), main)
        return Door(str(ask.name), ask.phone)


def offices(town: str = "") -> Offices:
    """The city's telephones, those of a town when one is named; two or three queries."""
    place = Town.objects.select_related("office", "zone__centre").filter(code=town).first() if town else None
    return Offices(City.objects.first(), Organisation.objects.filter(code="city_hall").first(), place)


def towns() -> Sequence[Town]:
    return list(Town.objects.order_by("pk"))


@dataclass(frozen=True)
class Changed:
    """An approved revision, and the entry as it read until then (version 0: it was not there)."""

    revision: Revision
    before: Entry


def _changed(revisions: Iterable[Revision]) -> Iterator[Changed]:
    found = dict(catalogue.entries())
    for revision in revisions:
        blank = catalogue.blank(revision.code, revision.category, revision.valid_from)
        yield Changed(revision, found.get(revision.code, blank))
        found[revision.code] = _laid_over(found, revision)


def changes(most: int = 100) -> list[Changed]:
    """The public change log: approved revisions, the last approved first, without the names of staff; one query."""
    found = sorted(_changed(_approved()), key=lambda one: one.revision.approved_at or clock.now(), reverse=True)
    return found[:most]


@dataclass(frozen=True)
class Off:
    """An entry that was taken off the board, or will be on a coming day; `why` stands in the public list."""

    entry: Entry
    since: date
    why: str


def taken_off() -> dict[str, Off]:
    """What is off the board, or will be when all that is approved holds, the newest end first; one query."""
    found, ends = dict(catalogue.entries()), dict[str, Revision]()
    for revision in _approved():
        found[revision.code] = _laid_over(found, revision)
        if revision.fields.get("ended"):
            ends[revision.code] = revision
    gone = [one for code, one in ends.items() if found[code].ended]
    newest = sorted(gone, key=lambda one: one.valid_from, reverse=True)
    return {one.code: Off(found[one.code], one.valid_from, one.reason) for one in newest}


def waiting() -> Sequence[Revision]:
    """Changes that wait for a colleague, oldest first."""
    return list(Revision.objects.open().select_related("proposed_by").order_by("proposed_at"))


def revision(revision_id: int) -> Revision | None:
    return Revision.objects.select_related("proposed_by", "approved_by", "declined_by").filter(pk=revision_id).first()


def history(code: str) -> Sequence[Revision]:
    """Every decided change of one entry, newest first."""
    decided = Revision.objects.filter(code=code).exclude(approved_at=None, declined_at=None)
    return list(decided.select_related("proposed_by", "approved_by", "declined_by").order_by("-pk"))
