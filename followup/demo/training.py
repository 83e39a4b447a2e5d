"""The course: suspensions, early exits with the causes of the Dares survey, exam, end."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date, timedelta
from enum import Enum, auto

from followup.demo import jobs
from followup.demo.agenda import on_or_after, on_or_before
from followup.demo.dossier import Dossier
from pathways.outcomes import BACK_TO_WORK


class Exit(Enum):
    COMPLETED = auto()
    DROPPED_OUT = auto()
    TO_WORK = auto()


Steps = Generator[date | None, object, tuple[Exit, float]]

#: Share of entrants who leave before the end. With the fifth of them who leave for a job, the rate that counts
#: (exits other than to work, domain.md B8) falls within the 8 to 12 % of the survey.
EARLY_EXITS = 0.125
#: Causes of leaving early, Dares Post-Formation 2019 (domain.md B4), childcare taken out of « personal ».
CAUSES = {
    "personal": 18,
    BACK_TO_WORK[0]: 22,
    "unsuited": 19,
    "relations": 13,
    "money": 9,
    "childcare": 6,
    "distance": 6,
    "other_training": 6,
    "imposed": 4,
    "moved": 1,
    "late_pay": 1,
    "expelled": 1,
}
#: Results of those who sit the exam, and how well each serves to find a job.
RESULTS = {
    "exam_passed": (70, 0.86),
    "exam_partial": (15, 0.74),
    "exam_failed": (9, 0.62),
    "exam_absent": (6, 0.5),
}
WITHOUT_EXAM = 0.74
AFTER_DROP_OUT = 0.4


def train(dossier: Dossier) -> Steps:
    """Follow the course to its exit. Returns how it was left, and the chance of work that it gives."""
    entered_on = dossier.last_on
    ends_on = _end_for(dossier, entered_on)
    days = (ends_on - entered_on).days
    if dossier.rng.random() < 0.06 and days > 30:
        is_back = yield from _suspension(dossier, entered_on, days)
        if not is_back:
            return Exit.DROPPED_OUT, AFTER_DROP_OUT
    elif dossier.rng.random() < 0.015:
        yield from _wrong_drop_out(dossier, days)
    if dossier.rng.random() < EARLY_EXITS:
        return (yield from _early_exit(dossier, ends_on))
    return (yield from _to_the_end(dossier, ends_on))


def _end_for(dossier: Dossier, entered_on: date) -> date:
    if dossier.intake.course.is_permanent:
        own_end = on_or_before(entered_on + timedelta(weeks=dossier.intake.course.weeks))
        return max(entered_on, min(own_end, dossier.intake.ends_on))
    return dossier.intake.ends_on


def _suspension(dossier: Dossier, entered_on: date, days: int) -> Generator[date | None, object, bool]:
    """A break of two to five weeks; one in five does not come back. True: the person is back."""
    stopped_on = on_or_after(entered_on + timedelta(days=round(days * dossier.rng.uniform(0.15, 0.6))))
    yield dossier.when_known(stopped_on)
    dossier.ask("suspend", dossier.trainer, stopped_on, comment="Arrêt signalé par la personne.")
    yield dossier.later(12, 36)
    if dossier.rng.random() < 0.2:
        dossier.ask("drop_out", dossier.trainer, reason="personal")
        return False
    dossier.ask("resume", dossier.trainer)
    return True


def _wrong_drop_out(dossier: Dossier, days: int) -> Generator[date | None, object, None]:
    """An interruption recorded for the wrong trainee, taken back some days later."""
    yield dossier.later(2, max(3, days // 2))
    last_on = dossier.last_on
    event = dossier.ask("drop_out", dossier.trainer, reason="relations")
    yield dossier.later(1, 5)
    dossier.take_back(event, dossier.trainer, "Interruption saisie pour une autre stagiaire du même nom.")
    dossier.last_on = last_on


def _early_exit(dossier: Dossier, ends_on: date) -> Steps:
    left = (ends_on - dossier.last_on).days
    last_day = dossier.last_on + timedelta(days=round(left * dossier.rng.triangular(0.05, 0.9, 0.3)))
    cause = dossier.rng.choices(list(CAUSES), list(CAUSES.values()))[0]
    yield dossier.when_known(last_day, (0, 1, 2, 3, 5, 9))
    if cause == BACK_TO_WORK[0]:
        dossier.ask("leave_for_job", dossier.trainer, last_day, payload=jobs.draw(dossier))
        return Exit.TO_WORK, 1.0
    event = dossier.ask("drop_out", dossier.trainer, last_day, reason=cause)
    if dossier.rng.random() < 0.06:
        yield dossier.later(1, 6)
        dossier.put_right(
            event, dossier.trainer, "La cause a été précisée avec la personne.", reason="childcare"
        )
    return Exit.DROPPED_OUT, AFTER_DROP_OUT


def _to_the_end(dossier: Dossier, ends_on: date) -> Steps:
    if not dossier.intake.course.is_certifying:
        yield dossier.when_known(ends_on, (0, 0, 1, 1, 2, 5))
        dossier.ask("complete", dossier.trainer, ends_on)
        return Exit.COMPLETED, WITHOUT_EXAM
    exam_on = on_or_before(ends_on - timedelta(days=dossier.rng.randint(0, 3)))
    yield dossier.when_known(exam_on, (0, 0, 1, 2))
    dossier.ask("sit_exam", dossier.trainer, exam_on)
    yield dossier.when_known(ends_on, (0, 0, 1, 1, 2, 5))
    dossier.ask("complete", dossier.trainer, ends_on)
    chance = yield from _result(dossier)
    return Exit.COMPLETED, chance


def _result(dossier: Dossier) -> Generator[date | None, object, float]:
    """The jury's answer, a few days to three weeks after the exam; rarely the wrong one is typed first."""
    yield dossier.later(3, 20)
    result = dossier.rng.choices(list(RESULTS), [share for share, _ in RESULTS.values()])[0]
    if result == "exam_passed" and dossier.rng.random() < 0.02:
        event = dossier.ask("exam_failed", dossier.trainer)
        yield dossier.later(1, 6)
        dossier.put_right(event, dossier.trainer, "Ligne lue de travers sur le procès-verbal.", kind=result)
    else:
        dossier.ask(result, dossier.trainer, payload=_ccps(dossier) if result == "exam_partial" else {})
    return RESULTS[result][1]


def _ccps(dossier: Dossier) -> dict:
    """All certificates but one or more, at least one."""
    ccps = dossier.intake.course.ccps
    count = dossier.rng.randint(1, max(1, len(ccps) - 1))
    return {"ccp": sorted(dossier.rng.sample(ccps, count), key=ccps.index)}
