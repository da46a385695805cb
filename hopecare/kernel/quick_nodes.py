"""The nodes into which `quick_pages` changes those of Django; each writes what its original writes."""

from typing import Any

from django.template import Context, Node, NodeList, Template
from django.template.base import TextNode, VariableDoesNotExist
from django.template.loader_tags import BLOCK_CONTEXT_KEY, BlockContext, BlockNode, ExtendsNode
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext, override

from hopecare.kernel.addresses import address
from hopecare.kernel.quick_values import condition, finder, written


def _language(context: Any) -> str | None:
    """Asked of Django once a context: it looks into the thread's store each time."""
    try:
        return context._language  # type: ignore[no-any-return]
    except AttributeError:
        context._language = found = get_language()
        return found


class Quick(Node):
    """A node without Django's note of where a failure happened, which only DEBUG shows."""

    child_nodelists: tuple[str, ...] = ()

    def render(self, context: Context) -> str:
        raise NotImplementedError

    def render_annotated(self, context: Context) -> str:
        return self.render(context)


class Still(Quick):
    """Pieces that only the language changes, joined and kept."""

    def __init__(self, parts: list[Node]) -> None:
        self.parts, self.said = parts, dict[str | None, str]()

    def render_annotated(self, context: Context) -> str:
        language = _language(context)
        said = self.said.get(language)
        if said is None or not context.autoescape:
            said = "".join([part.render(context) for part in self.parts])
            if context.autoescape:
                self.said[language] = said
        return said

    render = render_annotated


class Value(Quick):
    def __init__(self, node: Any) -> None:
        self.find = finder(node.filter_expression)

    def render_annotated(self, context: Context) -> str:
        try:
            value = self.find(context)
        except UnicodeDecodeError:
            return ""
        return written(value, context)

    render = render_annotated


class If(Quick):
    child_nodelists = ("nodelist",)

    def __init__(self, node: Any) -> None:
        self.choices = [(None if test is None else condition(test), nodes) for test, nodes in node.conditions_nodelists]

    @property
    def nodelist(self) -> NodeList:
        return NodeList(node for _, nodes in self.choices for node in nodes)

    def render_annotated(self, context: Context) -> str:
        for test, nodes in self.choices:
            if test is None or self._holds(test, context):
                return str(nodes.render(context) if len(nodes) != 1 else nodes[0].render_annotated(context))
        return ""

    render = render_annotated

    @staticmethod
    def _holds(test: Any, context: Context) -> Any:
        try:
            return test(context)
        except VariableDoesNotExist:
            return None


class For(Quick):
    child_nodelists = ("nodelist_loop", "nodelist_empty")

    def __init__(self, node: Any) -> None:
        self.names, self.backwards = node.loopvars, node.is_reversed
        self.rows = finder(node.sequence, None)
        self.nodelist_loop, self.nodelist_empty = node.nodelist_loop, node.nodelist_empty

    def render(self, context: Context) -> str:
        outer: Any = next((names["forloop"] for names in reversed(context.dicts) if "forloop" in names), {})
        depth = len(context.dicts)
        context.dicts.append({})
        try:
            rows = self.rows(context)
            rows = [] if rows is None else rows if hasattr(rows, "__len__") else list(rows)
            if len(rows) < 1:
                return str(self.nodelist_empty.render(context))
            return mark_safe("".join(self._each(context, rows, outer)))
        finally:
            del context.dicts[depth:]

    def _each(self, context: Context, rows: Any, outer: Any) -> list[str]:
        said: list[str] = []
        last, one = len(rows) - 1, len(self.names) == 1
        names = context.dicts[-1]
        loop = names["forloop"] = {"parentloop": outer}
        for place, row in enumerate(reversed(rows) if self.backwards else rows):
            loop["counter0"], loop["counter"] = place, place + 1
            loop["revcounter"], loop["revcounter0"] = last - place + 1, last - place
            loop["first"], loop["last"] = place == 0, place == last
            if one:
                names[self.names[0]] = row
                said += [node.render_annotated(context) for node in self.nodelist_loop]
            else:
                context.dicts.append(self._unpacked(row))
                said += [node.render_annotated(context) for node in self.nodelist_loop]
                context.dicts.pop()
        return said

    def _unpacked(self, row: Any) -> dict[str, Any]:
        wanted, got = len(self.names), len(row) if hasattr(row, "__len__") else 1
        if wanted != got:
            raise ValueError(f"Need {wanted} values to unpack in for loop; got {got}. ")
        return dict(zip(self.names, row, strict=True))


class With(Quick):
    child_nodelists = ("nodelist",)

    def __init__(self, node: Any) -> None:
        self.nodelist = node.nodelist
        self.values = [(name, finder(value)) for name, value in node.extra_context.items()]

    def render(self, context: Context) -> str:
        context.dicts.append({name: find(context) for name, find in self.values})
        try:
            return str(self.nodelist.render(context))
        finally:
            context.dicts.pop()


class Include(Quick):
    """A template named in the text; it is looked up once."""

    def __init__(self, node: Any) -> None:
        self.name = str(node.template.var)
        self.values = [(name, finder(value)) for name, value in node.extra_context.items()]
        self.made: Template | None = None

    def render(self, context: Context) -> str:
        engine = context.template.engine  # type: ignore[union-attr]
        made = self.made
        if made is None or made.engine is not engine:
            made = self.made = engine.get_template(self.name)
        context.dicts.append({name: find(context) for name, find in self.values})
        try:
            return rendered(made, context)
        finally:
            context.dicts.pop()


def rendered(template: Any, context: Any) -> str:
    """`template.render(context)` inside a page that is being rendered."""
    state = context.render_context
    outer, state.template = state.template, template
    state.dicts.append({})
    try:
        return template._render(context)  # type: ignore[no-any-return]
    finally:
        state.dicts.pop()
        state.template = outer


class Extends(ExtendsNode):
    """Finds the blocks of a template that is extended once, not once a page."""

    def __init__(self, node: Any) -> None:
        self.nodelist, self.parent_name, self.template_dirs = node.nodelist, node.parent_name, node.template_dirs
        self.blocks = node.blocks

    def render(self, context: Context) -> SafeString:
        parent: Any = self.get_parent(context)
        state: Any = context.render_context
        if BLOCK_CONTEXT_KEY not in state:
            state[BLOCK_CONTEXT_KEY] = BlockContext()
        blocks = state[BLOCK_CONTEXT_KEY]
        blocks.add_blocks(self.blocks)
        blocks.add_blocks(_own_blocks(parent))
        with state.push_state(parent, isolated_context=False):
            return parent._render(context)  # type: ignore[no-any-return]


def _own_blocks(template: Any) -> dict[str, Any]:
    """The blocks of a template that extends none; one that does adds its own when it renders."""
    if not hasattr(template, "own_blocks"):
        first = next((node for node in template.nodelist if not isinstance(node, TextNode)), None)
        root = first is not None and not isinstance(first, ExtendsNode)
        found = template.nodelist.get_nodes_by_type(BlockNode) if root else []
        template.own_blocks = {block.name: block for block in found}
    return template.own_blocks  # type: ignore[no-any-return]


class Named(Quick):
    """`{% translate "…" as name %}`: kept for each language."""

    def __init__(self, node: Any) -> None:
        self.node, self.name, self.said = node, node.asvar, dict[str | None, Any]()

    def render(self, context: Context) -> str:
        language = _language(context)
        if language not in self.said:
            self.node.render(context)
            self.said[language] = context[self.name]
        context[self.name] = self.said[language]
        return ""


class Sentence(Quick):
    """A translated sentence with values: its words are looked up once for each language."""

    def __init__(self, node: Any) -> None:
        self.node, self.said = node, dict[str | None, str]()
        self.one, self.names = node.render_token_list(node.singular)
        self.values = [(name, finder(value)) for name, value in node.extra_context.items()]
        self.many, self.count = "", None
        if node.plural and node.countervar and node.counter:
            self.many, names = node.render_token_list(node.plural)
            self.names, self.count = [*self.names, *names], finder(node.counter)

    def render(self, context: Context) -> str:
        context.dicts.append({name: find(context) for name, find in self.values})
        try:
            text = self._words(context)
            data = {name: written(context.get(name, ""), context) for name in self.names}
            said = text % data
        except (KeyError, ValueError, TypeError):
            said = None
        finally:
            context.dicts.pop()
        if said is None:
            return self.node.render(context)  # type: ignore[no-any-return]
        if self.node.asvar:
            context[self.node.asvar] = SafeString(said)
            return ""
        return said

    def _words(self, context: Context) -> str:
        if self.count is not None:
            count = context[self.node.countervar] = self.count(context)
            return ngettext(self.one, self.many, count)
        language = _language(context)
        if language not in self.said:
            self.said[language] = gettext(self.one)
        return self.said[language]


class InLanguage(Quick):
    """`{% language … %}`: the pieces inside are those of the other language."""

    child_nodelists = ("nodelist",)

    def __init__(self, node: Any) -> None:
        self.nodelist, self.language = node.nodelist, node.language

    def render(self, context: Any) -> str:
        outer = _language(context)
        with override(self.language.resolve(context)):
            context._language = get_language()
            try:
                return str(self.nodelist.render(context))
            finally:
                context._language = outer


class Link(Quick):
    """`{% url "name" … %}`, also where the name is a value of the page."""

    def __init__(self, node: Any) -> None:
        self.node, self.name = node, finder(node.view_name)
        self.args = [finder(value) for value in node.args]
        self.named = [(name, finder(value)) for name, value in node.kwargs.items()]

    def render(self, context: Context) -> str:
        name = self.name(context)
        if type(name) is not str or ":" in name:
            return self.node.render(context)  # type: ignore[no-any-return]
        found = address(name, *[find(context) for find in self.args], **{n: find(context) for n, find in self.named})
        return conditional_escape(found) if context.autoescape else found


class Simple(Quick):
    """A simple tag: its arguments are found quickly, it is called as ever."""

    def __init__(self, node: Any) -> None:
        self.call, self.with_context, self.target = node.func, node.takes_context, node.target_var
        self.args = [finder(value) for value in node.args]
        self.named = [(name, finder(value)) for name, value in node.kwargs.items()]

    def render(self, context: Context) -> str:
        args = [find(context) for find in self.args]
        named = {name: find(context) for name, find in self.named}
        said = self.call(context, *args, **named) if self.with_context else self.call(*args, **named)
        if self.target is not None:
            context[self.target] = said
            return ""
        return conditional_escape(said) if context.autoescape else said
