"""Choosing what stays of two files, and saying why they are one person, or are not."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from config import clock
from pathways.merging.values import GROUPS, RSA, RSA_FIELDS, Group
from pathways.models import Beneficiary, RsaSituation

KEEP, TAKE = "garder", "prendre"
#: Prefix of the fields that choose.
CHOICE = "choix_"
UNKNOWN = "non renseigné"


class MergeForm(forms.Form):
    """One choice for each thing that differs; what only the other file knows is taken unless told otherwise.

    seen: the last fact of either file when the page was shown, so that nobody merges what they have not read.
    """

    key = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)
    why = forms.CharField(
        label="Comment savez-vous que c'est la même personne ?",
        help_text="La raison reste dans l'historique. Par exemple : « même carte d'identité, vue le 12 mars ».",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        error_messages={"required": "Dites en une phrase comment vous le savez."},
    )

    def __init__(self, into: Beneficiary, person: Beneficiary, last: int, data=None):
        super().__init__(data, initial={"key": uuid.uuid4().hex, "seen": last})
        self.into, self.person, self.last = into, person, last
        for group in GROUPS:
            if group.differs(into, person):
                is_only_theirs = group.is_known(person) and not group.is_known(into)
                self._ask(group.name, group.label, _said(into, group), _said(person, group), is_only_theirs)
        self._ask_rsa()
        self.order_fields([*self._choices(), "why", "key", "seen"])

    def _ask_rsa(self) -> None:
        situations = RsaSituation.objects.in_bulk([self.into.pk, self.person.pk])
        own, theirs = situations.get(self.into.pk), situations.get(self.person.pk)
        if theirs is None or (own is not None and _values(own) == _values(theirs)):
            return
        is_later = own is None or (theirs.known_on or clock.today()) > (own.known_on or clock.today())
        self._ask(RSA, "Situation RSA", _rsa_in_words(own), _rsa_in_words(theirs), is_later)

    def _ask(self, name: str, label: str, own: str, theirs: str, is_taken: bool) -> None:
        self.fields[CHOICE + name] = forms.ChoiceField(
            label=label,
            choices=[(KEEP, own), (TAKE, theirs)],
            initial=TAKE if is_taken else KEEP,
            widget=forms.RadioSelect,
            error_messages={"required": f"Choisissez ce qui reste : {label.lower()}."},
        )

    def _choices(self) -> list[str]:
        return [name for name in self.fields if name.startswith(CHOICE)]

    def choice_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self._choices()]

    @property
    def was_seen(self) -> bool:
        return self.cleaned_data["seen"] == str(self.last)

    def takes(self) -> list[str]:
        """The names of what the person takes over from the other file."""
        chosen = self.cleaned_data.items()
        return [
            name.removeprefix(CHOICE) for name, value in chosen if name.startswith(CHOICE) and value == TAKE
        ]


class DismissForm(forms.Form):
    """Why two files are two people."""

    reason = forms.CharField(
        label="Comment le savez-vous ?",
        help_text="Par exemple : « deux sœurs jumelles, reçues ensemble ».",
        max_length=300,
        error_messages={"required": "Dites en une phrase comment vous savez que ce sont deux personnes."},
    )


def alike(into: Beneficiary, person: Beneficiary) -> list[tuple[str, str]]:
    """(label, value) of what both files say alike."""
    return [
        (group.label, _said(into, group))
        for group in GROUPS
        if group.is_known(into) and not group.differs(into, person)
    ]


def _said(person: Beneficiary, group: Group) -> str:
    if group.name == "address":
        place = f"{person.postal_code} {person.city}".strip()
        area = f"bassin de {person.area}" if person.area_id else ""
        return ", ".join(filter(None, (person.address, place, area))) or UNKNOWN
    if group.name == "pole":
        return str(person.pole) if person.pole_id else UNKNOWN
    if group.name == "sex":
        return person.get_sex_display() or UNKNOWN
    value = getattr(person, group.name)
    return f"{value:%d/%m/%Y}" if hasattr(value, "year") else value or UNKNOWN


def _values(rsa: RsaSituation) -> list[Any]:
    return [getattr(rsa, name) for name in RSA_FIELDS]


def _rsa_in_words(rsa: RsaSituation | None) -> str:
    if rsa is None:
        return UNKNOWN
    parts = [
        f"entrée dans le RSA le {rsa.entered_on:%d/%m/%Y}" if rsa.entered_on else "",
        {True: "soumis aux droits et devoirs", False: "non soumis aux droits et devoirs"}.get(
            rsa.has_duties, ""
        ),
        f"connue au {rsa.known_on:%d/%m/%Y}" if rsa.known_on else "",
    ]
    return ", ".join(filter(None, parts)) or UNKNOWN
