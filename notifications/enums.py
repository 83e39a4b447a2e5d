"""How urgent an alert is."""

from django.db import models


class Level(models.IntegerChoices):
    NOTICE = 1, "À surveiller"
    WARNING = 2, "À traiter"
    URGENT = 3, "Urgent"


TONES = {Level.NOTICE: "", Level.WARNING: "warning", Level.URGENT: "danger"}
