"""Values of the dated parameters that people have chosen (`pathways.parameters` declares them)."""

from django.db import models
from django.db.models import Q

from config import clock
from pathways.models.actors import Organisation, User


class ParameterValueQuerySet(models.QuerySet):
    def standing(self):
        """Without the values taken back before their day."""
        return self.filter(withdrawn_at=None)

    def begun(self, day):
        """What had taken effect by `day`, the value in force first for each parameter."""
        return self.standing().filter(valid_from__lte=day).order_by("code", "-valid_from", "-pk")


class ParameterValue(models.Model):
    """From `valid_from` on, the parameter `code` has this value, until another row takes over.

    Rows are added, never changed, so that a past alert or refusal stays explained; a value planned for later can be
    taken back before its day.
    """

    code = models.CharField("paramètre", max_length=60)
    value = models.IntegerField("valeur")
    valid_from = models.DateField("en vigueur à partir du")
    reason = models.CharField("raison", max_length=300)
    set_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="choisi par"
    )
    set_by_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="pour"
    )
    set_at = models.DateTimeField("choisi le", default=clock.now)
    withdrawn_at = models.DateTimeField("repris le", null=True, blank=True)

    objects = ParameterValueQuerySet.as_manager()

    class Meta:
        verbose_name = "valeur d'un paramètre"
        verbose_name_plural = "valeurs des paramètres"
        ordering = ["code", "-valid_from", "-pk"]
        indexes = [
            models.Index(
                fields=["code", "-valid_from", "-id"],
                name="parameter_in_force",
                condition=Q(withdrawn_at=None),
            )
        ]

    def __str__(self):
        return f"{self.code} = {self.value} à partir du {self.valid_from:%d/%m/%Y}"
