"""Closed vocabularies of the offer, of prescriptions and of their refusals."""

from django.db import models


class PrescriptionState(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    SUBMITTED = "submitted", "Prescrit, sans réponse"
    CONVENED = "convened", "Convoqué"
    ATTENDED = "attended", "Présent à l'information collective"
    ABSENT = "absent", "Absent à l'information collective"
    WAITLISTED = "waitlisted", "Sur liste d'attente"
    OFFERED = "offered", "Place proposée"
    ADMITTED = "admitted", "Retenu"
    REGISTERED = "registered", "Inscrit (AIS)"
    ENTERED = "entered", "Entré (AES)"
    REFUSED = "refused", "Refusé"
    EXPIRED = "expired", "Place proposée, sans réponse à temps"
    NO_SHOW = "no_show", "Ne s'est pas présenté"
    WITHDRAWN = "withdrawn", "Retiré"
    SESSION_CANCELLED = "session_cancelled", "Session annulée"


P = PrescriptionState

#: Asks for a seat and holds none yet.
ASKING = frozenset({P.SUBMITTED, P.CONVENED, P.ATTENDED, P.ABSENT, P.WAITLISTED, P.OFFERED})
#: Holds a seat and has not entered.
EXPECTED = frozenset({P.ADMITTED, P.REGISTERED})
#: Holds one of the session's seats (architecture, section 5).
SEATED = frozenset({P.OFFERED, P.ADMITTED, P.REGISTERED, P.ENTERED})
#: Still leads somewhere: neither ended nor turned into a course.
LIVE = ASKING | EXPECTED
#: The provider may owe something: an answer, a presence, a decision, an AIS, an AES.
OWED = frozenset({P.SUBMITTED, P.CONVENED, P.ATTENDED, P.ADMITTED, P.REGISTERED})
ENDED = frozenset({P.REFUSED, P.EXPIRED, P.NO_SHOW, P.WITHDRAWN, P.SESSION_CANCELLED})


class RefusalReason(models.TextChoices):
    """Why a provider refuses (domain.md B3). The agreement asks for a reason every time (PE, art. 6)."""

    PREREQUISITES = "prerequisites", "Prérequis insuffisants"
    OVERQUALIFIED = "overqualified", "Niveau supérieur à la formation"
    PROJECT = "project", "Projet professionnel à confirmer"
    NOT_ELIGIBLE = "not_eligible", "Public non éligible"
    UNAVAILABLE = "unavailable", "Indisponible (emploi ou autre formation)"
    ABSENT = "absent", "Absence à l'information collective ou aux tests"
    UNREACHABLE = "unreachable", "Non joignable"
    MOBILITY = "mobility", "Mobilité insuffisante"
    CONTRAINDICATION = "contraindication", "Contre-indication"
    OBSTACLE = "obstacle", "Situation incompatible pour le moment"
    FULL = "full", "Session complète"
    DUPLICATE = "duplicate", "Doublon"
    SESSION_CANCELLED = "session_cancelled", "Session annulée"
    WITHDRAWN = "withdrawn", "Désistement de la personne"
    OTHER = "other", "Autre"


class NextStep(models.TextChoices):
    """What a refusal must propose next (domain.md B3)."""

    OTHER_SESSION = "other_session", "Une autre session de cette formation"
    OTHER_TRAINING = "other_training", "Une autre formation"
    UPGRADE = "upgrade", "Une remise à niveau"
    PROJECT_WORK = "project_work", "Un travail sur le projet professionnel"
    MEET_REFERENT = "meet_referent", "Un entretien avec le référent"
    LATER = "later", "Représenter la candidature plus tard"


class WithdrawalReason(models.TextChoices):
    JOB_FOUND = "job_found", "A trouvé un emploi"
    OTHER_TRAINING = "other_training", "Entre dans une autre formation"
    PERSONAL = "personal", "Raisons personnelles"
    CHANGED_PROJECT = "changed_project", "Change de projet"
    DECLINED_SEAT = "declined_seat", "Décline la place proposée"
    MISTAKE = "mistake", "Prescription saisie par erreur"
    OTHER = "other", "Autre"


class Recruitment(models.TextChoices):
    """LHEO `etat-recrutement`. Absent means unknown, never open (formats.md, section 1.2)."""

    UNKNOWN = "", "Non renseigné"
    OPEN = "open", "Ouvert"
    CLOSED = "closed", "Fermé"
    SUSPENDED = "suspended", "Suspendu"


class EntryMode(models.TextChoices):
    FIXED = "fixed", "À dates fixes"
    PERMANENT = "permanent", "Entrées permanentes"


class MeetingKind(models.TextChoices):
    """What a provider announces before an opening (PE, art. 4)."""

    INFORMATION = "information", "Information collective"
    COMMISSION = "commission", "Commission d'entrée"
