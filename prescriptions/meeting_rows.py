"""The coming meetings of a session as rows of its form: announced ones, and blank ones to announce more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from config import clock
from config.ui.dates import count
from prescriptions.enums import MeetingKind, PrescriptionState
from prescriptions.models import Meeting, Prescription, Session

DAY_EXISTS = "Saisissez une date qui existe, par exemple 03/04/2018."
PARTS = ("nature", "jour", "heure", "lieu", "personnes")
#: Blank rows offered below those already announced, and how many rows a form may have at all.
SPARE = 1
MOST = 40


def name_of(number: int, part: str) -> str:
    return f"rdv-{number}-{part}"


@dataclass(frozen=True)
class MeetingRow:
    """One row as the page shows it. meeting: the announced one that it speaks of, None for a blank row."""

    number: int
    meeting: Meeting | None
    fields: list[BoundField]
    remove: BoundField | None

    @property
    def title(self) -> str:
        return str(self.meeting) if self.meeting else "Nouveau rendez-vous"


def fields_of(number: int, meeting: Meeting | None, *, can_go: bool) -> dict[str, forms.Field]:
    """The fields of one row, by name; `can_go`: it speaks of an announced meeting, which may be taken away."""
    made: dict[str, forms.Field] = {
        "nature": forms.ChoiceField(
            label="Nature",
            choices=MeetingKind.choices,
            initial=meeting.kind if meeting else MeetingKind.INFORMATION,
        ),
        "jour": forms.DateField(
            label="Jour",
            required=False,
            initial=meeting and meeting.held_on,
            error_messages={"invalid": DAY_EXISTS},
        ),
        "heure": forms.TimeField(
            label="Heure",
            required=False,
            initial=meeting and meeting.starts_at,
            input_formats=["%H:%M", "%H:%M:%S", "%Hh%M", "%H h %M"],
            error_messages={"invalid": "Saisissez une heure, par exemple 09:30."},
        ),
        "lieu": forms.CharField(
            label="Lieu", required=False, max_length=255, initial=meeting.place if meeting else ""
        ),
        "personnes": forms.IntegerField(
            label="Nombre de personnes", required=False, min_value=1, initial=meeting and meeting.seats
        ),
        "id": forms.IntegerField(
            widget=forms.HiddenInput, required=False, initial=meeting.pk if meeting else None
        ),
    }
    if can_go:
        made["retirer"] = forms.BooleanField(label="Retirer ce rendez-vous", required=False)
    return {name_of(number, part): field for part, field in made.items()}


class MeetingRows:
    """The rows of a form about one session: what was typed against what is announced."""

    def __init__(self, form: forms.Form, session: Session, data: Mapping[str, Any] | None, more: int = 0):
        self.form = form
        self.session = session
        self.known = list(session.meetings.coming()) if session.pk else []
        by_id = {meeting.pk: meeting for meeting in self.known}
        #: Key of the meeting of which each row speaks; it may have been withdrawn meanwhile.
        self.ids: list[int | None] = [*by_id, *[None] * SPARE]
        if data is not None:
            told = min(_number(data, "rdv-lignes") or 0, MOST)
            self.ids = [_number(data, name_of(number, "id")) for number in range(told)]
        self.ids += [None] * max(0, min(more, MOST - len(self.ids)))
        self.meetings = [by_id.get(pk) for pk in self.ids]
        for number, (pk, meeting) in enumerate(zip(self.ids, self.meetings, strict=True)):
            form.fields.update(fields_of(number, meeting, can_go=pk is not None))
        form.fields["rdv-lignes"] = forms.IntegerField(widget=forms.HiddenInput, required=False)
        # What was typed may say how many rows there were; the form says how many there are.
        form.initial["rdv-lignes"] = len(self.meetings)

    def __iter__(self):
        for number, meeting in enumerate(self.meetings):
            yield MeetingRow(
                number,
                meeting,
                [self.form[name_of(number, part)] for part in PARTS],
                self.form[name_of(number, "retirer")] if self.ids[number] is not None else None,
            )

    @property
    def names(self) -> set[str]:
        """Names of all the fields of the rows."""
        return {name for name in self.form.fields if name.startswith("rdv-")}

    def check(self) -> None:
        """Add the errors of the rows to the form; afterwards `added` and `withdrawn` tell what changes."""
        self.added: list[Meeting] = []
        self.withdrawn: list[Meeting] = []
        self.typed: list[Meeting | None] = [self._typed(number) for number in range(len(self.meetings))]
        spoken_of = {meeting.pk for meeting in self.meetings if meeting is not None}
        # Announced since the page was shown: the same once more is no second meeting.
        newer = {m.announced_as[:4] for m in self.known if m.pk not in spoken_of}
        kept: list[tuple[int, Meeting]] = []
        for number, (meeting, wanted) in enumerate(zip(self.meetings, self.typed, strict=True)):
            if meeting is not None and (wanted is None or wanted.announced_as != meeting.announced_as):
                self.withdrawn.append(meeting)
            elif meeting is not None:
                kept.append((number, meeting))
                continue
            if wanted is not None:
                if any(wanted.announced_as[:4] == other.announced_as[:4] for _, other in kept):
                    self._refuse(number, "jour", "Ce rendez-vous figure déjà plus haut.")
                kept.append((number, wanted))
                if wanted.announced_as[:4] not in newer:
                    self.added.append(wanted)
        self._check_convened(kept)

    def _typed(self, number: int) -> Meeting | None:
        """The meeting that a row announces, unsaved; None for a blank row or one that is taken away."""
        said = {part: self.form.cleaned_data.get(name_of(number, part)) for part in (*PARTS, "retirer")}
        if said["retirer"]:
            return None
        told = {name for name in ("jour", "heure", "lieu", "personnes") if said[name]}
        if not told and name_of(number, "jour") not in self.form.errors:
            return None
        if said["jour"] is None:
            if name_of(number, "jour") not in self.form.errors:
                self._refuse(number, "jour", "Saisissez le jour de ce rendez-vous, par exemple 03/04/2018.")
            return self.meetings[number]
        known = self.meetings[number]
        if said["jour"] < clock.today() and (known is None or known.held_on != said["jour"]):
            self._refuse(number, "jour", "Ce jour est passé : annoncez un rendez-vous à venir.")
        ends_on = self.form.cleaned_data.get("ends_on")
        if ends_on and said["jour"] > ends_on:
            self._refuse(number, "jour", f"Ce jour vient après la clôture ({ends_on:%d/%m/%Y}).")
        return Meeting(
            session=self.session,
            kind=said["nature"] or MeetingKind.INFORMATION,
            held_on=said["jour"],
            starts_at=said["heure"],
            place=said["lieu"] or "",
            seats=said["personnes"],
        )

    def _check_convened(self, kept: list[tuple[int, Meeting]]) -> None:
        """People convened for a day keep a meeting on that day: they are first convened for another."""
        days = {meeting.held_on for _, meeting in kept if meeting.kind == MeetingKind.INFORMATION}
        gone = {
            meeting.held_on
            for meeting in self.withdrawn
            if meeting.kind == MeetingKind.INFORMATION and meeting.held_on not in days
        }
        if not gone:
            return
        convened = Prescription.objects.filter(session=self.session, state=PrescriptionState.CONVENED)
        waiting: dict[Any, int] = {}
        for day in convened.filter(convened_for__in=gone).order_by().values_list("convened_for", flat=True):
            waiting[day] = waiting.get(day, 0) + 1
        for number, meeting in enumerate(self.meetings):
            if meeting in self.withdrawn and meeting.held_on in waiting:
                people = count(waiting[meeting.held_on], "personne est convoquée,personnes sont convoquées")
                self._refuse(
                    number,
                    "jour",
                    f"{people} le {meeting.held_on:%d/%m/%Y} : gardez ce rendez-vous, ajoutez l'autre date, puis "
                    "convoquez ces personnes à nouveau avant de le retirer.",
                )

    def _refuse(self, number: int, part: str, sentence: str) -> None:
        self.form.add_error(name_of(number, part), sentence)


def _number(data: Mapping[str, Any], name: str) -> int | None:
    told = str(data.get(name, ""))
    return int(told) if told.isdecimal() and len(told) < 15 else None
