"""The colour and icon that go with a state, beside its word."""

from dataclasses import dataclass

from config import clock
from pathways.enums import PathwayState
from pathways.models import Pathway

S = PathwayState


@dataclass(frozen=True)
class Tone:
    """label: the state's French name."""

    label: str
    tone: str
    icon: str


_TONES = {
    S.IDENTIFIED: ("neutral", "user-plus"),
    S.PRESCRIBED: ("info", "file-arrow-right"),
    S.ADMITTED: ("info", "circle-check"),
    S.IN_TRAINING: ("progress", "school"),
    S.SUSPENDED: ("warning", "player-pause"),
    S.IN_EXAM: ("progress", "certificate"),
    S.COMPLETED: ("info", "flag"),
    S.DROPPED_OUT: ("warning", "flag-off"),
    S.EMPLOYED: ("success", "briefcase"),
    S.OTHER_OUTCOME: ("neutral", "route"),
    S.LOST_CONTACT: ("warning", "user-question"),
    S.CLOSED: ("neutral", "archive"),
}


def tone_of(pathway: Pathway) -> Tone:
    """How the state of a pathway is shown; being stuck shows before the state's own colour."""
    if not pathway.state:
        return Tone("Aucune étape", "neutral", "circle-dashed")
    tone, icon = _TONES[S(pathway.state)]
    if pathway.due_on is not None and pathway.due_on < clock.today():
        tone, icon = "danger", "barrier-block"
    return Tone(str(S(pathway.state).label), tone, icon)
