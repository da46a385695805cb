"""What no template may hold: styles and scripts of its own, words outside the catalogue, four hundred lines."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

TEMPLATES = Path(settings.BASE_DIR) / "templates"
ALL = sorted(TEMPLATES.rglob("*.html"))
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
FORBIDDEN = {
    "an inline style": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an inline handler": re.compile(r"<[^>{]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script with content": re.compile(r"<script(?![^>]*(\bsrc=|application/json))[^>]*>", re.I),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "evaluated htmx": re.compile(r"\bhx-(on|vals\s*=\s*['\"]js:)", re.IGNORECASE),
}


def faults(text: str) -> list[str]:
    return [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]


@pytest.mark.parametrize("template", ALL, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_template_breaks_the_content_policy(template: Path) -> None:
    text = template.read_text()
    assert faults(text) == []
    assert len(text.splitlines()) < 400


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color:red">',
        "<a onclick='go()'>",
        "<script>go()</script>",
        '<div hx-on:click="go()">',
        '<a href="javascript:go()">',
    ],
)
def test_the_scan_would_find_it(text: str) -> None:
    assert faults(text)


@pytest.mark.parametrize("template", ALL, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_korean_outside_the_catalogues(template: Path) -> None:
    """English msgids in templates, Korean in locale/: else an English reader meets Korean.

    A msgid may quote a word to be typed, as in: answer with “그만”.
    """
    outside = re.sub(
        r"{% blocktrans.*?{% endblocktrans|{% trans.*?%}|_\(.*?\)", "", template.read_text(), flags=re.DOTALL
    )
    assert re.findall(r"[가-힣]+", outside) == []


@pytest.mark.parametrize("template", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_says_what_it_takes(template: Path) -> None:
    assert template.read_text().startswith("{% comment %}")
    assert f"`{template.stem}`" in (TEMPLATES / "README.md").read_text() or template.stem in {
        "field_error",
        "field_tail",
    }


def test_every_template_compiles() -> None:
    for template in ALL:
        get_template(str(template.relative_to(TEMPLATES)))


def test_no_telephone_number_stands_in_a_template() -> None:
    """Numbers are data; only the national lines 119, 112, 109 and 129 may be written, for pages without a database."""
    for template in ALL:
        dialled = set(re.findall(r'href="tel:([0-9-]+)"', template.read_text()))
        assert dialled <= {"119", "112", "109", "129"}, template


def test_every_drawing_used_exists() -> None:
    sprite = (Path(settings.BASE_DIR) / "static/img/sprite.svg").read_text()
    names = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    for template in ALL:
        text = template.read_text()
        used = {f"i-{name}" for name in re.findall(r'{% icon "([^"]+)"', text)}
        used |= {f"p-{name}" for name in re.findall(r'{% picture "([^"]+)"', text)}
        assert used <= names, template


def test_colours_are_named_in_two_files_only() -> None:
    """A theme is a set of values: no other sheet writes a colour (a sheet of another area may add names of its own)."""
    for sheet in ("ground", "components", "public", "desk"):
        text = (Path(settings.BASE_DIR) / f"static/css/{sheet}.css").read_text()
        assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", text)) <= {"#1e2124"}, sheet
