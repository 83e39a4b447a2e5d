"""Imports in two steps: preview line by line, then confirm. Files of every kind share these two tables."""

from django.db import models
from django.db.models import Q

from config import clock
from pathways import perms
from pathways.models.actors import Organisation, User


class ImportRun(models.Model):
    """One file handed in by one person. What is due stands here: a worker that dies is replaced by the sweep."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", "À analyser"
        CHECKING = "checking", "Analyse en cours"
        PREVIEWED = "previewed", "À confirmer"
        CONFIRMED = "confirmed", "Confirmé"
        WRITING = "writing", "Enregistrement en cours"
        DONE = "done", "Terminé"
        FAILED = "failed", "Refusé"
        CANCELLED = "cancelled", "Abandonné"

    #: The statuses in which a worker has something to do.
    DUE = (Status.UPLOADED, Status.CHECKING, Status.CONFIRMED, Status.WRITING)

    kind = models.CharField("type de fichier", max_length=20)
    status = models.CharField("étape", max_length=12, choices=Status.choices, default=Status.UPLOADED)
    file = models.FileField("fichier", upload_to="imports/%Y/%m/")
    file_name = models.CharField("nom du fichier", max_length=255)
    parameters = models.JSONField("paramètres", default=dict)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="déposé par")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="pour"
    )
    role = models.CharField("rôle", max_length=30)
    created_at = models.DateTimeField("déposé le", default=clock.now)
    started_at = models.DateTimeField("pris en charge le", null=True)
    heartbeat_at = models.DateTimeField("dernier signe", null=True)
    finished_at = models.DateTimeField("terminé le", null=True)
    progress = models.PositiveIntegerField("lignes traitées", default=0)
    total = models.PositiveIntegerField("lignes en tout", null=True)
    counts = models.JSONField("bilan", default=dict)
    error = models.TextField("erreur", blank=True)
    error_next_step = models.TextField("remède", blank=True)

    objects = perms.ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "import"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="failed") | ~Q(error=""), name="import_failure_is_explained"
            ),
        ]
        indexes = [
            models.Index(
                fields=["status"],
                name="import_due",
                condition=Q(status__in=["uploaded", "checking", "confirmed", "writing"]),
            )
        ]

    def __str__(self):
        return self.file_name


class ImportLine(models.Model):
    """What an import will do, or did, with one item of its file, and every remark about it."""

    class Verdict(models.TextChoices):
        CREATED = "created", "Créé"
        UPDATED = "updated", "Mis à jour"
        UNCHANGED = "unchanged", "Inchangé"
        REJECTED = "rejected", "Rejeté"

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField("rang")
    locator = models.CharField("endroit du fichier", max_length=200)
    title = models.CharField("intitulé", max_length=300)
    verdict = models.CharField("verdict", max_length=10, choices=Verdict.choices)
    #: [{"level": rejected|warning|completeness, "code", "path", "line", "value", "message", "remedy"}]
    findings = models.JSONField("remarques", default=list)
    explanation = models.TextField("explication", blank=True)

    class Meta:
        verbose_name = "ligne d'import"
        ordering = ["run_id", "number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="import_line_once")]

    def __str__(self):
        return f"{self.locator} : {self.get_verdict_display()}"
