"""The history: one row per fact, append-only. A trigger refuses UPDATE, DELETE and TRUNCATE (migration 0002)."""

from django.db import models
from django.db.models import Q

from config import clock
from pathways import perms
from pathways.enums import Origin, Role
from pathways.models.actors import Organisation, User


class EventQuerySet(perms.ScopedQuerySet):
    def about(self, pathway_ids):
        """What was recorded about these people, also in the files joined to theirs."""
        from pathways.models.pathway import Pathway

        files = Pathway.objects.filter(Q(pk__in=pathway_ids) | Q(merged_into__in=pathway_ids))
        return self.filter(pathway__in=files.order_by().values("pk"))

    def merges(self):
        return self.filter(kind="merge")


class Event(models.Model):
    """A fact about a pathway, who stated it and when.

    occurred_on: when it was true. recorded_at: when we learnt it. from_state, to_state: the pathway's, as seen when
    the fact was recorded (a later correction may have replayed them). subject_id: the prescription it is about.
    position: rank within the day; a corrected fact takes the place of the one it replaces. annuls: the fact taken back.
    """

    id = models.BigAutoField(primary_key=True)
    pathway = models.ForeignKey(
        "pathways.Pathway", on_delete=models.PROTECT, related_name="events", db_index=False
    )
    kind = models.CharField("fait", max_length=40)
    subject_id = models.BigIntegerField("prescription concernée", null=True)
    occurred_on = models.DateField("survenu le")
    recorded_at = models.DateTimeField("saisi le", default=clock.now)
    position = models.BigIntegerField("rang", null=True)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    role = models.CharField("rôle", max_length=30)
    origin = models.CharField("origine", max_length=10, choices=Origin.choices, default=Origin.DECLARED)
    from_state = models.CharField("de", max_length=20, blank=True)
    to_state = models.CharField("à", max_length=20, blank=True)
    reason = models.CharField("motif", max_length=40, blank=True)
    comment = models.TextField("commentaire", blank=True)
    payload = models.JSONField("détails", default=dict, blank=True)
    idempotency_key = models.CharField("clé d'idempotence", max_length=100, null=True)
    annuls = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="annulled_by", db_index=False
    )

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "évènement"
        ordering = ["pathway_id", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="event_origin_is_known"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="event_role_is_known"),
            models.CheckConstraint(
                condition=Q(role=Role.SYSTEM) | Q(actor__isnull=False, organisation__isnull=False),
                name="event_says_who",
            ),
            models.CheckConstraint(
                condition=Q(kind="annul", annuls__isnull=False) | (~Q(kind="annul") & Q(annuls=None)),
                name="event_annuls_only_as_annulment",
            ),
            models.UniqueConstraint(
                fields=["pathway", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="event_stated_once_per_key",
            ),
        ]
        indexes = [
            models.Index(fields=["pathway", "occurred_on", "id"], name="event_story"),
            models.Index(fields=["id"], name="event_merges", condition=Q(kind="merge")),
        ]

    def __str__(self):
        return f"{self.kind} le {self.occurred_on}"
