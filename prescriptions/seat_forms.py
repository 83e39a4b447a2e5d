"""Forms about seats: those kept for a public, overbooking, a new public, automatic offers suspended."""

from __future__ import annotations

from django import forms

from pathways.enums import OrganisationKind
from pathways.models import Cohort, EmploymentArea, Organisation
from prescriptions import deadlines
from prescriptions.allotment import SeatsRefused, Wanted
from prescriptions.models import ReservedPublic, SeatQuota, Session

DAY_EXISTS = "Saisissez une date qui existe, par exemple 31/03/2018."
WHOLE = "Saisissez un nombre entier, par exemple 2."


class SeatForm(forms.Form):
    """A form whose refusals come from `prescriptions.allotment`, each beside the field that it speaks of."""

    def refuse(self, refused: SeatsRefused) -> None:
        field = refused.field if refused.field in self.fields else None
        self.add_error(field, str(refused))


class QuotasForm(SeatForm):
    """For each public, how many seats of a session are kept and from which day on they are everybody's."""

    def __init__(self, session: Session, data=None):
        super().__init__(data)
        self.session = session
        current = {quota.public_id: quota for quota in SeatQuota.objects.in_force().filter(session=session)}
        usable = ReservedPublic.objects.in_use() | ReservedPublic.objects.filter(pk__in=current)
        self.publics = list(usable.order_by("letter", "pk"))
        usual = deadlines.release_day(session.starts_on) if session.starts_on else None
        for public in self.publics:
            quota = current.get(public.pk)
            self.fields[f"seats_{public.pk}"] = forms.IntegerField(
                label=f"Places réservées {public.letter} : {public.name}",
                min_value=0,
                max_value=1000,
                required=False,
                initial=quota.seats if quota else None,
                error_messages={"invalid": WHOLE},
            )
            self.fields[f"day_{public.pk}"] = forms.DateField(
                label=f"{public.letter} : ouvertes à tous le",
                required=False,
                initial=quota.releases_on if quota else usual,
                error_messages={"invalid": DAY_EXISTS},
            )

    def clean(self):
        cleaned = super().clean()
        for public in self.publics:
            name = f"day_{public.pk}"
            if cleaned.get(f"seats_{public.pk}") and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, "Saisissez le jour où les places inutilisées s'ouvrent à tous.")
        return cleaned

    def wanted(self) -> dict[int, Wanted]:
        cleaned = self.cleaned_data
        return {
            public.pk: Wanted(cleaned[f"seats_{public.pk}"], cleaned[f"day_{public.pk}"])
            for public in self.publics
            if cleaned.get(f"seats_{public.pk}")
        }


class OverbookingForm(SeatForm):
    """Seats beyond the capacity of a session, and why."""

    overbooking = forms.IntegerField(
        label="Places au-delà de la capacité", min_value=0, error_messages={"invalid": WHOLE}
    )
    overbooking_reason = forms.CharField(label="Motif", max_length=300, required=False)

    def __init__(self, session: Session, data=None):
        proposal = getattr(session.provider, "overbooking_proposal", None)
        first = {"overbooking": session.overbooking, "overbooking_reason": session.overbooking_reason}
        if proposal is not None and not session.overbooking:
            first = {"overbooking": proposal.seats, "overbooking_reason": proposal.reason}
        super().__init__(data, initial=first)
        self.fields["overbooking"].help_text = (
            f"Au plus {deadlines.overbooking_cap(session.capacity)} pour cette session "
            f"({deadlines.overbooking_percent()} % de la capacité). 0 : aucune surréservation."
        )
        if proposal is not None and not session.overbooking:
            self.fields["overbooking"].help_text += " Proposé d'après ce que vous décidez pour cet organisme."
        self.fields["keep"] = forms.BooleanField(
            label=f"Proposer la même chose pour les autres sessions de {session.provider.name}",
            required=False,
        )


class PublicForm(forms.ModelForm):
    """A public for whom seats may be kept; its criteria do not change afterwards."""

    class Meta:
        model = ReservedPublic
        fields = (
            *("letter", "name", "cohort", "department", "pole", "area"),
            *("min_age", "max_age", "registered_months"),
        )
        help_texts = {
            "letter": "Une à quatre lettres ou chiffres : c'est tout ce que lit l'organisme (« place réservée A »).",
            "name": "Lu par les référents, le Département et la Région.",
            "min_age": "En années, le jour de l'ouverture de la session.",
            "max_age": "En années, le jour de l'ouverture : 25 pour « moins de 26 ans ».",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = {"department": OrganisationKind.DEPARTMENT, "pole": OrganisationKind.INSERTION_POLE}
        for name, kind in kinds.items():
            self.fields[name].queryset = Organisation.objects.filter(kind=kind).order_by("name", "pk")
        self.fields["cohort"].queryset = Cohort.objects.order_by("-reference_date", "code")
        self.fields["area"].queryset = EmploymentArea.objects.order_by("name", "pk")
        for name in ("cohort", "department", "pole", "area"):
            self.fields[name].empty_label = "Peu importe"
        for field in self.fields.values():
            field.error_messages.setdefault("required", f"Renseignez le champ « {field.label.lower()} ».")
        self.fields["letter"].error_messages["unique"] = (
            "Cette lettre désigne déjà un public : prenez-en une autre."
        )

    def clean_letter(self) -> str:
        return self.cleaned_data["letter"].strip().upper()

    def clean(self):
        cleaned = super().clean()
        youngest, oldest = cleaned.get("min_age"), cleaned.get("max_age")
        if youngest is not None and oldest is not None and oldest < youngest:
            self.add_error("max_age", "L'âge maximal est inférieur à l'âge minimal : corrigez l'un des deux.")
        asked = [name for name in self.Meta.fields if name not in ("letter", "name")]
        if not self.errors and all(cleaned.get(name) in (None, "") for name in asked):
            self.add_error(None, "Renseignez au moins un critère : sans critère, tout le monde en serait.")
        return cleaned


class SuspendForm(SeatForm):
    """Why Jalons shall offer no seat of a session by itself."""

    reason = forms.CharField(
        label="Motif",
        max_length=300,
        help_text="Lu par la Région et les référents.",
        error_messages={"required": "Dites pourquoi : la Région et les référents le lisent."},
    )


def criteria_in_words(public: ReservedPublic) -> list[str]:
    """What somebody must be to belong to a public, a line for each criterion."""
    told = [
        (public.cohort_id, lambda: f"cohorte : {public.cohort}"),
        (public.department_id, lambda: f"Département : {public.department}"),
        (public.pole_id, lambda: f"pôle d'insertion : {public.pole}"),
        (public.area_id, lambda: f"bassin d'emploi : {public.area}"),
        (public.min_age, lambda: f"{public.min_age} ans ou plus à l'ouverture"),
        (public.max_age, lambda: f"{public.max_age} ans ou moins à l'ouverture"),
        (
            public.registered_months,
            lambda: f"inscrit à Pôle emploi depuis {public.registered_months} mois ou plus à l'ouverture",
        ),
    ]
    return [words() for value, words in told if value is not None]
