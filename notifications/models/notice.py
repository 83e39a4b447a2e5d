"""Notices: something happened that somebody is told once. Unlike an alert, nothing has to go away for it to end."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from config import clock
from notifications.enums import Level


class Notice(models.Model):
    """News of one kind about one subject; at most one current at a time.

    actor: whose action it tells, who is never told of it. due_on: the last day to do something about it.
    ended_at: when newer news of this kind about the subject replaced it, or it was withdrawn.
    """

    kind = models.CharField("nature", max_length=40)
    subject_key = models.CharField("objet", max_length=60)
    level = models.PositiveSmallIntegerField("urgence", choices=Level.choices, default=Level.NOTICE)
    title = models.CharField("titre", max_length=255)
    detail = models.TextField("détail", blank=True)
    url = models.CharField("page", max_length=255, blank=True)
    due_on = models.DateField("échéance", null=True)
    fingerprint = models.CharField(max_length=32, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="fait par",
    )
    posted_at = models.DateTimeField("postée le", default=clock.now)
    ended_at = models.DateTimeField("remplacée ou retirée le", null=True)

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_key"],
                condition=Q(ended_at=None),
                name="notice_current_once_per_subject",
            )
        ]
        indexes = [models.Index(fields=["posted_at"], name="notice_posted")]

    def __str__(self):
        return self.title


class NoticeAudience(models.Model):
    """Who a notice is for, as `AlertAudience` says it of alerts."""

    notice = models.ForeignKey(
        Notice, on_delete=models.CASCADE, related_name="audiences", verbose_name="avis", db_index=False
    )
    key = models.CharField("destinataire", max_length=60)
    since = models.DateTimeField("adressé le", default=clock.now)

    class Meta:
        verbose_name = "destinataire d'avis"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["notice", "key"], name="notice_audience_once")]
        indexes = [models.Index(fields=["key", "since"], name="notice_audience_news")]

    def __str__(self):
        return self.key
