"""Where people live and train: communes and bassins d'emploi."""

from django.db import models


class EmploymentArea(models.Model):
    """A bassin d'emploi, held as an Insee zone d'emploi of a given vintage (formats.md, section 10).

    The agreements of 2017 predate the zones of 2020: code and vintage together name an area, so that a later division
    of the country does not rewrite the figures of an earlier one.
    """

    code = models.CharField("code", max_length=4)
    vintage = models.PositiveSmallIntegerField("millésime", default=2020)
    name = models.CharField("nom", max_length=100)

    class Meta:
        verbose_name = "bassin d'emploi"
        verbose_name_plural = "bassins d'emploi"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["code", "vintage"], name="employment_area_code_and_vintage")
        ]

    def __str__(self):
        return self.name


class Commune(models.Model):
    """A commune by its Insee code, with the bassin d'emploi it lies in and the centre of its town, when known."""

    insee_code = models.CharField("code Insee", max_length=5, primary_key=True)
    name = models.CharField("nom", max_length=100)
    postal_codes = models.JSONField("codes postaux", default=list)
    area = models.ForeignKey(
        EmploymentArea, on_delete=models.PROTECT, related_name="communes", verbose_name="bassin d'emploi"
    )
    latitude = models.FloatField("latitude", null=True, blank=True)
    longitude = models.FloatField("longitude", null=True, blank=True)

    class Meta:
        verbose_name = "commune"
        ordering = ["name", "insee_code"]

    def __str__(self):
        return self.name
