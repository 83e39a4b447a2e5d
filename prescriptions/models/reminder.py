"""The reminders sent to a provider about a session that it has not completed (PE, art. 4)."""

from django.db import models

from config import clock
from prescriptions.models.offer import Session


class OfferReminder(models.Model):
    """One reminder. lacking: the codes of what was missing then (`completeness.checks`)."""

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="reminders", verbose_name="session", db_index=False
    )
    reminded_on = models.DateField("relancé le", default=clock.today)
    lacking = models.CharField("manquait", max_length=200)

    class Meta:
        verbose_name = "relance d'organisme"
        verbose_name_plural = "relances d'organismes"
        ordering = ["-reminded_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "reminded_on"], name="offer_reminder_once_a_day")
        ]

    def __str__(self):
        return f"{self.session}, relance du {self.reminded_on:%d/%m/%Y}"
