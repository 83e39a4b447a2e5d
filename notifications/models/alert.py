"""Alerts: what is stuck or empty, for whom, since when. Opened once, closed by themselves when the cause is gone."""

from datetime import timedelta

from django.db import models
from django.db.models import Q

from config import clock
from notifications.enums import Level

#: How long a closed alert stays on the page of alerts.
RECENT = timedelta(days=7)


class AlertQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_at=None)

    def recently_closed(self):
        return self.filter(closed_at__gte=clock.now() - RECENT)

    def addressed_to(self, keys):
        """Alerts of which one audience key is among `keys` (the reader's keys; see notifications.registry)."""
        return self.filter(
            pk__in=AlertAudience.objects.filter(key__in=list(keys)).order_by().values("alert_id")
        )

    def late(self):
        """Alerts whose day has passed."""
        return self.filter(due_on__lt=clock.today())


class Alert(models.Model):
    """One cause, named by its kind and the key of what it is about; at most one open at a time per cause.

    fingerprint: of all that is told and to whom, so that a detection sees what changed without reading it.
    """

    kind = models.CharField("nature", max_length=40)
    subject_key = models.CharField("objet", max_length=60)
    level = models.PositiveSmallIntegerField("urgence", choices=Level.choices, default=Level.NOTICE)
    title = models.CharField("titre", max_length=255)
    detail = models.TextField("détail", blank=True)
    url = models.CharField("page", max_length=255, blank=True)
    due_on = models.DateField("échéance", null=True)
    fingerprint = models.CharField(max_length=32, editable=False, default="")
    opened_at = models.DateTimeField("ouverte le", default=clock.now)
    refreshed_at = models.DateTimeField("mise à jour le", default=clock.now)
    closed_at = models.DateTimeField("close le", null=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = "alerte"
        ordering = ["-level", "due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_key"], condition=Q(closed_at=None), name="alert_open_once_per_cause"
            )
        ]
        indexes = [models.Index(fields=["kind", "closed_at"], name="alert_of_kind")]

    def __str__(self):
        return self.title


class AlertAudience(models.Model):
    """Who an alert is for: a key such as « referent:12 » that readers hold (the domain makes keys).

    since: when the alert was opened, raised to its level, or first addressed to this key: it is news from then on.
    """

    alert = models.ForeignKey(
        Alert, on_delete=models.CASCADE, related_name="audiences", verbose_name="alerte", db_index=False
    )
    key = models.CharField("destinataire", max_length=60)
    since = models.DateTimeField("adressée le", default=clock.now)

    class Meta:
        verbose_name = "destinataire d'alerte"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["alert", "key"], name="alert_audience_once")]
        indexes = [
            models.Index(fields=["key", "alert"], name="alert_audience_key"),
            models.Index(fields=["key", "since"], name="alert_audience_news"),
        ]

    def __str__(self):
        return self.key
