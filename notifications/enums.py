"""How urgent an alert is."""

from django.db import models


class Level(models.IntegerChoices):
    NOTICE = 1, "À surveiller"
    WARNING = 2, "À traiter"
    URGENT = 3, "Urgent"
    CRITICAL = 4, "Critique"


TONES = {Level.NOTICE: "", Level.WARNING: "warning", Level.URGENT: "danger", Level.CRITICAL: "danger"}
