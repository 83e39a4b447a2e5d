"""The usual story of a member of the cohort, from the first interview to work."""

from __future__ import annotations

from followup.demo import aftermath
from followup.demo.agenda import Story
from followup.demo.dossier import Dossier
from followup.demo.request import Result, request
from followup.demo.training import Exit, train

#: What the first interview leads to, in percent.
PATHS = {"course": 66, "job": 14, "outcome": 6, "silence": 7, "nothing": 7}
MOST_REQUESTS = 3
#: What référents write down after an interview.
NOTES = (
    "Entretien de diagnostic : projet clair, disponible tout de suite.",
    "Garde d'enfant à organiser avant une entrée en formation.",
    "Préfère un lieu accessible en transports en commun.",
    "A déjà travaillé dans le secteur, souhaite un titre reconnu.",
    "Rendez-vous honoré, motivation confirmée.",
)


def live(dossier: Dossier) -> Story:
    """Met, directed, trained, in work, or not: from the day of identification on."""
    yield dossier.later(4, 26)
    if dossier.rng.random() < 0.2:
        dossier.do("note", dossier.referent, comment=dossier.rng.choice(NOTES))
    path = aftermath.draw_from(dossier, PATHS)
    if path == "course":
        yield from _courses(dossier)
    elif path == "job":
        yield dossier.later(8, 90)
        yield from aftermath.work(dossier, dossier.world.agenda.today)
    elif path == "outcome":
        yield dossier.later(8, 60)
        dossier.do(
            "record_outcome", dossier.referent, reason=aftermath.draw_from(dossier, aftermath.OUTCOMES)
        )
    elif path == "silence":
        yield from _no_answer(dossier)


def _courses(dossier: Dossier) -> Story:
    """Ask sessions until one is entered; follow the course; now and then, a second one."""
    wants_more = yield from _one_course(dossier)
    if wants_more:
        yield dossier.later(10, 40)
        yield from _one_course(dossier)


def _one_course(dossier: Dossier) -> Story:
    """True when, after a course, the person wants another one."""
    for _ in range(MOST_REQUESTS):
        intake = dossier.world.choose_session(dossier)
        if intake is None:
            yield dossier.later(10, 30)
            continue
        result = yield from request(dossier, intake)
        if result is Result.ENTERED:
            return (yield from _course_entered(dossier))
        if result is Result.FOUND_JOB:
            yield from aftermath.work(dossier, dossier.world.agenda.today)
            return False
        yield dossier.later(3, 28)
    if dossier.rng.random() < 0.3:
        yield from _no_answer(dossier)
    return False


def _course_entered(dossier: Dossier) -> Story:
    exit_by, chance = yield from train(dossier)
    if exit_by is Exit.TO_WORK:
        dossier.has_job = True
        yield dossier.later(2, 20)
        yield from aftermath.call(dossier, dossier.advisor, reached=0.8)
        return False
    return (yield from aftermath.after_training(dossier, chance))


def _no_answer(dossier: Dossier) -> Story:
    """Someone who answers no more: three calls, then « perdu de vue »."""
    yield dossier.later(5, 25)
    is_reached = yield from aftermath.call(dossier, dossier.referent, reached=0.04)
    if not is_reached:
        yield from aftermath.lose(dossier, dossier.referent)
