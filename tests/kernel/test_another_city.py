"""Another city is another file: its names on every public page, and no name of the first one in pages or code (R88)."""

import re
from pathlib import Path

import pytest
from django.conf import settings as project

from cases.selectors.catalogue import forget_catalogue
from eligibility.selectors import simulation
from hopecare.kernel.context import forget_city
from hopecare.kernel.models import Category, City, Facility, Organisation, Team, Town, Zone
from hopecare.kernel.services.city import CATALOGUE, city_data, load_city
from tests.database import as_owner

PUBLIC = ("/", "/report/", "/simulate/", "/display/")
#: Where the first city may be named: its own file, what fills a demo, examples of the API, and the page of the look.
ITS_OWN = ("hopecare/kernel/data/cities/", "hopecare/demo/", "hopecare/settings.py", "hopecare/kernel/ui/style_page.py")
ITS_OWN += ("mobile_api/schemas.py", "mobile_api/imports.py")


def names_of(code):
    data = city_data(code)
    rows = [data["city"], data["city_hall"], data["central"], *data["towns"], *(one["centre"] for one in data["zones"])]
    return {row[key] for row in rows for key in ("name_ko", "name_en")}


@pytest.fixture
def hanbit(db, settings):
    """The second city, in this test's transaction; where the first was loaded, its rows have lost their names."""
    settings.HOPECARE_CITY = "hanbit"
    with as_owner():
        City.objects.all().delete()
        for table in (Zone, Town, Team, Organisation, Facility):
            table.objects.update(name_ko="옛 이름", name_en="former name")
        load_city("hanbit")
    for forget in (forget_city, forget_catalogue, simulation.towns.cache_clear):
        forget()
    yield
    for forget in (forget_city, forget_catalogue, simulation.towns.cache_clear):
        forget()


@pytest.mark.rule("R88")
@pytest.mark.rule("R26")
def test_every_public_page_bears_the_names_of_the_city_it_serves(hanbit, as_):
    assert Zone.objects.filter(code__in=["river", "hill"], towns__isnull=False).count() == 4
    assert Category.objects.order_by("position").first().name_ko == "곁돌봄"
    foreign, own = names_of("namyangju") - names_of("hanbit"), 0
    for path in PUBLIC:
        page = as_().get(path, follow=True)
        text = page.content.decode()
        assert page.status_code == 200 and [name for name in foreign if name in text] == [], path
        own += "한빛" in text
    assert own >= 3
    assert "강마루읍" in as_().get("/report/").content.decode()


@pytest.mark.rule("R88")
def test_a_city_takes_over_what_it_does_not_tell():
    first, second = city_data("namyangju"), city_data("hanbit")
    assert second["services"] == first["services"] and second["categories"] != first["categories"]
    assert set(second) == set(first) and set(CATALOGUE) < set(first)


@pytest.mark.rule("R88")
def test_no_code_and_no_page_names_one_city():
    words = {name for name in names_of("namyangju") if re.search("[가-힣]{3}", name) and "센터" not in name}
    root = Path(project.BASE_DIR)
    folders = ("hopecare", "cases", "volunteers", "donations", "mobile_api", "templates", "static/js")
    found = [
        f"{path.relative_to(root)}: {word}"
        for folder in folders
        for path in sorted((root / folder).rglob("*"))
        if path.suffix in {".py", ".html", ".js", ".txt"} and not path.relative_to(root).as_posix().startswith(ITS_OWN)
        for word in words
        if word in path.read_text()
    ]
    assert found == []
