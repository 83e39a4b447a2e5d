"""A saturation plan as it was computed: for each session to come, who could take its empty seats (PE, art. 8).

It changes nothing by itself: an advisor decides each line, and a référent prescribes or not.
"""

from django.db import models
from django.db.models import Q

from config import clock
from pathways import perms
from pathways.models import Organisation, Pathway, User
from prescriptions.models.offer import Session
from prescriptions.plan.enums import Decision, SetAside, Status


class SaturationPlanQuerySet(perms.ScopedQuerySet):
    def due(self):
        """Plans that a worker has something to do about."""
        return self.filter(status__in=[Status.WAITING, Status.RUNNING])

    def done(self):
        return self.filter(status=Status.DONE)


class SaturationPlan(models.Model):
    """One computation. What is due stands here: a worker that dies is replaced by the sweep.

    asked: what it was asked (prescriptions.plan.asked). fingerprint: of everything it read; the same data give the same
    plan. seats: left to fill. filled: by the plan. bound: that no plan exceeds. poles: [{pole, seekers, served}].
    seconds: of the computation.
    """

    asked = models.JSONField("demande")
    status = models.CharField("étape", max_length=10, choices=Status.choices, default=Status.WAITING)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="demandé par")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="organisation"
    )
    created_at = models.DateTimeField("demandé le", default=clock.now)
    heartbeat_at = models.DateTimeField("dernier signe", null=True)
    finished_at = models.DateTimeField("terminé le", null=True)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    progress = models.PositiveSmallIntegerField("étapes faites", default=0)
    seats = models.PositiveIntegerField("places à pourvoir", null=True)
    filled = models.PositiveIntegerField("places que le plan pourvoit", null=True)
    bound = models.PositiveIntegerField("places qu'aucun plan ne dépasse", null=True)
    seekers = models.PositiveIntegerField("personnes qui cherchent une place", null=True)
    possible = models.PositiveIntegerField("personnes qui pourraient en prendre une", null=True)
    pairs = models.PositiveIntegerField("couples personne et session possibles", null=True)
    poles = models.JSONField("parts des pôles", default=list)
    seconds = models.FloatField("durée (s)", null=True)
    fingerprint = models.CharField("empreinte des données lues", max_length=64, blank=True, default="")
    error = models.TextField("erreur", blank=True, default="")
    error_next_step = models.TextField("remède", blank=True, default="")

    objects = SaturationPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "plan de saturation"
        verbose_name_plural = "plans de saturation"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="plan_status_is_known"),
            models.CheckConstraint(
                condition=~Q(status=Status.DONE) | Q(filled__isnull=False, bound__isnull=False),
                name="plan_done_has_its_figures",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.FAILED) | ~Q(error=""), name="plan_failure_is_explained"
            ),
            models.CheckConstraint(
                condition=Q(filled=None) | Q(filled__lte=models.F("bound")), name="plan_within_its_bound"
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="plan_due", condition=Q(status__in=[Status.WAITING, Status.RUNNING])
            )
        ]

    def __str__(self):
        return f"Plan de saturation du {self.created_at:%d/%m/%Y}"

    @property
    def is_proved(self) -> bool:
        """No plan fills more seats than this one."""
        return self.filled is not None and self.filled == self.bound


class PlanSession(models.Model):
    """What a plan found for one session.

    free: seats that nobody held; seats: those left to fill. funnel: how many people are left after each criterion.
    why: for its seats that stay empty, why nobody takes them, in a sentence.
    """

    plan = models.ForeignKey(
        SaturationPlan, on_delete=models.CASCADE, related_name="sessions", db_index=False
    )
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+", verbose_name="session")
    free = models.PositiveIntegerField("places libres alors")
    seats = models.PositiveIntegerField("places à pourvoir")
    filled = models.PositiveIntegerField("places que le plan pourvoit")
    funnel = models.JSONField("personnes à chaque critère", default=dict)
    why = models.TextField("pourquoi le reste est vide", blank=True, default="")

    class Meta:
        verbose_name = "session d'un plan"
        verbose_name_plural = "sessions d'un plan"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "session"], name="plan_session_once"),
            models.CheckConstraint(
                condition=Q(filled__lte=models.F("seats")), name="plan_session_not_overfull"
            ),
        ]

    def __str__(self):
        return f"{self.session} : {self.filled} sur {self.seats}"


class PlanLineQuerySet(perms.ScopedQuerySet):
    def pending(self):
        return self.filter(decision=Decision.PENDING)

    def with_all(self):
        return self.select_related(
            "pathway__beneficiary", "session__provider", "session__action", "decided_by"
        )


class PlanLine(models.Model):
    """One person, one seat, in one plan: proposed to advisors, who decide. reasons: [[code, tone, sentence]].

    km: kilometres; waited: days without a seat on the day of the plan; trade: rank of the trade criterion (0: same).
    """

    plan = models.ForeignKey(SaturationPlan, on_delete=models.CASCADE, related_name="lines", db_index=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+", verbose_name="session")
    pathway = models.ForeignKey(Pathway, on_delete=models.CASCADE, related_name="+", verbose_name="parcours")
    trade = models.PositiveSmallIntegerField("rang du métier")
    km = models.PositiveSmallIntegerField("distance (km)")
    waited = models.PositiveIntegerField("attente (jours)")
    reasons = models.JSONField("raisons", default=list)
    decision = models.CharField("décision", max_length=10, choices=Decision.choices, default=Decision.PENDING)
    set_aside_for = models.CharField("motif", max_length=15, choices=SetAside.choices, blank=True, default="")
    comment = models.TextField("explication", blank=True, default="")
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="décidé par"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="organisation"
    )
    decided_at = models.DateTimeField("décidé le", null=True)

    objects = PlanLineQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne d'un plan"
        verbose_name_plural = "lignes d'un plan"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "pathway"], name="plan_one_seat_a_person"),
            models.CheckConstraint(
                condition=Q(decision__in=Decision.values), name="plan_line_decision_is_known"
            ),
            models.CheckConstraint(
                condition=Q(decision=Decision.PENDING)
                ^ Q(decided_by__isnull=False, decided_at__isnull=False),
                name="plan_line_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.SET_ASIDE) | ~Q(set_aside_for=""),
                name="plan_line_set_aside_has_its_reason",
                violation_error_message="Une ligne écartée porte un motif.",
            ),
        ]
        indexes = [models.Index(fields=["plan", "session"], name="plan_line_of_session")]

    def __str__(self):
        return f"{self.pathway} : {self.session}"
