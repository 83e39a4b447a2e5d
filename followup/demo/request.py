"""From the prescription to the door of the session: answer, information day, decision, waiting list, AIS, AES."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date, timedelta
from enum import Enum, auto

from followup.demo.agenda import on_or_after, on_or_before
from followup.demo.dossier import Dossier
from followup.demo.offer import Intake
from followup.demo.world import SessionCancelled


class Result(Enum):
    ENTERED = auto()
    ENDED = auto()
    FOUND_JOB = auto()


Steps = Generator[date | None, object, Result]

#: Refusals of domain.md B3, how common each is, what is usually proposed and said.
REFUSALS = {
    "prerequisites": (
        30,
        "upgrade",
        "Les tests de positionnement montrent des bases à consolider avant l'entrée.",
    ),
    "project": (
        20,
        "project_work",
        "Le projet reste à confirmer : le métier n'a pas encore été observé en situation.",
    ),
    "unavailable": (10, "later", "Les horaires de la formation ne sont pas compatibles pour le moment."),
    "mobility": (
        12,
        "other_session",
        "Le trajet dépasse une heure et demie : une session plus proche convient mieux.",
    ),
    "contraindication": (
        6,
        "other_training",
        "Le poste suppose le port de charges, à éviter d'après la personne.",
    ),
    "obstacle": (8, "meet_referent", "La situation ne permet pas une présence régulière pour le moment."),
    "overqualified": (5, "other_training", "Le niveau dépasse celui de la formation."),
    "not_eligible": (4, "meet_referent", "Le public n'est pas celui que le financement prévoit."),
    "unreachable": (5, "meet_referent", "Aucune réponse à trois appels et un courriel."),
}
FULL = (
    "full",
    "other_session",
    "Toutes les places ont été attribuées ; une autre session ouvre prochainement.",
)
STARTED = ("other", "other_session", "La session a déjà commencé ; une autre ouvre prochainement.")
ABSENT = ("absent", "other_session", "Absence à l'information collective, sans nouvelle depuis.")


def request(dossier: Dossier, intake: Intake) -> Steps:
    """Ask one session, until the person enters it or the request ends."""
    dossier.submit(intake, on=_prescribed_on(dossier))
    try:
        return (yield from _until_entry(dossier))
    except SessionCancelled:
        dossier.lose_session()
        return Result.ENDED


def _prescribed_on(dossier: Dossier) -> date:
    """Mostly the same day; some prescriptions are typed a few days after the interview."""
    return dossier.world.agenda.today - timedelta(days=dossier.rng.choice((0, 0, 0, 0, 1, 3)))


def _until_entry(dossier: Dossier) -> Steps:
    if dossier.rng.random() < 0.05:
        yield dossier.later(2, 12)
        return _give_up(dossier)
    answered = yield from _answer(dossier)
    if not answered:
        return Result.ENDED
    yield dossier.later(1, 9)
    if dossier.rng.random() < 0.03:
        return _give_up(dossier)
    seated = yield from _decision(dossier)
    if not seated:
        return Result.ENDED
    return (yield from _from_seat_to_entry(dossier))


def _give_up(dossier: Dossier, *, from_seat: bool = False) -> Result:
    """The person withdraws: half of them because they have found a job."""
    reason = dossier.rng.choices(
        ("job_found", "personal", "changed_project", "other_training", "mistake"), (45, 22, 20, 8, 5)
    )[0]
    dossier.withdraw(dossier.referent, reason, from_seat=from_seat)
    return Result.FOUND_JOB if reason == "job_found" else Result.ENDED


# ---- information day


def _answer(dossier: Dossier) -> Generator[date | None, object, bool]:
    """The provider convenes, or will decide on the file when no information day is left. True: still in the run."""
    is_slow = dossier.rng.random() < 0.12
    if is_slow and dossier.rng.random() < 0.5:
        yield dossier.later(8, 12)
        dossier.ask("remind", dossier.referent)
    yield dossier.later(3, 12) if is_slow else dossier.later(1, 8)
    return (yield from _information_day(dossier, second_chance=True))


def _information_day(dossier: Dossier, *, second_chance: bool) -> Generator[date | None, object, bool]:
    today = dossier.world.agenda.today
    meeting = dossier.intake.meeting_after(today)
    if meeting is None:
        return True
    dossier.convene(meeting)
    yield dossier.when_known(meeting)
    if dossier.rng.random() < 0.8:
        dossier.ask("attend", dossier.trainer, meeting)
        return True
    dossier.ask("miss", dossier.trainer, meeting)
    yield dossier.later(1, 8)
    if (
        second_chance
        and dossier.rng.random() < 0.55
        and dossier.intake.meeting_after(dossier.world.agenda.today)
    ):
        return (yield from _information_day(dossier, second_chance=False))
    if dossier.rng.random() < 0.3:
        _give_up(dossier)
    else:
        dossier.refuse(*ABSENT)
    return False


# ---- decision


def _decision(dossier: Dossier) -> Generator[date | None, object, bool]:
    """Main list, waiting list or refusal. True: the person holds a seat."""
    if dossier.rng.random() < 0.13:
        return (yield from _refused(dossier))
    intake = dossier.intake
    if not intake.course.is_permanent and dossier.world.agenda.today > intake.starts_on + timedelta(days=3):
        dossier.refuse(*STARTED)
        return False
    if intake.has_seat and not intake.queue:
        dossier.admit()
        return True
    opens_soon = dossier.world.agenda.today >= intake.starts_on - timedelta(days=1)
    if opens_soon or len(intake.queue) >= 5:
        dossier.refuse(*FULL)
        return False
    dossier.join_queue()
    return (yield from _waiting(dossier))


def _refused(dossier: Dossier) -> Generator[date | None, object, bool]:
    reason = dossier.rng.choices(list(REFUSALS), [share for share, _, _ in REFUSALS.values()])[0]
    _, next_step, comment = REFUSALS[reason]
    refusal = dossier.refuse(reason, next_step, comment)
    if dossier.rng.random() >= 0.03:
        return False
    yield dossier.later(1, 4)
    if not dossier.intake.has_seat:
        return False
    dossier.take_back(refusal, dossier.trainer, "Refus saisi sur le mauvais dossier.")
    dossier.intake.asking[dossier] = dossier.task
    dossier.admit()
    return True


def _waiting(dossier: Dossier) -> Generator[date | None, object, bool]:
    """On the waiting list until a seat is offered or the session has opened."""
    message = yield None
    if message == "closed":
        dossier.refuse(*FULL)
        return False
    fate = dossier.rng.choices(("accept", "decline", "silence"), (70, 15, 15))[0]
    if fate == "silence":
        yield message + timedelta(days=1)
        dossier.expire()
        return False
    yield min(dossier.later(0, 3), message)
    if fate == "decline":
        dossier.withdraw(dossier.referent, "declined_seat", from_seat=True)
        return False
    dossier.ask("accept", dossier.referent)
    return True


# ---- AIS, AES


def _from_seat_to_entry(dossier: Dossier) -> Steps:
    intake, rng = dossier.intake, dossier.rng
    nearly_over = dossier.world.agenda.today > intake.ends_on - timedelta(days=21)
    if nearly_over or rng.random() < 0.05:
        yield dossier.later(1, 10)
        return _give_up(dossier, from_seat=True)
    today = dossier.world.agenda.today
    yield max(on_or_before(intake.starts_on - timedelta(days=rng.randint(2, 14))), on_or_after(today))
    dossier.ask("register", dossier.trainer)
    opening = _opening_for(dossier)
    if rng.random() < 0.05:
        yield on_or_after(max(opening, dossier.world.agenda.today) + timedelta(days=rng.randint(1, 6)))
        dossier.no_show()
        return Result.ENDED
    late = rng.choice((0, 0, 0, 0, 0, 0, 0, 1, 2, 4))
    entered_on = min(intake.ends_on, on_or_after(opening + timedelta(days=late)))
    yield dossier.when_known(entered_on, (0, 0, 0, 1, 1, 2, 4, 7))
    return (yield from _enter(dossier, entered_on))


def _opening_for(dossier: Dossier) -> date:
    """The first day for this person: the opening, or the next Monday where people enter all the time."""
    today = dossier.world.agenda.today
    if not dossier.intake.course.is_permanent:
        return dossier.intake.starts_on
    monday = today + timedelta(days=7 - today.weekday())
    return on_or_after(max(monday, dossier.intake.starts_on))


def _enter(dossier: Dossier, entered_on: date) -> Steps:
    """The AES; now and then with a wrong date, or for somebody who did not come, put right some days later."""
    chance = dossier.rng.random()
    if chance < 0.012:
        event = dossier.enter(entered_on)
        yield dossier.later(1, 5)
        dossier.take_back(event, dossier.trainer, "Entrée saisie par erreur : la personne n'est pas venue.")
        dossier.no_show()
        return Result.ENDED
    wrong_on = entered_on + timedelta(days=1)
    if chance < 0.04 and wrong_on <= dossier.world.agenda.today:
        event = dossier.enter(wrong_on)
        yield dossier.later(1, 8)
        dossier.put_right(
            event, dossier.trainer, "Erreur de date : l'émargement fait foi.", occurred_on=entered_on
        )
        return Result.ENTERED
    dossier.enter(entered_on)
    return Result.ENTERED
