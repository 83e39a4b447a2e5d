"""A prescription: one person asked into one session."""

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, FSMModelMixin

from pathways import perms
from pathways.models import Organisation, Pathway, User
from prescriptions.enums import (
    ASKING,
    EXPECTED,
    LIVE,
    OWED,
    SEATED,
    NextStep,
    PrescriptionState,
    RefusalReason,
    WithdrawalReason,
)
from prescriptions.models.offer import Session
from prescriptions.workflow import PRESCRIPTION

P = PrescriptionState


class PrescriptionQuerySet(perms.ScopedQuerySet):
    def sent(self):
        """Past the draft: what a provider may know of."""
        return self.exclude(state=P.DRAFT)

    def asking(self):
        return self.filter(state__in=sorted(ASKING))

    def live(self):
        return self.filter(state__in=sorted(LIVE))

    def seated(self):
        return self.filter(state__in=sorted(SEATED))

    def expected(self):
        return self.filter(state__in=sorted(EXPECTED))

    def waiting(self):
        """Those who wait for a seat, the longest first; the order of a list is told by `prescriptions.queue`."""
        return self.filter(state=P.WAITLISTED).order_by("waitlisted_on", "pk")

    def with_all(self):
        return self.select_related(
            "pathway__beneficiary", "session__action", "session__provider", "prescriber"
        )


class Prescription(FSMModelMixin, models.Model):
    """Everything below `draft_comment` is a projection of the facts about this prescription.

    draft_comment: what was typed for a request not sent yet; once sent, the fact carries it.
    """

    pathway = models.ForeignKey(
        Pathway, on_delete=models.PROTECT, related_name="prescriptions", verbose_name="parcours"
    )
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="prescriptions", verbose_name="session"
    )
    prescriber = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name="prescripteur"
    )
    prescriber_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="organisation du prescripteur"
    )
    draft_comment = models.TextField("commentaire du brouillon", blank=True, default="")
    state = FSMField("état", max_length=20, choices=P.choices, default=P.DRAFT, protected=True)
    state_since = models.DateField("depuis le", null=True)
    submitted_on = models.DateField("prescrit le", null=True)
    convened_for = models.DateField("convoqué pour le", null=True)
    attended_on = models.DateField("présent le", null=True)
    decided_on = models.DateField("décision le", null=True)
    waitlisted_on = models.DateField("en attente depuis le", null=True)
    offer_expires_on = models.DateField("à accepter avant le", null=True)
    offer_expires_at = models.DateTimeField("à accepter avant", null=True)
    registered_on = models.DateField("AIS le", null=True)
    entered_on = models.DateField("AES : entrée le", null=True)
    ended_on = models.DateField("fin de la demande le", null=True)
    refusal_reason = models.CharField(
        "motif du refus", max_length=20, choices=RefusalReason.choices, blank=True, default=""
    )
    refusal_explanation = models.TextField("explication du refus", blank=True, default="")
    next_step = models.CharField(
        "suite proposée", max_length=20, choices=NextStep.choices, blank=True, default=""
    )
    postponed_from = models.DateField("reportée, devait ouvrir le", null=True)
    withdrawal_reason = models.CharField(
        "motif du retrait", max_length=20, choices=WithdrawalReason.choices, blank=True, default=""
    )

    objects = PrescriptionQuerySet.as_manager()
    locals().update(PRESCRIPTION.fsm_methods())  # one django_fsm transition per name of the table

    class Meta:
        verbose_name = "prescription"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=P.values), name="prescription_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=P.DRAFT) | Q(submitted_on__isnull=False),
                name="prescription_sent_has_its_date",
            ),
            models.CheckConstraint(
                condition=~Q(state=P.REFUSED) | (~Q(refusal_reason="") & ~Q(next_step="")),
                name="prescription_refusal_has_reason_and_next_step",
                violation_error_message="Un refus porte un motif et une suite proposée.",
            ),
            models.CheckConstraint(
                condition=~Q(state=P.CONVENED) | Q(convened_for__isnull=False),
                name="prescription_convened_for_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state=P.OFFERED)
                | Q(offer_expires_on__isnull=False, offer_expires_at__isnull=False),
                name="prescription_offer_expires",
            ),
            models.CheckConstraint(
                condition=~Q(state=P.REGISTERED) | Q(registered_on__isnull=False),
                name="prescription_registered_has_ais_date",
            ),
            models.CheckConstraint(
                condition=~Q(state=P.ENTERED) | Q(entered_on__isnull=False),
                name="prescription_entered_has_aes_date",
            ),
            models.UniqueConstraint(
                fields=["pathway", "session"],
                condition=Q(state__in=sorted(LIVE)),
                name="prescription_once_per_session_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["session", "state"], name="prescription_of_session"),
            models.Index(fields=["pathway", "state"], name="prescription_of_pathway"),
            # What a day that passes makes due, whatever the number of requests that are over.
            models.Index(
                fields=["state_since"], name="prescription_owed", condition=Q(state__in=sorted(OWED))
            ),
            models.Index(
                fields=["convened_for"], name="prescription_convened", condition=Q(state=P.CONVENED)
            ),
            models.Index(
                fields=["offer_expires_at"], name="prescription_offered", condition=Q(state=P.OFFERED)
            ),
        ]

    def __str__(self):
        return f"{self.pathway.beneficiary} : {self.session}"
