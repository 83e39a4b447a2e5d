"""What is ordered with public money (domain.md A22): a session of the programme, or a lot that has none yet."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from config import clock
from pathways.models import EmploymentArea, Organisation, User
from prescriptions.models.offer import Session
from prescriptions.models.schemes import Scheme


class CommitmentQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(withdrawn_at=None)


class Commitment(models.Model):
    """So many places of a session, or of a lot, at so much each. price_per_place: euros; None: what the provider
    declares of the session, if anything.

    A session of the programme without a commitment is no part of the order. year: of the order.
    """

    session = models.ForeignKey(
        Session,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="commitments",
        verbose_name="session",
    )
    lot = models.CharField("lot", max_length=200, blank=True)
    provider = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="organisme",
    )
    area = models.ForeignKey(
        EmploymentArea,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="bassin d'emploi",
    )
    scheme = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="dispositif"
    )
    year = models.PositiveSmallIntegerField("année de la commande")
    places = models.PositiveIntegerField("places commandées")
    price_per_place = models.DecimalField(
        "prix par place (€)",
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    note = models.CharField("référence du marché, précision", max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name="saisi par"
    )
    recorded_at = models.DateTimeField("saisi le", default=clock.now)
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)

    history = HistoricalRecords()
    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = "engagement"
        ordering = ["year", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(session__isnull=False) | ~Q(lot=""), name="commitment_names_what_is_ordered"
            ),
            models.CheckConstraint(
                condition=Q(price_per_place=None) | Q(price_per_place__gte=0), name="commitment_is_no_debt"
            ),
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(withdrawn_at=None, session__isnull=False),
                name="commitment_once_per_session",
            ),
        ]

    def __str__(self):
        return self.lot or str(self.session)

    @property
    def amount(self):
        """Euros; None when the price is not known."""
        return None if self.price_per_place is None else self.places * self.price_per_place
