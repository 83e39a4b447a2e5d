"""Rules about templates."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import pytest
from django.template import engines
from django.template.base import FilterExpression
from django.template.defaultfilters import default, default_if_none
from django.template.defaulttags import TemplateLiteral

ROOT = Path(__file__).resolve().parent.parent.parent
# Put there by Django itself, in some contexts only.
ALWAYS_ALLOWED = frozenset({"user", "perms", "messages", "block", "forloop", "request"})

_rendering: ContextVar[tuple] = ContextVar("jalons_rendering", default=(None, frozenset()))
# Whether an `{% if %}` is being evaluated.
_asking: ContextVar[bool] = ContextVar("jalons_asking", default=False)


class UndefinedTemplateVariable(AssertionError):
    """A template of ours used a variable that its context does not have."""


class _FailingMarker(str):
    """Stands in for `string_if_invalid`: Django formats it with the name of the variable it could not resolve."""

    def __mod__(self, variable):
        context, allowed = _rendering.get()
        name = variable.var.split(".")[0] if isinstance(variable.var, str) else str(variable)
        if context is not None and _is_ours(context) and name not in allowed:
            raise UndefinedTemplateVariable(f"{{{{ {variable} }}}} is undefined in {_template_name(context)}")
        return ""


def _template_name(context) -> str:
    template = context.render_context.template or context.template
    return getattr(getattr(template, "origin", None), "name", "") or "?"


def _is_ours(context) -> bool:
    """Templates of libraries follow their own habits."""
    name = _template_name(context)
    if name.startswith("<"):
        return True
    path = Path(name)
    return path.is_relative_to(ROOT) and ".venv" not in path.parts and "site-packages" not in path.parts


@contextmanager
def undefined_variables_fail(allowed: frozenset[str] = frozenset()) -> Iterator[None]:
    """Fail on a name that the context does not have and on a lookup that leads nowhere, loops included.

    `{% if %}`, `|default:` and `|default_if_none:` ask whether something is there: absence is meant.
    """
    original = FilterExpression.resolve
    original_eval = TemplateLiteral.eval
    tolerated = ALWAYS_ALLOWED | allowed

    def resolve(expression, context, ignore_failures=False):
        if not expression.is_var or expression.var.lookups is None:
            return original(expression, context, ignore_failures)
        if ignore_failures and _asking.get():
            return original(expression, context, ignore_failures)
        filters = {function for function, _ in expression.filters}
        if filters & {default, default_if_none}:
            return original(expression, context, ignore_failures=True)
        name = expression.var.lookups[0]
        if name not in context and name not in tolerated and _is_ours(context):
            raise UndefinedTemplateVariable(
                f"{{{{ {expression} }}}} is undefined in {_template_name(context)}"
            )
        token = _rendering.set((context, tolerated))
        try:
            return original(expression, context, ignore_failures)
        finally:
            _rendering.reset(token)

    def eval_in_if(literal, context):
        token = _asking.set(True)
        try:
            return original_eval(literal, context)
        finally:
            _asking.reset(token)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TemplateLiteral, "eval", eval_in_if)
        patch.setattr(FilterExpression, "resolve", resolve)
        patch.setattr(engines["django"].engine, "string_if_invalid", _FailingMarker("%s"))
        yield
