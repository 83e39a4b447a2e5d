"""What a person has read, and how they want to be told by e-mail."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from config import clock
from notifications.enums import Rhythm, Source, Weekday

#: Hours of the day at which a digest may leave: none falls into the hour that a change of time skips or repeats.
FIRST_HOUR, LAST_HOUR = 6, 20


class ReadMark(models.Model):
    """A person has read one piece of news: an alert at a level, or a notice."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        verbose_name="lecteur",
    )
    source = models.CharField("source", max_length=6, choices=Source.choices)
    source_id = models.BigIntegerField("alerte ou avis")
    level = models.PositiveSmallIntegerField("urgence")
    read_at = models.DateTimeField("lue le", default=clock.now)

    class Meta:
        verbose_name = "lecture"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "source", "source_id", "level"], name="news_read_once")
        ]

    def __str__(self):
        return f"{self.source} {self.source_id}"


class Subscription(models.Model):
    """The e-mails that a person receives; made with the rhythm of their role when they are first seen.

    choices: kind code -> Delivery, for the kinds whose usual delivery the person changed. next_digest_at: the moment
    of the next digest (none: never, or the person has left). covered_until: news before it has had its digest.
    bounced: the address that a mail server refused; nothing is written to it any more.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="subscription",
        verbose_name="personne",
    )
    rhythm = models.CharField("récapitulatif", max_length=6, choices=Rhythm.choices, default=Rhythm.DAILY)
    weekday = models.PositiveSmallIntegerField("jour", choices=Weekday.choices, default=Weekday.MONDAY)
    hour = models.PositiveSmallIntegerField(
        "heure", default=8, validators=[MinValueValidator(FIRST_HOUR), MaxValueValidator(LAST_HOUR)]
    )
    choices = models.JSONField("choix par nature", default=dict, blank=True)
    next_digest_at = models.DateTimeField("prochain récapitulatif", null=True)
    covered_until = models.DateTimeField("couvert jusqu'au")
    bounced = models.EmailField("adresse refusée", blank=True, default="")

    class Meta:
        verbose_name = "abonnement aux courriels"
        verbose_name_plural = "abonnements aux courriels"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rhythm__in=Rhythm.values), name="subscription_rhythm_is_known"
            ),
            models.CheckConstraint(
                condition=Q(weekday__in=Weekday.values), name="subscription_weekday_is_known"
            ),
            models.CheckConstraint(
                condition=Q(hour__gte=FIRST_HOUR, hour__lte=LAST_HOUR), name="subscription_hour_is_in_the_day"
            ),
        ]
        indexes = [models.Index(fields=["next_digest_at"], name="subscription_due")]

    def __str__(self):
        return f"{self.get_rhythm_display()}, {self.hour} h"
