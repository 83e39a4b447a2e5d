"""What taking a merge back, or stating it again, changes: told with the rest on the page of corrections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms

from pathways.effects import STEPS, Comparison, Effect, effect_source
from pathways.enums import WHOLE_HISTORY
from pathways.models import Beneficiary
from pathways.payload_fields import payload_field
from pathways.replay import merges_in_force


def names(values: Iterable[Any]) -> dict[Any, str]:
    """Key of an absorbed person -> « Samia Benali, 12/03/1984 »."""
    people = Beneficiary.objects.in_bulk([value for value in values if isinstance(value, int)])
    return {pk: f"{person}, {person.birth_date:%d/%m/%Y}" for pk, person in people.items()}


# The page « Doublons » alone states it: no form ever shows the field.
payload_field("person", lambda pathway: forms.IntegerField(widget=forms.HiddenInput), words=names)


@effect_source(*WHOLE_HISTORY)
def files(compared: Comparison) -> Iterator[Effect]:
    """The files that come apart, or together again."""
    before, after = (
        {merge.payload["person"] for merge in merges_in_force(side.facts)} for side in compared.sides
    )
    told = names(before ^ after)
    for person in sorted(before - after):
        yield Effect(STEPS, f"Dossier de {told[person]}", "réuni à celui-ci", "de nouveau à part")
    for person in sorted(after - before):
        yield Effect(STEPS, f"Dossier de {told[person]}", "à part", "réuni à celui-ci")
