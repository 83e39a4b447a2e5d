"""A line of somebody's pile that they have put off until a day. It is a note to oneself, not a fact about a person."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config import clock


class Deferral(models.Model):
    """One line put off by one user; a second time replaces the first.

    key: of the line (pathways.pile). until: the day chosen. returns_on: the day on which the line comes back, which is
    `until` or earlier, when the decision would be late by too much (pathways.deferral).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="deferrals", verbose_name="par"
    )
    key = models.CharField("ligne", max_length=120)
    until = models.DateField("jusqu'au")
    returns_on = models.DateField("revient le")
    reason = models.CharField("raison", max_length=200, blank=True, default="")
    made_at = models.DateTimeField("différé le", default=clock.now)

    class Meta:
        verbose_name = "ligne différée"
        verbose_name_plural = "lignes différées"
        ordering = ["returns_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="deferral_once_per_line"),
            models.CheckConstraint(
                condition=Q(returns_on__lte=F("until")), name="deferral_never_outlasts_its_day"
            ),
        ]

    def __str__(self):
        return f"{self.key}, jusqu'au {self.returns_on:%d/%m/%Y}"
