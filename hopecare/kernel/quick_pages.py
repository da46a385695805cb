"""Django's templates, walked in fewer steps: what a template asks each time and always answers alike is asked once.

Neighbouring pieces that only the language can change (text, translated words, bare addresses, signs) become
one piece, kept for each language. What remains finds its values as `quick_values` does. The pages stay Django's
templates, with their blocks, and every node that is not named here renders as it always did.
"""

from collections.abc import Callable
from threading import Lock
from typing import Any

from django.template import Node, NodeList, Template
from django.template.base import FilterExpression, TextNode, VariableNode
from django.template.defaulttags import CommentNode, ForNode, IfNode, LoadNode, URLNode, WithNode
from django.template.library import SimpleNode
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.template.loaders import cached
from django.templatetags.i18n import BlockTranslateNode, LanguageNode, TranslateNode
from django.templatetags.static import StaticNode

from hopecare.kernel import quick_nodes as quick
from hopecare.kernel.quick_values import is_constant

#: Simple tags that answer alike for the same arguments in the same language.
STILL_TAGS = frozenset({"icon", "picture", "logo"})


class Loader(cached.Loader):
    """Keeps every template, as Django's own does, in its quick form."""

    def __init__(self, engine: Any, loaders: Any) -> None:
        super().__init__(engine, loaders)
        self.lock = Lock()

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template: Any = super().get_template(template_name, skip)
        if not hasattr(template, "is_quick"):
            with self.lock:
                if not hasattr(template, "is_quick"):
                    if not (self.engine.debug or self.engine.string_if_invalid):
                        quicken(template.nodelist)
                    template.is_quick = True
        return template  # type: ignore[no-any-return]


def quicken(nodes: NodeList) -> None:
    """Change the nodes of one template, and all below them, in their place."""
    made: list[Node] = []
    for node in nodes:
        for below in _below(node):
            quicken(below)
        made.append(_quick(node))
    nodes[:] = _joined(made)


def _below(node: Node) -> list[NodeList]:
    if isinstance(node, IfNode):
        return [nodes for _, nodes in node.conditions_nodelists]
    found = [getattr(node, name, None) for name in node.child_nodelists]
    return [nodes for nodes in found if isinstance(nodes, NodeList)]


def _quick(node: Node) -> Node:
    make = _QUICK.get(type(node))
    if make is None or _is_still(node):
        return node
    made = make(node)
    if made is not node:
        made.token, made.origin = node.token, getattr(node, "origin", None)
    return made  # type: ignore[no-any-return]


def _joined(nodes: list[Node]) -> list[Node]:
    """Runs of still nodes as one node each."""
    found: list[Node] = []
    run: list[Node] = []
    for node in [*nodes, None]:
        if node is not None and _is_still(node):
            run.append(node)
            continue
        if run:
            found += _still(run)
            run = []
        if node is not None:
            found.append(node)
    return found


def _still(run: list[Node]) -> list[Node]:
    parts = [node for node in run if not isinstance(node, CommentNode | LoadNode)]
    if all(isinstance(part, TextNode) for part in parts):
        text = "".join(part.s for part in parts if isinstance(part, TextNode))
        return [TextNode(text)] if text else []
    made = quick.Still(parts)
    made.token = run[0].token
    return [made]


def _is_still(node: Node) -> bool:
    known: Any = node
    match known:
        case TextNode() | CommentNode() | LoadNode():
            return True
        case TranslateNode():
            return not (known.asvar or known.message_context) and is_constant(known.filter_expression)
        case BlockTranslateNode():
            return _says_one_thing(known)
        case StaticNode():
            return known.varname is None and _is_constant(known.path)
        case URLNode():
            return not (known.args or known.kwargs or known.asvar) and _is_constant(known.view_name)
        case SimpleNode():
            given = [*known.args, *known.kwargs.values()]
            known_tag = known.func.__name__ in STILL_TAGS and known.target_var is None
            return known_tag and all(_is_constant(one) for one in given)
    return False


def _is_constant(expression: Any) -> bool:
    return isinstance(expression, FilterExpression) and is_constant(expression)


def _says_one_thing(node: Any) -> bool:
    open_ends = node.asvar or node.message_context or node.plural or node.extra_context
    return not open_ends and not node.render_token_list(node.singular)[1]


def _include(node: Any) -> Node:
    name = node.template.var
    plain = _is_constant(node.template) and isinstance(name, str) and not name.startswith(".")
    return quick.Include(node) if plain and not node.isolated_context else node


def _translate(node: Any) -> Node:
    named = node.asvar and not node.message_context and is_constant(node.filter_expression)
    return quick.Named(node) if named else node


def _block_translate(node: Any) -> Node:
    return node if node.message_context else quick.Sentence(node)


def _url(node: Any) -> Node:
    return node if node.asvar else quick.Link(node)


_QUICK: dict[type[Node], Callable[[Any], Any]] = {
    VariableNode: quick.Value,
    IfNode: quick.If,
    ForNode: quick.For,
    WithNode: quick.With,
    IncludeNode: _include,
    ExtendsNode: quick.Extends,
    BlockNode: lambda node: node,
    TranslateNode: _translate,
    BlockTranslateNode: _block_translate,
    LanguageNode: quick.InLanguage,
    URLNode: _url,
    SimpleNode: quick.Simple,
}
