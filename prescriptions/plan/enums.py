"""The words of a saturation plan and of what is decided of its lines."""

from django.db import models


class Status(models.TextChoices):
    WAITING = "waiting", "En attente"
    RUNNING = "running", "En cours"
    DONE = "done", "Terminé"
    FAILED = "failed", "Échec"


class Decision(models.TextChoices):
    PENDING = "pending", "À décider"
    PROPOSED = "proposed", "Proposée au référent"
    SET_ASIDE = "set_aside", "Écartée"


class SetAside(models.TextChoices):
    """Why an advisor does not propose a person whom the plan placed."""

    NOT_SUITED = "not_suited", "La formation ne convient pas à la personne"
    UNAVAILABLE = "unavailable", "La personne n'est pas disponible à ces dates"
    MOBILITY = "mobility", "Le lieu est trop loin ou mal desservi"
    OTHER_WAY = "other_way", "Une autre solution est en cours"
    OTHER = "other", "Autre"
