"""The filters of the calendar: the criteria of the catalogue, over one month."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django import forms
from django.utils.formats import date_format

from config import clock
from prescriptions.forms import SessionFilters
from prescriptions.planning import Kind, Month
from prescriptions.search import Criteria, Period

#: How far the list of months goes, in months from this one.
BACK, AHEAD = 12, 18
SHOWN = (
    ("", "Tout"),
    (Kind.OPENING.value, "Ouvertures"),
    (Kind.CLOSING.value, "Clôtures"),
    (Kind.INFORMATION.value, "Informations collectives"),
    (Kind.COMMISSION.value, "Commissions"),
)


def month_name(first: date) -> str:
    """« Décembre 2026 »."""
    return date_format(first, "F Y").capitalize()


class PlanningFilters(SessionFilters):
    """`mois` is a month as « 2026-12 », this one when absent or not understood; `montrer` keeps one kind of line."""

    FIRST = ("mois", "montrer", "metier", "lieu", "rayon")
    NOT_ASKED = ("periode", "du", "au")

    mois = forms.ChoiceField(label="Mois", required=False)
    montrer = forms.ChoiceField(label="Montrer", required=False, choices=SHOWN)

    def __init__(self, data):
        here = Month.of(clock.today())
        self.month = Month.named(data.get("mois") or "") or here
        super().__init__({**data.dict(), "mois": self.month.code})
        for name in self.NOT_ASKED:
            del self.fields[name]
        around = {here.shifted(step).first for step in range(-BACK, AHEAD + 1)} | {self.month.first}
        self.fields["mois"].choices = [(Month(first).code, month_name(first)) for first in sorted(around)]

    @property
    def is_narrowed(self) -> bool:
        """Something besides the month is asked for."""
        return len(self.in_words()) > 1

    @property
    def kinds(self) -> list[Kind]:
        wanted = self.criteria().get("montrer")
        return [Kind(wanted)] if wanted else list(Kind)

    def as_criteria(self) -> Criteria:
        return replace(super().as_criteria(), period=Period.ALL)
