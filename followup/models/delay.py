"""How long each step of the follow-up may take: dated parameters, proposals of domain.md B13 and not law."""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q


class FollowUpStep(models.TextChoices):
    CONTACT = "contact", "Contacter après la sortie"


class FollowUpDelayQuerySet(models.QuerySet):
    def in_force(self, day: date):
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)

    def delay(self, step: str, day: date) -> timedelta:
        """The delay of a step in force on `day`; none at all when no row says so."""
        row = self.in_force(day).filter(step=step).order_by("-valid_from").first()
        return timedelta(days=row.days if row else 0)


class FollowUpDelay(models.Model):
    """Calendar days that a step may take. valid_to is excluded; none: still in force."""

    step = models.CharField("étape", max_length=20, choices=FollowUpStep.choices)
    days = models.PositiveSmallIntegerField("délai (jours calendaires)")
    valid_from = models.DateField("en vigueur depuis le")
    valid_to = models.DateField("jusqu'au (exclu)", null=True, blank=True)

    objects = FollowUpDelayQuerySet.as_manager()

    class Meta:
        verbose_name = "délai de suivi"
        verbose_name_plural = "délais de suivi"
        ordering = ["step", "-valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="follow_up_delay_ends_after_its_start",
            ),
            models.UniqueConstraint(
                fields=["step"], condition=Q(valid_to=None), name="follow_up_delay_once_in_force"
            ),
        ]

    def __str__(self):
        return f"{self.get_step_display()} : {self.days} j"
