"""Beancount itself reads our export: `bean-check` finds nothing, and one planted wrong won is found."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from donations.selectors.export import beancount
from hopecare.kernel.access import acting_as
from tests.cast import Actor
from tests.donations.books_kit import TODAY, given, paid
from tests.donations.walk_of_books import Walk

#: A program beside ours, never imported: it comes with the tools of the tests.
BEAN_CHECK = Path(sys.executable).with_name("bean-check")


def checked(path: Path, lines: list[str]) -> subprocess.CompletedProcess[str]:
    path.write_text("".join(lines))
    return subprocess.run([str(BEAN_CHECK), str(path)], capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.django_db(transaction=True)
def test_bean_check_accepts_the_books_and_finds_one_wrong_won(city: object, ivo: Actor, tmp_path: Path) -> None:
    Walk(seed=7).run(300)
    given("planted", 123_457)
    paid("spent", 23_457)
    with acting_as(ivo.viewer):
        lines = list(beancount(ivo.viewer, TODAY - timedelta(days=400), TODAY + timedelta(days=400)))
    told = checked(tmp_path / "books.beancount", lines)
    assert (told.returncode, told.stderr) == (0, "")
    place = next(number for number, line in enumerate(lines) if line.endswith("  123457 KRW\n"))
    wrong = [*lines[:place], lines[place].replace("123457", "123458"), *lines[place + 1 :]]
    told = checked(tmp_path / "wrong.beancount", wrong)
    assert told.returncode == 1 and "does not balance: (1 KRW)" in told.stderr
