"""Changing what a scheme applies, from a day on: the past keeps its rules (domain.md A21)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, When

from config import clock
from config.errors import JalonsError
from pathways.actor import Actor
from prescriptions.models import Scheme, SchemeRule
from prescriptions.schemes.rules import RULES


def set_rule(
    scheme_id: int, code: str, parameters: Mapping[str, Any] | None, valid_from: date, actor: Actor
) -> SchemeRule | None:
    """Let a scheme apply a rule with these parameters from `valid_from` on; with None, no longer apply it.

    What was planned for that day or later is replaced. Returns the new row; None when nothing changes or the rule
    stops. Two people at once: the scheme is locked. Raises JalonsError: rule_unknown, rule_in_the_past.
    """
    if code not in RULES:
        raise JalonsError(
            "Cette règle n'existe pas.", code="rule_unknown", next_step="Choisissez-en une dans la liste."
        )
    if valid_from < clock.today():
        raise JalonsError(
            "Une règle ne change pas dans le passé : les avis déjà donnés doivent rester explicables.",
            code="rule_in_the_past",
            next_step="Choisissez aujourd'hui ou un jour à venir.",
        )
    with transaction.atomic():
        scheme = Scheme.objects.select_for_update(no_key=True).get(pk=scheme_id)
        standing = scheme.rules.filter(Q(valid_to=None) | Q(valid_to__gt=valid_from), rule=code)
        current = standing.filter(valid_from__lte=valid_from, valid_to=None).first()
        given = None if parameters is None else RULES[code].given(parameters)
        if current is not None and given is not None and RULES[code].given(current.parameters) == given:
            return None
        # What would begin later never holds: an empty interval, which the history still shows.
        ends = Case(When(valid_from__gt=valid_from, then=F("valid_from")), default=valid_from)
        standing.order_by().update(valid_to=ends)
        if given is None:
            return None
        return scheme.rules.create(rule=code, parameters=given, valid_from=valid_from, changed_by=actor.user)
