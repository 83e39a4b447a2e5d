"""After the course (or without one): contacts, jobs and their end, other outcomes, people lost, files closed."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date, timedelta

from followup.demo import jobs
from followup.demo.agenda import on_or_after
from followup.demo.dossier import Dossier

Steps = Generator[date | None, object, None]

#: What people say when they are reached and have no job yet (domain.md B9).
REACHED = {
    "appointment": 34,
    "new_project": 12,
    "already_supported": 12,
    "searches_alone": 24,
    "changes_course": 8,
    "declines": 4,
    "other": 6,
}
NOT_REACHED = {"no_answer": 55, "message_left": 35, "wrong_number": 10}
OUTCOMES = {
    "other_training": 30,
    "business_project": 14,
    "health": 16,
    "family": 14,
    "moved": 12,
    "not_seeking": 8,
    "retirement": 2,
    "other": 4,
}


def draw_from(dossier: Dossier, shares: dict[str, int]) -> str:
    return dossier.rng.choices(list(shares), list(shares.values()))[0]


def call(dossier: Dossier, caller, *, reached: float = 0.66) -> Generator[date | None, object, bool]:
    """Call until the person answers, at most five times. True: they were spoken to."""
    for attempt in range(5):
        if attempt:
            yield dossier.later(3, 12)
        if dossier.rng.random() < reached:
            reason = "found_job" if dossier.has_job else draw_from(dossier, REACHED)
            dossier.do("contact", caller, reason=reason)
            return True
        dossier.do("contact", caller, reason=draw_from(dossier, NOT_REACHED))
        if attempt >= 2 and dossier.rng.random() < 0.4:
            break
    return False


def after_training(dossier: Dossier, chance: float) -> Generator[date | None, object, bool]:
    """The advisor calls each leaver, then work comes or does not. True: the person wants another course."""
    left_on = dossier.last_on
    job_on = _first_day_of_work(dossier, left_on) if dossier.rng.random() < chance else None
    yield dossier.later(1, 14) if dossier.rng.random() < 0.92 else dossier.later(20, 45)
    has_begun = job_on is not None and job_on <= dossier.world.agenda.today
    dossier.has_job = has_begun
    is_reached = yield from call(dossier, dossier.advisor)
    if job_on is not None:
        yield from work(dossier, job_on)
        return False
    if not is_reached:
        yield from lose(dossier, dossier.advisor)
        return False
    yield dossier.later(10, 60)
    if dossier.rng.random() < 0.45:
        dossier.do("record_outcome", dossier.advisor, reason=draw_from(dossier, OUTCOMES))
        yield from _close_later(dossier, 0.5)
        return False
    return dossier.rng.random() < 0.6


def _first_day_of_work(dossier: Dossier, left_on: date) -> date:
    """Half start within three weeks of the end, all within four months."""
    soonest, latest, likeliest = (1, 22, 4) if dossier.rng.random() < 0.55 else (10, 110, 20)
    return left_on + timedelta(days=round(dossier.rng.triangular(soonest, latest, likeliest)))


def work(dossier: Dossier, started_on: date, *, again: bool = True) -> Steps:
    """A job, told to the advisor or the référent some days after it began, and what becomes of it."""
    yield dossier.when_known(started_on, (1, 2, 4, 6, 9, 15, 24))
    details = jobs.draw(dossier)
    teller = dossier.advisor if dossier.rng.random() < 0.6 else dossier.referent
    event = dossier.do("employ", teller, started_on, payload=details)
    if dossier.rng.random() < 0.02:
        yield dossier.later(2, 10)
        details = {**details, "contract": "cdd_short", "planned_months": 3}
        dossier.put_right(event, teller, "Le contrat de travail reçu est un CDD.", payload=details)
    ends_on = jobs.end_of(details, dossier.last_on)
    if ends_on is None:
        yield from _close_later(dossier, 0.55, soonest=150)
    else:
        yield from _end_of_job(dossier, ends_on, again)


def _end_of_job(dossier: Dossier, ends_on: date, again: bool) -> Steps:
    """Two contracts in five are prolonged; the others end, and half of these people find the next one soon."""
    if dossier.rng.random() < 0.4:
        return
    yield dossier.when_known(ends_on, (1, 3, 6, 10, 15))
    dossier.do("end_job", dossier.referent, ends_on)
    if again and dossier.rng.random() < 0.5:
        yield dossier.later(5, 40)
        yield from work(dossier, dossier.world.agenda.today, again=False)


def lose(dossier: Dossier, caller) -> Steps:
    """Nobody answers: called again until three calls are on record, then « perdu de vue », and some files closed."""
    yield dossier.later(5, 20)
    dossier.do("lose_contact", caller)
    yield from _close_later(dossier, 0.5, soonest=60)


def _close_later(dossier: Dossier, share: float, soonest: int = 30) -> Steps:
    if dossier.rng.random() >= share:
        return
    yield on_or_after(dossier.world.agenda.today + timedelta(days=soonest + dossier.rng.randrange(40)))
    dossier.do("close", dossier.referent)
    if dossier.rng.random() < 0.05:
        yield dossier.later(10, 50)
        dossier.do("reopen", dossier.referent, comment="La personne est revenue demander un accompagnement.")
