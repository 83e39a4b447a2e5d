"""The colour and icon that go with the state of a prescription or of a session, beside its word."""

from dataclasses import dataclass

from prescriptions.enums import PrescriptionState, Recruitment
from prescriptions.models import Prescription, Session

P = PrescriptionState


@dataclass(frozen=True)
class Badge:
    label: str
    tone: str
    icon: str


_TONES = {
    P.DRAFT: ("neutral", "pencil"),
    P.SUBMITTED: ("info", "file-arrow-right"),
    P.CONVENED: ("info", "calendar-event"),
    P.ATTENDED: ("info", "user-check"),
    P.ABSENT: ("warning", "user-x"),
    P.WAITLISTED: ("warning", "list-numbers"),
    P.OFFERED: ("warning", "gift"),
    P.ADMITTED: ("success", "circle-check"),
    P.REGISTERED: ("success", "file-check"),
    P.ENTERED: ("success", "door-enter"),
    P.REFUSED: ("danger", "circle-x"),
    P.EXPIRED: ("warning", "hourglass-off"),
    P.NO_SHOW: ("danger", "user-off"),
    P.WITHDRAWN: ("neutral", "circle-minus"),
    P.SESSION_CANCELLED: ("neutral", "calendar-off"),
}

_RECRUITMENT = {
    Recruitment.UNKNOWN: ("neutral", "help-circle"),
    Recruitment.OPEN: ("success", "door-enter"),
    Recruitment.CLOSED: ("neutral", "lock"),
    Recruitment.SUSPENDED: ("warning", "player-pause"),
}


def badge_of_state(state: str) -> Badge:
    return Badge(str(P(state).label), *_TONES[P(state)])


def badge_of(prescription: Prescription) -> Badge:
    return badge_of_state(prescription.state)


def recruitment_badge(session: Session) -> Badge:
    """The state of recruitment; a cancelled session says so before anything else."""
    if session.cancelled_on is not None:
        return Badge("Session annulée", "danger", "calendar-off")
    state = Recruitment(session.recruitment)
    label = (
        "Recrutement non renseigné" if state == Recruitment.UNKNOWN else f"Recrutement {state.label.lower()}"
    )
    return Badge(label, *_RECRUITMENT[state])
