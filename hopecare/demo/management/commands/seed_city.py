"""`manage.py seed_city --scale S`: the synthetic city. Scale 1 = the figures of the city file."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from cases.models import Case, ServiceRecord
from donations.models import Allocation, Gift, Journal, Posting
from donations.services.books import load_books
from hopecare.demo import (
    assessments,
    caseload,
    gifts,
    groups,
    helping,
    households,
    in_progress,
    nursing,
    outings,
    reports,
    resources,
    services,
    sharers,
    staff,
    together,
    volunteering,
    volunteers,
    watching,
)
from hopecare.demo.copying import unburdened
from hopecare.demo.figures import Figures
from hopecare.demo.world import World
from hopecare.kernel import clock
from hopecare.kernel.models import City, Person, Team, User
from hopecare.kernel.services.city import apply_roles, city_data, load_city
from hopecare.runtime.preparation import analyse

#: From this scale on foreign keys and indexes are rebuilt after loading instead of being kept row by row.
REBUILD_FROM = 0.1
BOOKS = (Journal, Posting, Gift, Allocation)
PRIVATE_APPS = ("cases", "volunteers", "donations", "messaging")
PRIVATE_KERNEL = (
    "kernel_person",
    "kernel_household",
    "kernel_document",
    "kernel_event",
    "kernel_idempotencykey",
    "kernel_change",
    "kernel_read",
    "kernel_affiliation",
    "kernel_teammembership",
    "kernel_user",
)


class Command(BaseCommand):
    help = "Fill an empty (or demo) database with invented people, households, cases, services and volunteers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=float, default=0.005, help="1 = the full city; default 0.005")
        parser.add_argument("--givers", type=float, help="scale of givers and their books; default as --scale")
        parser.add_argument("--seed", type=int, default=2007)
        parser.add_argument("--today", type=datetime.fromisoformat, help="pretend that this is now (Seoul)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 < options["scale"] <= 2 or not 0 < (options["givers"] or 1) <= 2:
            raise CommandError("--scale and --givers must be above 0 and at most 2")
        with clock.pinned(options["today"] or clock.now()), transaction.atomic():
            self._make_room()
            data = city_data(settings.HOPECARE_CITY)["scale"]
            self._seed(Figures.at(options["scale"], data, options["givers"]), options["seed"])
        analyse()

    def _make_room(self) -> None:
        city = City.objects.first()
        occupied = Person.objects.exists() or Case.objects.exists() or User.objects.exists()
        if occupied and not (city and city.is_demo):
            raise CommandError("This database holds rows that are not a demo city's; nothing was changed.")
        if occupied:
            tables = [model._meta.db_table for model in apps.get_models() if model._meta.app_label in PRIVATE_APPS]
            with connection.cursor() as cursor:
                cursor.execute("set constraints all immediate")
                books = [table for table in tables if table.startswith("donations_")]
                for table in books:  # the books refuse to be emptied, even by their owner
                    cursor.execute(f"alter table {table} disable trigger user")
                cursor.execute(f"truncate {', '.join([*tables, *PRIVATE_KERNEL])} restart identity cascade")
                for table in books:
                    cursor.execute(f"alter table {table} enable trigger user")
        if not Team.objects.exists():
            load_city(settings.HOPECARE_CITY)
        apply_roles()
        load_books()
        City.objects.update(is_demo=True)

    def _seed(self, figures: Figures, seed: int) -> None:
        big = figures.cases >= 83_423 * REBUILD_FROM
        world = World.of(figures, seed)
        with self._step("staff, partners and the cast"):
            cast = staff.seed_staff(world)
        with self._step(f"{figures.cases:,} households"), unburdened(*households.TABLES) if big else nullcontext():
            houses = households.make_houses(world, caseload.first_case_id())
            households.load_houses(world, houses)
            households.load_grounds(world, houses, cast["hana"].pk)
        load = caseload.Caseload(world, houses)
        with self._step("cases, needs and plans"), unburdened(*caseload.TABLES) if big else nullcontext():
            load.load()
        with self._step("service records"), unburdened(ServiceRecord) if big else nullcontext():
            services.load_services(world, load)
        with self._step("the directory and referrals"):
            resources.seed_resources(world, cast)
            groups.seed_groups(world, cast)
        with self._step("reports and visits"):
            reports.seed_reports(world, houses)
            reports.seed_visits(world, houses)
        with self._step(f"{figures.volunteers:,} volunteers"), unburdened(*volunteers.TABLES) if big else nullcontext():
            people = volunteers.seed_volunteers(world, cast)
        with self._step("assessments and conferences"), unburdened(*assessments.TABLES) if big else nullcontext():
            assessments.Assessments(world, load).load()
        with self._step(f"{figures.gift_accounts:,} accounts of givers"), unburdened(*BOOKS):
            gifts.seed_gifts(world, cast, figures.donors, figures.gift_accounts)
        with self._step("weeks of volunteering"):
            volunteering.seed_volunteering(world, people)
        with self._step("those who give together"):
            together.seed_together(world, cast)
        with self._step(f"{figures.sharers:,} shops, schools and groups"):
            sharers.seed_partners(world)
            sharers.seed_training(world, people)
            helping.seed_helping(world, cast)
        with self._step("people under watch, and work under way"):
            watching.seed_watching(world, cast)
            in_progress.seed_in_progress(world, cast)
        with self._step("days of the mobile unit"):
            outings.seed_outings(world, cast)
        with self._step("visits of nurse and doctor"):
            nursing.seed_nursing(world, cast)

    @contextmanager
    def _step(self, what: str) -> Iterator[None]:
        self.stdout.write(f"  {what} …", ending="")
        self.stdout.flush()
        start = time.monotonic()
        yield
        self.stdout.write(f" {time.monotonic() - start:.1f} s")
