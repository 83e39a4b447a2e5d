"""Closed vocabularies of the pathway: French labels are what people read, values what code and database hold."""

from django.db import models


class Role(models.TextChoices):
    """Who acts (architecture, section 6). A membership carries exactly one role."""

    REFERENT = "referent", "Référent"
    DEPARTMENT_MANAGER = "department_manager", "Responsable de cohorte (Département)"
    PROVIDER = "provider", "Organisme de formation"
    ADVISOR = "advisor", "Conseiller Pôle emploi"
    REGION_OFFICER = "region_officer", "Chargé de mission Région"
    COMMITTEE_MEMBER = "committee_member", "Membre de comité"
    ADMINISTRATOR = "administrator", "Administrateur"
    DATA_PROTECTION_OFFICER = "data_protection_officer", "Délégué à la protection des données"
    # Scheduled jobs. Nobody is ever a member with this role.
    SYSTEM = "system", "Jalons (automatique)"


#: Roles that read the whole history of the people they see; a provider knows of its own requests only.
WHOLE_HISTORY = frozenset({Role.REFERENT, Role.DEPARTMENT_MANAGER, Role.ADVISOR})


class OrganisationKind(models.TextChoices):
    DEPARTMENT = "department", "Département"
    INSERTION_POLE = "insertion_pole", "Pôle d'insertion"
    PROVIDER = "provider", "Organisme de formation"
    AGENCY = "agency", "Agence Pôle emploi"
    REGION = "region", "Région"
    PLATFORM = "platform", "Exploitant de Jalons"


class Origin(models.TextChoices):
    """How we came to know a fact. A deduced fact never overrides a declared one."""

    DECLARED = "declared", "Déclaré"
    IMPORTED = "imported", "Importé"
    DEDUCED = "deduced", "Déduit"


class PathwayState(models.TextChoices):
    IDENTIFIED = "identified", "Identifié"
    PRESCRIBED = "prescribed", "Prescrit"
    ADMITTED = "admitted", "Retenu"
    IN_TRAINING = "in_training", "En formation"
    SUSPENDED = "suspended", "Formation suspendue"
    IN_EXAM = "in_exam", "À l'examen"
    COMPLETED = "completed", "Formation terminée"
    DROPPED_OUT = "dropped_out", "Formation interrompue"
    EMPLOYED = "employed", "En emploi"
    OTHER_OUTCOME = "other_outcome", "Autre suite"
    LOST_CONTACT = "lost_contact", "Perdu de vue"
    CLOSED = "closed", "Dossier clos"


S = PathwayState

# Named sets of states: defined once, read by tables, querysets and database constraints.
BEFORE_TRAINING = frozenset({S.IDENTIFIED, S.PRESCRIBED, S.ADMITTED})
DURING_TRAINING = frozenset({S.IN_TRAINING, S.SUSPENDED, S.IN_EXAM})
AFTER_TRAINING = frozenset({S.COMPLETED, S.DROPPED_OUT})
OUTCOMES = frozenset({S.EMPLOYED, S.OTHER_OUTCOME, S.LOST_CONTACT})
OPEN_STATES = BEFORE_TRAINING | DURING_TRAINING | AFTER_TRAINING | OUTCOMES
