"""A course followed by one person, from the AES to the exit, with its exam."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django_fsm import FSMField, FSMModelMixin

from followup.enums import EnrolmentState, ExamState
from followup.workflow import ENROLMENT, EXAM
from pathways import perms
from pathways.models import Pathway
from pathways.outcomes import BACK_TO_WORK, DropOutCause
from prescriptions.models import Prescription, Session

E = EnrolmentState


class EnrolmentQuerySet(perms.ScopedQuerySet):
    def running(self):
        return self.filter(state__in=[E.ACTIVE, E.SUSPENDED])

    def left(self):
        """Everyone who left training, at its end or before (PE, art. 9: all of them are contacted)."""
        return self.filter(state__in=[E.COMPLETED, E.INTERRUPTED])

    def never_reached(self):
        """Leavers to whom nobody has spoken since they left."""
        return self.left().filter(Q(pathway__contacted_on=None) | Q(pathway__contacted_on__lt=F("exit_on")))

    def with_all(self):
        return self.select_related("pathway__beneficiary", "session__provider", "session__action")


class Enrolment(FSMModelMixin, models.Model):
    """Its key is the prescription's: one prescription leads to at most one course. All columns are projections."""

    prescription = models.OneToOneField(
        Prescription,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="enrolment",
        verbose_name="prescription",
    )
    pathway = models.ForeignKey(
        Pathway, on_delete=models.PROTECT, related_name="enrolments", verbose_name="parcours"
    )
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="enrolments", verbose_name="session"
    )
    state = FSMField("état", max_length=20, choices=E.choices, default="", blank=True, protected=True)
    state_since = models.DateField("depuis le", null=True)
    entered_on = models.DateField("entré le", null=True)
    exit_on = models.DateField("sorti le", null=True)
    exit_cause = models.CharField(
        "cause de sortie",
        max_length=20,
        choices=[*DropOutCause.choices, BACK_TO_WORK],
        blank=True,
        default="",
    )
    exam_state = FSMField(
        "examen", max_length=20, choices=ExamState.choices, default=ExamState.NONE, protected=True
    )
    exam_on = models.DateField("examen le", null=True)
    exam_result_on = models.DateField("résultat le", null=True)
    exam_ccp = ArrayField(
        models.CharField(max_length=200), verbose_name="CCP obtenus", default=list, blank=True
    )

    objects = EnrolmentQuerySet.as_manager()
    locals().update(ENROLMENT.fsm_methods())  # one django_fsm transition per name of the table
    locals().update(EXAM.fsm_methods())  # one django_fsm transition per name of the table

    class Meta:
        verbose_name = "formation suivie"
        verbose_name_plural = "formations suivies"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["", *E.values]), name="enrolment_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[E.ACTIVE, E.SUSPENDED]) | Q(entered_on__isnull=False),
                name="enrolment_has_its_entry",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[E.COMPLETED, E.INTERRUPTED]) | Q(exit_on__isnull=False),
                name="enrolment_left_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state=E.INTERRUPTED) | ~Q(exit_cause=""),
                name="enrolment_interruption_has_its_cause",
                violation_error_message="Une interruption porte une cause.",
            ),
            models.CheckConstraint(
                condition=Q(exam_state__in=ExamState.values), name="enrolment_exam_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(exam_state=ExamState.PARTIAL) | ~Q(exam_ccp=[]),
                name="enrolment_partial_names_its_ccp",
            ),
            models.CheckConstraint(
                condition=Q(exit_on=None) | Q(entered_on=None) | Q(exit_on__gte=F("entered_on")),
                name="enrolment_left_after_entering",
            ),
        ]
        indexes = [
            models.Index(fields=["session", "state"], name="enrolment_of_session"),
            models.Index(fields=["state", "exit_on"], name="enrolment_exit"),
            models.Index(fields=["pathway"], name="enrolment_of_pathway"),
        ]

    def __str__(self):
        return f"{self.pathway.beneficiary} : {self.session}"
