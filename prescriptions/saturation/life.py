"""The life of a case: from which stage each step is possible, by whom, and what it leaves behind.

`advance()` is the only place that moves a case. It writes the step and the case's columns, and brings the flow along;
whoever calls it holds the case's row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from config import clock
from pathways.actor import Actor
from pathways.enums import Role
from prescriptions.models import SaturationCase, SaturationStep
from prescriptions.saturation import flow, periods
from prescriptions.saturation.enums import HELD_STAGES, LIVE_STAGES, Stage, StepKind

K = StepKind
TEAM = frozenset({Role.ADVISOR})
JALONS = frozenset({Role.SYSTEM})
ENDED_STAGES = frozenset(Stage) - LIVE_STAGES


@dataclass(frozen=True)
class Rule:
    """When a step is possible. target: the stage it leads to; None: the stage stays."""

    sources: frozenset[str]
    target: Stage | None
    roles: frozenset[Role]


#: Read by a lawyer: who may do what, from where, and where it leads.
RULES = {
    K.ALERTED: Rule(frozenset({Stage.NEW}), None, JALONS),
    K.SENT: Rule(LIVE_STAGES, Stage.NEW, JALONS),
    K.NO_TEAM: Rule(LIVE_STAGES, Stage.NEW, JALONS),
    K.CLIMBED: Rule(LIVE_STAGES, None, JALONS),
    K.SEEN: Rule(frozenset({Stage.NEW}), Stage.SEEN, TEAM),
    K.TAKEN: Rule(LIVE_STAGES, Stage.TAKEN, TEAM),
    K.DELEGATED: Rule(LIVE_STAGES, Stage.TAKEN, TEAM),
    K.GIVEN_BACK: Rule(HELD_STAGES, Stage.SEEN, TEAM),
    K.PROPOSED: Rule(HELD_STAGES, Stage.PROPOSED, TEAM),
    K.GIVEN_UP: Rule(HELD_STAGES, Stage.GIVEN_UP, TEAM),
    K.ESCALATED: Rule(LIVE_STAGES, None, JALONS),
    K.FILLED: Rule(LIVE_STAGES, Stage.FILLED, JALONS),
    K.OPENED: Rule(LIVE_STAGES, Stage.OPENED, JALONS),
    K.CANCELLED: Rule(LIVE_STAGES, Stage.CANCELLED, JALONS),
    K.LIFTED: Rule(LIVE_STAGES, Stage.LIFTED, JALONS),
    K.REOPENED: Rule(ENDED_STAGES, Stage.NEW, JALONS),
}
#: Reaching one of these again does not change when it was first reached.
FIRST_TIMES = {Stage.SEEN: "seen_at", Stage.TAKEN: "taken_at", Stage.PROPOSED: "proposed_at"}


@dataclass
class Move:
    """One step of one case. advisor: who answers for it from now on; None: nobody does, `keep`: no change."""

    case: SaturationCase
    kind: StepKind
    advisor: Any = "keep"
    reason: str = ""
    comment: str = ""
    payload: dict[str, Any] = field(default_factory=dict)


def advance(moves: Sequence[Move], actor: Actor) -> None:
    """Record one step of each case, at most one a case, in a number of statements that does not grow with them.

    Raises ValueError on a step that its rule does not allow: services ask first and say so in words.
    """
    if not moves:
        return
    now, reaction = clock.now(), periods.reaction()
    steps = []
    for move in moves:
        rule = RULES[move.kind]
        if move.case.stage not in rule.sources or actor.role not in rule.roles:
            raise ValueError(f"{move.kind} of {move.case.stage} by {actor.role}")
        _move(move, rule, now, reaction)
        steps.append(
            SaturationStep(
                case=move.case,
                kind=move.kind,
                at=now,
                by=actor.user,
                organisation=actor.organisation,
                reason=move.reason,
                comment=move.comment,
                payload=move.payload,
            )
        )
    cases = [move.case for move in moves]
    SaturationStep.objects.bulk_create(steps)
    if len(cases) == 1:
        cases[0].save(update_fields=COLUMNS)  # one click: a plain UPDATE costs a third of a bulk one
    else:
        SaturationCase.objects.bulk_update(cases, COLUMNS)
    if any(RULES[move.kind].target is not None for move in moves):
        flow.follow(cases)


#: What a step may change of its case.
COLUMNS = (
    *("area", "stage", "stage_at", "level", "advisor", "seen_at", "taken_at", "proposed_at", "react_by"),
    *("escalated_at", "ended_at", "empty_given_up", "give_up_reason"),
)


def _move(move: Move, rule: Rule, now: datetime, reaction: dict[str, timedelta]) -> None:
    case = move.case
    if move.advisor != "keep":
        case.advisor = move.advisor
    if move.kind == K.ESCALATED:
        case.escalated_at = now
    if rule.target is None:
        return
    case.stage, case.stage_at = rule.target, now
    if case.stage == Stage.TAKEN and case.proposed_at is not None:
        case.stage = Stage.PROPOSED
    if case.stage not in HELD_STAGES:
        case.advisor = None
    if case.stage in HELD_STAGES:
        case.seen_at = case.seen_at or now
    if name := FIRST_TIMES.get(rule.target):
        setattr(case, name, getattr(case, name) or now)
    case.escalated_at = None
    case.ended_at = None if case.stage in LIVE_STAGES else now
    # Where no team is, there is nobody to wait for.
    wait = timedelta() if move.kind == K.NO_TEAM else reaction.get(case.stage)
    case.react_by = None if wait is None else now + wait
    if case.stage != Stage.GIVEN_UP:
        case.give_up_reason, case.empty_given_up = "", None
