"""The words of a case of saturation: where it stands, what was done, why it was given up (PE, art. 8)."""

from django.db import models


class Stage(models.TextChoices):
    NEW = "new", "Nouvelle"
    SEEN = "seen", "Vue"
    TAKEN = "taken", "Prise en charge"
    PROPOSED = "proposed", "Candidats proposés"
    FILLED = "filled", "Places pourvues"
    GIVEN_UP = "given_up", "Abandonnée"
    OPENED = "opened", "Session ouverte"
    CANCELLED = "cancelled", "Session annulée"
    LIFTED = "lifted", "Alerte levée"


#: Somebody has still something to do.
LIVE_STAGES = frozenset({Stage.NEW, Stage.SEEN, Stage.TAKEN, Stage.PROPOSED})
#: Somebody answers for it.
HELD_STAGES = frozenset({Stage.TAKEN, Stage.PROPOSED})


class StepKind(models.TextChoices):
    ALERTED = "alerted", "Alerte"
    SENT = "sent", "Envoyée à l'équipe Pôle emploi"
    NO_TEAM = "no_team", "Aucune équipe Pôle emploi ne dessert ce bassin"
    CLIMBED = "climbed", "Alerte plus urgente"
    SEEN = "seen", "Vue"
    TAKEN = "taken", "Prise en charge"
    DELEGATED = "delegated", "Confiée à un collègue"
    GIVEN_BACK = "given_back", "Rendue à l'équipe"
    PROPOSED = "proposed", "Candidats proposés"
    ESCALATED = "escalated", "Signalée à la Région"
    FILLED = "filled", "Toutes les places sont tenues"
    GIVEN_UP = "given_up", "Abandonnée"
    OPENED = "opened", "La session a ouvert"
    CANCELLED = "cancelled", "La session est annulée"
    LIFTED = "lifted", "Alerte levée"
    REOPENED = "reopened", "Des places sont de nouveau vides"


class GiveUpReason(models.TextChoices):
    """Why a team stops looking for people (domain.md B13: « saturation abandonnée », with its reason)."""

    NOBODY = "nobody", "Personne d'éligible dans le bassin"
    DECLINED = "declined", "Les personnes proposées n'ont pas donné suite"
    TOO_LATE = "too_late", "Trop tard pour une entrée dans de bonnes conditions"
    OFFER = "offer", "L'offre ne convient pas (lieu, horaires, niveau)"
    WRONG_SEATS = "wrong_seats", "Les places annoncées ne sont pas réelles"
    OTHER_CHANNEL = "other_channel", "Places pourvues par un autre canal"
    OTHER = "other", "Autre"


class Outcome(models.TextChoices):
    """What became of a person proposed for an empty seat."""

    PENDING = "pending", "En attente du référent"
    PRESCRIBED = "prescribed", "Prescrit"
    DISMISSED = "dismissed", "Écarté par le référent"
    LAPSED = "lapsed", "Sans objet"


class DismissalReason(models.TextChoices):
    NOT_INTERESTED = "not_interested", "La personne n'est pas intéressée"
    UNAVAILABLE = "unavailable", "La personne n'est pas disponible à ces dates"
    OTHER_PROJECT = "other_project", "Son projet est autre"
    NOT_READY = "not_ready", "Ce n'est pas le moment dans son parcours"
    MOBILITY = "mobility", "Le lieu est trop loin ou mal desservi"
    NOT_REACHED = "not_reached", "La personne n'a pas pu être jointe à temps"
    OTHER = "other", "Autre"


class Decision(models.TextChoices):
    """What is decided of a session under its minimum (domain.md B13)."""

    KEEP = "keep", "Maintenir la session"
    POSTPONE = "postpone", "Reporter l'ouverture"
    CANCEL = "cancel", "Annuler la session"
