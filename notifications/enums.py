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


class Source(models.TextChoices):
    """Where a piece of news comes from."""

    ALERT = "alert", "Alerte"
    NOTICE = "notice", "Avis"


class Rhythm(models.TextChoices):
    """How often the digest leaves."""

    DAILY = "daily", "Chaque jour, du lundi au vendredi"
    WEEKLY = "weekly", "Une fois par semaine"
    NEVER = "never", "Jamais : aucun courriel de Jalons"


class Weekday(models.IntegerChoices):
    """As `date.weekday()` counts."""

    MONDAY = 0, "lundi"
    TUESDAY = 1, "mardi"
    WEDNESDAY = 2, "mercredi"
    THURSDAY = 3, "jeudi"
    FRIDAY = 4, "vendredi"
    SATURDAY = 5, "samedi"
    SUNDAY = 6, "dimanche"


class MailState(models.TextChoices):
    """Where an e-mail of the outbox stands. HANDED: its text is going out, the answer is not known yet."""

    READY = "ready", "À envoyer"
    SENDING = "sending", "En cours"
    HANDED = "handed", "Remis, réponse attendue"
    SENT = "sent", "Envoyé"
    FAILED = "failed", "Abandonné après plusieurs essais"
    REFUSED = "refused", "Adresse refusée"
    DOUBTFUL = "doubtful", "Peut-être parti"
    CANCELLED = "cancelled", "Annulé"


#: While a sender has it.
HELD = (MailState.SENDING, MailState.HANDED)
#: What waits for an administrator.
STUCK = (MailState.FAILED, MailState.REFUSED, MailState.DOUBTFUL)
