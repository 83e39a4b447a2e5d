"""« Ce que vous pouvez faire »: the answers of `explain()` as buttons, or as reasons with what to do instead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from pathways.actor import Actor
from pathways.explanation import Possibility, explain
from pathways.lifecycle import Standing
from pathways.models import Pathway
from pathways.panels import file_actions, replaced_kinds, subject_titles
from pathways.variants import EARLY_EXIT


def fact_url(pathway_id: int, kind: str, subject_id: int | None = None, following: str = "") -> str:
    """The address of the form that states a fact; `following` is where to go once it is recorded."""
    query = {"prescription": subject_id, "suite": following}
    given = {name: value for name, value in query.items() if value}
    address = reverse("pathways:fact", args=[pathway_id, kind])
    return f"{address}?{urlencode(given)}" if given else address


def actions(pathway: Pathway, actor: Actor, standing: Standing) -> list[dict[str, Any]]:
    """Items for the `action_list` component: what packages add, then possible facts, then the blocked ones.

    Blocked facts are told when a condition stands in the way or when one step would make them possible; the others
    have nothing to do with the person's situation.
    """
    possibilities = [p for p in explain(pathway, actor) if p.kind.name not in replaced_kinds()]
    titles = subject_titles(p.subject_id for p in possibilities)
    several = len({p.subject_id for p in possibilities if p.subject_id is not None}) > 1
    items = [
        vars(action) | {"is_main": action.is_primary} for action in file_actions(pathway, actor, standing)
    ]
    for p in _merged(possibilities):
        label = EARLY_EXIT.label if p.kind.name == EARLY_EXIT.kind else p.kind.label
        if several and p.subject_id in titles:
            label = f"{label} ({titles[p.subject_id]})"
        if p.is_possible:
            items.append(
                {"label": label, "url": fact_url(pathway.pk, p.kind.name, p.subject_id), "icon": p.kind.icon}
            )
        elif _is_worth_telling(p):
            items.append(_blocked(label, p))
    return items


def _merged(possibilities: Iterable[Possibility]) -> list[Possibility]:
    """« Sortie anticipée » is one button: the departure for a job is one of its causes."""
    possibilities = list(possibilities)
    offered = {p.subject_id for p in possibilities if p.kind.name == EARLY_EXIT.kind}
    return [p for p in possibilities if not (p.kind.name == EARLY_EXIT.becomes and p.subject_id in offered)]


def _is_worth_telling(p: Possibility) -> bool:
    return p.refusal is not None and (p.refusal.code != "wrong_state" or len(p.refusal.steps) == 1)


def _blocked(label: str, p: Possibility) -> dict[str, Any]:
    refusal = p.refusal
    sentence = refusal.sentence[:1].lower() + refusal.sentence[1:]
    return {
        "label": label,
        "url": "",
        "why": sentence,
        "remedy": refusal.next_step,
        "remedy_url": refusal.link or "",
    }
