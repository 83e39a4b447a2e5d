"""The training offer as the Carif describes it: formation, action, session (LHEO)."""

from decimal import ROUND_HALF_UP, Decimal

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Greatest
from simple_history.models import HistoricalRecords

from config import clock
from pathways import perms
from pathways.identity import search_key
from pathways.models import Commune, EmploymentArea, Organisation
from pathways.words import Words
from prescriptions.enums import EntryMode, Recruitment


class Formation(models.Model):
    """A course as such: what it teaches and what it certifies."""

    carif_number = models.CharField("n° Carif", max_length=40, unique=True)
    title = models.CharField("intitulé", max_length=255)
    objective = models.TextField("objectif", blank=True)
    content = models.TextField("contenu", blank=True)
    formacodes = ArrayField(
        models.CharField(max_length=5), verbose_name="Formacode", default=list, blank=True
    )
    rome_codes = ArrayField(
        models.CharField(max_length=5), verbose_name="métiers (ROME)", default=list, blank=True
    )
    nsf_codes = ArrayField(models.CharField(max_length=3), verbose_name="NSF", default=list, blank=True)
    is_certifying = models.BooleanField("certifiante", default=False)
    rncp_code = models.CharField("RNCP", max_length=10, blank=True)
    certifinfo_code = models.CharField("Certif Info", max_length=10, blank=True)
    goal_code = models.CharField("objectif général (LHEO)", max_length=2, blank=True)
    level_in = models.CharField("niveau d'entrée", max_length=2, blank=True)
    level_out = models.CharField("niveau de sortie", max_length=2, blank=True)
    responsible = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="formations",
        verbose_name="organisme responsable",
    )
    updated_on_carif = models.DateField("mise à jour Carif", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "formation"
        ordering = ["title", "pk"]

    def __str__(self):
        return self.title


class TrainingAction(models.Model):
    """One way in which a formation is offered: by whom, where, for whom, paid by whom.

    financers: [{"code", "places", "programme"}] as read, never summed. regional_places: those under financer code 2.
    """

    formation = models.ForeignKey(
        Formation, on_delete=models.CASCADE, related_name="actions", verbose_name="formation"
    )
    carif_number = models.CharField("n° Carif", max_length=40)
    # Several actions may carry the same number (formats.md, section 1.6): their order in the file tells them apart.
    rank = models.PositiveSmallIntegerField("rang parmi les actions de même numéro", default=0)
    provider = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="actions", verbose_name="organisme formateur"
    )
    place_name = models.CharField("lieu", max_length=255, blank=True)
    address = models.CharField("adresse", max_length=255, blank=True)
    postal_code = models.CharField("code postal", max_length=5, blank=True)
    city = models.CharField("ville", max_length=100, blank=True)
    insee_code = models.CharField("code Insee", max_length=5, blank=True)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, null=True, blank=True, verbose_name="commune"
    )
    latitude = models.FloatField("latitude", null=True, blank=True)
    longitude = models.FloatField("longitude", null=True, blank=True)
    entry_mode = models.CharField(
        "entrées", max_length=10, choices=EntryMode.choices, default=EntryMode.FIXED
    )
    public_codes = ArrayField(
        models.CharField(max_length=5), verbose_name="publics", default=list, blank=True
    )
    recruitment_notes = models.TextField("modalités de recrutement", blank=True)
    conditions = models.TextField("conditions d'accès", blank=True)
    hours_centre = models.PositiveIntegerField("heures en centre", null=True, blank=True)
    hours_company = models.PositiveIntegerField("heures en entreprise", null=True, blank=True)
    hours_total = models.PositiveIntegerField("heures au total", null=True, blank=True)
    is_contracted = models.BooleanField("conventionnée", null=True)
    financers = models.JSONField("financeurs", default=list, blank=True)
    regional_places = models.PositiveIntegerField("places du programme régional", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "action de formation"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["formation", "carif_number", "rank"], name="action_carif_number_and_rank"
            )
        ]

    def __str__(self):
        return f"{self.formation}, {self.city or 'à distance'}"

    @property
    def is_regional(self):
        """Paid by the Région (financer code 2)."""
        return any(financer["code"] == "2" for financer in self.financers)


#: Seats of the capacity that nobody holds, null when it is unknown; never below 0 where there is overbooking.
SEATS_FREE = Case(When(capacity__isnull=False, then=Greatest(0, F("capacity") - F("seats_held"))))


class SessionQuerySet(perms.ScopedQuerySet):
    def upcoming(self, day=None):
        return self.filter(starts_on__gte=day or clock.today(), cancelled_on=None)

    def regional(self):
        return self.filter(is_regional=True)

    def with_empty_seats(self):
        """Sessions whose capacity is known and not all held."""
        return self.filter(capacity__gt=F("seats_held"))

    def with_seats_to_give(self):
        """Sessions in which somebody may still be seated, overbooking included; `to_give`: how many."""
        return self.annotate(to_give=F("capacity") + F("overbooking") - F("seats_held")).filter(to_give__gt=0)

    def matching(self, text):
        return self.filter(search_key__words=text) if text else self

    def about(self, terms):
        """Sessions that bear one of each list of terms (`prescriptions.jobs.terms`)."""
        return self.filter(search_key__terms=terms) if terms else self

    def with_offer(self):
        return self.select_related("action__formation", "provider", "area", "action__commune")


class Session(models.Model):
    """A run of an action between two dates, with seats.

    provider, area, title and is_regional repeat the action's, so that lists read one table. seats_held is a projection
    of the prescriptions that hold a seat (`prescriptions.places`). declared_*: whose figures these are.
    price: euros, all taxes included, for one trainee and the whole session; hours: of one trainee. known_on: the day on
    which Jalons learnt of the session.
    overbooking: seats beyond the capacity that the Région has decided. seats_given_up: seats that Jalons itself offers
    to those who wait (decision 16).
    """

    action = models.ForeignKey(
        TrainingAction, on_delete=models.CASCADE, related_name="sessions", verbose_name="action"
    )
    carif_number = models.CharField("n° Carif", max_length=40)
    title = models.CharField("intitulé", max_length=255)
    provider = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="sessions", verbose_name="organisme formateur"
    )
    area = models.ForeignKey(
        EmploymentArea,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="bassin d'emploi",
    )
    is_regional = models.BooleanField("programme régional", default=False)
    starts_on = models.DateField("ouverture", null=True, blank=True)
    ends_on = models.DateField("clôture", null=True, blank=True)
    registration_starts_on = models.DateField("inscriptions du", null=True, blank=True)
    registration_ends_on = models.DateField("inscriptions au", null=True, blank=True)
    recruitment = models.CharField(
        "recrutement", max_length=10, choices=Recruitment.choices, blank=True, default=""
    )
    capacity = models.PositiveIntegerField("places", null=True, blank=True)
    minimum = models.PositiveIntegerField("effectif minimal", null=True, blank=True)
    overbooking = models.PositiveIntegerField("places en surréservation", default=0)
    overbooking_reason = models.CharField(
        "motif de la surréservation", max_length=300, blank=True, default=""
    )
    overbooked_on = models.DateField("surréservation décidée le", null=True, blank=True)
    seats_held = models.PositiveIntegerField("places tenues", default=0)
    hours = models.PositiveIntegerField("heures par stagiaire", null=True, blank=True)
    price = models.DecimalField("prix par place", max_digits=9, decimal_places=2, null=True, blank=True)
    seats_given_up = models.PositiveIntegerField("places à proposer à la suite", default=0)
    offers_suspended_on = models.DateField("propositions suspendues le", null=True, blank=True)
    offers_suspension_reason = models.CharField(
        "motif de la suspension", max_length=300, blank=True, default=""
    )
    cancelled_on = models.DateField("annulée le", null=True, blank=True)
    replaced_by = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="replaces",
        db_index=False,
        verbose_name="remplacée par",
    )
    postponed_from = models.DateField("reportée, devait ouvrir le", null=True, blank=True)
    postponed_at = models.DateTimeField("reportée le", null=True, blank=True)
    postponement_reason = models.TextField("raison du report", blank=True, default="")
    known_on = models.DateField("connue depuis le", default=clock.today, editable=False)
    declared_by = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="déclaré par"
    )
    declared_at = models.DateTimeField("déclaré le", default=clock.now)
    search_key = models.CharField(max_length=600, editable=False)

    history = HistoricalRecords(
        excluded_fields=["search_key", "seats_held", "seats_given_up", "known_on"],
        no_db_index=["action", "provider", "area", "replaced_by"],
    )
    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = "session"
        ordering = ["starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["action", "carif_number"], name="session_carif_number"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="session_closes_after_its_opening",
                violation_error_message="La clôture ne peut pas précéder l'ouverture.",
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(seats_held__lte=F("capacity") + F("overbooking")),
                name="session_never_overfull",
                violation_error_message="Il y a déjà plus de places tenues que cela.",
            ),
            models.CheckConstraint(
                condition=Q(price=None) | Q(price__gte=0), name="session_price_is_no_debt"
            ),
            models.CheckConstraint(
                condition=Q(overbooking=0)
                | (Q(overbooked_on__isnull=False, capacity__isnull=False) & ~Q(overbooking_reason="")),
                name="session_overbooking_was_decided",
                violation_error_message="Une surréservation porte sa date, son motif et un nombre de places connu.",
            ),
            models.CheckConstraint(
                condition=Q(offers_suspended_on=None) | ~Q(offers_suspension_reason=""),
                name="session_suspension_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(recruitment__in=Recruitment.values), name="session_recruitment_is_known"
            ),
        ]
        indexes = [
            # It covers the list of sessions to come: those of the past are passed over without being read.
            models.Index(
                fields=["starts_on", "id"],
                include=["ends_on", "cancelled_on", "action"],
                name="session_opening",
            ),
            GinIndex(Words("search_key"), name="session_words"),
            # The calendar looks for the closings of a month.
            models.Index(fields=["ends_on"], name="session_closing", condition=Q(cancelled_on=None)),
            models.Index(fields=["provider", "starts_on"], name="session_of_provider"),
            models.Index(fields=["area", "starts_on"], name="session_of_area"),
            models.Index(
                fields=["postponed_at"], name="session_postponed", condition=Q(postponed_at__isnull=False)
            ),
            models.Index(fields=["ends_on"], name="session_passing_on", condition=Q(seats_given_up__gt=0)),
        ]

    def __str__(self):
        return f"{self.title} ({self.carif_number})"

    def save(self, *args, **kwargs):
        self.search_key = self.compute_search_key()
        if kwargs.get("update_fields"):
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_key"}
        super().save(*args, **kwargs)

    def compute_search_key(self):
        """What a search for a session looks into."""
        formation = self.action.formation
        return search_key(
            self.title,
            self.carif_number,
            self.provider.name,
            self.action.city,
            *formation.rome_codes,
            *formation.formacodes,
        )

    @property
    def seats_left(self):
        """Seats of the capacity that nobody holds; None when it is unknown. Overbooking is no seat to fill."""
        return None if self.capacity is None else max(0, self.capacity - self.seats_held)

    @property
    def seats_total(self):
        """The most people that may hold a seat, overbooking included; None when the capacity is unknown."""
        return None if self.capacity is None else self.capacity + self.overbooking

    @property
    def seats_to_give(self):
        """Seats that may still be given, overbooking included; 0 when the capacity is unknown."""
        return 0 if self.capacity is None else max(0, self.seats_total - self.seats_held)

    @property
    def seats_passing(self):
        """How many free seats go to those who wait without anybody's decision."""
        return min(self.seats_given_up, self.seats_to_give)

    @property
    def hourly_cost(self) -> Decimal | None:
        """Euros for one hour of one trainee, to the cent; None when the price or the hours are unknown."""
        if self.price is None or not self.hours:
            return None
        return (self.price / self.hours).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def is_permanent(self):
        return self.action.entry_mode == EntryMode.PERMANENT
