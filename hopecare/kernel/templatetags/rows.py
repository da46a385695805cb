"""`{% each url, name, late in rows %}…{% endeach %}`: a loop over tuples of finished words, for the long tables.

A general loop asks for every cell of every row what it is, whether it can be called, whether it is a number of this
country. Fifty rows of ten cells are five hundred such questions, and they were a third of the page. Here the body is
read once: text, plain names of the loop and `{% if name %}` with `{% else %}`; anything else is refused at once.
"""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from django import template
from django.template.base import Node, NodeList, TextNode, VariableNode
from django.template.defaulttags import IfNode
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
Write = Callable[[Sequence[Any], list[str]], None]


@register.tag
def each(parser: Any, token: Any) -> "EachNode":
    names, joint, rows = token.contents.removeprefix("each ").rpartition(" in ")
    if not joint:
        raise template.TemplateSyntaxError("each a, b in rows")
    body = parser.parse(("endeach",))
    parser.delete_first_token()
    return EachNode([name.strip() for name in names.split(",")], parser.compile_filter(rows), body)


class EachNode(Node):
    def __init__(self, names: list[str], rows: Any, body: NodeList) -> None:
        self.rows, self.write = rows, _all(body, names)

    def render(self, context: template.Context) -> SafeString:
        said: list[str] = []
        for row in self.rows.resolve(context):
            self.write(row, said)
        return mark_safe("".join(said))  # every cell was escaped, all else is the template's


def _all(body: NodeList, names: list[str]) -> Write:
    parts = [_part(node, names) for node in body]

    def write(row: Sequence[Any], said: list[str]) -> None:
        for part in parts:
            part(row, said)

    return write


def _part(node: Any, names: list[str]) -> Write:
    if isinstance(node, TextNode):
        return lambda row, said: said.append(node.s)
    if isinstance(node, VariableNode):
        place = _place(node.filter_expression.token, names)
        return lambda row, said: said.append(_escaped(row[place]))
    if isinstance(node, IfNode):
        return _choice(node, names)
    raise template.TemplateSyntaxError(f"each knows text, names and if, not {node.token.contents}")


def _choice(node: IfNode, names: list[str]) -> Write:
    condition, body = node.conditions_nodelists[0]
    other = node.conditions_nodelists[1:]
    if len(other) > 1 or any(last is not None for last, _ in other):
        raise template.TemplateSyntaxError("each knows if and else")
    place = _place(getattr(getattr(condition, "value", None), "token", ""), names)
    yes, no = _all(body, names), _all(other[0][1] if other else NodeList(), names)
    return lambda row, said: (yes if row[place] else no)(row, said)


def _place(name: str, names: list[str]) -> int:
    if name not in names:
        raise template.TemplateSyntaxError(f"each knows {', '.join(names)}, not {name}")
    return names.index(name)


def _escaped(value: Any) -> str:
    return value if isinstance(value, SafeString) else escape(str(value))
