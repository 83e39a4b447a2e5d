"""Two files that may be one person: the pairs found, and those that somebody has set aside."""

from django.db import models
from django.db.models import F, Q

from config import clock
from pathways.merging.likeness import Strength
from pathways.models.actors import Organisation, User
from pathways.models.beneficiary import Beneficiary


class DuplicatePair(models.Model):
    """A pair found by the comparison; the file with the lower key first. What is alike is read from the two rows.

    strength: as of the comparison, to list the strongest first.
    """

    first = models.ForeignKey(Beneficiary, on_delete=models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Beneficiary, on_delete=models.CASCADE, related_name="+")
    strength = models.PositiveSmallIntegerField("vraisemblance", choices=Strength.choices)
    found_at = models.DateTimeField("trouvée le", default=clock.now)

    class Meta:
        verbose_name = "doublon possible"
        verbose_name_plural = "doublons possibles"
        ordering = ["-strength", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_pair_in_order"),
            models.CheckConstraint(
                condition=Q(strength__in=Strength.values), name="duplicate_strength_is_known"
            ),
        ]
        indexes = [models.Index(fields=["-strength", "id"], name="duplicate_strongest_first")]

    def __str__(self):
        return f"{self.first} et {self.second}"


class DuplicateDismissal(models.Model):
    """« Ce ne sont pas les mêmes »: who said so, when and why. Taken back, it keeps its row and says by whom."""

    first = models.ForeignKey(Beneficiary, on_delete=models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Beneficiary, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField("raison", max_length=300)
    dismissed_at = models.DateTimeField("écarté le", default=clock.now)
    dismissed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name="par"
    )
    dismissed_for = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name="pour"
    )
    taken_back_at = models.DateTimeField("repris le", null=True)
    taken_back_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="repris par"
    )

    class Meta:
        verbose_name = "doublon écarté"
        verbose_name_plural = "doublons écartés"
        ordering = ["-dismissed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"], condition=Q(taken_back_at=None), name="duplicate_dismissed_once"
            ),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_dismissal_in_order"),
            models.CheckConstraint(condition=~Q(reason=""), name="duplicate_dismissal_says_why"),
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_by=None)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="duplicate_dismissal_taken_back_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.first} et {self.second} : {self.reason}"
