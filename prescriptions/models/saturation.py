"""A session with empty seats handed to a Pôle emploi team: its case, what was done, whom it proposed (PE, art. 8)."""

from django.db import models
from django.db.models import Q

from config import clock
from notifications.enums import Level
from pathways import perms
from pathways.models import EmploymentArea, Organisation, Pathway, User
from prescriptions.models.offer import Session
from prescriptions.models.prescription import Prescription
from prescriptions.saturation.enums import (
    HELD_STAGES,
    LIVE_STAGES,
    Decision,
    DismissalReason,
    GiveUpReason,
    Outcome,
    Stage,
    StepKind,
)


class SaturationCaseQuerySet(perms.ScopedQuerySet):
    def live(self):
        """Cases about which somebody has still something to do."""
        return self.filter(stage__in=sorted(LIVE_STAGES))

    def with_all(self):
        return self.select_related("session__provider", "session__action", "area", "advisor")


class SaturationCase(models.Model):
    """One session's empty seats, from the first alert to the opening. Every column is a projection of its steps.

    area: the bassin to whose team it was sent. react_by: when the Région is told that nobody reacts. The *_at columns
    keep the first time. empty_at_alert, empty_at_opening: seats that nobody held. seated_thanks: seats held on the
    opening day by prescriptions born of a proposal of this case; both None until the session has opened.
    """

    session = models.OneToOneField(
        Session, on_delete=models.PROTECT, related_name="saturation_case", verbose_name="session"
    )
    area = models.ForeignKey(
        EmploymentArea,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="bassin d'emploi",
        db_index=False,
    )
    stage = models.CharField("état", max_length=12, choices=Stage.choices, default=Stage.NEW)
    stage_at = models.DateTimeField("depuis le", default=clock.now)
    level = models.PositiveSmallIntegerField("urgence", choices=Level.choices)
    advisor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="conseiller"
    )
    opened_at = models.DateTimeField("alerte le", default=clock.now)
    seen_at = models.DateTimeField("vue le", null=True)
    taken_at = models.DateTimeField("prise en charge le", null=True)
    proposed_at = models.DateTimeField("premiers candidats proposés le", null=True)
    react_by = models.DateTimeField("réaction attendue avant le", null=True)
    escalated_at = models.DateTimeField("signalée à la Région le", null=True)
    ended_at = models.DateTimeField("close le", null=True)
    empty_at_alert = models.PositiveIntegerField("places vides à l'alerte")
    empty_given_up = models.PositiveIntegerField("places vides à l'abandon", null=True)
    empty_at_opening = models.PositiveIntegerField("places vides à l'ouverture", null=True)
    seated_thanks = models.PositiveIntegerField("places pourvues grâce à l'alerte", null=True)
    give_up_reason = models.CharField(
        "motif d'abandon", max_length=15, choices=GiveUpReason.choices, blank=True, default=""
    )

    objects = SaturationCaseQuerySet.as_manager()

    class Meta:
        verbose_name = "alerte de saturation"
        verbose_name_plural = "alertes de saturation"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="saturation_stage_is_known"),
            models.CheckConstraint(
                condition=Q(stage__in=sorted(HELD_STAGES)) | Q(advisor=None),
                name="saturation_has_an_advisor_only_while_held",
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.GIVEN_UP) | ~Q(give_up_reason=""),
                name="saturation_given_up_has_its_reason",
                violation_error_message="Un abandon porte un motif.",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=sorted(LIVE_STAGES)) ^ Q(ended_at__isnull=False),
                name="saturation_ended_has_its_date",
            ),
        ]
        indexes = [
            models.Index(
                fields=["react_by"],
                name="saturation_react_by",
                condition=Q(react_by__isnull=False, escalated_at=None),
            ),
            models.Index(
                fields=["session"], name="saturation_to_open", condition=Q(empty_at_opening__isnull=True)
            ),
            models.Index(fields=["opened_at"], name="saturation_opened"),
            models.Index(fields=["area", "stage"], name="saturation_of_area"),
        ]

    def __str__(self):
        return f"{self.session} : {self.get_stage_display()}"

    @property
    def is_live(self) -> bool:
        return self.stage in LIVE_STAGES


class SaturationStep(models.Model):
    """Something that was done about a case, or that happened to it. Append-only: the database refuses anything else.

    payload: figures of that moment (`empty`, `capacity`, `days_left`, `people`) and names of teams.
    """

    case = models.ForeignKey(
        SaturationCase, on_delete=models.PROTECT, related_name="steps", verbose_name="alerte"
    )
    kind = models.CharField("étape", max_length=12, choices=StepKind.choices)
    at = models.DateTimeField("le", default=clock.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="par")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="organisation"
    )
    reason = models.CharField("motif", max_length=15, blank=True, default="")
    comment = models.TextField("commentaire", blank=True, default="")
    payload = models.JSONField("détails", default=dict, blank=True)

    class Meta:
        verbose_name = "étape d'une alerte de saturation"
        verbose_name_plural = "étapes des alertes de saturation"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=StepKind.values), name="saturation_step_kind_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind=StepKind.GIVEN_UP) | ~Q(reason=""), name="saturation_step_has_its_reason"
            ),
        ]

    def __str__(self):
        return f"{self.case_id} : {self.get_kind_display()}"


class ProposalQuerySet(perms.ScopedQuerySet):
    def pending(self):
        return self.filter(outcome=Outcome.PENDING)

    def with_all(self):
        return self.select_related(
            "pathway__beneficiary", "case__session__provider", "proposed_by", "pole", "prescription"
        )


class Proposal(models.Model):
    """A person proposed by an advisor for an empty seat; the référent of the pôle prescribes or says why not.

    reasons: why this person, in sentences, as they stood on that day. pole: to whom it was sent.
    """

    case = models.ForeignKey(
        SaturationCase, on_delete=models.PROTECT, related_name="proposals", verbose_name="alerte"
    )
    pathway = models.ForeignKey(
        Pathway, on_delete=models.PROTECT, related_name="proposals", verbose_name="parcours"
    )
    pole = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="pôle d'insertion"
    )
    proposed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name="proposé par"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="organisation"
    )
    proposed_at = models.DateTimeField("proposé le", default=clock.now)
    reasons = models.JSONField("raisons", default=list, blank=True)
    outcome = models.CharField("suite", max_length=12, choices=Outcome.choices, default=Outcome.PENDING)
    outcome_at = models.DateTimeField("suite le", null=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="répondu par"
    )
    dismissal_reason = models.CharField(
        "motif", max_length=15, choices=DismissalReason.choices, blank=True, default=""
    )
    dismissal_comment = models.TextField("explication", blank=True, default="")
    prescription = models.ForeignKey(
        Prescription,
        on_delete=models.SET_NULL,
        null=True,
        related_name="proposals",
        verbose_name="prescription",
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "proposition de candidat"
        verbose_name_plural = "propositions de candidats"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="proposal_outcome_is_known"),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.DISMISSED) | ~Q(dismissal_reason=""),
                name="proposal_dismissed_has_its_reason",
                violation_error_message="Une proposition écartée porte un motif.",
            ),
            models.UniqueConstraint(
                fields=["case", "pathway"],
                condition=Q(outcome=Outcome.PENDING),
                name="proposal_once_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["pathway"], name="proposal_pending", condition=Q(outcome=Outcome.PENDING)),
        ]

    def __str__(self):
        return f"{self.pathway} : {self.get_outcome_display()}"


class MinimumDecision(models.Model):
    """What was decided of a session that has fewer people than its minimum. The last one of a session counts."""

    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="minimum_decisions", verbose_name="session"
    )
    decision = models.CharField("décision", max_length=10, choices=Decision.choices)
    comment = models.TextField("explication")
    held = models.PositiveIntegerField("places tenues alors")
    minimum = models.PositiveIntegerField("effectif minimal alors")
    starts_on = models.DateField("ouverture alors")
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name="décidé par"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="organisation"
    )
    decided_at = models.DateTimeField("décidé le", default=clock.now)

    class Meta:
        verbose_name = "décision sur l'effectif minimal"
        verbose_name_plural = "décisions sur l'effectif minimal"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__in=Decision.values), name="minimum_decision_is_known"
            )
        ]

    def __str__(self):
        return f"{self.session} : {self.get_decision_display()}"


class AbsenceCount(models.Model):
    """How many people the whole programme expected at its openings over a window, and how many did not come.

    A provider with few past entries is drawn towards its rate.
    """

    counted_on = models.DateField("compté le", primary_key=True)
    window_days = models.PositiveIntegerField("fenêtre (jours)")
    expected = models.PositiveIntegerField("attendus")
    absent = models.PositiveIntegerField("absents")

    class Meta:
        verbose_name = "absences à l'ouverture"
        verbose_name_plural = "absences à l'ouverture"
        ordering = ["counted_on"]

    def __str__(self):
        return f"{self.counted_on} : {self.absent} sur {self.expected}"
