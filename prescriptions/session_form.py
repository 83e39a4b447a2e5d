"""What the provider declares of its session (PE, art. 4), and what somebody else declared while it was being typed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms

from config.ui.dates import day
from prescriptions import allotment, missing_place
from prescriptions.enums import PrescriptionState
from prescriptions.fixed_dates import why_fixed
from prescriptions.meeting_rows import DAY_EXISTS, MeetingRows
from prescriptions.models import Meeting, Session

#: What the form shows and saves of the session itself.
DECLARED = (
    "starts_on",
    "ends_on",
    "registration_starts_on",
    "registration_ends_on",
    "capacity",
    "minimum",
    "hours",
    "price",
    "recruitment",
)


class EurosField(forms.DecimalField):
    """An amount as people write it: « 3 250,00 € », with any kind of space."""

    def to_python(self, value):
        if isinstance(value, str):
            value = "".join(value.split()).removesuffix("€").replace(",", ".")
        return super().to_python(value)


class SessionForm(forms.ModelForm):
    """Dates, seats, price, recruitment, and the coming meetings.

    `seen` carries what the page showed: where the session differs from it, somebody else has declared meanwhile.
    `changed_meanwhile` then tells what, and nothing is saved until the reader has seen it.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)

    class Meta:
        model = Session
        fields = DECLARED
        labels = {
            "starts_on": "Ouverture",
            "ends_on": "Clôture",
            "registration_starts_on": "Début des inscriptions",
            "registration_ends_on": "Fin des inscriptions",
            "capacity": "Nombre de places",
            "minimum": "Effectif minimal pour ouvrir",
            "hours": "Heures par stagiaire",
            "price": "Prix par place, en euros TTC",
            "recruitment": "Recrutement",
        }
        help_texts = {
            "hours": "En centre et en entreprise, pour toute la session.",
            "price": "Pour un stagiaire et toute la session. Le coût horaire s'en déduit.",
        }
        field_classes = {"price": EurosField}
        localized_fields = ("price",)

    def __init__(self, data: Mapping[str, Any] | None = None, *, instance: Session, more: int = 0, **kwargs):
        super().__init__(data, instance=instance, **kwargs)
        for name in self.fields:
            if isinstance(self.fields[name], forms.DateField):
                self.fields[name].error_messages["invalid"] = DAY_EXISTS
        self.fields["capacity"].min_value = 0
        self.seats_total_before = instance.seats_total
        self.fields["price"].error_messages["invalid"] = "Saisissez un montant, par exemple 3 250,00."
        self.fields["price"].widget.attrs["inputmode"] = "decimal"
        self.fixed = why_fixed(instance)
        if self.fixed:
            for name in ("starts_on", "ends_on"):
                self.fields[name].disabled = True
        self.where: missing_place.Where | None = None
        self.asks_place = missing_place.is_asked(instance.action)
        if self.asks_place:
            self.fields.update(missing_place.fields())
        self.meetings = MeetingRows(self, instance, data if data is not None else kwargs.get("initial"), more)
        # What is kept, before a form that is sent writes on the instance.
        self.kept = snapshot(instance, self.meetings.known)
        self.fields["seen"].initial = json.dumps(self.kept)
        self.changed_meanwhile: list[str] = []

    @property
    def own_fields(self) -> list:
        """The bound fields of the session itself, in order."""
        place = ["ville", "adresse"] if self.asks_place else []
        return [self[name] for name in (*DECLARED, *place)]

    def clean(self):
        cleaned = super().clean()
        self._check_capacity(cleaned)
        self._check_registrations(cleaned)
        self._check_entries(cleaned)
        self._check_price(cleaned)
        self._check_place(cleaned)
        self.meetings.check()
        self.changed_meanwhile = self._changes_meanwhile(cleaned)
        return cleaned

    def _changes_meanwhile(self, cleaned: dict[str, Any]) -> list[str]:
        """What differs from what the page showed, unless what was typed says the same."""
        seen = _seen(cleaned.get("seen"))
        if seen is None:
            return []
        changes = []
        for name in DECLARED:
            now, before = self.kept[name], seen.get(name, "")
            if name not in self.errors and now != before and text(cleaned.get(name)) != now:
                label = self.fields[name].label
                changes.append(f"{label} : {said(self, name, before)} → {said(self, name, now)}")
        shown = set(seen["meetings"])
        changes += [f"rendez-vous ajouté : {meeting}" for meeting in self._announced_meanwhile(shown)]
        changes += [f"rendez-vous retiré : {meeting}" for meeting in self._withdrawn_meanwhile().values()]
        return changes

    def _announced_meanwhile(self, shown: set[int]) -> list[Meeting]:
        typed = {meeting.announced_as[:4] for meeting in self.meetings.typed if meeting is not None}
        known = self.meetings.known
        return [each for each in known if each.pk not in shown and each.announced_as[:4] not in typed]

    def _withdrawn_meanwhile(self) -> dict[int, Meeting]:
        """Row number -> the meeting that the row still announces as it was, and that somebody has withdrawn."""
        rows = enumerate(zip(self.meetings.ids, self.meetings.meetings, self.meetings.typed, strict=True))
        gone = {pk: (number, typed) for number, (pk, kept, typed) in rows if pk is not None and kept is None}
        meetings = Meeting.announced.filter(pk__in=gone, session=self.instance).order_by("pk")
        found = {}
        for meeting in meetings:
            number, typed = gone[meeting.pk]
            if typed is not None and typed.announced_as == meeting.announced_as:
                found[number] = meeting
        return found

    def merged(self) -> SessionForm:
        """The same form once more: what was typed is kept, what only the others changed is theirs."""
        seen = _seen(self.cleaned_data.get("seen")) or {"meetings": []}
        instance = Session.objects.select_related("action", "provider").get(pk=self.instance.pk)
        typed = {name: self.data.get(name) for name in self.data}
        for name in DECLARED:
            if name not in self.errors and text(self.cleaned_data.get(name)) == seen.get(name, ""):
                typed[name] = getattr(instance, name)
        rows = _typed_rows(self, set(seen["meetings"]))
        typed = {name: value for name, value in typed.items() if not name.startswith("rdv-")} | rows
        typed["seen"] = json.dumps(self.kept)
        return SessionForm(instance=instance, initial=typed)

    def _check_capacity(self, cleaned) -> None:
        capacity, minimum = cleaned.get("capacity"), cleaned.get("minimum")
        if "capacity" not in self.errors and (refusal := allotment.capacity_refused(self.instance, capacity)):
            self.add_error("capacity", refusal)
        if capacity is not None and minimum is not None and minimum > capacity:
            self.add_error(
                "minimum", "L'effectif minimal dépasse le nombre de places : corrigez l'un des deux."
            )

    def _check_registrations(self, cleaned) -> None:
        start, end = cleaned.get("registration_starts_on"), cleaned.get("registration_ends_on")
        if start and end and end < start:
            self.add_error(
                "registration_ends_on",
                "La fin des inscriptions précède leur début : corrigez l'une des deux.",
            )
        opening, closing = cleaned.get("starts_on"), cleaned.get("ends_on")
        if opening and closing and closing < opening:
            self.add_error("ends_on", "La clôture précède l'ouverture : corrigez l'une des deux.")

    def _check_entries(self, cleaned) -> None:
        """The dates may not leave outside the session an entry that is already recorded."""
        opening, closing = cleaned.get("starts_on"), cleaned.get("ends_on")
        entered = self.instance.prescriptions.filter(state=PrescriptionState.ENTERED).order_by("entered_on")
        first, last = entered.first(), entered.last()
        if opening and first and first.entered_on < opening:
            self.add_error(
                "starts_on",
                f"Une entrée est enregistrée le {first.entered_on:%d/%m/%Y}, avant cette ouverture : "
                "corrigez d'abord cette entrée dans le dossier.",
            )
        if closing and last and last.entered_on > closing:
            self.add_error(
                "ends_on",
                f"Une entrée est enregistrée le {last.entered_on:%d/%m/%Y}, après cette clôture : "
                "corrigez d'abord cette entrée dans le dossier.",
            )

    def _check_place(self, cleaned) -> None:
        town, address = cleaned.get("ville") or "", cleaned.get("adresse") or ""
        if address and not town:
            self.add_error("ville", "Dites aussi la commune, par son nom ou son code postal.")
        elif town:
            self.where = missing_place.understood(town, address)
            if self.where is None:
                self.add_error(
                    "ville", f"« {town} » n'est pas une commune connue : vérifiez le nom, ou le code postal."
                )

    def _check_price(self, cleaned) -> None:
        if cleaned.get("price") is not None and cleaned["price"] < 0:
            self.add_error("price", "Un prix ne peut pas être négatif.")


def snapshot(session: Session, meetings: list[Meeting]) -> dict[str, Any]:
    """What a page shows of a session, for comparing later: text of each declared column, keys of coming meetings."""
    kept: dict[str, Any] = {name: text(getattr(session, name)) for name in DECLARED}
    return kept | {"meetings": [meeting.pk for meeting in meetings]}


def text(value: Any) -> str:
    return "" if value is None else str(value)


def _seen(text: str | None) -> dict[str, Any] | None:
    """What the page showed; None when it does not say."""
    try:
        told = json.loads(text or "")
    except ValueError:
        return None
    meetings = told.get("meetings") if isinstance(told, dict) else None
    if not isinstance(meetings, list) or not all(type(pk) is int for pk in meetings):
        return None
    return told


def said(form: SessionForm, name: str, kept: str) -> str:
    """The text of a kept value as people write it."""
    field = form.fields[name]
    if not kept:
        return "non renseigné"
    if isinstance(field, forms.DateField):
        return day(field.to_python(kept))
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(kept, kept)).lower()
    return kept.replace(".", ",")


def _typed_rows(form: SessionForm, shown: set[int]) -> dict[str, Any]:
    """The rows as typed, numbered anew: those withdrawn meanwhile leave, those announced meanwhile join."""
    gone = form._withdrawn_meanwhile()
    told = [
        {
            name.split("-", 2)[2]: value
            for name, value in form.data.items()
            if name.startswith(f"rdv-{number}-")
        }
        for number in range(len(form.meetings.ids))
        if number not in gone
    ]
    told += [
        {
            "id": meeting.pk,
            "nature": meeting.kind,
            "jour": meeting.held_on,
            "heure": meeting.starts_at,
            "lieu": meeting.place,
            "personnes": meeting.seats,
        }
        for meeting in form._announced_meanwhile(shown)
    ]
    rows = {f"rdv-{number}-{part}": value for number, row in enumerate(told) for part, value in row.items()}
    return rows | {"rdv-lignes": len(told)}
