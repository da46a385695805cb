"""import_* and linkage_*: a list of the city's system taken in, and people of ours found again in a careless copy.

`python -m bench.imports people FILE COUNT` writes strangers, `… copy COUNT` links a spoilt copy of our own people and
prints one JSON line, `… spoilt FILE COUNT` writes such a copy of others of ours for `manage.py likeness_weights`;
all in the instance named by the environment.
"""

import csv
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import django

from bench.instance import Running, _instance
from hopecare.runtime.stamps import ROOT

CARE_TARGETS = 83_423
COPIED = 4_000
#: Of a spoilt copy: how many are somebody else, and how often each kind of carelessness happens.
STRANGERS = 0.25
BY = "mina"
_HEAD = ("대상자관리번호", "가구관리번호", "성명", "생년월일", "성별", "휴대전화", "읍면동", "보장구분", "동의일")
_GONE = (
    "delete from kernel_{table} where person_id in (select person_id from cases_importrow where made_person)",
    "delete from kernel_{table} where household_id in (select household_id from cases_importrow where made_person)",
)


def city_import(running: Running) -> dict[str, tuple[float, str]]:
    """Everybody whom the city's figures count, in one CSV, by the command, as the plain role, in a fresh process."""
    count = max(400, round(CARE_TARGETS * running.bench.scale))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"people-{time.time_ns():x}.csv"
        _python(running, "people", str(path), str(count))
        told = running.manage("import_city", str(path), "--mapping", "city_people", "--by", BY)
    found = re.search(r"([\d.]+) s, (\d+) MB", told)
    rows = re.search(r"(\d+) rows, 0 known before", told)  # the running worker may help: who took a row is no matter
    if found is None or rows is None or int(rows[1]) != count or _taken(running) != count:
        raise RuntimeError(f"the import said: {told}")
    _forget(running)
    return {
        "import_people_seconds": (float(found[1]), "s"),
        "import_peak_mb": (float(found[2]), "MB"),
        "import_rows": (float(count), "rows"),
    }


def linkage(running: Running) -> dict[str, tuple[float, str]]:
    """Precision: of what is linked without a person, the share that is right. Recall: of our people in the copy, the
    share that is linked, or shown to a person who decides with the right one among those offered. Nothing is written.
    """
    figures = json.loads(_python(running, "copy", str(COPIED)))
    return {
        "linkage_precision": (figures["precision"], "share"),
        "linkage_recall": (figures["recall"], "share"),
        "linkage_by_itself": (figures["alone"], "share"),
        "linkage_rows_per_second": (figures["rate"], "1/s"),
    }


def _python(running: Running, *words: str) -> str:
    environment = {**os.environ, **_instance(running.bench.home, running.port).common()}
    argv = [sys.executable, "-m", "bench.imports", *words]
    done = subprocess.run(argv, env=environment, cwd=ROOT, text=True, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout


def _taken(running: Running) -> int:
    with running.bench.owner() as connection:
        row = connection.execute("select count(*) from cases_importrow where state in ('done', 'review')").fetchone()
    return int(str(row[0])) if row else 0


def _forget(running: Running) -> None:
    """The strangers go again, so that every run begins alike."""
    with running.bench.owner() as connection:
        for table in ("ground", "residentnumber", "membership"):
            connection.execute(_GONE[0].format(table=table))
        for table in ("address", "coverage"):
            connection.execute(_GONE[1].format(table=table))
        connection.execute(
            "create temp table gone on commit drop as select person_id, household_id from cases_importrow"
            " where made_person"
        )
        connection.execute("delete from cases_importrow")
        connection.execute("delete from cases_importfile")
        connection.execute("delete from kernel_person where id in (select person_id from gone)")
        connection.execute("delete from kernel_household where id in (select household_id from gone)")


def write_people(path: Path, count: int) -> None:
    """Strangers: two to a household, half with a telephone, half with consent."""
    from hopecare.demo.world import words  # noqa: PLC0415 - this half runs in a process of its own, after django.setup()
    from hopecare.kernel.models import Town  # noqa: PLC0415

    dice, run = random.Random(11), f"{time.time_ns():x}"
    towns = list(Town.objects.values_list("name_ko", flat=True))
    given = [name for names in words()["given"].values() for name in names]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(_HEAD)
        for number in range(count):
            born = f"{dice.randrange(1930, 2020)}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}"
            phone = f"010-0{dice.randrange(10**3):03d}-{dice.randrange(10**4):04d}" if number % 2 else ""
            name = dice.choice(words()["surnames"]) + dice.choice(given) + dice.choice("가나다라마")
            agreed = "2026-01-05" if number % 4 < 2 else ""
            sheet.writerow(
                (f"{run}-{number}", f"{run}-h{number // 2}", name, born, dice.choice("남여"), phone, dice.choice(towns),
                 dice.choice(("기초수급", "차상위", "저소득")), agreed)
            )  # fmt: skip


def link_copy(count: int) -> dict[str, float]:
    """A copy of ours, spoilt as lists are, mixed with strangers; judged in batches as the import judges."""
    from cases.rules.linking import judge  # noqa: PLC0415
    from cases.selectors.imports import stranger  # noqa: PLC0415
    from cases.selectors.linking import likely  # noqa: PLC0415
    from cases.services.import_work import known_mappings  # noqa: PLC0415
    from hopecare.kernel.access import Principal, acting_as, system  # noqa: PLC0415

    way, dice = known_mappings()["city_people"], random.Random(5)
    linked = right = offered = ours = 0
    with acting_as(system(Principal.IMPORTS)):
        rows = _copied(count, dice)
        began = time.monotonic()
        for start in range(0, len(rows), 500):
            batch = [(truth, stranger(way, cells)) for truth, cells in rows[start : start + 500]]
            index = likely([asked for _, asked in batch])
            for truth, asked in batch:
                verdict = judge(asked, index.near(asked))
                ours += truth is not None
                if verdict.kind == "same" and verdict.chosen is not None:
                    linked, right = linked + 1, right + (verdict.chosen.id == truth)
                offered += truth is not None and truth in {found.one.id for found in verdict.near}
        seconds = time.monotonic() - began
    return {
        "precision": right / max(1, linked),
        "recall": (right + offered) / max(1, ours),
        "alone": right / max(1, ours),
        "rate": len(rows) / seconds,
    }


def write_spoilt(path: Path, count: int) -> None:
    """A copy of people whom the benchmark of linkage leaves out: nothing is measured on what was learnt from."""
    from hopecare.kernel.access import Principal, acting_as, system  # noqa: PLC0415

    with acting_as(system(Principal.IMPORTS)):
        rows = _copied(count, random.Random(17), after=COPIED * 4)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.DictWriter(file, ("name", "birth_date", "sex", "phone", "town"))
        sheet.writeheader()
        sheet.writerows(cells for _, cells in rows)


def _copied(count: int, dice: random.Random, *, after: int = 0) -> list[tuple[int | None, dict[str, str]]]:
    """(our person's id or None, the row's words)."""
    from hopecare.kernel import phones  # noqa: PLC0415
    from hopecare.kernel.models import Membership  # noqa: PLC0415

    found = Membership.objects.filter(ends_on=None, person__sealed=False, person__canonical=None)
    members = list(found.select_related("person", "household__town").order_by("person_id")[after : after + count * 4])
    dice.shuffle(members)
    rows: list[tuple[int | None, dict[str, str]]] = []
    for number, member in enumerate(members[:count]):
        person, town = member.person, member.household.town.name_ko
        if person.birth_date is None:
            continue
        cells = {"name": person.name, "birth_date": f"{person.birth_date}", "sex": person.sex.lower(), "town": town}
        if person.phone and dice.random() < 0.7:
            cells["phone"] = phones.shown(person.phone)
        if number < count * STRANGERS:  # a namesake of nobody: the same telephone's house, another person
            born = person.birth_date.replace(year=person.birth_date.year - dice.randrange(3, 30), day=1 + number % 27)
            rows.append((None, {**cells, "name": cells["name"][0] + dice.choice("하해호희") + dice.choice("담닮돌둘"),
                                "birth_date": f"{born}"}))  # fmt: skip
        else:
            rows.append((person.pk, _spoilt(cells, dice)))
    return rows


def _spoilt(cells: dict[str, str], dice: random.Random) -> dict[str, str]:
    """One careless thing in a third of the rows, two in some."""
    year, month, day = cells["birth_date"].split("-")
    ways: list[tuple[float, dict[str, Any]]] = [
        (0.06, {"name": cells["name"][1:] + " " + cells["name"][0]}),
        (0.06, {"name": cells["name"][:-1] + chr(ord(cells["name"][-1]) + 1)}),
        (0.05, {"birth_date": f"{year}-{day}-{month}" if int(day) <= 12 else cells["birth_date"]}),
        (0.04, {"birth_date": f"{year}-{month}-{max(1, int(day) - 1):02d}"}),
        (0.04, {"birth_date": year}),
        (0.08, {"phone": f"010-0{dice.randrange(1000):03d}-{dice.randrange(10_000):04d}"}),
        (0.05, {"town": dice.choice(["화도읍", "와부읍", "진접읍", "다산1동"])}),
    ]
    for share, change in ways:
        if dice.random() < share:
            cells = {**cells, **change}
    return cells


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hopecare.settings")
    django.setup()
    if sys.argv[1] == "people":
        write_people(Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1] == "spoilt":
        write_spoilt(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        print(json.dumps(link_copy(int(sys.argv[2]))))
