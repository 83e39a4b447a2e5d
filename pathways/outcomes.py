"""Vocabularies of what follows training: contact after exit, employment, other outcomes (domain.md B7, B9)."""

from django.db import models


class ContactOutcome(models.TextChoices):
    """How a contact attempt ended (domain.md B9)."""

    APPOINTMENT = "appointment", "Rendez-vous pris"
    NEW_PROJECT = "new_project", "Nouveau projet"
    ALREADY_SUPPORTED = "already_supported", "Déjà accompagné"
    FOUND_JOB = "found_job", "A retrouvé un contrat"
    SEARCHES_ALONE = "searches_alone", "Cherche seul"
    CHANGES_COURSE = "changes_course", "Se réoriente"
    DECLINES = "declines", "Ne souhaite pas être recontacté"
    NO_ANSWER = "no_answer", "Pas de réponse"
    MESSAGE_LEFT = "message_left", "Message laissé, sans retour"
    WRONG_NUMBER = "wrong_number", "Coordonnées incorrectes"
    OTHER = "other", "Autre"


#: The person was not spoken to: the attempt counts towards « perdu de vue ».
NOT_REACHED = frozenset({ContactOutcome.NO_ANSWER, ContactOutcome.MESSAGE_LEFT, ContactOutcome.WRONG_NUMBER})


class ContractType(models.TextChoices):
    """Kinds of employment (domain.md B7)."""

    CDI = "cdi", "CDI"
    CDI_INCLUSION = "cdi_inclusion", "CDI inclusion"
    CDD_LONG = "cdd_long", "CDD de 6 mois ou plus"
    CDD_SHORT = "cdd_short", "CDD de moins de 6 mois"
    CDD_USAGE = "cdd_usage", "CDD d'usage"
    TEMPORARY_LONG = "temporary_long", "Intérim, 6 mois ou plus"
    TEMPORARY_SHORT = "temporary_short", "Intérim, moins de 6 mois"
    CDDI = "cddi", "CDDI (insertion par l'activité économique)"
    CDD_TREMPLIN = "cdd_tremplin", "CDD tremplin"
    APPRENTICESHIP = "apprenticeship", "Contrat d'apprentissage"
    PROFESSIONALISATION = "professionalisation", "Contrat de professionnalisation"
    PEC = "pec", "Parcours emploi compétences"
    SELF_EMPLOYED = "self_employed", "Création ou reprise d'entreprise"
    CIVIL_SERVICE = "civil_service", "Fonction publique"


#: Lasting employment: permanent, or fixed-term of six months or more (Dares, Indicateurs 2014-077).
LASTING = frozenset(
    {ContractType.CDI, ContractType.CDI_INCLUSION, ContractType.CDD_LONG, ContractType.CIVIL_SERVICE}
)


class OtherOutcome(models.TextChoices):
    OTHER_TRAINING = "other_training", "Entrée dans une autre formation, hors programme"
    BUSINESS_PROJECT = "business_project", "Projet de création d'activité"
    HEALTH = "health", "Indisponible pour raison de santé"
    FAMILY = "family", "Indisponible pour raison familiale"
    RETIREMENT = "retirement", "Retraite"
    MOVED = "moved", "Déménagement hors du département"
    NOT_SEEKING = "not_seeking", "Ne recherche plus d'emploi"
    DEATH = "death", "Décès"
    OTHER = "other", "Autre"


class AifGround(models.TextChoices):
    """What the examination of an AIF concludes (Pôle emploi agreement, art. 2): three grounds, and two refusals.

    The two months are a guide, not a guillotine (domain.md A40): hence an exception, which must be explained.
    """

    NO_SESSION = "no_session", "Accordé : aucune entrée collective sous le délai"
    SPECIFIC_NEED = "specific_need", "Accordé : besoin propre à une entreprise ou à un secteur"
    RELEVANT_PROJECT = "relevant_project", "Accordé : projet pertinent de la personne"
    EXCEPTION = "exception", "Accordé : exception motivée au délai"
    SERVED = "served", "Non accordé : une session collective convient"
    NOT_GRANTED = "not_granted", "Non accordé : autre raison"


#: The conclusions by which the person gets an individual aid.
AIF_GRANTED = frozenset(
    {AifGround.NO_SESSION, AifGround.SPECIFIC_NEED, AifGround.RELEVANT_PROJECT, AifGround.EXCEPTION}
)


class DropOutCause(models.TextChoices):
    """Causes of leaving a course early: the Dares list of 2019, with the additions of domain.md B4."""

    PERSONAL = "personal", "Raisons personnelles (santé, contraintes familiales)"
    UNSUITED = "unsuited", "Niveau ou contenu inadapté"
    RELATIONS = "relations", "Problèmes relationnels (formateurs, stagiaires)"
    MONEY = "money", "Difficultés financières"
    DISTANCE = "distance", "Formation trop éloignée du domicile"
    OTHER_TRAINING = "other_training", "Suivi d'une autre formation"
    IMPOSED = "imposed", "Formation imposée"
    CHILDCARE = "childcare", "Garde d'enfant"
    LATE_PAY = "late_pay", "Rémunération tardive"
    MOVED = "moved", "Déménagement"
    EXPELLED = "expelled", "Exclusion"
    IMPRISONED = "imprisoned", "Incarcération"
    END_OF_RIGHTS = "end_of_rights", "Fin de droit"
    DEATH = "death", "Décès"


#: « Retour à l'emploi » is the ninth cause of the Dares list. It is a success, counted apart: choosing it records the
#: fact `leave_for_job`, not `drop_out`.
BACK_TO_WORK = ("back_to_work", "Retour à l'emploi")
