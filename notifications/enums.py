"""How urgent an alert is, and how its news leaves."""

from django.db import models


class Level(models.IntegerChoices):
    NOTICE = 1, "À surveiller"
    WARNING = 2, "À traiter"
    URGENT = 3, "Urgent"
    CRITICAL = 4, "Critique"


TONES = {Level.NOTICE: "", Level.WARNING: "warning", Level.URGENT: "danger", Level.CRITICAL: "danger"}


class Delivery(models.TextChoices):
    """How a person is told by e-mail of one kind of news."""

    AT_ONCE = "at_once", "Tout de suite"
    DIGEST = "digest", "Dans le récapitulatif"
    NONE = "none", "Pas de courriel"
