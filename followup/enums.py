"""Closed vocabularies of training and of what is measured in it."""

from django.db import models


class EnrolmentState(models.TextChoices):
    ACTIVE = "active", "En cours"
    SUSPENDED = "suspended", "Suspendue"
    COMPLETED = "completed", "Terminée"
    INTERRUPTED = "interrupted", "Interrompue"
    VOID = "void", "Entrée corrigée : sans objet"


class ExamState(models.TextChoices):
    NONE = "none", "Pas encore présenté"
    AWAITED = "awaited", "Présenté, résultat attendu"
    PASSED = "passed", "Réussi"
    PARTIAL = "partial", "Réussite partielle (CCP)"
    FAILED = "failed", "Échec"
    ABSENT = "absent", "Absent à l'examen"


class Half(models.TextChoices):
    MORNING = "am", "Matin"
    AFTERNOON = "pm", "Après-midi"


class Mark(models.TextChoices):
    """What a half-day of attendance says (domain.md B5)."""

    PRESENT = "P", "Présent"
    LATE = "R", "Retard ou départ anticipé"
    JUSTIFIED = "J", "Absence justifiée"
    UNJUSTIFIED = "N", "Absence non justifiée"
    COMPANY = "E", "En entreprise"
    REMOTE = "D", "À distance"
    CLOSED = "F", "Férié ou fermeture"


#: Half-days that count as attended.
ATTENDED = frozenset({Mark.PRESENT, Mark.LATE, Mark.COMPANY, Mark.REMOTE})
