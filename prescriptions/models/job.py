"""The labels behind the codes of the offer: jobs (ROME) and domains of training (Formacode).

Filled by `manage.py import_jobs`; a search for words finds the codes whose label bears them.
"""

from django.db import models

from pathways.identity import search_key


class LabelledCode(models.Model):
    """A code and its label. search_key: the label's words without accents."""

    label = models.CharField("libellé", max_length=255)
    search_key = models.CharField(max_length=255, editable=False)

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.label} ({self.pk})"

    def save(self, *args, **kwargs):
        self.search_key = search_key(self.label)[:255]
        super().save(*args, **kwargs)


class Job(LabelledCode):
    """A job of the ROME: one letter and four digits."""

    code = models.CharField("code ROME", max_length=5, primary_key=True)

    class Meta:
        verbose_name = "métier"
        ordering = ["label", "code"]


class TrainingDomain(LabelledCode):
    """A domain of the Formacode: the three digits with which its codes begin."""

    code = models.CharField("domaine Formacode", max_length=3, primary_key=True)

    class Meta:
        verbose_name = "domaine de formation"
        verbose_name_plural = "domaines de formation"
        ordering = ["label", "code"]
