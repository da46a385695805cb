"""What stands in every page's menu: said once for each role and language, and counted at most so often as is told."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.template import Context, engines
from django.utils import translation
from django.utils.translation import gettext as _

from hopecare.kernel import menu_counts, panels
from hopecare.kernel.access import Viewer
from hopecare.kernel.panels import Panel
from hopecare.kernel.permissions import Permission

SLOT = "test.menu"
LEAD = Viewer(user_id=1, role="lead", permissions=frozenset({Permission.CASE_VIEW, Permission.CASE_LEAD}))
WORKER = Viewer(user_id=2, role="worker", permissions=frozenset({Permission.CASE_VIEW}))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Viewer]]:
    """Everybody a still panel was asked for."""
    seen: list[Viewer] = []

    def entry(viewer: Viewer, subject: Any) -> Panel | None:
        seen.append(viewer)
        words = {"url": "/desk/", "label": _("Cases"), "count": None}
        return Panel("components/nav_item.html", words) if viewer.may(Permission.CASE_LEAD) else None

    monkeypatch.setitem(panels._slots, SLOT, [])
    panels.register(SLOT, 10, entry, still=True)
    yield seen


def _page(viewer: Viewer, language: str) -> str:
    with translation.override(language):
        made = engines["django"].engine.from_string(f'{{% load hope %}}{{% slot "{SLOT}" %}}')
        return str(made.render(Context({"viewer": viewer})))


def test_a_still_panel_is_asked_once_for_each_role_and_language(asked: list[Viewer]) -> None:
    for _again in range(2):
        assert ">Cases<" in _page(LEAD, "en")
        assert _page(LEAD, "ko") != _page(LEAD, "en")
        assert _page(WORKER, "ko") == "", "what one role may open is no entry of another's menu"
    assert asked == [LEAD, LEAD, WORKER]


def test_a_count_of_the_menu_belongs_to_one_person_in_one_role(settings: Any) -> None:
    cache.clear()
    settings.NAV_COUNT_SECONDS = 15
    counted: list[Viewer] = []

    def count(viewer: Viewer) -> int:
        counted.append(viewer)
        return 0

    other_hat = Viewer(user_id=1, role="worker", permissions=WORKER.permissions)
    for viewer in (LEAD, LEAD, WORKER, other_hat, LEAD):
        assert menu_counts.recent("looking", viewer, count) == 0
    assert counted == [LEAD, WORKER, other_hat]
    settings.NAV_COUNT_SECONDS = 0
    menu_counts.recent("looking", LEAD, count)
    assert len(counted) == 4
    cache.clear()
