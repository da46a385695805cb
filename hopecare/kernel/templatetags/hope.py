"""Tags and filters every page may use: `{% load hope %}`. Signs and drawings, slots, fields, severity, links."""

from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext_lazy

from hopecare.kernel import clock, names
from hopecare.kernel.access import Viewer
from hopecare.kernel.panels import Entry, entries_of
from hopecare.kernel.templatetags import hope_formats

register = template.Library()
for _name, _filter in hope_formats.FILTERS.items():
    register.filter(_name, _filter)

#: data-s → number, word, dots. Number + word + dots + border: colour is never alone.
SEVERITY: dict[str, tuple[str, Any, str]] = {
    "unasked": ("", pgettext_lazy("severity", "Not asked"), ""),
    "none": ("✓", pgettext_lazy("severity", "None"), ""),
    "0": ("0", pgettext_lazy("severity", "Fine"), "○○○○"),
    "1": ("1", pgettext_lazy("severity", "Slight"), "●○○○"),
    "2": ("2", pgettext_lazy("severity", "Moderate"), "●●○○"),
    "3": ("3", pgettext_lazy("severity", "Severe"), "●●●○"),
    "4": ("4", pgettext_lazy("severity", "Critical"), "●●●●"),
    "private": ("", pgettext_lazy("severity", "Would rather not say"), ""),
}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A sign of 1.25 em beside words; with `label` it speaks for itself. Names: `i-…` in static/img/sprite.svg."""
    return _drawing("i", f"i-{name}", "0 0 24 24", str(label))


@register.simple_tag(takes_context=True)
def house(context: template.Context, organisation: Any) -> str:
    """`{% house row.provider %}`: its name, or a neutral one where the name alone would tell the reader too much (D17).

    On the page of a case its lead reads every name, as every section.
    """
    viewer, case = context.get("viewer"), context.get("case")
    leads = bool(viewer and viewer.user_id and getattr(case, "lead_id", None) == viewer.user_id)
    return names.shown(viewer, organisation, leads=leads)


@register.filter
def on_paper(organisation: Any) -> str:
    """Its name as paper may bear it, whoever prints: a paper lies on a kitchen table (D4)."""
    return names.shown(None, organisation)


@register.simple_tag
def picture(name: str, label: str = "") -> SafeString:
    """A drawing with lamp light. Names: `p-…` in static/img/sprite.svg."""
    return _drawing("p", f"p-{name}", "0 0 64 64", str(label))


@register.simple_tag
def logo() -> SafeString:
    return _drawing("logo", "logo", "0 0 36 36", "")


@cache
def _drawing(kind: str, symbol: str, box: str, label: str) -> SafeString:
    speech = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    address = f"{static('img/sprite.svg')}#{symbol}"
    return format_html('<svg class="{}" viewBox="{}" {}><use href="{}"></use></svg>', kind, box, speech, address)


@register.simple_tag(takes_context=True)
def slot(context: template.Context, name: str, subject: Any = None) -> SafeString:
    """`{% slot "case.aside" case %}`: everything other apps put into this slot, in order, escaped by their templates.

    A filler's template sees the page's context with the panel's own names on top. Nothing registered renders nothing.
    """
    return mark_safe("".join(_filled(context, name, subject)))  # each part is a rendered template


@register.simple_tag(takes_context=True)
def slot_list(context: template.Context, name: str, subject: Any = None) -> list[SafeString]:
    """Like `slot`, as a list: `{% slot_list "front.facts" as facts %}{% if facts %}…`."""
    return [mark_safe(part) for part in _filled(context, name, subject)]


def _filled(context: template.Context, name: str, subject: Any) -> list[str]:
    request: Any = context.get("request")
    viewer: Any = context.get("viewer") or getattr(request, "viewer", None)
    return [said for entry in entries_of(name) if (said := _said_by(entry, context, viewer, subject)) is not None]


#: What still panels say, by panel, permissions and language: a role has one set, so they are few.
_STILL: dict[tuple[Any, ...], str | None] = {}


def _said_by(entry: Entry, context: template.Context, viewer: Viewer, subject: Any) -> str | None:
    if not entry.still:
        return _said(entry, context, viewer, subject)
    key = (entry.filler, viewer.permissions, get_language())
    if key not in _STILL:
        _STILL[key] = _said(entry, context, viewer, subject)
    return _STILL[key]


def _said(entry: Entry, context: template.Context, viewer: Viewer, subject: Any) -> str | None:
    panel = entry.filler(viewer, subject)
    if panel is None:
        return None
    engine: Any = context.template and context.template.engine
    with context.push(panel.context):
        return str(engine.get_template(panel.template).render(context))


@register.simple_tag
def control(field: BoundField, classes: str = "hc-field", **attributes: Any) -> SafeString:
    """The widget of a bound field with our class, its hint and its error named by aria; the value typed is kept.

    Keyword `data_keep` becomes `data-keep`: underscores turn into hyphens.
    """
    named = {key.replace("_", "-"): str(value) for key, value in attributes.items()}
    own = field.field.widget.attrs.get("class", "")
    described = [f"{field.auto_id}_hint"] if field.help_text else []
    if field.errors:
        described.append(f"{field.auto_id}_error")
        named["aria-invalid"] = "true"
    named["aria-describedby"] = " ".join(described)
    if not described:
        del named["aria-describedby"]
    if field.field.required and not getattr(field.field.widget, "use_fieldset", False):
        named.setdefault("aria-required", "true")
    return field.as_widget(attrs={"class": f"{classes} {own}".strip(), **named})


@register.filter
def is_group(field: BoundField) -> bool:
    """True for radios and checkbox lists, which need a fieldset and a legend."""
    return bool(getattr(field.field.widget, "use_fieldset", False))


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return getattr(field.field.widget, "input_type", "") == "checkbox" and not is_group(field)


@register.filter
def anchor(field: BoundField) -> str:
    """The id an error summary links to: the control itself, or the fieldset of a group."""
    return f"{field.auto_id}_group" if is_group(field) else str(field.id_for_label or field.auto_id)


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """`pictures|item:choice.data.value`: a dictionary's entry, or empty."""
    return mapping.get(str(key), "") if mapping else ""


@register.simple_tag
def severity(value: Any, tag: str = "td", href: str = "", target: str = "", classes: str = "") -> SafeString:
    """One cell of the need grid. `value`: None or "unasked", "none", 0–4, "private". `tag`: td, span, or label (with
    `target` = id of its input). `href` makes the content one link."""
    key = "unasked" if value is None else str(value)
    inside = _degree(key, get_language() or "ko")
    if href:
        inside = format_html('<a href="{}">{}</a>', href, inside)
    aimed = format_html(' for="{}"', target) if target else ""
    name = f"hc-sev {classes}".strip()
    return format_html('<{} class="{}" data-s="{}"{}>{}</{}>', tag, name, key, aimed, inside, tag)


@cache
def _degree(key: str, language: str) -> SafeString:
    number, word, dots = SEVERITY[key]
    if key in {"unasked", "none", "private"}:
        return format_html("<span>{}{}</span>", f"{number} " if number else "", word)
    return format_html('<b>{}</b>{}<i aria-hidden="true">{}</i>', number, word, dots)


@register.simple_tag(takes_context=True)
def here(context: template.Context, url: str, exact: bool = False) -> SafeString:
    """` aria-current="page"` when the page is `url` or lies below it."""
    path = getattr(context.get("request"), "path", "")
    inside = path == url if exact else path.startswith(url)
    return mark_safe(' aria-current="page"') if url and inside else mark_safe("")


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The page's query string with changes: `{% query after=page.next %}`; None drops a key."""
    request = context.get("request")
    values = request.GET.dict() if request is not None else {}
    values.update(changes)
    kept = {key: value for key, value in values.items() if value not in (None, "")}
    return f"?{urlencode(kept)}" if kept else "?"


@register.simple_tag
def today() -> date:
    return clock.today()


@register.filter
def tongue(thing: Any, name: str) -> str:
    """The field of a row in the reader's language: `city|tongue:"hours"` reads hours_ko or hours_en."""
    language = "ko" if (get_language() or "ko").startswith("ko") else "en"
    return str(getattr(thing, f"{name}_{language}", "") or getattr(thing, f"{name}_ko", ""))


@register.filter
def phone(number: Any, classes: str = "nowrap num") -> SafeString:
    """A telephone number as a link that dials; empty for no number."""
    text = str(number or "")
    if not text:
        return mark_safe("")
    dial = "".join(sign for sign in text if sign.isdigit() or sign == "+")
    return format_html('<a class="{}" href="tel:{}">{}</a>', classes, dial, text)
