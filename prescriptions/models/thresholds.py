"""From when on an empty place is an alert: dated parameters, proposals of domain.md B13 and not law."""

from django.db import models
from django.db.models import F, Q

from notifications.enums import Level


class SaturationThresholdQuerySet(models.QuerySet):
    def in_force(self, day):
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


class SaturationThreshold(models.Model):
    """So many days before its opening, a session with empty places is an alert of this level.

    valid_to is excluded; none: still in force. Changing a threshold ends a row and adds another, so that a past alert
    stays explained.
    """

    days_before = models.PositiveSmallIntegerField("jours avant l'ouverture")
    level = models.PositiveSmallIntegerField("urgence", choices=Level.choices)
    valid_from = models.DateField("en vigueur depuis le")
    valid_to = models.DateField("jusqu'au (exclu)", null=True, blank=True)

    objects = SaturationThresholdQuerySet.as_manager()

    class Meta:
        verbose_name = "seuil de places vides"
        verbose_name_plural = "seuils de places vides"
        ordering = ["-days_before", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=Level.values), name="saturation_level_is_known"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="saturation_threshold_ends_after_its_start",
            ),
            models.UniqueConstraint(
                fields=["days_before"], condition=Q(valid_to=None), name="saturation_threshold_once_in_force"
            ),
        ]

    def __str__(self):
        return f"J-{self.days_before} : {self.get_level_display()}"
