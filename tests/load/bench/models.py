"""Tables of the contestants that are no part of the product. Without migrations: `migrate --run-syncdb` makes them."""

from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition
from simple_history.models import HistoricalRecords

from pathways.enums import PathwayState
from pathways.models import Beneficiary, Cohort, EmploymentArea, Organisation

S = PathwayState
BEFORE_AN_OUTCOME = [S.IDENTIFIED, S.COMPLETED, S.DROPPED_OUT, S.LOST_CONTACT]


class PlainCase(FSMModelMixin, models.Model):
    """A pathway as one would write it with django_fsm and simple-history alone: same columns, same indexes."""

    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="+")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="+")
    pole = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    area = models.ForeignKey(EmploymentArea, on_delete=models.PROTECT, null=True, related_name="+")
    state = FSMField(max_length=20, choices=PathwayState.choices, protected=True, default=S.IDENTIFIED)
    state_since = models.DateField(null=True)
    due_on = models.DateField(null=True)
    last_fact_on = models.DateField(null=True)
    contacted_on = models.DateField(null=True)
    contact_attempts = models.PositiveSmallIntegerField(default=0)
    job_ended_on = models.DateField(null=True)
    reason = models.CharField(max_length=40, blank=True)

    history = HistoricalRecords()

    class Meta:
        indexes = [
            models.Index(fields=["pole", "state", "state_since"], name="plain_case_pole_state"),
            models.Index(fields=["area", "state", "state_since"], name="plain_case_area_state"),
            models.Index(fields=["due_on"], name="plain_case_due", condition=models.Q(due_on__isnull=False)),
        ]

    def __str__(self):
        return f"{self.pk} : {self.state}"

    @transition(field=state, source=BEFORE_AN_OUTCOME, target=S.OTHER_OUTCOME)
    def record_outcome(self, day, reason, due_on):
        self.reason = reason
        self.state_since = self.last_fact_on = day
        self.due_on = due_on


class SpiffCase(models.Model):
    """A SpiffWorkflow process, kept between two requests as its library suggests: the whole workflow in JSON."""

    workflow = models.TextField()
    is_completed = models.BooleanField(default=False)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self):
        return f"{self.pk} : {'completed' if self.is_completed else 'waiting'}"
