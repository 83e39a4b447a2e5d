"""By when a request awaits whom, and who is told as time passes (domain.md B13). Rows and delays in, dates out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from config.ui.dates import day
from notifications.enums import Level
from prescriptions.delays import Delays
from prescriptions.enums import PrescriptionState
from prescriptions.models import Prescription

P = PrescriptionState


class Party(StrEnum):
    """Who may be told that a request waits."""

    PROVIDER = "l'organisme"
    REFERENT = "le référent"
    MANAGER = "le Département"
    REGION = "la Région"


OPENING = "session__starts_on"
#: As the subject of « est prévenu »: only one of them is feminine.
FEMININE = {Party.REGION}


@dataclass(frozen=True)
class Rung:
    """So many days after the day it counts from (negative: before), these are told too, and it is as urgent as this."""

    days: int
    told: tuple[Party, ...]
    level: Level


@dataclass(frozen=True)
class Rule:
    """What a state awaits. counted_from: a column. rungs: the first is the deadline itself."""

    counted_from: str
    rungs: tuple[Rung, ...]


def rules(delays: Delays) -> dict[str, Rule]:
    """State -> its rule, for the states that await somebody by a day."""
    referent, manager = Party.REFERENT, Party.MANAGER
    setback = Rule(
        "ended_on",
        (
            Rung(delays.next_step, (referent,), Level.WARNING),
            Rung(delays.next_step_manager, (manager,), Level.URGENT),
        ),
    )
    answer = Rule(
        "state_since",
        (_provider(delays.answer), Rung(delays.answer_region, (referent, Party.REGION), Level.URGENT)),
    )
    return {
        P.SUBMITTED: answer,
        P.ATTENDED: answer,
        P.CONVENED: Rule("convened_for", (_provider(delays.presence), _region(delays.presence_region))),
        P.ADMITTED: Rule(OPENING, (_provider(-delays.ais), _region(-delays.ais_region))),
        P.REGISTERED: Rule(OPENING, (_provider(delays.aes), _region(delays.aes_region))),
        P.ABSENT: Rule(
            "state_since",
            (
                Rung(0, (referent,), Level.WARNING),
                Rung(delays.absence_manager, (manager,), Level.URGENT),
            ),
        ),
        P.REFUSED: setback,
        P.EXPIRED: setback,
        P.SESSION_CANCELLED: setback,
        P.NO_SHOW: Rule(
            "ended_on",
            (
                Rung(delays.no_show, (referent,), Level.WARNING),
                Rung(max(delays.no_show, delays.next_step_manager), (manager,), Level.URGENT),
            ),
        ),
    }


def _provider(days: int) -> Rung:
    return Rung(days, (Party.PROVIDER,), Level.WARNING)


def _region(days: int) -> Rung:
    return Rung(days, (Party.REGION,), Level.URGENT)


@dataclass(frozen=True)
class Deadline:
    """due_on: the last day to act. told: who is told and from which day on, the first of them those who must act."""

    due_on: date
    told: tuple[tuple[Party, date], ...]
    levels: tuple[tuple[date, Level], ...]

    def parties(self, today: date) -> set[Party]:
        """Who has been told by today."""
        return {party for party, since in self.told if since <= today}

    def level(self, today: date) -> Level:
        return max((level for since, level in self.levels if since <= today), default=Level.NOTICE)

    def is_reached(self, today: date) -> bool:
        return self.due_on <= today

    def escalation(self, today: date, unless: Iterable[Party] = ()) -> str:
        """« le référent et la Région sont prévenus depuis le 17/11/2026 »; empty until somebody else is told.

        unless: who need not be named.
        """
        first = self.told[0][0]
        by_day: dict[date, list[Party]] = {}
        for party, since in self.told:
            if since <= today and party is not first and party not in unless:
                by_day.setdefault(since, []).append(party)
        return ", ".join(_informed(parties, since) for since, parties in sorted(by_day.items()))


def _informed(parties: list[Party], since: date) -> str:
    who = " et ".join(parties)
    if len(parties) > 1:
        verb = "sont prévenus"
    else:
        verb = "est prévenue" if parties[0] in FEMININE else "est prévenu"
    return f"{who} {verb} depuis le {since:%d/%m/%Y}"


#: Whoever is admitted when the session is near, or open already, leaves the provider so many days before each rung.
GRACE = (2, 5)


def _earliest(request: Prescription, rule: Rule, place: int) -> date:
    if rule.counted_from != OPENING:
        return date.min
    return request.state_since + timedelta(days=GRACE[place])


def deadline(request: Prescription, known: dict[str, Rule]) -> Deadline | None:
    """By when this request (its session loaded) awaits somebody; None when nobody must act by a day."""
    rule = known.get(request.state)
    if rule is None:
        return None
    counted_from = (
        request.session.starts_on if rule.counted_from == OPENING else getattr(request, rule.counted_from)
    )
    if counted_from is None:
        return None
    days = [
        (max(counted_from + timedelta(days=rung.days), _earliest(request, rule, place)), rung)
        for place, rung in enumerate(rule.rungs)
    ]
    return Deadline(
        due_on=days[0][0],
        told=tuple((party, since) for since, rung in days for party in rung.told),
        levels=tuple((since, rung.level) for since, rung in days),
    )


def owed(request: Prescription) -> str:
    """What a request awaits, in words: « prescription du 03/11/2026 sans réponse »."""
    if request.state == P.CONVENED:
        return f"information collective du {request.convened_for:%d/%m/%Y}, présence à saisir"
    if request.state == P.ABSENT:
        missed = request.convened_for or request.state_since
        return f"absent à l'information collective du {missed:%d/%m/%Y}, suite à donner"
    since = f"{request.state_since:%d/%m/%Y}"
    return {
        P.SUBMITTED: f"prescription du {since} sans réponse",
        P.ATTENDED: f"présent à l'information collective le {since}, décision à prendre",
        P.ADMITTED: f"retenu le {since}, inscription (AIS) à saisir",
        P.REGISTERED: f"inscrit le {since}, entrée (AES) ou absence à saisir",
        P.REFUSED: f"refus du {since} sans suite",
        P.EXPIRED: f"place proposée, sans réponse le {since}, et sans suite",
        P.SESSION_CANCELLED: f"session annulée le {since}, sans suite",
        P.NO_SHOW: f"ne s'est pas présenté, dit le {since}, et sans suite",
    }[P(request.state)]


def told_on_file(found: Deadline | None, today: date) -> str:
    """« attendu depuis le 10/11/2026, la Région est prévenue depuis le 17/11/2026 »; « avant le … » while in time."""
    if found is None:
        return ""
    if found.due_on >= today:
        return f"attendu avant le {day(found.due_on)}"
    escalation = found.escalation(today)
    since = f"attendu depuis le {found.due_on:%d/%m/%Y}"
    return f"{since} ; {escalation}" if escalation else since
