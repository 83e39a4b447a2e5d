"""The training wished for, asked by the address; then what is concluded, with what was verified session by session."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from pathways.models import Beneficiary
from pathways.outcomes import AIF_GRANTED, AifGround
from prescriptions.aif.evidence import Considered, Evidence
from prescriptions.aif.services import Conclusion
from prescriptions.aif.wish import Wish
from prescriptions.models import Session

DAY_EXISTS = "Saisissez une date qui existe, par exemple 03/04/2018."


class WishForm(forms.Form):
    """Names are those of the address. carif: a session of the catalogue fills what is left empty."""

    intitule = forms.CharField(label="Formation demandée", max_length=255, required=False)
    organisme = forms.CharField(label="Organisme", max_length=255, required=False)
    carif = forms.CharField(
        label="N° Carif de la session",
        max_length=40,
        required=False,
        help_text="Si elle est au catalogue : il complète ce que vous laissez vide.",
    )
    metier = forms.CharField(
        label="Métier visé (ROME)",
        max_length=5,
        required=False,
        validators=[
            RegexValidator(
                r"\A[A-Na-n]\d{4}\Z", "Saisissez une lettre et quatre chiffres, par exemple F1703."
            )
        ],
        help_text="Les sessions collectives du même domaine sont cherchées.",
    )
    formacode = forms.CharField(
        label="Formacode",
        max_length=5,
        required=False,
        validators=[RegexValidator(r"\A\d{5}\Z", "Saisissez cinq chiffres, par exemple 22334.")],
    )
    prix = forms.DecimalField(
        label="Prix (€)",
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(100_000),
        max_digits=8,
        decimal_places=2,
        error_messages={"invalid": "Saisissez un montant, par exemple 3200."},
    )
    heures = forms.IntegerField(
        label="Heures",
        required=False,
        min_value=1,
        max_value=5000,
        error_messages={"invalid": "Saisissez un nombre entier d'heures."},
    )
    debut = forms.DateField(label="Début", required=False, error_messages={"invalid": DAY_EXISTS})
    fin = forms.DateField(label="Fin", required=False, error_messages={"invalid": DAY_EXISTS})

    def __init__(self, data, person: Beneficiary):
        super().__init__(data, initial={"metier": person.job_project})

    def clean(self):
        given = super().clean()
        if given.get("carif"):
            self._fill_from(given)
        for name, told in (
            ("intitule", "Saisissez l'intitulé de la formation, ou le numéro Carif de la session."),
            ("organisme", "Saisissez le nom de l'organisme, ou le numéro Carif de la session."),
        ):
            if not given.get(name) and name not in self.errors and "carif" not in self.errors:
                self.add_error(name, told)
        if not given.get("metier") and not given.get("formacode") and not self.errors:
            self.add_error("metier", "Saisissez le métier ou le Formacode : sans domaine, rien à comparer.")
        start, end = given.get("debut"), given.get("fin")
        if start and end and end < start:
            self.add_error("fin", "La fin précède le début : corrigez l'une des deux.")
        return given

    def _fill_from(self, given: dict[str, Any]) -> None:
        session = Session.objects.with_offer().filter(carif_number=given["carif"]).order_by("pk").first()
        if session is None:
            self.add_error("carif", "Aucune session de ce numéro : vérifiez-le, ou laissez ce champ vide.")
            return
        formation = session.action.formation
        known = {
            "intitule": session.title,
            "organisme": session.provider.name,
            "formacode": next(iter(formation.formacodes), ""),
            "heures": session.action.hours_total,
            "debut": session.starts_on,
            "fin": session.ends_on,
        }
        for name, value in known.items():
            given[name] = given.get(name) or value

    def wish(self) -> Wish:
        given = self.cleaned_data
        return Wish(
            title=given["intitule"],
            provider=given["organisme"],
            rome_code=(given.get("metier") or "").upper(),
            formacode=given.get("formacode") or "",
            price=given.get("prix"),
            hours=given.get("heures"),
            starts_on=given.get("debut"),
            ends_on=given.get("fin"),
        )


#: Prefix of the fields in which one says what was verified about a session.
FOUND = "found_"


class ConclusionForm(forms.Form):
    """What is concluded of the evidence; one field for each session left to verify."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)
    ground = forms.ChoiceField(
        label="Conclusion",
        choices=AifGround.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une conclusion dans la liste."},
    )
    text = forms.CharField(
        label="Explication",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Obligatoire, sauf quand aucune entrée collective n'existe. Ni santé, ni droit RSA.",
    )

    def __init__(self, evidence: Evidence, data=None):
        super().__init__(data, initial={"key": uuid.uuid4().hex, "seen": evidence.fingerprint})
        self.evidence = evidence
        asked = {FOUND + str(each.session_id): _found_field(each) for each in evidence.to_verify}
        self.fields = {**asked, **self.fields}

    def clean(self):
        given = super().clean()
        after = self.evidence.after_verifying(self.found())
        ground, text = given.get("ground"), (given.get("text") or "").strip()
        if ground == AifGround.NO_SESSION and not after.is_empty:
            self.add_error("ground", _why_not(after))
        if ground == AifGround.SERVED and not after.compatible:
            self.add_error(
                "ground", "Aucune session collective ne convient : choisissez une autre conclusion."
            )
        if ground and ground != AifGround.NO_SESSION and not text and "text" not in self.errors:
            self.add_error("text", "Écrivez une phrase d'explication : elle reste au dossier.")
        return given

    def found(self) -> dict[int, str]:
        return {
            int(name.removeprefix(FOUND)): value
            for name, value in self.cleaned_data.items()
            if name.startswith(FOUND) and value
        }

    def conclusion(self) -> Conclusion:
        given = self.cleaned_data
        return Conclusion(given["ground"], given["text"].strip(), self.found(), given["seen"])

    @property
    def is_granted(self) -> bool:
        return self.cleaned_data.get("ground") in AIF_GRANTED


def _found_field(each: Considered) -> forms.Field:
    opens: date | None = each.starts_on
    when = f", {opens:%d/%m/%Y}" if opens else ""
    return forms.CharField(
        label=f"Vérifié : {each.title}, {each.provider}{when}",
        required=False,
        max_length=300,
        help_text="Qui vous avez joint et ce qui l'écarte. Laissez vide si elle reste possible.",
    )


def _why_not(after: Evidence) -> str:
    parts = []
    if after.compatible:
        parts.append(f"{len(after.compatible)} session(s) collective(s) conviennent")
    if after.to_verify:
        parts.append(f"{len(after.to_verify)} restent à vérifier")
    return f"{' et '.join(parts)} : écrivez ce que vous avez vérifié, ou choisissez un autre motif."
