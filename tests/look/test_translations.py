"""The translations tool finds what is missing, keeps what is there, and compiles without GNU gettext."""

import gettext
from pathlib import Path

import polib
import pytest

from hopecare.kernel import catalogues


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small project: an app with a template and a module, and a roof."""
    (tmp_path / "garden/ui").mkdir(parents=True)
    (tmp_path / "hopecare").mkdir()
    (tmp_path / "templates/garden").mkdir(parents=True)
    (tmp_path / "templates/components").mkdir()
    (tmp_path / "garden/apps.py").write_text("")
    (tmp_path / "garden/ui/views.py").write_text(
        "from django.utils.translation import gettext as _, ngettext, pgettext_lazy\n"
        "_('Water')\nngettext('%(n)s tree', '%(n)s trees', 2)\npgettext_lazy('plant', 'Rose')\n_(unknown)\n"
    )
    (tmp_path / "templates/garden/bed.html").write_text(
        "{% load i18n %}{% translate 'Water' %}"
        "{% blocktranslate trimmed with name=x %}\n  Hello {{ name }}, 5 %\n{% endblocktranslate %}"
        '{{ nothing|default:_("Empty bed") }}'
    )
    (tmp_path / "templates/components/gate.html").write_text("{% load i18n %}{% translate 'Gate' %}")
    return tmp_path


def written(house: Path, app: str) -> polib.POFile:
    return polib.pofile(str(catalogues.catalogue(house, app, "ko")))


def brought_up_to_date(house: Path) -> None:
    for app, wanted in catalogues.messages(house).items():
        catalogues.update(house, app, wanted, "ko")


def filled(house: Path) -> None:
    words = {
        "Water": "물",
        "%(n)s tree": "나무 %(n)s그루",
        "Rose": "장미",
        "Hello %(name)s, 5 %%": "%(name)s 님, 5 %%",
        "Empty bed": "빈 꽃밭",
        "Gate": "문",
    }
    for app in ("garden", "front"):
        book = written(house, app)
        for entry in book:
            if entry.msgid_plural:
                entry.msgstr_plural = {0: words[entry.msgid]}
            else:
                entry.msgstr = words[entry.msgid]
        book.save()


def kinds(house: Path) -> set[tuple[str, str]]:
    return {(complaint.kind, complaint.msgid) for complaint in catalogues.complaints(house)}


def test_every_app_has_its_own_catalogue_in_the_order_of_its_files(house: Path) -> None:
    found = catalogues.messages(house)
    assert [message.msgid for message in found["garden"]] == [
        "Water",
        "%(n)s tree",
        "Rose",
        "Hello %(name)s, 5 %%",
        "Empty bed",
    ]
    assert [message.msgid for message in found["front"]] == ["Gate"]


def test_missing_and_empty_words_are_named(house: Path) -> None:
    assert ("missing", "Water") in kinds(house)
    brought_up_to_date(house)
    assert ("empty", "Water") in kinds(house)
    filled(house)
    assert kinds(house) == set()


def test_fuzzy_obsolete_and_broken_placeholders_are_named(house: Path) -> None:
    brought_up_to_date(house)
    filled(house)
    book = written(house, "garden")
    book.find("Water").flags.append("fuzzy")
    book.find("%(n)s tree").msgstr_plural = {0: "나무 여러 그루"}
    book.append(polib.POEntry(msgid="Shed", msgstr="헛간"))
    book.save()
    assert kinds(house) == {("fuzzy", "Water"), ("placeholders differ", "%(n)s tree"), ("obsolete", "Shed")}


def test_one_msgid_with_two_translations_is_named(house: Path) -> None:
    (house / "templates/components/gate.html").write_text(
        "{% load i18n %}{% translate 'Gate' %}{% translate 'Water' %}"
    )
    brought_up_to_date(house)
    filled(house)
    book = written(house, "front")
    book.find("Water").msgstr = "물주기"
    book.save()
    assert ("differs from front", "Water") in kinds(house)


def test_update_keeps_words_and_removes_what_is_gone(house: Path) -> None:
    brought_up_to_date(house)
    filled(house)
    (house / "templates/garden/bed.html").write_text("{% load i18n %}{% translate 'Soil' %}")
    added, removed, empty = catalogues.update(house, "garden", catalogues.messages(house)["garden"], "ko")
    assert (added, removed, empty) == (1, 2, 1)
    assert written(house, "garden").find("Rose", msgctxt="plant").msgstr == "장미"


def test_compiled_catalogues_are_read_by_python_and_written_once(house: Path) -> None:
    brought_up_to_date(house)
    filled(house)
    assert catalogues.compile_all(house) == 2
    assert catalogues.compile_all(house) == 0
    compiled = gettext.translation("django", localedir=house / "locale/garden", languages=["ko"])
    assert compiled.ngettext("%(n)s tree", "%(n)s trees", 3) == "나무 %(n)s그루"


def test_another_language_is_another_folder(house: Path) -> None:
    (house / "locale/garden/vi").mkdir(parents=True)
    assert catalogues.languages(house, "garden") == ["ko", "vi"]
    assert ("missing", "Water") in kinds(house)


def test_a_broken_template_names_its_file(house: Path) -> None:
    (house / "templates/garden/bed.html").write_text(
        "{% blocktranslate %}{% if x %}no{% endif %}{% endblocktranslate %}"
    )
    with pytest.raises(SyntaxError, match=r"bed\.html"):
        catalogues.messages(house)
