"""The seats of a session as its page tells them: those kept for a public, those passing on, what may be decided.

A provider reads a letter (« place réservée A »), never for whom: a criterion could disclose somebody's situation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse

from config import clock
from config.ui.dates import count, day
from pathways.actor import Actor
from pathways.enums import Role
from pathways.reading.moment import reading_now
from prescriptions import reserved
from prescriptions.enums import PrescriptionState
from prescriptions.models import Session
from prescriptions.scopes import READ_PUBLICS


@dataclass(frozen=True)
class KeptLine:
    """Seats kept for one public: what the reader may know of it, how many are used, until when."""

    label: str
    seats: int
    used: int
    releases_on: date
    is_released: bool

    @property
    def told(self) -> str:
        """« 1 prise sur 2, les autres pour tous le 03/04/2026 »."""
        taken = f"{count(self.used, 'prise,prises')} sur {self.seats}"
        if self.used >= self.seats:
            return taken
        if self.is_released:
            return f"{taken}, ouvertes à tous depuis le {day(self.releases_on)}"
        return f"{taken}, ouvertes à tous le {day(self.releases_on)}"


@dataclass(frozen=True)
class SeatsPanel:
    lines: list[KeptLine] = field(default_factory=list)
    passing: str = ""
    suspended: str = ""
    decide_url: str = ""
    suspend_url: str = ""

    @property
    def is_empty(self) -> bool:
        told = (self.lines, self.passing, self.suspended, self.decide_url, self.suspend_url)
        return not any(told)


def of(session: Session, actor: Actor) -> SeatsPanel:
    """What the reader is told about the seats of a session, and what they may decide."""
    may_act = reading_now() is None and session.cancelled_on is None
    decides = may_act and actor.has_role(Role.REGION_OFFICER)
    suspends = may_act and actor.has_role(Role.PROVIDER) and not session.offers_suspended_on
    return SeatsPanel(
        lines=kept_lines(session, actor),
        passing=_passing(session) if may_act else "",
        suspended=_suspended(session),
        decide_url=reverse("prescriptions:session_quotas", args=[session.pk]) if decides else "",
        suspend_url=reverse("prescriptions:offers_suspend", args=[session.pk])
        if suspends or (may_act and session.offers_suspended_on and actor.has_role(Role.PROVIDER))
        else "",
    )


def kept_lines(session: Session, actor: Actor) -> list[KeptLine]:
    """The quotas of a session, in the words of the reader."""
    kept = reserved.of_sessions([session.pk]).get(session.pk)
    if kept is None:
        return []
    used, today = kept.used(), clock.today()
    return [
        KeptLine(
            _label(quota, actor.role), quota.seats, used[pk], quota.releases_on, quota.is_released(today)
        )
        for pk, quota in kept.quotas.items()
    ]


def _label(quota: reserved.Quota, role: Role) -> str:
    many = f"{count(quota.seats, 'place réservée,places réservées')} {quota.letter}"
    return f"{many} : {quota.name}" if role in READ_PUBLICS else many


def _passing(session: Session) -> str:
    number = session.seats_passing
    if not number or session.offers_suspended_on:
        return ""
    waiting = session.prescriptions.filter(state=PrescriptionState.WAITLISTED).count()
    seats = count(number, "place libérée,places libérées")
    if not waiting:
        return f"{seats} : personne n'attend, à pourvoir."
    return f"{seats} : Jalons propose à la personne suivante de la liste d'attente."


def _suspended(session: Session) -> str:
    if session.offers_suspended_on is None:
        return ""
    return f"Depuis le {day(session.offers_suspended_on)} : {session.offers_suspension_reason}"
