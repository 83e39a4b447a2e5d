"""How a form field reaches the page: ids, described-by, native date inputs. Markup is in components/."""

import copy
import re

from django import forms
from django.forms.boundfield import BoundField

# Widget class -> CSS class of Tabler.
CSS_CLASSES = (
    ((forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple), "form-check-input"),
    ((forms.Select, forms.SelectMultiple), "form-select"),
)
NATIVE_INPUTS = {
    forms.DateInput: ("date", "%Y-%m-%d"),
    forms.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
    forms.TimeInput: ("time", "%H:%M"),
}
# What a native date or time input accepts.
ISO_START = re.compile(r"\d{4}-\d{2}-\d{2}|\d{2}:\d{2}")


def anchor(field: BoundField) -> str:
    """Id that a link of the error summary can reach: the first choice of a group, else the input."""
    base = field.auto_id or f"id_{field.html_name}"
    return f"{base}_0" if field.use_fieldset else base


def described_by(field: BoundField) -> str:
    """Ids of the help and of the errors, in reading order; empty when there is neither."""
    base = field.auto_id or f"id_{field.html_name}"
    ids = [f"{base}_helptext"] if field.help_text else []
    if field.errors:
        ids.append(f"{base}_error")
    return " ".join(ids)


def native_widget(field: BoundField) -> forms.Widget:
    """The browser's own date input, which wants ISO values whatever the language of the page.

    It shows nothing for « 31/02/2018 »: what was typed so stays visible in a plain text input.
    """
    widget = field.field.widget
    kind = NATIVE_INPUTS.get(type(widget))
    typed = field.value()
    if not kind or (isinstance(typed, str) and typed and not ISO_START.match(typed)):
        return widget
    native = copy.copy(widget)
    native.input_type, native.format = kind
    return native


def css_class(widget: forms.Widget) -> str:
    for kinds, name in CSS_CLASSES:
        if isinstance(widget, kinds):
            return name
    return "form-control"


def options(field: BoundField) -> list:
    """The choices of a radio or check box group, ready to print one by one; empty for any other field."""
    widget = field.field.widget
    if not isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return []
    # Each form owns a copy of its widgets, so this class reaches no other form.
    widget.attrs["class"] = "form-check-input"
    return list(field)


def widget_html(field: BoundField) -> str:
    """The input with its classes and ARIA links. A group's fieldset carries the links itself."""
    widget = field.field.widget
    # A placeholder disappears as one types and reads as a value already given: labels and help do its work.
    attrs = {"placeholder": None, "class": f"{widget.attrs.get('class', '')} {css_class(widget)}".strip()}
    if not field.use_fieldset:
        attrs["aria-describedby"] = described_by(field) or None
        if field.errors:
            attrs["aria-invalid"] = "true"
            attrs["class"] += " is-invalid"
    # None would print as the word; Django leaves out an attribute that is False.
    attrs = {name: value or False for name, value in attrs.items()}
    return field.as_widget(widget=native_widget(field), attrs=attrs)
