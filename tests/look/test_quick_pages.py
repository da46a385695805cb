"""The quick form of a template writes what Django's own nodes write, in both languages, and keeps nothing of a page."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Engine, Template, TemplateSyntaxError, engines
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.safestring import mark_safe

from hopecare.kernel.addresses import address
from hopecare.kernel.quick_nodes import Still
from hopecare.kernel.quick_pages import quicken


class Odd:
    """What templates meet: a method, one that must not be called, one that asks for more, a property that fails."""

    title = "<하나>"

    def said(self) -> str:
        return "said"

    def erase(self) -> str:
        raise AssertionError

    erase.alters_data = True  # type: ignore[attr-defined]

    def wants(self, more: str) -> str:
        return more

    @property
    def broken(self) -> str:
        raise AttributeError("inside")


def _values() -> dict[str, Any]:
    return {
        "name": "<윤 & 순덕>",
        "safe": mark_safe("<b>굵게</b>"),
        "count": 3,
        "big": 12345,
        "share": 0.5,
        "yes": True,
        "nothing": None,
        "odd": Odd(),
        "kind": Odd,
        "row": {"items": "own", "name": "in a row", "deep": {"x": [7, 8]}},
        "space": SimpleNamespace(a=SimpleNamespace(b="b")),
        "rows": [("a", 1), ("b", 2)],
        "list": ["x", "y", "z"],
        "number": "2026-000123",
        "page_name": "case_list",
    }


TEXTS = [
    "{{ name }}{{ safe }}{{ count }}{{ big }}{{ share }}{{ yes }}{{ nothing }}{{ missing }}{{ row.missing }}",
    "{{ odd.title }}{{ odd.said }}{{ odd.erase }}{{ odd.wants }}{{ kind.title }}{{ space.a.b }}{{ space.a.c }}",
    "{{ row.items }}{{ row.deep.x.1 }}{{ row.deep.x.9 }}{{ list.0 }}{{ list.length }}{{ name.upper }}{{ rows.0.1 }}",
    '{{ name|default:"–" }}{{ missing|default:name }}{{ name|truncatechars:3 }}{{ list|join:", " }}{{ safe|upper }}',
    "{% load hope %}{{ big|won }}{{ count|add:2|figure }}{{ missing|won }}{{ number|phone }}{{ list|length }}",
    "{% if name and not missing %}a{% elif yes %}b{% else %}c{% endif %}{% if missing.x or row.name %}d{% endif %}",
    '{% if count > 2 and "x" in list %}e{% endif %}{% if count < name %}f{% else %}g{% endif %}'
    "{% if not nothing %}h{% endif %}",
    "{% if nothing is None %}i{% endif %}{% if name is not None %}j{% endif %}{% if count in missing %}k{% endif %}",
    "{% for one in list %}{{ forloop.counter }}{{ one }}{% if not forloop.last %}, {% endif %}"
    "{% empty %}none{% endfor %}",
    "{% for a, b in rows %}{{ forloop.revcounter0 }}{{ a }}{{ b }}{% for c in list reversed %}"
    "{{ forloop.parentloop.counter }}{{ c }}{% endfor %}{% endfor %}"
    "{% for x in missing %}x{% empty %}leer{% endfor %}{{ a }}",
    "{% with other=name count=row.name %}{{ other }}{{ count }}{% endwith %}{{ count }}",
    '{% load i18n %}{% translate "Cases" %} {% translate "100%% sure" %} {% translate "Cases" as word %}<{{ word }}>',
    "{% load i18n %}{% blocktranslate trimmed %} Cases {% endblocktranslate %}"
    "{% blocktranslate with n=name %}Case {{ n }}"
    "{% endblocktranslate %}{% blocktranslate count n=count %}{{ n }} month{% plural %}"
    "{{ n }} months{% endblocktranslate %}",
    "{% load i18n %}{% blocktranslate asvar said %}Case {{ number }}{% endblocktranslate %}[{{ said }}]"
    '{% language "en" %}{% translate "Cases" %}{% language "ko" %}{% translate "Cases" %}'
    "{% endlanguage %}{% endlanguage %}",
    '{% url "case_list" %}{% url "case" number %}{% url "case_action" number count %}{% url "case" number=number %}',
    "{% url page_name %}{% url page_name as there %}[{{ there }}]",
    '{% load hope static %}{% icon "clock" %}{% icon "clock" _("Cases") %}{% logo %}{% severity count "span" %}'
    '{% static "img/favicon.svg" %}{% query after=count %}{% icon name %}{# note #}{% comment %}x{% endcomment %}',
    '{% include "components/tag.html" with tone="acc" words=name %}'
    '{% include "components/tag.html" with words=_("Cases") %}',
    '{% include "components/empty.html" with words=name note="" url="" only %}{% autoescape off %}'
    "{{ name }}{% endautoescape %}",
]


def _both(text: str, **more: Any) -> tuple[str, str]:
    engine: Engine = engines["django"].engine
    plain, quick = Template(text, engine=engine), Template(text, engine=engine)
    quicken(quick.nodelist)
    contexts = [Context({**_values(), **more}) for _ in range(3)]
    first, again = quick.render(contexts[1]), quick.render(contexts[2])
    assert first == again
    return plain.render(contexts[0]), first


@pytest.mark.parametrize("text", TEXTS)
def test_quick_and_plain_write_the_same(text: str) -> None:
    for language in ("ko", "en"):
        with translation.override(language):
            plain, quick = _both(text)
            assert quick == plain


def test_what_only_the_language_changes_is_one_piece_for_each_language() -> None:
    text = '{% load i18n hope %}<p>{% translate "Cases" %}</p>{% icon "clock" %}<a href="{% url "case_list" %}">'
    made = Template(text, engine=engines["django"].engine)
    quicken(made.nodelist)
    (piece,) = made.nodelist
    assert isinstance(piece, Still)
    for language in ("ko", "en", "ko"):
        with translation.override(language):
            made.render(Context({}))
    assert set(piece.said) == {"ko", "en"} and piece.said["ko"] != piece.said["en"]


def test_a_page_keeps_nothing_of_the_one_before() -> None:
    made = Template("{% load i18n %}{{ name }}{% blocktranslate %}Case {{ number }}{% endblocktranslate %}")
    quicken(made.nodelist)
    with translation.override("en"):
        assert made.render(Context({"name": "a", "number": "1"})) == "aCase 1"
        assert made.render(Context({"name": "b", "number": "2"})) == "bCase 2"


@pytest.mark.parametrize(
    "text", ["{% for a, b in list_of_ones %}{{ a }}{% endfor %}", '{% url "no-such-page" number %}']
)
def test_what_fails_in_django_fails_alike(text: str) -> None:
    made = Template(text, engine=engines["django"].engine)
    quicken(made.nodelist)
    with pytest.raises((ValueError, NoReverseMatch, TemplateSyntaxError)):
        made.render(Context({"list_of_ones": [(1,)], "number": "2026-000001"}))


def test_addresses_are_those_of_django() -> None:
    for args in (["2026-000123"], ["2007-999999"], ["a b/ü"[:3]], ["2026-000123-x"]):
        assert address("case", *args) == reverse("case", args=args)
        assert address("case", number=args[0]) == reverse("case", kwargs={"number": args[0]})
    for key in (0, 7, 10**12, "12"):
        assert address("case_action", "2026-000123", key) == reverse("case_action", args=["2026-000123", key])
        values = {"number": "2026-000123", "person_id": key}
        assert address("case_life", **values) == reverse("case_life", kwargs=values)
    assert address("case_list") == reverse("case_list")
    for wrong in (-1, None):
        with pytest.raises(NoReverseMatch):
            address("case_action", "2026-000123", wrong)
