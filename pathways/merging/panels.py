"""What duplicates add to a person's file: « Doublon possible », for whoever can merge."""

from __future__ import annotations

from pathways.actor import Actor
from pathways.enums import Role
from pathways.lifecycle import Standing
from pathways.merging.detection import pairs_of
from pathways.merging.likeness import compare
from pathways.models import Pathway
from pathways.panels import Panel, panel

#: More than that is a list: the page « Doublons ».
AT_MOST = 5


@panel(1, Role.DEPARTMENT_MANAGER)
def possible_duplicates(pathway: Pathway, actor: Actor, standing: Standing) -> Panel | None:
    """The other files that may be this person's, the strongest first."""
    person = pathway.beneficiary
    lines = []
    for pair in pairs_of(person, actor).order_by("-strength", "pk")[:AT_MOST]:
        likeness = compare(pair.first, pair.second)
        if likeness is not None:
            other = pair.second if pair.first_id == person.pk else pair.first
            lines.append({"other": other, "told": str(likeness)})
    return Panel("pathways/panel_duplicates.html", {"person": person, "lines": lines}) if lines else None
