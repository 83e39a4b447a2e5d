"""Seats that the Région keeps for a public, and the overbooking that it proposes by provider (domain.md A19)."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from config import clock
from pathways import perms
from pathways.models import Cohort, EmploymentArea, Organisation, User
from prescriptions.models.offer import Session


class ReservedPublicQuerySet(perms.ScopedQuerySet):
    def in_use(self):
        return self.filter(retired_on=None)


class ReservedPublic(models.Model):
    """For whom seats may be kept: whoever meets every criterion that is filled in, on the day of the opening.

    letter: all that a provider is told (« place réservée A »): a criterion could disclose somebody's situation.
    Criteria never change, since seats are kept by them: another public is written and this one retired.
    """

    letter = models.CharField("lettre", max_length=4, unique=True)
    name = models.CharField("nom", max_length=150)
    cohort = models.ForeignKey(
        Cohort, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="cohorte"
    )
    department = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Département",
    )
    pole = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="pôle d'insertion",
    )
    area = models.ForeignKey(
        EmploymentArea,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="bassin d'emploi",
    )
    min_age = models.PositiveSmallIntegerField("âge minimal", null=True, blank=True)
    max_age = models.PositiveSmallIntegerField("âge maximal", null=True, blank=True)
    registered_months = models.PositiveSmallIntegerField(
        "inscription à Pôle emploi depuis au moins (mois)", null=True, blank=True
    )
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="créé par"
    )
    created_on = models.DateField("créé le", default=clock.today)
    retired_on = models.DateField("retiré le", null=True, blank=True)

    objects = ReservedPublicQuerySet.as_manager()

    class Meta:
        verbose_name = "public réservé"
        verbose_name_plural = "publics réservés"
        ordering = ["letter", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cohort__isnull=False)
                | Q(department__isnull=False)
                | Q(pole__isnull=False)
                | Q(area__isnull=False)
                | Q(min_age__isnull=False)
                | Q(max_age__isnull=False)
                | Q(registered_months__isnull=False),
                name="reserved_public_has_a_criterion",
                violation_error_message="Renseignez au moins un critère : sans critère, tout le monde en serait.",
            ),
            models.CheckConstraint(
                condition=Q(min_age=None) | Q(max_age=None) | Q(max_age__gte=models.F("min_age")),
                name="reserved_public_ages_in_order",
                violation_error_message="L'âge maximal est inférieur à l'âge minimal.",
            ),
        ]

    def __str__(self):
        return f"{self.letter}. {self.name}"


class SeatQuotaQuerySet(perms.ScopedQuerySet):
    def in_force(self):
        """Those that the Région has not ended; after their release they keep nothing any more."""
        return self.filter(ended_at=None)


class SeatQuota(models.Model):
    """Seats of a session kept for a public until `releases_on`, from which day on they are everybody's.

    A quota never changes: another number or day ends it and adds one, so that any day's quotas can be read again.
    released_at: when Jalons handed the seats left unused to those who wait; what is kept depends on the day alone.
    """

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="quotas", verbose_name="session"
    )
    public = models.ForeignKey(
        ReservedPublic, on_delete=models.PROTECT, related_name="quotas", verbose_name="public"
    )
    seats = models.PositiveSmallIntegerField("places", validators=[MinValueValidator(1)])
    releases_on = models.DateField("libérées le")
    set_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="décidé par"
    )
    set_at = models.DateTimeField("décidé le", default=clock.now)
    ended_at = models.DateTimeField("remplacé le", null=True, blank=True)
    released_at = models.DateTimeField(null=True, editable=False)

    objects = SeatQuotaQuerySet.as_manager()

    class Meta:
        verbose_name = "places réservées"
        verbose_name_plural = "places réservées"
        ordering = ["session", "public__letter", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(seats__gte=1), name="seat_quota_keeps_a_seat"),
            models.UniqueConstraint(
                fields=["session", "public"],
                condition=Q(ended_at=None),
                name="seat_quota_once_per_public_in_force",
            ),
        ]
        indexes = [
            models.Index(
                fields=["releases_on"],
                name="seat_quota_to_release",
                condition=Q(ended_at=None, released_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.seats} places réservées ({self.public.letter}), {self.session}"


class OverbookingProposal(models.Model):
    """The overbooking that the Région usually wants for a provider: it fills a form in, and decides nothing."""

    provider = models.OneToOneField(
        Organisation,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="overbooking_proposal",
        verbose_name="organisme",
    )
    seats = models.PositiveSmallIntegerField(
        "places au-delà de la capacité", validators=[MaxValueValidator(20)]
    )
    reason = models.CharField("motif", max_length=300)
    set_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="décidé par"
    )
    set_at = models.DateTimeField("décidé le", default=clock.now)

    class Meta:
        verbose_name = "surréservation proposée"
        verbose_name_plural = "surréservations proposées"
        ordering = ["provider"]

    def __str__(self):
        return f"{self.seats} ({self.provider})"
