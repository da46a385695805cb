"""The map is a test: who may call whom, which room comes first, what no page may do (rules: tests/house.py)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models

from hopecare.kernel import access, rls
from tests import house
from tests.database import ROOT, as_owner

Rule = Callable[[Path], list[str]]
OURS = ("kernel", "messaging", "eligibility", "cases", "volunteers", "donations", "insight", "mobile_api")
#: A column of one of these names makes a row private.
PRIVATE_COLUMNS = {"scope_keys", "case", "person", "household", "report", "main_person"}
#: Walled by a policy of their own kind: audit rows by owner, grants are read before a viewer exists.
KEPT_APART = {"cases.CaseGrant", "cases.TaskGrant"}


@pytest.mark.parametrize("rule", house.RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rules(rule: Rule) -> None:
    assert rule(ROOT) == []


BROKEN: dict[str, tuple[str, str]] = {
    "crossing": ("hopecare/kernel/services/x.py", "from cases.selectors import day\n"),
    "rooms": ("cases/rules/x.py", "from cases.services import opening\n"),
    "doors": ("cases/services/x.py", "import twilio.rest\n"),
    "imports_in_place": ("cases/services/x.py", "def work():\n    import json\n"),
    "lengths": ("cases/services/x.py", "def work():\n" + "    pass\n" * 41),
    "clocks": ("cases/services/x.py", "from datetime import date\nTODAY = date.today()\n"),
    "pages_without_queries": ("cases/ui/x.py", "def page(rows):\n    return rows.filter(a=1)\n"),
    "tables_together": (
        "cases/migrations/0001_x.py",
        "class Migration(migrations.Migration):\n" + "        migrations.CreateModel(\n" * 2,
    ),
    "loose_ends": ("cases/services/x.py", "value = call()  # type: " + "ignore\n"),
}


@pytest.mark.parametrize("rule", house.RULES, ids=lambda rule: rule.__name__)
def test_each_rule_sees_when_it_is_broken(rule: Rule, tmp_path: Path) -> None:
    name, text = BROKEN[rule.__name__]
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text("\n")
    assert rule(tmp_path) == []
    (tmp_path / name).write_text(text)
    assert len(rule(tmp_path)) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("volunteers/services/x.py", "from cases.models import Case\n"),
        ("cases/ui/x.py", "from hopecare.kernel.ui.login import me\n"),
        ("eligibility/selectors.py", "import cases.access\n"),
        ("hopecare/messaging/services/x.py", "from volunteers import selectors\n"),
    ],
)
def test_faces_only(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text(text)
    assert len(house.crossing(tmp_path)) == 1


def test_a_page_may_offer_reference_data_and_never_people(tmp_path: Path) -> None:
    page = tmp_path / "cases/ui/x.py"
    page.parent.mkdir(parents=True)
    page.write_text("rows = Town.objects.all()\n")
    assert house.pages_without_queries(tmp_path) == []
    page.write_text("rows = Person.objects.all()\n")
    assert len(house.pages_without_queries(tmp_path)) == 1


def test_the_map_has_no_circle() -> None:
    done: set[str] = set()
    while len(done) < len(house.MAP):
        ready = {app for app, below in house.MAP.items() if app not in done and below <= done}
        assert ready, f"a circle among {set(house.MAP) - done}"
        done |= ready


def _models() -> list[type[models.Model]]:
    labels = {config.label for config in apps.get_app_configs()} & set(OURS)
    return [model for label in sorted(labels) for model in apps.get_app_config(label).get_models()]


def walled_tables() -> dict[str, set[str]]:
    """Table → kinds of policies that open something, for tables whose row-level security is on."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, coalesce(array_agg(p.polcmd::text) filter (where p.polpermissive), '{}')"
            " from pg_class c left join pg_policy p on p.polrelid = c.oid"
            " where c.relrowsecurity and c.relkind in ('r', 'p') group by 1"
        )
        return {name: set(kinds) for name, kinds in cursor.fetchall()}


def test_every_private_model_has_both_walls(db: None) -> None:
    walled = walled_tables()
    for model in access.private_models():
        assert "r" in walled.get(model._meta.db_table, set()), f"{model._meta.label} has a rule but no policy"


def test_every_policy_has_its_rule(db: None) -> None:
    ruled = {model._meta.db_table for model in access.private_models()}
    assert sorted(set(walled_tables()) - ruled) == []


def test_a_row_about_a_person_is_a_private_row() -> None:
    ruled = set(access.private_models())
    loose = [
        model._meta.label
        for model in _models()
        if {field.name for field in model._meta.get_fields() if getattr(field, "concrete", False)} & PRIVATE_COLUMNS
        and model not in ruled
        and model._meta.label not in KEPT_APART
    ]
    assert loose == []


def test_nobody_but_the_owner_deletes_private_rows(db: None) -> None:
    """No policy for DELETE (or ALL): row-level security then refuses it to everybody else."""
    assert [table for table, kinds in walled_tables().items() if kinds & {"d", "*"}] == []


def test_no_policy_reads_its_viewer_s_keys_for_every_row(db: None) -> None:
    with as_owner(), connection.cursor() as cursor:
        assert rls.read_keys_once(cursor) == 0
        cursor.execute("select qual from pg_policies where policyname = 'cases_case_read'")
        assert cursor.fetchone()[0].count("SELECT (NULLIF(current_setting('app.") >= 3


@pytest.mark.rule("D6")
def test_no_row_of_a_case_forgets_the_locks(db: None) -> None:
    """Own kin, a conflict of interest and a seal close every table that names a case, or carries scope keys."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "select distinct c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid"
            " where c.relrowsecurity and (a.attname in ('case_id', 'scope_keys') or c.relname = 'cases_case')"
            " and not exists (select from pg_policy p where p.polrelid = c.oid and not p.polpermissive"
            " and p.polname = c.relname || '_unlocked') order by 1"
        )
        assert [name for (name,) in cursor.fetchall()] == []
