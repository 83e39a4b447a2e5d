"""Jobs found: a projection of the facts `employ`, `leave_for_job` and `end_job` (followup.employment keeps it)."""

from django.db import models
from django.db.models import F, Q

from pathways import perms
from pathways.models import EmploymentArea, Event, Pathway
from pathways.outcomes import ContractType


class Employment(models.Model):
    """One job of one person, as its event says. area: where the job is, for the figures by bassin (CD13, art. 5-e)."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, primary_key=True, related_name="employment")
    pathway = models.ForeignKey(
        Pathway, on_delete=models.PROTECT, related_name="employments", verbose_name="parcours"
    )
    contract = models.CharField("contrat", max_length=20, choices=ContractType.choices)
    started_on = models.DateField("début")
    ended_on = models.DateField("fin", null=True, blank=True)
    planned_months = models.PositiveSmallIntegerField("durée prévue (mois)", null=True, blank=True)
    rome_code = models.CharField("métier (ROME)", max_length=5, blank=True)
    area = models.ForeignKey(
        EmploymentArea,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="bassin d'emploi",
    )
    employer = models.CharField("employeur", max_length=255, blank=True)

    objects = perms.ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "emploi"
        ordering = ["started_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="employment_ends_after_its_start",
            )
        ]

    def __str__(self):
        return f"{self.get_contract_display()} depuis le {self.started_on:%d/%m/%Y}"
