"""The electronic welfare display: what there is, filtered and searched. Public reference data, no viewer needed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from eligibility import catalogue
from eligibility.catalogue import Ask, Entry, Words
from eligibility.models import Revision
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


def entries(on: date | None = None) -> dict[str, Entry]:
    """Every entry as it reads on a day: the files with the approved revisions in force laid over them; one query."""
    day = on or clock.today()
    found = dict(catalogue.entries())
    for revision in Revision.objects.approved().in_force(day).order_by("valid_from", "approved_at"):
        ground = found.get(revision.code) or catalogue.blank(revision.code, revision.category, day)
        found[revision.code] = ground.changed(revision.fields, version=ground.version + 1)
    return {code: entry for code, entry in found.items() if not entry.ended}


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


def changes(most: int = 100) -> Sequence[Revision]:
    """The public change log: approved revisions, newest first, without the names of staff."""
    return list(Revision.objects.approved().order_by("-approved_at")[:most])


def waiting() -> Sequence[Revision]:
    """Changes that wait for a colleague, oldest first."""
    return list(Revision.objects.open().select_related("proposed_by").order_by("proposed_at"))


def revision(revision_id: int) -> Revision | None:
    return Revision.objects.select_related("proposed_by", "approved_by", "declined_by").filter(pk=revision_id).first()


def history(code: str) -> Sequence[Revision]:
    """Every decided change of one entry, newest first."""
    decided = Revision.objects.filter(code=code).exclude(approved_at=None, declined_at=None)
    return list(decided.select_related("proposed_by", "approved_by", "declined_by").order_by("-pk"))
