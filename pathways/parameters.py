"""Dated parameters: thresholds and delays that the partners agree on, never buried in code (domain.md, B13).

A package declares each with its label, unit, default and source. The Région changes a value from a day on
(`/parametres/`, or `manage.py parameters`); every earlier day keeps the value it had.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from config import clock
from config.errors import JalonsError
from config.locks import lock_key
from pathways.actor import Actor
from pathways.models.parameter import ParameterValue

#: Where a value comes from when nobody says: domain.md B13, « PROPOSITION, non sourcée ».
PROPOSAL = "Proposition de Jalons, sans source : à convenir entre partenaires"


@dataclass(frozen=True)
class Parameter:
    """unit: as shown after the value. default: in force until somebody chooses. source: the article, or PROPOSAL."""

    code: str
    label: str
    unit: str
    default: int
    group: str
    source: str = PROPOSAL
    minimum: int = 0
    maximum: int = 10_000
    help: str = ""


PARAMETERS: dict[str, Parameter] = {}


def declare(
    code: str,
    label: str,
    *,
    unit: str,
    default: int,
    group: str,
    source: str = PROPOSAL,
    minimum: int = 0,
    maximum: int = 10_000,
    help: str = "",
) -> Parameter:
    """Make a parameter known; called once, where it is used. Raises ValueError on a second one of the same code."""
    if code in PARAMETERS:
        raise ValueError(f"parameter {code} is declared twice")
    if not minimum <= default <= maximum:
        raise ValueError(f"the default of {code} is outside its own bounds")
    made = Parameter(code, label, unit, default, group, source, minimum, maximum, help)
    PARAMETERS[code] = made
    return made


def value(code: str, day: date | None = None) -> int:
    """The value in force on `day` (today by default). Raises KeyError on an unknown code."""
    return values([code], day)[code]


def values(codes: Collection[str], day: date | None = None) -> dict[str, int]:
    """The values in force of several parameters, by one query."""
    found = {code: PARAMETERS[code].default for code in codes}
    chosen = ParameterValue.objects.begun(day or clock.today()).filter(code__in=list(codes))
    found |= dict(chosen.distinct("code").values_list("code", "value"))
    return found


def choose(code: str, number: int, valid_from: date, reason: str, actor: Actor) -> ParameterValue | None:
    """Give a parameter a value from a day on; None when it has that value that day already.

    Raises JalonsError: unknown_parameter, parameter_out_of_bounds, parameter_in_the_past, reason_missing.
    """
    parameter = PARAMETERS.get(code)
    if parameter is None:
        known = ", ".join(sorted(PARAMETERS))
        raise JalonsError(
            f"« {code} » n'est pas un paramètre.",
            code="unknown_parameter",
            next_step=f"Paramètres : {known}.",
        )
    if not parameter.minimum <= number <= parameter.maximum:
        raise JalonsError(
            f"{number} {parameter.unit} : hors des bornes de « {parameter.label} ».",
            code="parameter_out_of_bounds",
            next_step=f"Choisissez de {parameter.minimum} à {parameter.maximum} {parameter.unit}.",
        )
    if valid_from < clock.today():
        raise JalonsError(
            "Une valeur ne change pas dans le passé : ce qui a été alerté ou refusé doit rester explicable.",
            code="parameter_in_the_past",
            next_step="Choisissez aujourd'hui ou un jour à venir.",
        )
    if not reason.strip():
        raise JalonsError("Il manque la raison.", code="reason_missing", next_step="Dites qui l'a décidé.")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_key(f"parameter:{code}")])
        if value(code, valid_from) == number:
            return None
        return ParameterValue.objects.create(
            code=code,
            value=number,
            valid_from=valid_from,
            reason=reason.strip()[:300],
            set_by=actor.user,
            set_by_organisation=actor.organisation,
        )


def take_back(row: ParameterValue) -> bool:
    """Take back a value planned for later; False when its day has come or somebody was faster."""
    planned = ParameterValue.objects.standing().filter(pk=row.pk, valid_from__gt=clock.today())
    return planned.update(withdrawn_at=clock.now()) == 1
