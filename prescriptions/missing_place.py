"""Where a session takes place, asked of its provider when no file has ever said it."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms

from pathways.identity import normalise_name
from prescriptions.models import Session, TrainingAction
from prescriptions.whereabouts import find_place

REMOTE = "À distance"


@dataclass(frozen=True)
class Where:
    """What was typed, as columns of the action. area_id: the bassin of the commune, None at a distance."""

    columns: dict[str, object]
    area_id: int | None


def is_asked(action: TrainingAction) -> bool:
    return not (action.city or action.address)


def fields() -> dict[str, forms.Field]:
    return {
        "ville": forms.CharField(
            label="Commune du lieu de formation",
            required=False,
            max_length=100,
            help_text="Son nom ou son code postal ; « à distance » si l'on n'y vient pas. "
            "Vaut pour les autres sessions de la même action.",
        ),
        "adresse": forms.CharField(label="Adresse du lieu de formation", required=False, max_length=255),
    }


def understood(town: str, address: str) -> Where | None:
    """The place that was typed; None when the commune is not known."""
    if normalise_name(town) == normalise_name(REMOTE):
        return Where({"city": REMOTE, "address": ""}, None)
    place = find_place(town)
    commune = place.commune if place else None
    if commune is None:
        return None
    digits = town.strip() if town.strip() in commune.postal_codes else next(iter(commune.postal_codes), "")
    columns = {
        "city": commune.name,
        "address": address,
        "postal_code": digits,
        "insee_code": commune.pk,
        "commune": commune,
    }
    return Where(columns, commune.area_id)


def save(action: TrainingAction, where: Where) -> None:
    """Write the place on the action, and what its sessions repeat of it."""
    for name, value in where.columns.items():
        setattr(action, name, value)
    action.save(update_fields=list(where.columns))
    for session in Session.objects.filter(action=action).select_related("provider").order_by("pk"):
        session.action = action
        session.area_id = where.area_id
        session.save(update_fields=["area"])
