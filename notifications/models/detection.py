"""What a detection has to look at again, and where the last one stopped: both stand in the database."""

from django.db import connection, models

from config import clock


class TouchedQuerySet(models.QuerySet):
    def share_out(self, watches: dict[str, tuple[str, ...]]) -> None:
        """Hand what was touched to each kind of alert that watches such things: kind code -> prefixes of subject keys.

        One statement: a subject is never seen by some kinds and lost for the others.
        """
        pairs = [(code, prefix) for code, prefixes in watches.items() for prefix in prefixes]
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH taken AS (DELETE FROM notifications_touched WHERE kind = '' RETURNING subject_key)"
                " INSERT INTO notifications_touched (kind, subject_key)"
                " SELECT DISTINCT watch.kind, taken.subject_key FROM taken"
                " JOIN unnest(%s::text[], %s::text[]) AS watch(kind, prefix)"
                " ON watch.prefix = split_part(taken.subject_key, ':', 1)",
                [[code for code, _ in pairs], [prefix for _, prefix in pairs]],
            )

    def take(self, kind: str) -> set[str]:
        """The subject keys waiting for a kind, taken out: they come back if the transaction is rolled back."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM notifications_touched WHERE kind = %s RETURNING subject_key", [kind])
            return {key for (key,) in cursor.fetchall()}


class Touched(models.Model):
    """Something that changed since the last detection. kind: empty until it is handed to each kind that watches it.

    Triggers of the domain add rows in the transaction of the change itself: whatever commits late is simply found by
    the next detection, in no order.
    """

    kind = models.CharField("nature", max_length=40, blank=True, default="", db_default="")
    subject_key = models.CharField("objet", max_length=60)

    objects = TouchedQuerySet.as_manager()

    class Meta:
        verbose_name = "objet à revoir"
        verbose_name_plural = "objets à revoir"
        ordering = ["pk"]
        # Rows that triggers have just added stay out of it: a fact writes one index less.
        indexes = [models.Index(fields=["kind"], name="touched_for_kind", condition=~models.Q(kind=""))]

    def __str__(self):
        return f"{self.kind} {self.subject_key}"


class LastDetection(models.Model):
    """Where the last detection of a kind stopped: the day it looked at, and the parameters it counted with."""

    kind = models.CharField("nature", max_length=40, primary_key=True)
    day = models.DateField("jour")
    parameters = models.TextField("paramètres")
    ended_at = models.DateTimeField("terminée le", default=clock.now)

    class Meta:
        verbose_name = "dernière détection"
        verbose_name_plural = "dernières détections"
        ordering = ["kind"]

    def __str__(self):
        return f"{self.kind} : {self.day}"
