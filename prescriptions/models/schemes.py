"""Schemes and the rules they apply: dated rows, so that a new scheme or a changed rule is data (domain.md A21)."""

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from config import clock
from pathways.models import User


class Funder(models.TextChoices):
    """LHEO `code-financeur` (formats.md, section 1.3), those that pay for a scheme."""

    REGION = "2", "Conseil régional"
    POLE_EMPLOI = "4", "Pôle emploi"
    AGEFIPH = "7", "Agefiph"
    DEPARTMENT = "8", "Conseil départemental"
    STATE = "13", "État"
    OPCO = "16", "OPCA / OPCO"
    PERSON = "10", "Bénéficiaire (CPF)"
    OTHER = "0", "Autre"


class DatedQuerySet(models.QuerySet):
    def in_force(self, day):
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


class Scheme(models.Model):
    """A way to pay for training. try_order: which one to think of first (formats.md, section 8, « Order to try »).

    valid_to is excluded; none: still in force.
    """

    code = models.SlugField("code", max_length=20, unique=True)
    name = models.CharField("nom", max_length=100)
    description = models.TextField("en deux phrases", max_length=600, blank=True)
    funder = models.CharField("financeur", max_length=2, choices=Funder.choices)
    try_order = models.PositiveSmallIntegerField(
        "ordre d'essai", help_text="Le plus petit d'abord : le programme de la Région avant l'AIF."
    )
    valid_from = models.DateField("en vigueur depuis le")
    valid_to = models.DateField("jusqu'au (exclu)", null=True, blank=True)

    history = HistoricalRecords()
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "dispositif"
        ordering = ["try_order", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(funder__in=Funder.values), name="scheme_funder_is_known"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="scheme_ends_after_its_start",
                violation_error_message="La fin doit suivre le début.",
            ),
        ]

    def __str__(self):
        return self.name


class SchemeRule(models.Model):
    """One rule that a scheme applies between two days (the second excluded), with its parameters as JSON.

    Changing a rule ends a row and adds another, so that a verdict of the past stays explained. changed_by: who added
    this row; none for what came with Jalons.
    """

    scheme = models.ForeignKey(
        Scheme, on_delete=models.CASCADE, related_name="rules", verbose_name="dispositif"
    )
    rule = models.CharField("règle", max_length=40)
    parameters = models.JSONField("paramètres", default=dict, blank=True)
    valid_from = models.DateField("en vigueur depuis le")
    valid_to = models.DateField("jusqu'au (exclu)", null=True, blank=True)
    changed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    changed_at = models.DateTimeField("saisi le", default=clock.now)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "règle d'un dispositif"
        verbose_name_plural = "règles des dispositifs"
        ordering = ["scheme_id", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="scheme_rule_ends_after_its_start",
            ),
            models.UniqueConstraint(
                fields=["scheme", "rule"], condition=Q(valid_to=None), name="scheme_rule_once_in_force"
            ),
        ]

    def __str__(self):
        return f"{self.scheme} : {self.rule}"
