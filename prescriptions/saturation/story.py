"""The life of a case in words, newest first, as the component « timeline » shows it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from config.ui.dates import count, moment
from notifications.enums import Level
from prescriptions.models import SaturationCase, SaturationStep
from prescriptions.saturation.enums import GiveUpReason, Stage, StepKind

K = StepKind
ICONS = {
    K.ALERTED: "bell-ringing",
    K.SENT: "send",
    K.NO_TEAM: "alert-triangle",
    K.CLIMBED: "bell-ringing",
    K.SEEN: "eye",
    K.TAKEN: "user-check",
    K.DELEGATED: "arrows-exchange",
    K.GIVEN_BACK: "arrow-back-up",
    K.PROPOSED: "user-plus",
    K.ESCALATED: "clock-exclamation",
    K.FILLED: "circle-check",
    K.GIVEN_UP: "flag-off",
    K.OPENED: "door-enter",
    K.CANCELLED: "calendar-off",
    K.LIFTED: "bell-off",
    K.REOPENED: "refresh",
}
TONES = {K.ESCALATED: "danger", K.NO_TEAM: "danger", K.FILLED: "success"}


def entries(case: SaturationCase) -> list[dict[str, Any]]:
    """Every step of a case: who, when, what."""
    steps = case.steps.select_related("by", "organisation").order_by("-pk")
    return [
        {
            "occurred_on": timezone.localtime(step.at),
            "title": _title(step),
            "detail": _detail(step),
            "who": str(step.by) if step.by else "Jalons",
            "organisation": str(step.organisation or ""),
            "icon": ICONS[K(step.kind)],
            "tone": TONES.get(K(step.kind), ""),
        }
        for step in steps
    ]


def _title(step: SaturationStep) -> str:
    days = step.payload.get("days_left")
    if step.kind in (K.ALERTED, K.CLIMBED, K.REOPENED) and days is not None:
        return f"{step.get_kind_display()} : ouverture dans {count(days, 'jour,jours')}"
    if step.kind == K.PROPOSED:
        return count(step.payload["people"], "candidat proposé,candidats proposés")
    if step.kind == K.DELEGATED:
        return f"Confiée à {step.payload['to']}"
    return str(step.get_kind_display())


def _detail(step: SaturationStep) -> str:
    said = [moment(step.at)]
    if step.payload.get("empty") is not None:
        empty = count(step.payload["empty"], "place vide,places vides")
        said.append(f"{empty} sur {step.payload['capacity']}")
    if step.payload.get("level") and step.kind in (K.ALERTED, K.CLIMBED, K.REOPENED):
        said.append(f"« {Level(step.payload['level']).label} »")
    if step.payload.get("teams"):
        said.append(", ".join(step.payload["teams"]))
    if step.kind == K.ESCALATED:
        said.append(f"personne n'a réagi : « {Stage(step.payload['stage']).label.lower()} »")
    if step.reason:
        said.append(GiveUpReason(step.reason).label.lower())
    if step.comment:
        said.append(step.comment)
    return " · ".join(said)
