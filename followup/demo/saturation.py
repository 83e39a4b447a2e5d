"""What Pôle emploi teams have done about empty seats: alerts of the last months, and those of today in each state.

Told after the year is played, from its facts: a person proposed is one whom a référent prescribed soon after. The same
year gives the same alerts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from config import clock
from notifications.enums import Level
from pathways.actor import Actor
from pathways.enums import Role
from pathways.models import Membership
from prescriptions.enums import SEATED, PrescriptionState
from prescriptions.matching import candidates
from prescriptions.models import Prescription, Proposal, SaturationCase, Session
from prescriptions.saturation import absences, cases, opening, proposals
from prescriptions.saturation.enums import Outcome, StepKind
from prescriptions.saturation.life import Move, advance

NOTICE = timedelta(days=30)
#: How many past sessions have had an alert: enough for a year of figures, few enough to be told in two seconds.
PAST = 24
GIVEN_UP = "Trois personnes jointes, aucune disponible à ces dates."


@dataclass
class Team:
    """The advisors of a bassin, as actors; the demo account is among those of its own."""

    advisors: list[Actor]

    @classmethod
    def of(cls, area_id: int | None) -> Team:
        rows = Membership.objects.current().filter(role=Role.ADVISOR, organisation__areas=area_id)
        found = rows.select_related("user", "organisation").order_by("user__email")
        return cls([Actor.of(row) for row in found])


def play(seed: int) -> int:
    """Tell the alerts of the last months and of today. Returns how many there were."""
    dice = Random(seed)  # noqa: S311 (chance must be repeatable here)
    today = clock.today()
    known = Session.objects.regional().filter(cancelled_on=None, capacity__gt=0).exclude(area=None)
    past = list(known.filter(starts_on__lte=today).order_by("-starts_on", "carif_number")[:PAST])
    coming = list(
        known.filter(starts_on__gt=today, starts_on__lte=today + NOTICE).order_by("starts_on", "carif_number")
    )
    teams = {area_id: Team.of(area_id) for area_id in {session.area_id for session in past + coming}}
    absences.count_programme()
    told = [_past(session, teams[session.area_id], dice) for session in reversed(past)]
    told += [_coming(session, teams[session.area_id], rank) for rank, session in enumerate(coming)]
    opening.count_openings()
    return sum(told)


def _alert(session: Session, day: date) -> SaturationCase | None:
    """The case opened on that day, with the seats held then; none when it was full."""
    decided = Prescription.objects.filter(session=session, decided_on__lte=day)
    held = decided.filter(state__in=[*SEATED, PrescriptionState.NO_SHOW]).count()
    if held >= session.capacity:
        return None
    session.seats_held = held
    with clock.at(_at(day, 7)):
        (case,) = opening.open_cases([session], {session.pk: Level.NOTICE})
    return case


def _at(day: date, hours: float) -> datetime:
    return timezone.make_aware(datetime.combine(day, time())) + timedelta(hours=hours)


def _past(session: Session, team: Team, dice: Random) -> bool:
    case = _alert(session, session.starts_on - NOTICE)
    if case is None:
        return False
    if team.advisors:
        _react(case, dice.choice(team.advisors), dice)
    _close(case, session)
    return True


def _react(case: SaturationCase, advisor: Actor, dice: Random) -> None:
    """Seen, taken, people proposed; one team in six does not react, and one alert in ten is given up."""
    luck = dice.random()
    if luck < 1 / 6:
        with clock.at(case.react_by):
            advance([Move(case, StepKind.ESCALATED, payload={"stage": case.stage})], Actor.system())
        return
    seen = case.opened_at + timedelta(hours=dice.choice((1, 2, 3, 5, 20, 22, 26)))
    taken = seen + timedelta(hours=dice.choice((0.2, 1, 2, 4, 20, 26)))
    with clock.at(seen):
        cases.see(case.pk, advisor)
    with clock.at(taken):
        case = cases.take(case.pk, advisor)
    people = _prescribed_after(case, as_day=timezone.localdate(taken))
    for prescription in dice.sample(people, min(len(people), dice.choice((1, 2, 2, 3)))):
        before = _at(prescription.submitted_on, 7) - timedelta(hours=20)
        soon = taken + timedelta(hours=dice.choice((1, 3, 22, 27, 46)))
        _proposed(case, prescription, advisor, max(taken, min(soon, before)))
    if not people and luck > 0.7:
        with clock.at(taken + timedelta(days=6)):
            cases.give_up(case.pk, advisor, "declined", GIVEN_UP)


def _prescribed_after(case: SaturationCase, as_day: date) -> list[Prescription]:
    rows = Prescription.objects.sent().filter(session=case.session_id, submitted_on__gt=as_day)
    rows = rows.filter(pathway__area=case.area_id, submitted_on__lt=case.session.starts_on)
    return list(rows.select_related("pathway").order_by("submitted_on", "pathway__sort_key", "pk"))


def _proposed(case: SaturationCase, prescription: Prescription, advisor: Actor, moment: datetime) -> None:
    """The proposal that came before a prescription of the year."""
    case.refresh_from_db()
    pathway = prescription.pathway
    with clock.at(moment):
        advance([Move(case, StepKind.PROPOSED, payload={"people": 1})], advisor)
    Proposal.objects.create(
        case=case,
        pathway=pathway,
        pole=pathway.pole,
        proposed_by=advisor.user,
        organisation=advisor.organisation,
        proposed_at=moment,
        reasons=["sans session"],
        outcome=Outcome.PRESCRIBED,
        outcome_at=_at(prescription.submitted_on, 15),
        answered_by=prescription.prescriber,
        prescription=prescription,
    )


def _close(case: SaturationCase, session: Session) -> None:
    """The session is full, or it opens."""
    case = SaturationCase.objects.select_related("session").get(pk=case.pk)
    if not case.is_live:
        return
    with clock.at(_at(session.starts_on, 1)):
        opening.end_cases([case])


# ---- the alerts of today


def _coming(session: Session, team: Team, rank: int) -> bool:
    """In turn: nobody has reacted, seen, taken with people proposed, taken by a colleague."""
    day = max(session.starts_on - NOTICE, clock.today() - timedelta(days=6))
    case = _alert(session, day)
    if case is None or not team.advisors:
        return case is not None
    demo = next(
        (each for each in team.advisors if each.user.email.startswith("conseiller@")), team.advisors[0]
    )
    colleague = next((each for each in team.advisors if each is not demo), demo)
    with clock.at(min(clock.now(), case.opened_at + timedelta(hours=3))):
        if rank % 4 == 1:
            cases.see(case.pk, colleague)
        elif rank % 4 == 2:
            cases.take(case.pk, demo)
            _propose_now(case, demo)
        elif rank % 4 == 3:
            cases.take(case.pk, colleague)
    return True


def _propose_now(case: SaturationCase, advisor: Actor) -> None:
    """Three people who could come: two await their référent, one was set aside."""
    ranked = candidates(Session.objects.with_offer().get(pk=case.session_id), advisor, 20)
    chosen = [candidate for candidate in ranked if candidate.pathway.pole_id is not None][:3]
    if not chosen:
        return
    reasons = {candidate.pathway.pk: [reason.text for reason in candidate.reasons] for candidate in chosen}
    made = proposals.propose(case.pk, advisor, list(reasons), reasons)
    referents = Membership.objects.current().filter(role=Role.REFERENT, organisation=made[-1].pole)
    referent = referents.select_related("user", "organisation").order_by("user__email").first()
    if len(made) == 3 and referent is not None:
        proposals.dismiss(
            made[-1].pk, Actor.of(referent), "not_interested", "Préfère attendre une session plus proche."
        )
