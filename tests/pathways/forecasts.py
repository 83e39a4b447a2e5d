"""What a correction is said to change, and what it then changes."""

from pathways import corrections, trials
from pathways.actor import Actor
from pathways.effects import Comparison, effects
from pathways.replay import history
from pathways.viewpoint import view_of
from tests.factories import Story


def said_of_taking_back(story: Story, kind: str, reader: Actor) -> dict[str, tuple[str, str]]:
    """Label -> (before, after) of each effect of taking back the person's last fact of a kind."""
    event = story.pathway.events.filter(kind=kind).latest("pk")
    known = history(story.pathway.pk)
    trial = trials.without(event, known, reader)
    assert trial.refusal is None
    before, after = (view_of(list(side), story.pathway, reader) for side in (known, trial.facts))
    found = effects(Comparison(story.pathway, reader, before, after))
    return {effect.label: (effect.before, effect.after) for effect in found}


def take_back(story: Story, kind: str, by: Actor) -> None:
    corrections.annul(story.pathway.events.filter(kind=kind).latest("pk").pk, by, comment="Erreur de saisie.")
    story.refresh()
