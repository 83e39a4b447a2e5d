"""Half-days of presence. A corrected mark is kept beside the one that replaces it."""

from django.db import models
from django.db.models import Q

from config import clock
from followup.enums import Half, Mark
from followup.models.enrolment import Enrolment
from pathways import perms
from pathways.models import Organisation, User
from prescriptions.models import Session


class AttendanceMark(models.Model):
    """What one half-day says of one trainee. `replaced_at` is set on marks that a later one corrects: none is lost."""

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="marks", verbose_name="stagiaire"
    )
    day = models.DateField("jour")
    half = models.CharField("demi-journée", max_length=2, choices=Half.choices)
    mark = models.CharField("présence", max_length=1, choices=Mark.choices)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name="saisi par"
    )
    recorded_at = models.DateTimeField("saisi le", default=clock.now)
    replaced_at = models.DateTimeField("corrigé le", null=True)

    objects = perms.ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "présence"
        ordering = ["day", "half", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(mark__in=Mark.values), name="mark_is_known"),
            models.CheckConstraint(condition=Q(half__in=Half.values), name="mark_half_is_known"),
            models.UniqueConstraint(
                fields=["enrolment", "day", "half"],
                condition=Q(replaced_at=None),
                name="mark_once_per_half_day",
            ),
        ]

    def __str__(self):
        return f"{self.day} {self.half} : {self.mark}"


class LockedDayQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(reopened_at=None)


class LockedDay(models.Model):
    """A day of attendance that the provider has closed: its marks change no more without reopening it.

    A reopened day keeps its row, with who reopened it and why; locking it again adds another.
    """

    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="locked_days", verbose_name="session"
    )
    day = models.DateField("jour")
    locked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name="verrouillé par"
    )
    locked_for = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="pour"
    )
    locked_at = models.DateTimeField("verrouillé le", default=clock.now)
    reopened_at = models.DateTimeField("rouvert le", null=True)
    reopened_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="rouvert par"
    )
    reopen_reason = models.CharField("motif de réouverture", max_length=300, blank=True, default="")

    objects = LockedDayQuerySet.as_manager()

    class Meta:
        verbose_name = "journée verrouillée"
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "day"], condition=Q(reopened_at=None), name="day_locked_once"
            ),
            models.CheckConstraint(
                condition=Q(reopened_at=None, reopened_by=None, reopen_reason="")
                | (Q(reopened_at__isnull=False, reopened_by__isnull=False) & ~Q(reopen_reason="")),
                name="reopened_day_says_who_and_why",
            ),
        ]

    def __str__(self):
        return f"{self.session}, {self.day}"
