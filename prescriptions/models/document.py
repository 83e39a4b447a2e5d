"""An AIS or an AES as it was issued: frozen. A trigger refuses UPDATE, DELETE and TRUNCATE (migration)."""

from django.db import models
from django.db.models import Q

from pathways import perms
from pathways.models import Event, Organisation, User
from prescriptions.documents.kinds import DocumentKind
from prescriptions.models.prescription import Prescription


class IssuedDocumentQuerySet(perms.ScopedQuerySet):
    def in_force(self):
        """Not replaced by another; whether the fact still holds, `documents.standing` says."""
        return self.filter(replaced_by=None)

    def with_all(self):
        return self.select_related("event", "replaced_by", "issued_by", "provider")


class IssuedDocument(models.Model):
    """What was issued about one fact, by whom and when; the paper is rendered from `content`, never from today's rows.

    event: the `register` or `enter` that it attests; once that fact is taken back the document is worth nothing.
    replaces: the document of the same fact that this one takes the place of (a name or a session put right). rank: its
    place in the numbers of this provider and year, without gap. fingerprint: SHA-256 of the canonical content.
    """

    kind = models.CharField("document", max_length=3, choices=DocumentKind.choices)
    provider = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="organisme", db_index=False
    )
    year = models.PositiveSmallIntegerField("année")
    rank = models.PositiveIntegerField("rang")
    prescription = models.ForeignKey(
        Prescription, on_delete=models.PROTECT, related_name="documents", verbose_name="prescription"
    )
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="+", verbose_name="fait attesté", db_index=False
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by", verbose_name="remplace"
    )
    content = models.JSONField("contenu")
    fingerprint = models.CharField("empreinte", max_length=64, unique=True, db_collation="C")
    issued_at = models.DateTimeField("émis le")
    issued_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name="émis par", db_index=False
    )

    objects = IssuedDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "attestation"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DocumentKind.values), name="document_kind_is_known"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="document_numbered_from_one"),
            models.UniqueConstraint(fields=["provider", "kind", "year", "rank"], name="document_number_once"),
            models.UniqueConstraint(
                fields=["event"], condition=Q(replaces=None), name="document_issued_once_per_fact"
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def number(self):
        """« AES-2018-000123 »: unique for one provider; the fingerprint tells two providers' apart."""
        return number_of(self.kind, self.year, self.rank)


def number_of(kind, year, rank):
    return f"{kind}-{year}-{rank:06d}"
