"""« Ce que vous pouvez faire »: the answers of `explain()` as buttons, or as reasons with what to do instead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from pathways.actor import Actor
from pathways.enums import Role
from pathways.explanation import Possibility, explain
from pathways.facts import KINDS, FactKind
from pathways.lifecycle import NOTHING, PATHWAY, Lifecycle, Standing, concerned
from pathways.models import Pathway
from pathways.panels import file_actions, replaced_kinds, subject_titles
from pathways.reading.moment import reading_now
from pathways.refusals import state_label
from pathways.transitions import roles_of
from pathways.variants import EARLY_EXIT
from pathways.workflow import FALL_BACK

#: What ends or refuses something comes after what leads on.
TONE_ORDER = {"warning": 1, "danger": 2}


def fact_url(pathway_id: int, kind: str, subject_id: int | None = None, following: str = "") -> str:
    """The address of the form that states a fact; `following` is where to go once it is recorded."""
    query = {"prescription": subject_id, "suite": following}
    given = {name: value for name, value in query.items() if value}
    address = reverse("pathways:fact", args=[pathway_id, kind])
    return f"{address}?{urlencode(given)}" if given else address


def actions(pathway: Pathway, actor: Actor, standing: Standing) -> list[dict[str, Any]]:
    """Items for the `action_list` component: what packages add, then possible facts, then the blocked ones.

    Blocked facts are told when a condition stands in the way, or when one step forward of a prescription would make
    them possible; the others have nothing to do with where the person is. In a past reading nothing can be recorded.
    """
    if reading_now() is not None:
        return []
    possibilities = [p for p in explain(pathway, actor) if p.kind.name not in replaced_kinds()]
    titles = subject_titles(p.subject_id for p in possibilities)
    several = len({p.subject_id for p in possibilities if p.subject_id is not None}) > 1
    items = [vars(action) for action in file_actions(pathway, actor, standing)]
    blocked: dict[tuple, dict[str, Any]] = {}
    for p in sorted(_merged(possibilities), key=lambda p: TONE_ORDER.get(p.kind.tone, 0)):
        label = label_of(p.kind, actor)
        if several and p.subject_id in titles:
            label = f"{label} ({titles[p.subject_id]})"
        if p.is_possible:
            url = fact_url(pathway.pk, p.kind.name, p.subject_id)
            items.append({"label": label, "url": url, "icon": p.kind.icon})
        elif (reason := _reason(p, actor, standing)) is not None:
            # Four results of an exam that nobody has sat are one line, not four.
            told = blocked.setdefault(tuple(reason.values()), {"url": "", **reason, "labels": []})
            told["labels"].append(label)
    return items + [{**told, "label": ", ".join(told["labels"])} for told in blocked.values()]


def label_of(kind: FactKind, actor: Actor) -> str:
    """What the button says; an early exit covers the departure for a job where the actor may state both."""
    return EARLY_EXIT.label if offers_job(kind, actor) else kind.label


def offers_job(kind: FactKind, actor: Actor) -> bool:
    return kind.name == EARLY_EXIT.kind and actor.role in roles_of(EARLY_EXIT.becomes)


def _merged(possibilities: Iterable[Possibility]) -> list[Possibility]:
    """« Sortie anticipée » is one button: the departure for a job is one of its causes."""
    possibilities = list(possibilities)
    offered = {p.subject_id for p in possibilities if p.kind.name == EARLY_EXIT.kind}
    return [p for p in possibilities if not (p.kind.name == EARLY_EXIT.becomes and p.subject_id in offered)]


def _reason(p: Possibility, actor: Actor, standing: Standing) -> dict[str, str] | None:
    """Why a fact is impossible and what to do, in the words of the page; None when it is not worth telling."""
    refusal = p.refusal
    if refusal.code != "wrong_state":
        why = refusal.sentence[:1].lower() + refusal.sentence[1:]
        return {"why": why, "remedy": refusal.next_step, "remedy_url": refusal.link or ""}
    found = _in_the_way(p, standing)
    if found is None or len(refusal.steps) != 1 or _goes_back(refusal.steps[0]):
        return None
    lifecycle, state = found
    remedy = f"D'abord : « {KINDS[refusal.steps[0]].label} »{_by_whom(refusal.steps[0], actor)}."
    why = f"{lifecycle.label.lower()} : «\u00a0{state_label(lifecycle, state)}\u00a0»."
    return {"why": why, "remedy": remedy, "remedy_url": ""}


def _in_the_way(p: Possibility, standing: Standing) -> tuple[Lifecycle, str] | None:
    """The lifecycle below the pathway that refuses, with its state; None when it is not one that goes on.

    A course that has not begun, and a fact that would bring it back to where it already is, say nothing to anybody.
    """
    for lifecycle in concerned(p.kind.name):
        if lifecycle.name == PATHWAY:
            continue
        state = standing.state(lifecycle.name, p.subject_id)
        if lifecycle.row(p.kind.name, state) is None:
            leads_to = {
                t for row in lifecycle.rows_named(p.kind.name) for s in row.sources for t in row.targets(s)
            }
            return None if state == NOTHING or state in leads_to else (lifecycle, state)
    return None


def _goes_back(step: str) -> bool:
    """Whether a fact ends a request: never something to advise."""
    return any(row.target is FALL_BACK for cycle in concerned(step) for row in cycle.rows_named(step))


def _by_whom(step: str, actor: Actor) -> str:
    roles = roles_of(step)
    if actor.role in roles:
        return ""
    return ", par : " + ", ".join(sorted(str(Role(role).label).lower() for role in roles))
