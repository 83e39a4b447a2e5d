"""Which of two files' values stay: chosen one by one, and given back when the merge is taken back.

The event of a merge is for ever; it therefore holds no personal data, only the keys of the rows of field history
(simple-history) before and after, which retention can erase.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from pathways.actor import Actor
from pathways.guards import Refusal, TransitionRefused
from pathways.models import Beneficiary, RsaSituation


@dataclass(frozen=True)
class Group:
    """Fields that are chosen together. fields: attribute names."""

    name: str
    label: str
    fields: tuple[str, ...]

    def differs(self, one: Beneficiary, other: Beneficiary) -> bool:
        return any(getattr(one, name) != getattr(other, name) for name in self.fields)

    def is_known(self, person: Beneficiary) -> bool:
        """Whether the person's file says something; a bassin d'emploi alone is no address."""
        said = [name for name in self.fields if not name.endswith("_id")] or self.fields
        return any(getattr(person, name) not in (None, "") for name in said)


#: In the order of the page.
GROUPS = (
    Group("last_name", "Nom d'usage", ("last_name",)),
    Group("birth_name", "Nom de naissance", ("birth_name",)),
    Group("first_name", "Prénom", ("first_name",)),
    Group("birth_date", "Date de naissance", ("birth_date",)),
    Group("sex", "Sexe", ("sex",)),
    Group("pe_identifier", "Identifiant Pôle emploi", ("pe_identifier",)),
    Group("pe_registered_on", "Inscription à Pôle emploi", ("pe_registered_on",)),
    Group("caf_number", "N° allocataire CAF", ("caf_number",)),
    Group("phone", "Téléphone", ("phone",)),
    Group("email", "Courriel", ("email",)),
    Group(
        "address",
        "Adresse et bassin d'emploi",
        ("address", "postal_code", "city", "commune_id", "area_id"),
    ),
    Group("pole", "Pôle d'insertion", ("pole_id",)),
    Group("education_level", "Niveau de formation", ("education_level",)),
    Group("job_project", "Projet professionnel", ("job_project",)),
    Group("identified_on", "Identifié par le Département le", ("identified_on",)),
)
BY_NAME = {group.name: group for group in GROUPS}
#: The RSA situation is chosen as a whole: it is what the CAF said on one day.
RSA = "rsa"
RSA_FIELDS = tuple(
    field.attname for field in RsaSituation._meta.concrete_fields if field.attname != "beneficiary_id"
)


def take_over(
    survivor: Beneficiary, absorbed: Beneficiary, names: Collection[str], actor: Actor
) -> dict[str, Any]:
    """Give the surviving person the absorbed one's values for some groups; returns how to give them back.

    Raises TransitionRefused when the values chosen cannot go together.
    """
    groups = [group for group in GROUPS if group.name in names and group.differs(survivor, absorbed)]
    taken: dict[str, Any] = {"groups": [group.name for group in groups]}
    if groups:
        taken["before"] = _saved(survivor, actor, "Avant la fusion")
        for name in _fields(groups):
            value = getattr(absorbed, name)
            # An address of which nobody knows the bassin takes none away.
            if value is not None or not name.endswith("_id"):
                setattr(survivor, name, value)
        try:
            survivor.validate_constraints()
        except ValidationError as error:
            told = " ".join(error.messages)
            raise TransitionRefused(
                Refusal("values_disagree", told, "Choisissez des valeurs qui vont ensemble.")
            ) from error
        taken["after"] = _saved(survivor, actor, "Fusion")
    theirs = RsaSituation.objects.filter(pk=absorbed.pk).first()
    if RSA in names and theirs is not None:
        taken[RSA] = _take_rsa(survivor, theirs, actor)
    return taken


def _take_rsa(survivor: Beneficiary, theirs: RsaSituation, actor: Actor) -> dict[str, int | None]:
    own = RsaSituation.objects.filter(pk=survivor.pk).first()
    before = None if own is None else _saved(own, actor, "Avant la fusion")
    own = own or RsaSituation(beneficiary=survivor)
    for name in RSA_FIELDS:
        setattr(own, name, getattr(theirs, name))
    return {"before": before, "after": _saved(own, actor, "Fusion")}


def give_back(
    person: Beneficiary, taken: Mapping[str, Any], undone: Iterable[Mapping[str, Any]], actor: Actor
):
    """Put back what `take_over()` changed, where the person's row still says so: what was typed since stays.

    undone: what other merges, taken back since, had taken: a value that came from one of them goes back to what it was
    before it.
    """
    if taken["groups"]:
        fields = _fields(BY_NAME[name] for name in taken["groups"])
        if _restored(person, fields, taken, [one for one in undone if one["groups"]]):
            _saved(person, actor, "Fusion annulée")
    if RSA in taken:
        _give_back_rsa(person, taken[RSA], [one[RSA] for one in undone if RSA in one], actor)


def _give_back_rsa(person: Beneficiary, taken, undone, actor: Actor) -> None:
    own = RsaSituation.objects.filter(pk=person.pk).first()
    if own is None:
        return
    if taken["before"] is None:
        after = _row(own, taken["after"])
        if after is not None and all(getattr(own, name) == getattr(after, name) for name in RSA_FIELDS):
            own._history_user, own._change_reason = actor.user, "Fusion annulée"
            own.delete()
    elif _restored(own, RSA_FIELDS, taken, undone):
        _saved(own, actor, "Fusion annulée")


def _restored(
    row, fields: Iterable[str], taken: Mapping[str, Any], undone: Iterable[Mapping[str, Any]]
) -> bool:
    """Set the fields back in memory; whether any differs. History rows that retention has erased give nothing back."""
    before, after = _row(row, taken["before"]), _row(row, taken["after"])
    if before is None or after is None:
        return False
    earlier = [(_row(row, one["before"]), _row(row, one["after"])) for one in undone]
    is_changed = False
    for name in fields:
        if getattr(row, name) != getattr(after, name):
            continue
        value = getattr(before, name)
        for was, became in earlier:
            if was is not None and became is not None and getattr(became, name) == value:
                value = getattr(was, name)
        is_changed |= value != getattr(row, name)
        setattr(row, name, value)
    return is_changed


def _row(instance, key: int | None):
    return None if key is None else instance.history.filter(pk=key).first()


def _fields(groups: Iterable[Group]) -> list[str]:
    return [name for group in groups for name in group.fields]


def _saved(row, actor: Actor, why: str) -> int:
    """Save the row; returns the key of its row of field history."""
    row._history_user, row._change_reason = actor.user, why
    row.save()
    return row.history.latest().pk
