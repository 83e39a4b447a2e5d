"""The lifecycles of a course: the enrolment and its exam. docs/states.md is generated from them."""

from followup import guards as g
from followup.enums import EnrolmentState, ExamState
from pathways.enums import Role
from pathways.facts import Context, FactKind, declare
from pathways.lifecycle import NOTHING, Lifecycle, register
from pathways.outcomes import DropOutCause
from pathways.workflow import CONTRACT_IS_KNOWN, DEPARTMENT_SIDE, FOLLOWERS, JOB_DETAILS, row

E = EnrolmentState
X = ExamState
PROVIDER = {Role.PROVIDER}

ENROLMENT_ROWS = (
    # `enter` belongs to the prescription's table: the AES brings the enrolment to life, again after a corrected one.
    row("enter", {NOTHING, E.VOID}, E.ACTIVE, entered_on="occurred_on"),
    row("suspend", E.ACTIVE, E.SUSPENDED, PROVIDER | DEPARTMENT_SIDE),
    row("resume", E.SUSPENDED, E.ACTIVE, PROVIDER | DEPARTMENT_SIDE),
    # Of several requests of one person, only the one that led to a course has an exam.
    row("sit_exam", E.ACTIVE, None),
    row("complete", E.ACTIVE, E.COMPLETED, PROVIDER, exit_on="occurred_on"),
    row(
        "drop_out",
        {E.ACTIVE, E.SUSPENDED},
        E.INTERRUPTED,
        PROVIDER | DEPARTMENT_SIDE,
        exit_on="occurred_on",
        exit_cause="reason",
    ),
    row(
        "leave_for_job",
        {E.ACTIVE, E.SUSPENDED},
        E.INTERRUPTED,
        PROVIDER | FOLLOWERS,
        [CONTRACT_IS_KNOWN],
        exit_on="occurred_on",
        exit_cause=lambda fact, previous: "back_to_work",
    ),
)

EXAM_ROWS = (
    row("sit_exam", X.NONE, X.AWAITED, PROVIDER, exam_on="occurred_on"),
    row(
        "exam_passed",
        {X.AWAITED, X.PARTIAL, X.FAILED, X.ABSENT},
        X.PASSED,
        PROVIDER,
        exam_result_on="occurred_on",
    ),
    row(
        "exam_partial",
        {X.AWAITED, X.PARTIAL, X.FAILED, X.ABSENT},
        X.PARTIAL,
        PROVIDER,
        [g.CCP_ARE_NAMED],
        exam_result_on="occurred_on",
        exam_ccp="payload.ccp",
    ),
    row("exam_failed", {X.AWAITED, X.ABSENT}, X.FAILED, PROVIDER, exam_result_on="occurred_on"),
    row("exam_absent", X.AWAITED, X.ABSENT, PROVIDER, exam_result_on="occurred_on"),
)


def _birth(context: Context):
    """The enrolment that an AES brings to life, in the session of its prescription."""
    from followup.models import Enrolment

    prescription = context.object("prescription")
    return Enrolment(prescription=prescription, pathway=context.pathway, session_id=prescription.session_id)


ENROLMENT = register(
    Lifecycle(
        name="enrolment",
        label="Formation suivie",
        states=E,
        rows=ENROLMENT_ROWS,
        model_label="followup.Enrolment",
        since_field="state_since",
        birth=_birth,
        void=E.VOID,
    )
)

EXAM = register(
    Lifecycle(
        name="exam",
        label="Examen",
        states=X,
        rows=EXAM_ROWS,
        state_field="exam_state",
        initial=X.NONE,
        model_label="followup.Enrolment",
    )
)

declare(
    FactKind(
        "suspend",
        "Suspendre la formation",
        "Formation suspendue",
        "player-pause",
        "warning",
        about_subject=True,
        discreet=True,
    ),
    FactKind(
        "resume", "Reprendre la formation", "Formation reprise", "player-play", "info", about_subject=True
    ),
    FactKind(
        "sit_exam",
        "Présenter à l'examen",
        "Présenté à l'examen",
        "certificate",
        "info",
        about_subject=True,
        day_label="Date de l'examen",
    ),
    FactKind(
        "exam_passed",
        "Examen réussi",
        "Examen réussi",
        "certificate",
        "success",
        about_subject=True,
        day_label="Date du résultat",
    ),
    FactKind(
        "exam_partial",
        "Réussite partielle (CCP)",
        "Réussite partielle à l'examen",
        "certificate",
        "warning",
        about_subject=True,
        needs={"ccp": "CCP obtenus"},
        day_label="Date du résultat",
        help="Un an pour repasser les CCP manquants.",
    ),
    FactKind(
        "exam_failed",
        "Échec à l'examen",
        "Échec à l'examen",
        "certificate-off",
        "danger",
        about_subject=True,
        day_label="Date du résultat",
    ),
    FactKind(
        "exam_absent",
        "Absent à l'examen",
        "Absent à l'examen",
        "certificate-off",
        "danger",
        about_subject=True,
        day_label="Date de l'examen",
    ),
    FactKind(
        "complete",
        "Terminer la formation",
        "Formation terminée",
        "flag",
        "success",
        about_subject=True,
        day_label="Date de fin",
    ),
    FactKind(
        "drop_out",
        "Interrompre la formation",
        "Formation interrompue",
        "flag-off",
        "danger",
        about_subject=True,
        reasons=DropOutCause,
        day_label="Dernier jour de présence",
    ),
    FactKind(
        "leave_for_job",
        "Partir en emploi",
        "Parti en emploi pendant la formation",
        "briefcase",
        "success",
        about_subject=True,
        needs={"contract": "type de contrat"},
        takes=JOB_DETAILS,
        day_label="Début du contrat",
    ),
)
