"""What the AIF adds to a person's file: the button, and the examinations with the way to their proof."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.urls import reverse

from pathways.actor import Actor
from pathways.enums import DURING_TRAINING, OPEN_STATES
from pathways.lifecycle import Standing
from pathways.models import Event, Pathway
from pathways.outcomes import AifGround
from pathways.panels import FileAction, Panel, file_action, panel
from pathways.payload_fields import date_words, payload_field
from pathways.replay import annulled_ids, history
from prescriptions.aif.services import KIND
from prescriptions.views.aif import EXAMINERS, READERS


@file_action(20, *EXAMINERS)
def examine(pathway: Pathway, actor: Actor, standing: Standing) -> Iterable[FileAction]:
    """For whoever may still enter a course: the AIF pays for one outside the collective offer."""
    if standing.state("pathway") in OPEN_STATES - DURING_TRAINING:
        yield FileAction("Examiner un AIF", reverse("prescriptions:aif", args=[pathway.pk]), "coin-euro")


@panel(12, *READERS)
def examinations(pathway: Pathway, actor: Actor, standing: Standing) -> Panel | None:
    """Every examination, those taken back included, the latest first."""
    found = (
        Event.objects.visible_to(actor).about([pathway.pk]).filter(kind=KIND).order_by("-occurred_on", "-pk")
    )
    events = list(found)
    if not events:
        return None
    gone = annulled_ids(history(pathway.pk))
    lines = [
        {
            "day": event.occurred_on,
            "training": event.payload.get("training", ""),
            "ground": AifGround(event.reason).label,
            "is_annulled": event.pk in gone,
            "url": reverse("prescriptions:aif_evidence", args=[pathway.pk, event.pk]),
        }
        for event in events
    ]
    return Panel("prescriptions/panel_aif.html", {"lines": lines})


def _unit(suffix: str):
    return lambda values: {value: f"{value}{suffix}" for value in values}


# The page of its own asks for these details: their fields say only how the timeline reads them.
payload_field("training", lambda pathway: forms.CharField())
payload_field("training_provider", lambda pathway: forms.CharField())
payload_field("price", lambda pathway: forms.DecimalField(), words=_unit("\u00a0€"))
payload_field("hours", lambda pathway: forms.IntegerField(), words=_unit("\u00a0h"))
payload_field("planned_on", lambda pathway: forms.DateField(), words=date_words)
