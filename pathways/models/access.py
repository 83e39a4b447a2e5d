"""The log of who read whose file (architecture, section 6): not the history of the case; it has its own retention."""

from django.db import models

from config import clock
from pathways.models.actors import Organisation, User


class FileAccess(models.Model):
    """One reading of one person's file. page: what was read (file, search result, attendance…)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    pathway = models.ForeignKey(
        "pathways.Pathway", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    page = models.CharField("page", max_length=40)
    read_at = models.DateTimeField("lu le", default=clock.now)

    class Meta:
        verbose_name = "consultation de dossier"
        verbose_name_plural = "consultations de dossiers"
        ordering = ["-read_at", "-pk"]
        indexes = [models.Index(fields=["pathway", "-read_at"], name="file_access_of_pathway")]

    def __str__(self):
        return f"{self.user} a lu {self.page} le {self.read_at:%d/%m/%Y %H:%M}"
