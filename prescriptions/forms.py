"""The forms of the offer and of prescriptions. Names of filters are the words of the address, which people keep."""

from __future__ import annotations

import uuid

from django import forms
from django.utils.text import capfirst

from config import clock
from config.ui.dates import count
from pathways.models import EmploymentArea
from prescriptions.matching import levels
from prescriptions.meeting_rows import DAY_EXISTS
from prescriptions.models import Scheme, Session
from prescriptions.search import Criteria, Period
from prescriptions.whereabouts import Place, find_place

RADII = (10, 20, 30, 50, 100)


class FilterForm(forms.Form):
    """A form in the address: what is not understood is shown as an error and filters nothing."""

    def criteria(self) -> dict:
        self.is_valid()
        return self.cleaned_data

    def in_words(self) -> list[tuple[str, str]]:
        """(label, value) of each filter in force, for the export's second sheet."""
        said = []
        for name, value in self.criteria().items():
            form_field = self.fields[name]
            if not value or isinstance(form_field.widget, forms.HiddenInput):
                continue
            if isinstance(form_field, forms.ChoiceField) and not isinstance(
                form_field, forms.ModelChoiceField
            ):
                value = dict(form_field.choices)[value]
            said.append((form_field.label, "oui" if value is True else str(value)))
        return said


class SessionFilters(FilterForm):
    metier = forms.CharField(label="Métier, mot ou code (ROME, Formacode)", required=False, max_length=100)
    lieu = forms.CharField(label="Commune ou code postal", required=False, max_length=100)
    rayon = forms.TypedChoiceField(
        label="Distance",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "Sans limite"), *((km, f"à moins de {km} km") for km in RADII)],
    )
    bassin = forms.ModelChoiceField(
        label="Bassin d'emploi",
        required=False,
        queryset=EmploymentArea.objects.all(),
        empty_label="Tous",
    )
    periode = forms.ChoiceField(label="Sessions", required=False, choices=Period.choices)
    du = forms.DateField(
        label="Ouverture à partir du", required=False, error_messages={"invalid": DAY_EXISTS}
    )
    au = forms.DateField(label="Ouverture jusqu'au", required=False, error_messages={"invalid": DAY_EXISTS})
    niveau = forms.TypedChoiceField(
        label="Niveau de la personne",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "Tous"), *((level, capfirst(levels.NAMES[level])) for level in range(1, 8))],
    )
    dispositif = forms.ModelChoiceField(
        label="Dispositif",
        required=False,
        queryset=Scheme.objects.none(),
        to_field_name="code",
        empty_label="Tous",
    )
    libres = forms.BooleanField(label="Places vides", required=False)
    ouvert = forms.BooleanField(label="Recrute encore", required=False)
    region = forms.BooleanField(label="Programme de la Région", required=False)
    tri = forms.CharField(widget=forms.HiddenInput, required=False)
    dossier = forms.IntegerField(widget=forms.HiddenInput, required=False)

    place: Place | None = None

    #: Shown at once; the others wait behind « Plus de critères ».
    FIRST = ("metier", "lieu", "rayon", "du", "libres")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["dispositif"].queryset = Scheme.objects.in_force(clock.today())

    @property
    def first_fields(self) -> list:
        return [self[name] for name in self.FIRST]

    @property
    def more_fields(self) -> list:
        return [field for field in self.visible_fields() if field.name not in self.FIRST]

    @property
    def has_more(self) -> bool:
        """One of the fields behind « Plus de critères » is in use."""
        return any(self.data.get(field.name) for field in self.more_fields)

    def clean(self):
        cleaned = super().clean()
        self.place = find_place(cleaned.get("lieu") or "")
        if cleaned.get("du") and cleaned.get("au") and cleaned["au"] < cleaned["du"]:
            self.add_error("au", "Cette date précède le début de la période : corrigez l'une des deux.")
        return cleaned

    def as_criteria(self) -> Criteria:
        asked = self.criteria()
        return Criteria(
            job=asked.get("metier") or "",
            place=self.place,
            radius=asked.get("rayon"),
            area_id=asked["bassin"].pk if asked.get("bassin") else None,
            period=asked.get("periode") or Period.UPCOMING,
            opens_from=asked.get("du"),
            opens_until=asked.get("au"),
            level=asked.get("niveau"),
            scheme=asked.get("dispositif"),
            is_empty_only=bool(asked.get("libres")),
            is_open_only=bool(asked.get("ouvert")),
            is_regional_only=bool(asked.get("region")),
        )


class PrescribeForm(forms.Form):
    """The date, the comment, and the key that makes two clicks one prescription."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)
    occurred_on = forms.DateField(
        label="Date de la prescription",
        error_messages={"required": "Saisissez la date, par exemple 03/04/2018.", "invalid": DAY_EXISTS},
    )
    comment = forms.CharField(
        label="Message à l'organisme",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Lu par l'organisme : ni droit RSA, ni santé, ni situation familiale.",
    )

    def __init__(self, data=None, *, comment: str = ""):
        first = {"occurred_on": clock.today(), "key": uuid.uuid4().hex, "comment": comment}
        super().__init__(data, initial=first)


class CandidateFilters(FilterForm):
    nom = forms.CharField(label="Nom", required=False, max_length=100)
    session = forms.ModelChoiceField(
        label="Session", required=False, queryset=Session.objects.none(), empty_label="Toutes mes sessions"
    )
    etape = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data, sessions):
        super().__init__(data)
        self.fields["session"].queryset = sessions
        self.fields["session"].label_from_instance = lambda session: (
            f"{session.title}, {session.starts_on:%d/%m/%Y}" if session.starts_on else session.title
        )


class CancelForm(forms.Form):
    """Why a session is cancelled, and which of `others` is proposed to its people instead."""

    reason = forms.CharField(
        label="Pourquoi cette session est annulée",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Transmis aux référents des personnes concernées.",
        error_messages={"required": "Écrivez une phrase : les référents devront l'expliquer aux personnes."},
    )
    replacement = forms.ChoiceField(
        label="Session proposée à la place",
        required=False,
        help_text="Chaque référent pourra y prescrire la personne en un clic.",
    )

    def __init__(self, others: list[Session], data=None):
        super().__init__(data)
        self.others = {str(session.pk): session for session in others}
        choices = [(key, _in_a_line(session)) for key, session in self.others.items()]
        self.fields["replacement"].choices = [("", "Aucune"), *choices]
        if not others:
            del self.fields["replacement"]

    def clean(self):
        cleaned = super().clean()
        cleaned["replacement"] = self.others.get(cleaned.get("replacement", ""))
        return cleaned


def _in_a_line(session: Session) -> str:
    opening = f"{session.starts_on:%d/%m/%Y}" if session.starts_on else "sans date"
    left = session.seats_left
    seats = "places non renseignées" if left is None else count(left, "place libre,places libres")
    return f"{opening} · {session.title}, {session.provider} {session.action.city} · {seats}"


class PostponeForm(forms.Form):
    """The new dates of a session and why; a closing left empty keeps the length of the session."""

    starts_on = forms.DateField(
        label="Nouvelle ouverture",
        error_messages={"required": "Saisissez la nouvelle ouverture.", "invalid": DAY_EXISTS},
    )
    ends_on = forms.DateField(
        label="Nouvelle clôture",
        required=False,
        help_text="Vide : la session garde sa durée.",
        error_messages={"invalid": DAY_EXISTS},
    )
    reason = forms.CharField(
        label="Pourquoi cette session est reportée",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Transmis aux référents des personnes concernées.",
        error_messages={"required": "Écrivez une phrase : les référents devront l'expliquer aux personnes."},
    )

    def __init__(self, session: Session, data=None):
        super().__init__(data)
        self.session = session

    def clean(self):
        cleaned = super().clean()
        opening, closing = cleaned.get("starts_on"), cleaned.get("ends_on")
        known = self.session.starts_on, self.session.ends_on
        if opening and "ends_on" not in self.errors and closing is None and None not in known:
            cleaned["ends_on"] = opening + (known[1] - known[0])
        if opening and closing and closing < opening:
            self.add_error("ends_on", "La clôture précède l'ouverture : corrigez l'une des deux.")
        return cleaned


class PlaceFilters(FilterForm):
    """The board of places: where and how far ahead."""

    WINDOWS = (
        (7, "7 jours"),
        (15, "15 jours"),
        (30, "30 jours"),
        (60, "60 jours"),
        (180, "6 mois"),
    )
    DEFAULT_WINDOW = 60

    texte = forms.CharField(label="Formation, organisme, ville", required=False, max_length=100)
    bassin = forms.ModelChoiceField(
        label="Bassin d'emploi", required=False, queryset=EmploymentArea.objects.all(), empty_label="Tous"
    )
    fenetre = forms.TypedChoiceField(
        label="Ouverture dans les", required=False, coerce=int, empty_value=None, choices=WINDOWS
    )
    dispositif = forms.ModelChoiceField(
        label="Dispositif", required=False, queryset=Scheme.objects.none(), empty_label="Tous"
    )
    etat = forms.ChoiceField(label="Alerte", required=False)
    vue = forms.CharField(widget=forms.HiddenInput, required=False)
    tri = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data, alerts):
        """alerts: (value, label) of each state of an alert that the reader may ask for."""
        super().__init__(data)
        self.fields["dispositif"].queryset = Scheme.objects.in_force(clock.today())
        self.fields["etat"].choices = [("", "Toutes"), *alerts]
