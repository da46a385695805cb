"""How the values of a template are found: Django's own rules, the usual ways first, worked out once a template.

Django asks at every place of every page whether a name is a key, an attribute, a number in a list or something to be
called. Here the usual answers (a name of the context, then keys or attributes) are tried directly; whatever fails or is
unusual is asked again in Django's own way, so that the outcome is the same by construction.
"""

import operator
from collections.abc import Callable
from html import escape
from typing import Any

from django.template import Context
from django.template.base import FilterExpression, Variable, VariableDoesNotExist, render_value_in_context
from django.template.defaulttags import TemplateLiteral
from django.utils.safestring import SafeData, SafeString, mark_safe
from django.utils.timezone import template_localtime  # type: ignore[attr-defined]

Find = Callable[[Context], Any]
_NOT_SO = (TypeError, AttributeError, KeyError, ValueError, IndexError)


def finder(expression: FilterExpression, otherwise: Any = "") -> Find:
    """What `expression.resolve` answers; `otherwise` stands for a name that is not there: None in conditions."""
    start = _start(expression.var, otherwise)
    chain = [_filter(function, arguments) for function, arguments in expression.filters]
    if not chain:
        return start
    if len(chain) == 1:
        only = chain[0]
        return lambda context: only(start(context), context)

    def find(context: Context) -> Any:
        value = start(context)
        for step in chain:
            value = step(value, context)
        return value

    return find


def is_constant(expression: FilterExpression) -> bool:
    """Whether nothing of the page can change the value; its language may."""
    var: Any = expression.var
    return not expression.filters and (not isinstance(var, Variable) or var.lookups is None)


def _start(var: Any, otherwise: Any) -> Find:
    if not isinstance(var, Variable):
        return lambda context: var
    if var.lookups is None:
        return var.resolve
    return _lookup(var, otherwise)


def _lookup(variable: Variable, otherwise: Any) -> Find:
    first, *rest = variable.lookups or ("",)

    def as_django_does(context: Context) -> Any:
        try:
            return variable.resolve(context)
        except VariableDoesNotExist:
            return otherwise

    def find(context: Context) -> Any:
        for names in reversed(context.dicts):
            if first in names:
                value = names[first]
                break
        else:
            return as_django_does(context) if hasattr(context, first) else otherwise
        try:
            if callable(value):
                value = _called(value)
            for bit in rest:
                value = _part(value, bit)
        except Exception:
            return as_django_does(context)  # which raises it again, or knows better
        return value

    return find


def _part(value: Any, bit: str) -> Any:
    if hasattr(type(value), "__getitem__"):
        try:
            found = value[bit]
        except _NOT_SO:
            found = getattr(value, bit)
    else:
        found = getattr(value, bit)
    return _called(found) if callable(found) else found


def _called(value: Any) -> Any:
    if getattr(value, "do_not_call_in_templates", False):
        return value
    if getattr(value, "alters_data", False):
        raise TypeError
    return value()


def _filter(function: Any, arguments: list[tuple[bool, Any]]) -> Callable[[Any, Context], Any]:
    given = [argument.resolve if looked_up else _same(mark_safe(argument)) for looked_up, argument in arguments]
    local, escaping = getattr(function, "expects_localtime", False), getattr(function, "needs_autoescape", False)
    keeps_safe = getattr(function, "is_safe", False)

    def apply(value: Any, context: Context) -> Any:
        values = [find(context) for find in given]
        if local:
            value = template_localtime(value, context.use_tz)
        extra = {"autoescape": context.autoescape} if escaping else {}
        made = function(value, *values, **extra)
        return mark_safe(made) if keeps_safe and isinstance(value, SafeData) else made

    if given or local or escaping or keeps_safe:
        return apply
    return lambda value, context: function(value)


def _same(value: Any) -> Find:
    return lambda context: value


def written(value: Any, context: Context) -> str:
    """A value as it stands on the page: escaped, figures without separators, as no language of ours asks for any."""
    kind = type(value)
    if kind is SafeString:
        return value  # type: ignore[no-any-return]
    if context.autoescape:
        if kind is str:
            return SafeString(escape(value))
        if kind is int:
            return str(value)
    return render_value_in_context(value, context)


_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "is": operator.is_,
    "is not": operator.is_not,
    "in": lambda one, other: one in other,
    "not in": lambda one, other: one not in other,
}


def condition(token: Any) -> Find:
    """What `{% if … %}` asks; anything that fails is no, as Django has it. Raises KeyError for an unknown sign."""
    if isinstance(token, TemplateLiteral):
        return finder(token.value, None)  # type: ignore[arg-type]
    one = condition(token.first)
    if token.id == "not":
        return _guarded(lambda context: not one(context))
    other = condition(token.second)
    if token.id == "and":
        return _guarded(lambda context: one(context) and other(context))
    if token.id == "or":
        return _guarded(lambda context: one(context) or other(context))
    compare = _COMPARED[token.id]
    return _guarded(lambda context: compare(one(context), other(context)))


def _guarded(ask: Find) -> Find:
    def answer(context: Context) -> Any:
        try:
            return ask(context)
        except Exception:
            return False

    return answer
