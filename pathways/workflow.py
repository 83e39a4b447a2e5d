"""The lifecycle of a pathway, as one table. docs/states.md is generated from it.

Rows whose roles are empty follow a fact that another table owns (a prescription, an enrolment): that table says who may
state it. « Stays » rows (target None) say that the fact is possible and leaves the person where they are.
"""

from pathways.enums import DURING_TRAINING, OPEN_STATES, PathwayState, Role
from pathways.facts import Context, Fact, FactKind, Kind, declare
from pathways.guards import Guard
from pathways.lifecycle import NOTHING, Choice, Lifecycle, Row, Standing, register
from pathways.outcomes import NOT_REACHED, AifGround, ContactOutcome, ContractType, OtherOutcome

S = PathwayState
DEPARTMENT_SIDE = frozenset({Role.REFERENT, Role.DEPARTMENT_MANAGER})
FOLLOWERS = DEPARTMENT_SIDE | {Role.ADVISOR}
#: States from which a first or a further course can begin.
BETWEEN_COURSES = frozenset({S.COMPLETED, S.DROPPED_OUT, S.OTHER_OUTCOME, S.LOST_CONTACT})

#: How many calls without an answer before a person may be called lost (proposal, domain.md B13: « relances »).
ATTEMPTS_BEFORE_LOST = 3


# ---- what a fact means for the pathway when other requests are open

#: Prescriptions that still ask for a seat, and those that hold one: as in prescriptions.enums (a test compares).
ASKING = frozenset({"submitted", "convened", "attended", "absent", "waitlisted", "offered"})
HOLDING = frozenset({"admitted", "registered"})


def _fall_back(source: str, fact: Fact, standing: Standing) -> str:
    """Where a person stands once one of their requests has ended: what the others say."""
    others = set(standing.subjects("prescription").values())
    if others & HOLDING:
        return S.ADMITTED
    return S.PRESCRIBED if others & ASKING else S.IDENTIFIED


FALL_BACK = Choice(
    "Identifié ; Prescrit ou Retenu si une autre demande est en cours",
    (S.IDENTIFIED, S.PRESCRIBED, S.ADMITTED),
    _fall_back,
)


def _count_attempt(fact: Fact, previous: int | None) -> int:
    return (previous or 0) + 1 if fact.reason in NOT_REACHED else 0


def _reached_on(fact: Fact, previous):
    return previous if fact.reason in NOT_REACHED else fact.occurred_on


def _zero(fact: Fact, previous) -> int:
    return 0


def forget(fact: Fact, previous) -> None:
    return None


# ---- guards


def _no_open_request(context: Context) -> bool:
    return not (set(context.standing.subjects("prescription").values()) & (ASKING | HOLDING))


def _job_has_ended(context: Context) -> bool:
    return context.standing.columns.get(("pathway", None), {}).get("job_ended_on") is not None


def _enough_attempts(context: Context) -> bool | dict:
    made = context.standing.columns.get(("pathway", None), {}).get("contact_attempts") or 0
    words = {0: "Aucun appel sans réponse n'est enregistré", 1: "Un seul appel sans réponse est enregistré"}
    said = words.get(made, f"{made} appels sans réponse seulement sont enregistrés")
    return made >= ATTEMPTS_BEFORE_LOST or {"made": said, "wanted": ATTEMPTS_BEFORE_LOST}


def _contract_is_known(context: Context) -> bool:
    return context.fact.payload.get("contract") in ContractType.values


def _aif_is_proved(context: Context) -> bool:
    """The evidence is of the very day of the fact: what was searched, and how many sessions may serve."""
    evidence = context.fact.payload.get("evidence")
    if not isinstance(evidence, dict) or evidence.get("day") != str(context.fact.occurred_on):
        return False
    return all(isinstance(evidence.get(key), int) for key in ("compatible", "to_verify"))


def _no_session_is_left(context: Context) -> bool | dict:
    evidence = context.fact.payload.get("evidence") or {}
    left = evidence.get("compatible", 0) + evidence.get("to_verify", 0)
    return context.fact.reason != AifGround.NO_SESSION or left == 0 or {"left": left}


def _aif_is_explained(context: Context) -> bool:
    return context.fact.reason == AifGround.NO_SESSION or bool(context.fact.comment)


NO_OPEN_REQUEST = Guard(
    "open_request",
    "Une prescription est encore en cours.",
    "Attendez la réponse de l'organisme ou retirez la prescription.",
    _no_open_request,
    reads=(),
)
JOB_HAS_ENDED = Guard(
    "job_running",
    "L'emploi enregistré est toujours en cours.",
    "Enregistrez d'abord la fin de cet emploi.",
    _job_has_ended,
    reads=("job_ended_on",),
)
ENOUGH_ATTEMPTS = Guard(
    "too_few_attempts",
    "{made}, il en faut {wanted}.",
    "Enregistrez chaque tentative de contact avant de conclure.",
    _enough_attempts,
    reads=("contact_attempts",),
)
CONTRACT_IS_KNOWN = Guard(
    "unknown_contract",
    "Le type de contrat n'est pas dans la liste.",
    "Choisissez un type de contrat de la liste.",
    _contract_is_known,
    on_input=True,
    reads=(),
)
AIF_IS_PROVED = Guard(
    "aif_unproved",
    "Un AIF s'examine avec la preuve des recherches collectives du jour.",
    "Ouvrez « Examiner un AIF » dans le dossier : Jalons y cherche les sessions.",
    _aif_is_proved,
    on_input=True,
    reads=(),
)
NO_SESSION_IS_LEFT = Guard(
    "aif_sessions_left",
    "Des sessions collectives conviennent ou restent à vérifier ({left}).",
    "Écrivez ce que vous avez vérifié pour chacune, ou choisissez un autre motif.",
    _no_session_is_left,
    on_input=True,
    reads=(),
)
AIF_IS_EXPLAINED = Guard(
    "aif_unexplained",
    "Ce motif demande une explication.",
    "Écrivez une phrase : elle reste au dossier avec les preuves.",
    _aif_is_explained,
    on_input=True,
    reads=(),
)
JOINS_TWO_FILES = Guard(
    "merge_page",
    "Une fusion réunit deux dossiers.",
    "Ouvrez « Doublons », comparez les deux dossiers, puis fusionnez-les.",
    lambda context: context.once("joins_two_files", lambda: False),
)


def row(name, sources, target, roles=(), guards=(), **sets) -> Row:
    sources = {sources} if isinstance(sources, str) else sources
    return Row(name, frozenset(sources), target, frozenset(roles), tuple(guards), sets)


def ends_a_request(name: str) -> tuple[Row, Row]:
    """A request that ends takes the person back; someone who has already moved on stays where they are."""
    waiting = {S.PRESCRIBED, S.ADMITTED}
    return row(name, waiting, FALL_BACK), row(name, OPEN_STATES - waiting, None)


ROWS = (
    row(Kind.IDENTIFY, NOTHING, S.IDENTIFIED, {Role.DEPARTMENT_MANAGER, Role.SYSTEM}),
    # -- prescription
    row("submit", {S.IDENTIFIED} | BETWEEN_COURSES, S.PRESCRIBED),
    row("submit", S.EMPLOYED, S.PRESCRIBED, guards=[JOB_HAS_ENDED]),
    row("submit", {S.PRESCRIBED, S.ADMITTED} | DURING_TRAINING, None),
    *(
        r
        for name in ("admit", "accept")
        for r in (
            row(name, {S.IDENTIFIED, S.PRESCRIBED} | BETWEEN_COURSES, S.ADMITTED),
            row(name, {S.ADMITTED, S.EMPLOYED} | DURING_TRAINING, None),
        )
    ),
    *(
        r
        for name in ("refuse", "withdraw", "expire", "no_show", "cancel_session")
        for r in ends_a_request(name)
    ),
    # -- training
    row("enter", {S.ADMITTED} | BETWEEN_COURSES, S.IN_TRAINING, contact_attempts=_zero),
    row("enter", S.EMPLOYED, S.IN_TRAINING, guards=[JOB_HAS_ENDED], contact_attempts=_zero),
    row("suspend", S.IN_TRAINING, S.SUSPENDED),
    row("resume", S.SUSPENDED, S.IN_TRAINING),
    row("sit_exam", S.IN_TRAINING, S.IN_EXAM),
    *(row(name, OPEN_STATES, None) for name in ("exam_passed", "exam_partial", "exam_failed", "exam_absent")),
    row("complete", {S.IN_TRAINING, S.IN_EXAM}, S.COMPLETED, contact_attempts=_zero),
    row("drop_out", DURING_TRAINING, S.DROPPED_OUT, contact_attempts=_zero),
    row("leave_for_job", DURING_TRAINING, S.EMPLOYED, contact_attempts=_zero, job_ended_on=forget),
    # -- after training
    row("contact", OPEN_STATES, None, FOLLOWERS, contact_attempts=_count_attempt, contacted_on=_reached_on),
    row(
        "employ",
        {S.IDENTIFIED} | BETWEEN_COURSES,
        S.EMPLOYED,
        FOLLOWERS,
        [CONTRACT_IS_KNOWN],
        job_ended_on=forget,
    ),
    row("employ", S.EMPLOYED, None, FOLLOWERS, [JOB_HAS_ENDED, CONTRACT_IS_KNOWN], job_ended_on=forget),
    row("end_job", S.EMPLOYED, None, FOLLOWERS, job_ended_on="occurred_on"),
    row(
        "record_outcome",
        {S.IDENTIFIED, S.COMPLETED, S.DROPPED_OUT, S.LOST_CONTACT},
        S.OTHER_OUTCOME,
        FOLLOWERS,
    ),
    row("record_outcome", S.EMPLOYED, S.OTHER_OUTCOME, FOLLOWERS, [JOB_HAS_ENDED]),
    row(
        "lose_contact",
        {S.IDENTIFIED, S.COMPLETED, S.DROPPED_OUT},
        S.LOST_CONTACT,
        FOLLOWERS,
        [ENOUGH_ATTEMPTS],
    ),
    row("close", {S.EMPLOYED, S.OTHER_OUTCOME, S.LOST_CONTACT}, S.CLOSED, DEPARTMENT_SIDE, [NO_OPEN_REQUEST]),
    row("reopen", S.CLOSED, S.IDENTIFIED, DEPARTMENT_SIDE),
    row("note", OPEN_STATES | {S.CLOSED}, None, FOLLOWERS),
    row(
        "examine_aif",
        OPEN_STATES,
        None,
        {Role.REFERENT, Role.ADVISOR},
        [AIF_IS_PROVED, NO_SESSION_IS_LEFT, AIF_IS_EXPLAINED],
    ),
    row(Kind.MERGE, OPEN_STATES | {S.CLOSED}, None, {Role.DEPARTMENT_MANAGER}, [JOINS_TWO_FILES]),
)

PATHWAY = register(
    Lifecycle(
        name="pathway",
        label="Parcours",
        states=S,
        rows=ROWS,
        model_label="pathways.Pathway",
        since_field="state_since",
    )
)

#: What is asked of a job besides its contract (CD13, art. 5-e: contract, trade, bassin d'emploi).
JOB_DETAILS = {
    "planned_months": "durée prévue (mois)",
    "rome_code": "métier (code ROME)",
    "area": "bassin d'emploi",
    "employer": "employeur",
}

#: What is said of the training that an AIF would pay for; its evidence is read on a page of its own.
AIF_DETAILS = {
    "training_provider": "organisme",
    "price": "prix",
    "hours": "durée",
    "planned_on": "début prévu",
}

declare(
    FactKind(
        Kind.IDENTIFY,
        "Faire entrer dans la cohorte",
        "Entré dans la cohorte",
        "user-plus",
        "info",
        by_hand=False,
    ),
    FactKind(
        Kind.ANNUL, "Corriger", "Correction", "arrow-back-up", "neutral", by_hand=False, needs_comment=True
    ),
    FactKind(
        Kind.MERGE,
        "Fusionner avec un autre dossier",
        "Dossier fusionné",
        "git-merge",
        "info",
        by_hand=False,
        needs_comment=True,
        discreet=True,
        takes={"person": "dossier réuni"},
    ),
    FactKind(
        "examine_aif",
        "Examiner un AIF",
        "AIF examiné",
        "coin-euro",
        "info",
        by_hand=False,
        reasons=AifGround,
        needs={"training": "formation demandée"},
        takes=AIF_DETAILS,
        discreet=True,
    ),
    FactKind(
        "contact",
        "Noter un contact",
        "Contact",
        "phone",
        group="exchange",
        reasons=ContactOutcome,
        day_label="Date du contact",
    ),
    FactKind(
        "employ",
        "Enregistrer un emploi",
        "Entré en emploi",
        "briefcase",
        "success",
        needs={"contract": "type de contrat"},
        takes=JOB_DETAILS,
        day_label="Début du contrat",
    ),
    FactKind(
        "end_job",
        "Enregistrer la fin de l'emploi",
        "Fin de l'emploi",
        "briefcase-off",
        "warning",
        day_label="Fin du contrat",
    ),
    FactKind(
        "record_outcome",
        "Enregistrer une autre suite",
        "Autre suite",
        "route",
        reasons=OtherOutcome,
        discreet=True,
    ),
    FactKind(
        "lose_contact",
        "Déclarer perdu de vue",
        "Perdu de vue",
        "user-question",
        "warning",
        needs_comment=False,
    ),
    FactKind("close", "Clore le dossier", "Dossier clos", "archive"),
    FactKind("reopen", "Rouvrir le dossier", "Dossier rouvert", "archive-off", needs_comment=True),
    FactKind(
        "note",
        "Noter un échange",
        "Échange",
        "message",
        group="exchange",
        needs_comment=True,
        discreet=True,
    ),
)
