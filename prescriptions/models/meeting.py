"""What comes before an opening: information sessions and commissions, as announced (PE, art. 4)."""

from django.db import models
from django.db.models import Q

from config import clock
from pathways.models import Organisation
from prescriptions.enums import MeetingKind
from prescriptions.models.offer import Session


class MeetingQuerySet(models.QuerySet):
    def coming(self, day=None):
        return self.filter(held_on__gte=day or clock.today())

    def of_kind(self, kind):
        return self.filter(kind=kind)


class StandingManager(models.Manager.from_queryset(MeetingQuerySet)):
    """Meetings that are still announced."""

    def get_queryset(self):
        return super().get_queryset().filter(withdrawn_at=None)


class Meeting(models.Model):
    """One information session or commission of a session.

    A row is never changed: another day, hour or place withdraws it and announces a new one, so that what was announced
    by a given day is still known. declared_by: none when a file of the Carif-Oref tells it; declared_at is then the
    day of the file, recorded_at when it was read. seats: how many people it can receive; none: as many as come.
    """

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="meetings", verbose_name="session"
    )
    kind = models.CharField("nature", max_length=12, choices=MeetingKind.choices)
    held_on = models.DateField("jour")
    starts_at = models.TimeField("heure", null=True, blank=True)
    place = models.CharField("lieu", max_length=255, blank=True)
    seats = models.PositiveIntegerField("nombre de personnes", null=True, blank=True)
    declared_by = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="déclaré par",
        db_index=False,
    )
    declared_at = models.DateTimeField("déclaré le", default=clock.now)
    recorded_at = models.DateTimeField("connu le", default=clock.now)
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)

    objects = StandingManager()
    #: Withdrawn ones included.
    announced = models.Manager.from_queryset(MeetingQuerySet)()

    class Meta:
        verbose_name = "rendez-vous de session"
        verbose_name_plural = "rendez-vous de session"
        ordering = ["held_on", "starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=MeetingKind.values), name="session_meeting_kind_is_known"
            ),
            models.UniqueConstraint(
                fields=["session", "kind", "held_on", "starts_at", "place"],
                condition=Q(withdrawn_at=None),
                nulls_distinct=False,
                name="session_meeting_announced_once",
            ),
        ]
        indexes = [
            models.Index(fields=["held_on", "id"], name="session_meeting_day", condition=Q(withdrawn_at=None))
        ]

    def __str__(self):
        return f"{self.get_kind_display()} du {self.when}"

    @property
    def when(self) -> str:
        """« 03/04/2026 à 9 h 30 »."""
        hour = ""
        if self.starts_at is not None:
            minutes = f" {self.starts_at:%M}" if self.starts_at.minute else ""
            hour = f" à {self.starts_at.hour} h{minutes}"
        return f"{self.held_on:%d/%m/%Y}{hour}"

    @property
    def announced_as(self) -> tuple:
        """What is announced, for comparing: kind, day, hour, place, seats."""
        return (self.kind, self.held_on, self.starts_at, self.place, self.seats)
