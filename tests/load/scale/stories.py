"""The histories that people of the bench have: told once on day 0, folded by the engine itself, then repeated by SQL.

What a row must say is taken from the engine's own fold of its history, so that projections equal events by
construction, whatever the tables of the lifecycles become.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from followup import employment
from followup.leavers import to_contact
from pathways import projection
from pathways.enums import Origin
from pathways.facts import KINDS, Fact, Kind
from pathways.lifecycle import PATHWAY, REGISTRY, Standing
from pathways.replay import fold, valid
from tests.factories import DETAILS

DAY_0 = date(2020, 1, 1)
#: Prescriptions of one person are numbered from 1 within a story.
SLOTS = 3


@dataclass(frozen=True)
class Step:
    """A fact on day `day` of the story. ahead: payload key -> day of the story. annuls: rank of the step taken back."""

    kind: str
    day: int
    slot: int | None = None
    reason: str = ""
    ahead: dict[str, int] = field(default_factory=dict)
    annuls: int | None = None


@dataclass(frozen=True)
class Story:
    """share: how many people in 1,000 have it. waited: for how many days (from, to) they have stood at its end."""

    name: str
    share: int
    waited: tuple[int, int]
    steps: tuple[Step, ...]
    #: slot -> the day of the story from which its session is looked for.
    anchors: dict[int, int]


def requested(slot: int, day: int, *upto: str) -> list[Step]:
    """The request of one session: submitted on `day`, then the facts named, in their usual rhythm."""
    rhythm = {"convene": 5, "attend": 12, "miss": 12, "waitlist": 15, "admit": 16, "refuse": 16, "offer": 20}
    rhythm |= {"accept": 21, "register": 30, "enter": 45, "no_show": 47, "withdraw": 25, "remind": 13}
    steps = [Step("submit", day, slot)]
    for kind in upto:
        ahead = {"convene": {"convened_for": day + 12}, "offer": {"expires_on": day + 22}}.get(kind, {})
        steps.append(Step(kind, day + rhythm[kind], slot, ahead=ahead))
    return steps


TO_ENTRY = ("convene", "attend", "remind", "admit", "register", "enter")


def course(day: int, slot: int, *after: tuple[str, int]) -> list[Step]:
    """A request that leads to a course; `after`: (fact, days after the entry)."""
    steps = requested(slot, day, *TO_ENTRY)
    entry = steps[-1].day
    return steps + [
        Step(kind, entry + later, slot if KINDS[kind].about_subject else None) for kind, later in after
    ]


def _stories() -> Iterable[tuple[str, int, tuple[int, int], list[Step]]]:
    yield "new", 40, (0, 20), []
    yield "forgotten", 20, (25, 120), []
    yield "draft", 10, (0, 20), []
    yield "asked", 30, (0, 12), requested(1, 10)
    yield "unanswered", 12, (15, 60), requested(1, 10)
    yield "convened", 15, (0, 9), requested(1, 10, "convene")
    yield "attended", 15, (0, 25), requested(1, 10, "convene", "attend", "remind")
    yield "absent", 8, (0, 25), requested(1, 10, "convene", "miss")
    yield "waiting", 12, (0, 30), requested(1, 10, "convene", "attend", "waitlist")
    yield "offered", 4, (0, 2), requested(1, 10, "convene", "attend", "waitlist", "offer")
    yield "admitted", 25, (0, 50), requested(1, 10, "convene", "attend", "admit")
    yield "registered", 20, (0, 30), requested(1, 10, "convene", "attend", "admit", "register")
    yield "refused", 20, (0, 60), requested(1, 10, "convene", "attend", "refuse")
    yield "training", 80, (0, 105), course(10, 1)
    yield "suspended", 10, (0, 50), course(10, 1, ("suspend", 40))
    yield "exam", 8, (0, 24), course(10, 1, ("sit_exam", 110))
    done = (("sit_exam", 108), ("exam_passed", 112), ("complete", 118))
    yield "completed", 30, (0, 40), course(10, 1, *done)
    yield "partial", 6, (150, 330), course(10, 1, ("sit_exam", 108), ("exam_partial", 112), ("complete", 118))
    yield "dropped", 20, (0, 40), course(10, 1, ("drop_out", 60))
    spoken = (*done, ("contact", 125))
    yield "spoken", 15, (0, 40), course(10, 1, *spoken)
    yield "working", 110, (0, 500), course(10, 1, *spoken, ("employ", 150))
    yield "corrected", 20, (0, 500), course(10, 1, *spoken, ("employ", 150), ("annul", 152), ("employ", 155))
    yield "left_for_job", 40, (0, 500), course(10, 1, ("leave_for_job", 70))
    yield "elsewhere", 50, (0, 400), course(10, 1, ("drop_out", 60), ("contact", 70), ("record_outcome", 90))
    yield "second_course", 30, (0, 100), course(10, 1, *spoken) + course(215, 2)
    lost = (("contact", 125), ("contact", 132), ("contact", 140), ("lose_contact", 150))
    yield "lost", 30, (0, 200), course(10, 1, *done, *lost)
    closing = (("employ", 150), ("end_job", 240), ("record_outcome", 250), ("close", 260))
    yield "closed", 200, (30, 560), course(10, 1, *spoken, *closing)
    again = requested(1, 10, "convene", "attend", "refuse") + requested(2, 40, "withdraw")
    yield "closed_late", 120, (30, 500), again + course(90, 3, *spoken, ("employ", 150), ("close", 190))


def stories(events: int) -> list[Story]:
    """Every story, filled with exchanges until a finished one has about `events` facts."""
    return [
        Story(
            name, share, waited, tuple(_padded([Step("identify", 0), *steps], events)), _anchors(name, steps)
        )
        for name, share, waited, steps in _stories()
    ]


def _anchors(name: str, steps: list[Step]) -> dict[int, int]:
    entered = {step.slot: step.day for step in steps if step.kind == "enter"}
    asked = {step.slot: step.day + 70 for step in steps if step.kind == "submit"}
    return asked | entered if name != "draft" else {1: 60}


def _padded(steps: list[Step], events: int) -> list[Step]:
    """Exchanges between the facts, about one every ten days, so that people who began longer ago have more of them."""
    last = max(step.day for step in steps)
    # The mean over the shares of the stories is `events`: finished ones carry more, people just identified none.
    wanted = round(1.27 * events)
    number = max(0, min(wanted - len(steps), max(wanted // 5, last // 10)))
    notes = [Step("note", 1 + n * last // number) for n in range(number)] if last else []
    told = sorted([*steps, *notes], key=lambda step: step.day)
    annulled = next((rank for rank, step in enumerate(told) if step.kind == "annul"), None)
    if annulled is not None:
        target = next(rank for rank, step in enumerate(told) if step.kind == "employ")
        told[annulled] = Step("annul", told[annulled].day, annuls=target)
    return told


NOT_ANSWERED = {"lost": "no_answer"}


def facts(story: Story) -> list[Fact]:
    """The facts of a story told from DAY_0 on; slots stand for the keys of prescriptions."""
    told = []
    for rank, step in enumerate(story.steps):
        details = DETAILS.get(step.kind, {})
        reason = NOT_ANSWERED.get(story.name, "") if step.kind == "contact" else ""
        on = DAY_0 + timedelta(days=step.day)
        payload = dict(details.get("payload", {}))
        payload |= {key: (DAY_0 + timedelta(days=ahead)).isoformat() for key, ahead in step.ahead.items()}
        told.append(
            Fact(
                step.kind,
                on,
                subject_id=step.slot,
                reason=reason or details.get("reason", ""),
                comment=details.get("comment", "Saisi par erreur." if step.kind == Kind.ANNUL else ""),
                payload=payload,
                origin=Origin.DECLARED,
                id=rank + 1,
                recorded_at=datetime.combine(on, time(8), UTC) + timedelta(minutes=rank),
                annuls_id=None if step.annuls is None else step.annuls + 1,
            )
        )
    return told


@dataclass(frozen=True)
class Told:
    """A story with what the engine makes of it: one dictionary of columns per row, dates counted from DAY_0."""

    story: Story
    facts: list[Fact]
    states: list[tuple[str, str]]
    pathway: dict[str, Any]
    prescriptions: dict[int, dict[str, Any]]
    enrolments: dict[int, dict[str, Any]]
    jobs: list[dict[str, Any]]
    to_contact: set[int]

    @property
    def length(self) -> int:
        return max(step.day for step in self.story.steps)


def tell(story: Story, delays: dict[str, int]) -> Told:
    """Fold a story. Raises ImpossibleHistory when the tables no longer allow it."""
    recorded = facts(story)
    before, states = "", []
    for number in range(1, len(recorded) + 1):
        after = fold(valid(recorded[:number])).state(PATHWAY)
        states.append((before, after))
        before = after
    kept = valid(recorded)
    standing = fold(kept)
    slots = sorted(story.anchors)
    pathway = projection.wanted(REGISTRY[PATHWAY], standing, None)
    pathway |= projection.pathway_columns(standing, kept[-1].occurred_on, delays)
    return Told(
        story,
        recorded,
        states,
        pathway,
        {slot: projection.wanted(REGISTRY["prescription"], standing, slot) for slot in slots},
        {slot: _enrolment(standing, slot) for slot in slots if ("enrolment", slot) in standing.states},
        [
            {"rank": pk - 1, "contract": job.contract, "started_on": job.started_on, "ended_on": job.ended_on}
            for pk, job in employment.wanted(0, kept).items()
        ],
        to_contact(kept),
    )


def _enrolment(standing: Standing, slot: int) -> dict[str, Any]:
    return projection.wanted(REGISTRY["enrolment"], standing, slot) | projection.wanted(
        REGISTRY["exam"], standing, slot
    )
