"""Cohorts and the decisions that let people in (domain.md, A1)."""

from django.db import models

from config import clock
from pathways.models.actors import Organisation, User
from pathways.models.beneficiary import Beneficiary


class Cohort(models.Model):
    """A cohort of beneficiaries under one convention.

    reference_date: the day at which « less than a year in the RSA » is measured, a parameter because the agreement does
    not say which (domain.md, A, ambiguity 2). rule: the version of the membership rule (`pathways.cohort_rule`).
    """

    code = models.CharField("code", max_length=30, unique=True)
    name = models.CharField("nom", max_length=150)
    department = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="cohorts", verbose_name="Département"
    )
    reference_date = models.DateField("date de référence de la règle d'entrée")
    rule = models.CharField("règle d'entrée", max_length=30, default="A1-2017")
    rsa_months_limit = models.PositiveSmallIntegerField("ancienneté maximale dans le RSA (mois)", default=12)
    opened_on = models.DateField("ouverte le", default=clock.today)

    class Meta:
        verbose_name = "cohorte"
        ordering = ["-reference_date", "code"]

    def __str__(self):
        return self.name


class CohortDecision(models.Model):
    """What the rule answered for one person on one day, criterion by criterion. Rows are added, never changed."""

    cohort = models.ForeignKey(
        Cohort, on_delete=models.PROTECT, related_name="decisions", verbose_name="cohorte"
    )
    beneficiary = models.ForeignKey(
        Beneficiary, on_delete=models.PROTECT, related_name="cohort_decisions", verbose_name="bénéficiaire"
    )
    decided_at = models.DateTimeField("décidé le", default=clock.now)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="par"
    )
    reference_date = models.DateField("date de référence")
    rule = models.CharField("règle", max_length=30)
    is_eligible = models.BooleanField("remplit les conditions")
    #: [{"code", "label", "is_met", "value", "explanation"}], one per criterion.
    criteria = models.JSONField("critères")

    class Meta:
        verbose_name = "décision d'entrée dans la cohorte"
        ordering = ["-decided_at", "-pk"]
        indexes = [models.Index(fields=["beneficiary", "cohort", "-decided_at"], name="decision_latest")]

    def __str__(self):
        return f"{self.beneficiary} : {'retenu' if self.is_eligible else 'non retenu'} ({self.cohort})"
