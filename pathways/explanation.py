"""What can be done next about a person, by whom, and why not. The same guards as the door, asked beforehand."""

from __future__ import annotations

from dataclasses import dataclass

from config import clock
from pathways.actor import Actor
from pathways.facts import KINDS, Context, Fact, FactKind
from pathways.guards import Refusal
from pathways.lifecycle import REGISTRY
from pathways.models import Pathway
from pathways.replay import fold, history, valid
from pathways.transitions import first_refusal, roles_of


@dataclass(frozen=True)
class Possibility:
    """One fact that could be stated about a person now. `refusal` is None when it is possible."""

    kind: FactKind
    subject_id: int | None
    refusal: Refusal | None

    @property
    def is_possible(self) -> bool:
        return self.refusal is None


def explain(pathway: Pathway, actor: Actor) -> list[Possibility]:
    """Every fact that the actor's role may state by hand about this person, possible or refused with its reason.

    Facts about a prescription appear once for each prescription that the actor sees, newest first.
    """
    standing = fold(valid(history(pathway.pk)))
    subjects = visible_subjects(pathway, actor)
    answers = []
    for kind in KINDS.values():
        if not kind.by_hand or actor.role not in roles_of(kind.name):
            continue
        for subject_id in subjects if kind.about_subject else [None]:
            fact = Fact(kind.name, clock.today(), subject_id)
            context = Context(fact, actor, pathway, standing, asking=True)
            answers.append(Possibility(kind, subject_id, first_refusal(context)))
    return answers


def visible_subjects(pathway: Pathway, actor: Actor) -> list[int]:
    """The ids of the prescriptions of this person that the actor sees, newest first."""
    rows = REGISTRY["prescription"].model.objects.visible_to(actor).filter(pathway=pathway)
    return list(rows.order_by("-pk").values_list("pk", flat=True))
