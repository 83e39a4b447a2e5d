"""What a correction changes of courses, of the exit follow-up, of jobs, and of the figures about leavers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from config import clock
from followup import employment
from followup import leaver_list as listing
from followup.blockages import EXAM_UNFINISHED, told
from followup.delays import Delays, contact_delay
from followup.enums import EnrolmentState, ExamState
from followup.leavers import to_contact
from followup.models import Enrolment
from pathways.effect_sources import READERS, alert_effects
from pathways.effects import AWAITED, FIGURES, Comparison, Effect, about, differing, effect_source, imagined
from pathways.enums import AFTER_TRAINING, WHOLE_HISTORY, PathwayState
from pathways.lifecycle import PATHWAY
from pathways.outcomes import BACK_TO_WORK
from pathways.viewpoint import View

RUNNING = frozenset({EnrolmentState.ACTIVE, EnrolmentState.SUSPENDED})
LEFT = frozenset({EnrolmentState.COMPLETED, EnrolmentState.INTERRUPTED})


@dataclass(frozen=True)
class Side:
    """The person's courses as one of the two readings has them."""

    view: View
    rows: list[Enrolment]

    @property
    def contacted_on(self) -> date | None:
        return self.view.standing.columns.get((PATHWAY, None), {}).get("contacted_on")

    def has_reached(self, row: Enrolment) -> bool:
        return self.contacted_on is not None and self.contacted_on >= row.exit_on

    @property
    def left(self) -> list[Enrolment]:
        return [row for row in self.rows if row.state in LEFT]


def sides(compared: Comparison) -> tuple[Side, Side]:
    """The courses on each side, those that the reader sees."""

    def load() -> list[Enrolment]:
        rows = Enrolment.objects.visible_to(compared.actor).filter(pathway=compared.pathway)
        return list(rows.select_related("session").order_by("pk"))

    rows = compared.once("courses", load)
    before, after = (Side(view, [imagined(row, view.standing) for row in rows]) for view in compared.sides)
    return before, after


# ---- who owes what


@effect_source(*READERS)
def awaited(compared: Comparison) -> Iterator[Effect]:
    """The lines of the piles about each course and each exit."""
    before, after = sides(compared)
    whose = about(row.pk for row in before.rows)
    delay, delays = contact_delay(), Delays.on()
    reads_exits = compared.actor.has_role(*WHOLE_HISTORY)
    yield from differing(
        AWAITED, *(dict(_lines(side, whose, delay, delays, reads_exits)) for side in (before, after))
    )


def _lines(
    side: Side, whose: dict[int, str], delay: timedelta, delays: Delays, reads_exits: bool
) -> Iterator[tuple[str, str]]:
    """(who and about what, what they owe)."""
    to_reach = to_contact(side.view.valid) if reads_exits else set()
    for row in side.rows:
        name = whose[row.pk]
        if row.state in RUNNING:
            yield f"Organisme, présences{name}", "les noter, jour après jour"
            if row.session.ends_on and row.session.ends_on < clock.today():
                yield (
                    f"Organisme, fin de formation{name}",
                    _by("l'enregistrer", row.session.ends_on + timedelta(days=delays.end)),
                )
        if row.exam_state == ExamState.AWAITED:
            yield (
                f"Organisme, examen{name}",
                _by("saisir le résultat", row.exam_on + timedelta(days=delays.result)),
            )
        if row.exam_state == ExamState.PARTIAL:
            yield (
                f"Référent, examen{name}",
                _by("faire repasser les CCP manquants", delays.resit_before(row.exam_result_on)),
            )
        if row.pk in to_reach:
            yield (
                f"Conseiller Pôle emploi, sortie{name}",
                _by("contacter la personne", row.exit_on + delay),
            )
    if reads_exits and side.view.current.state in AFTER_TRAINING and side.contacted_on and not to_reach:
        again = side.contacted_on + timedelta(days=delays.reached_again)
        yield "Conseiller Pôle emploi, suite de la sortie", f"rappeler la personne vers le {again:%d/%m/%Y}"


def _by(what: str, day: date) -> str:
    return f"{what}, avant le {day:%d/%m/%Y}"


# ---- alerts


@effect_source(*READERS)
def unfinished_exams(compared: Comparison) -> Iterator[Effect]:
    """« Suite d'examen attendue » of each course."""
    stage = compared.after.current
    is_late = stage.state == PathwayState.IN_EXAM and compared.delays.wait(stage.state, stage.since).is_stuck
    _, after = sides(compared)
    for row in after.rows:
        is_cause = is_late and row.state in RUNNING and row.exam_on is not None
        expected = {EXAM_UNFINISHED.code: told(row)} if is_cause else {}
        yield from alert_effects([EXAM_UNFINISHED], f"exam:{row.pk}", f", {row.session.title}", expected)


# ---- figures


@effect_source(*READERS)
def early_exits(compared: Comparison) -> Iterator[Effect]:
    """Early exits of each session, departures for a job left out."""
    before, after = sides(compared)
    for was, becomes in zip(before.rows, after.rows, strict=True):
        more = _is_drop_out(becomes) - _is_drop_out(was)
        if more:
            known = Enrolment.objects.filter(session=was.session_id, state=EnrolmentState.INTERRUPTED)
            number = known.exclude(exit_cause=BACK_TO_WORK[0]).count()
            label = f"Sorties anticipées hors emploi, {was.session}"
            yield Effect(FIGURES, label, str(number), str(number + more))


def _is_drop_out(row: Enrolment) -> bool:
    return row.state == EnrolmentState.INTERRUPTED and row.exit_cause != BACK_TO_WORK[0]


@effect_source(*WHOLE_HISTORY)
def jobs(compared: Comparison) -> Iterator[Effect]:
    """The jobs on record for the person."""
    before, after = (
        list(employment.wanted(compared.pathway.pk, side.valid).values()) for side in compared.sides
    )
    yield Effect(FIGURES, "Emplois enregistrés de la personne", _counted(before), _counted(after))


def _counted(found: list) -> str:
    if not found:
        return "aucun"
    return f"{len(found)} ({', '.join(_job(job) for job in found)})"


def _job(job) -> str:
    return f"{job}, fini le {job.ended_on:%d/%m/%Y}" if job.ended_on else str(job)


@effect_source(*WHOLE_HISTORY)
def contact_rate(compared: Comparison) -> Iterator[Effect]:
    """« Contactés : N sur M » of the page of leavers."""
    before, after = sides(compared)
    (reached, left), (reached_then, left_then) = _rated(before), _rated(after)
    if (reached, left) != (reached_then, left_then):
        all_reached, all_left = listing.contact_rate(compared.actor)
        yield Effect(
            FIGURES,
            "Sortants contactés depuis un an",
            f"{all_reached} sur {all_left}",
            f"{all_reached + reached_then - reached} sur {all_left + left_then - left}",
        )


def _rated(side: Side) -> tuple[int, int]:
    recent = [row for row in side.left if row.exit_on >= clock.today() - listing.RATE_PERIOD]
    return sum(side.has_reached(row) for row in recent), len(recent)


@effect_source(*WHOLE_HISTORY)
def groups_of_leavers(compared: Comparison) -> Iterator[Effect]:
    """The counts of the filters of the page of leavers."""
    before, after = (_groups(side) for side in sides(compared))
    if before != after:
        counts = listing.counts(compared.actor)
        for group in listing.GROUPS:
            number, more = counts[group.code], after[group.code] - before[group.code]
            yield Effect(FIGURES, f"Sortants, «\u00a0{group.label}\u00a0»", str(number), str(number + more))


def _groups(side: Side) -> Counter:
    """Code of a group of leavers -> how many of its lines are this person's."""
    found = Counter({listing.TO_CONTACT.code: len(to_contact(side.view.valid))})
    if not side.left:
        return found
    last, state = max(side.left, key=lambda row: (row.exit_on, row.pk)), side.view.current.state
    found[listing.EVERYONE.code] = 1
    found["joints"] = int(state in AFTER_TRAINING and side.has_reached(last))
    for code, wanted in (
        ("emploi", PathwayState.EMPLOYED),
        ("autre", PathwayState.OTHER_OUTCOME),
        ("perdus", PathwayState.LOST_CONTACT),
    ):
        found[code] = int(state == wanted)
    return found
