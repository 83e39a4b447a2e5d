"""The outbox: each e-mail to send, what it tells, and where it stands."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from config import clock
from notifications.enums import HELD, MailState, Source


class Mail(models.Model):
    """One e-mail to one person. What it tells stands in its lines, written in the same transaction.

    key: what it is, once (« digest:12:2026-03-02T07 »). message_id: drawn from the key, so that it can be recognised.
    next_attempt_at: when a sender may take it. holder, lease_until: the sender that has it, and until when it is left
    alone. error: what the server last answered, in the administrator's list.
    """

    key = models.CharField("clé", max_length=120, unique=True)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name="destinataire"
    )
    address = models.EmailField("adresse")
    subject = models.CharField("objet", max_length=200)
    text = models.TextField("texte")
    html = models.TextField("page")
    message_id = models.CharField("Message-ID", max_length=120, unique=True)
    status = models.CharField("état", max_length=9, choices=MailState.choices, default=MailState.READY)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    next_attempt_at = models.DateTimeField("prochain essai", default=clock.now)
    holder = models.UUIDField("pris par", null=True)
    lease_until = models.DateTimeField("pris jusqu'à", null=True)
    error = models.TextField("dernière réponse", blank=True, default="")
    created_at = models.DateTimeField("écrit le", default=clock.now)
    ended_at = models.DateTimeField("terminé le", null=True)

    class Meta:
        verbose_name = "courriel"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=MailState.values), name="mail_state_is_known"),
            models.CheckConstraint(
                condition=Q(status__in=HELD, holder__isnull=False, lease_until__isnull=False)
                | (~Q(status__in=HELD) & Q(holder=None, lease_until=None)),
                name="mail_is_held_while_it_is_sent",
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at", "id"], name="mail_to_send", condition=Q(status="ready")),
            models.Index(fields=["lease_until"], name="mail_held", condition=Q(lease_until__isnull=False)),
            models.Index(fields=["status", "-created_at"], name="mail_list"),
        ]

    def __str__(self):
        return f"{self.subject} ({self.address})"


class MailLine(models.Model):
    """A mail tells one piece of news: the database refuses to tell it to the same person a second time."""

    mail = models.ForeignKey(Mail, on_delete=models.CASCADE, related_name="lines", verbose_name="courriel")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", db_index=False
    )
    source = models.CharField("source", max_length=6, choices=Source.choices)
    source_id = models.BigIntegerField("alerte ou avis")
    level = models.PositiveSmallIntegerField("urgence")

    class Meta:
        verbose_name = "ligne de courriel"
        verbose_name_plural = "lignes de courriel"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "source", "source_id", "level"], name="news_mailed_once_per_recipient"
            )
        ]

    def __str__(self):
        return f"{self.source} {self.source_id}"
