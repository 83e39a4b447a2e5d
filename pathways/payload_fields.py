"""The details that facts carry: how each is asked on a form, kept as JSON, and said in words in the timeline.

Packages above register theirs in their own `payload_fields.py`, imported by `apps.ready()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db import models

from pathways.models import EmploymentArea, Pathway
from pathways.outcomes import ContractType

Factory = Callable[[Pathway], forms.Field]
#: Stored values -> the words for each; one call for a whole page.
Words = Callable[[Iterable[Any]], Mapping[Any, str]]


@dataclass(frozen=True)
class PayloadField:
    """refusals: codes of the guards that speak of this detail, shown beside its field.

    suggest: (field, subject id) -> None, tells the field what is known of the subject of the fact.
    """

    key: str
    factory: Factory
    words: Words
    refusals: frozenset[str]
    suggest: Callable[[forms.Field, int], None] | None = None


_FIELDS: dict[str, PayloadField] = {}


def _as_said(values: Iterable[Any]) -> dict[Any, str]:
    return {value: str(value) for value in values}


def payload_field(
    key: str,
    factory: Factory,
    *,
    words: Words = _as_said,
    refusals: Iterable[str] = (),
    suggest: Callable[[forms.Field, int], None] | None = None,
) -> None:
    """Make a detail known. `factory(pathway)` returns its form field; the label comes from the kind of fact."""
    if key in _FIELDS:
        raise ValueError(f"payload field {key} is registered twice")
    _FIELDS[key] = PayloadField(key, factory, words, frozenset(refusals), suggest)


def field_of(key: str) -> PayloadField:
    return _FIELDS[key]


def jsonable(value: Any) -> Any:
    """A cleaned form value as the payload keeps it: ISO dates, keys of rows, lists of the same."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    return value


def in_words(payloads: Iterable[Mapping[str, Any]]) -> dict[str, dict[Any, str]]:
    """Key -> {stored value -> words}, for all the payloads of a page at once. Lists are read item by item."""
    values: dict[str, set] = {}
    for payload in payloads:
        for key, value in payload.items():
            if key in _FIELDS and value not in (None, ""):
                values.setdefault(key, set()).update(value if isinstance(value, list) else [value])
    return {key: dict(_FIELDS[key].words(found)) for key, found in values.items()}


def one_in_words(words: Mapping[Any, str], value: Any) -> str:
    """The words of one stored value, lists joined by commas; the value itself when it is no longer known."""
    if isinstance(value, list):
        return ", ".join(words.get(item, str(item)) for item in value)
    return words.get(value, str(value))


def choice_words(choices: type[models.TextChoices]) -> Words:
    """Words of a closed list; a value that has left the list is shown as it is."""
    labels = dict(choices.choices)
    return lambda values: {value: str(labels.get(value, value)) for value in values}


def date_words(values: Iterable[Any]) -> dict[Any, str]:
    """« 2026-04-03 » as 03/04/2026."""
    return {value: _day(value) for value in values}


def _day(value: Any) -> str:
    try:
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    except (TypeError, ValueError):
        return str(value)


# ---- the details of a job


def _contract(pathway: Pathway) -> forms.Field:
    return forms.ChoiceField(
        choices=[("", "Choisir un type de contrat"), *ContractType.choices],
        error_messages={"required": "Choisissez le type de contrat dans la liste."},
    )


ROME_EXAMPLE = "Saisissez une lettre et quatre chiffres, par exemple F1703."


def _rome_code(pathway: Pathway) -> forms.Field:
    return forms.CharField(
        max_length=5,
        validators=[
            RegexValidator(
                r"\A[A-Na-n]\d{4}\Z", "Saisissez une lettre et quatre chiffres, par exemple F1703."
            )
        ],
        help_text="Une lettre et quatre chiffres, par exemple F1703 (maçonnerie).",
    )


class AreaField(forms.ModelChoiceField):
    """A bassin d'emploi of the current map."""

    def __init__(self, **options):
        super().__init__(queryset=EmploymentArea.objects.all(), empty_label="Choisir un bassin", **options)


def _area(pathway: Pathway) -> forms.Field:
    return AreaField(initial=pathway.area_id)


def _area_words(values: Iterable[Any]) -> dict[Any, str]:
    names = EmploymentArea.objects.filter(pk__in=[value for value in values if str(value).isdigit()])
    known = {str(pk): name for pk, name in names.values_list("pk", "name")}
    return {value: known.get(str(value), str(value)) for value in values}


payload_field("contract", _contract, words=choice_words(ContractType), refusals=["unknown_contract"])
payload_field("rome_code", _rome_code)
payload_field("area", _area, words=_area_words)
payload_field(
    "planned_months",
    lambda pathway: forms.IntegerField(
        min_value=1, max_value=60, help_text="En mois entiers ; laissez vide pour un CDI."
    ),
)
payload_field("employer", lambda pathway: forms.CharField(max_length=255))
