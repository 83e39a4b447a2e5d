"""Who receives alerts and notices, for the package that sends them: people, their running memberships, their keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q, QuerySet

from notifications.enums import Rhythm
from notifications.readers import Reader, set_directory
from pathways.actor import Actor
from pathways.audience import READERS, REGION, keys_of_place, person
from pathways.enums import Role
from pathways.models import Membership, Organisation

#: Who acts on people and seats from day to day is written to each day; who oversees them, each week.
DAILY = frozenset({Role.REFERENT, Role.PROVIDER, Role.ADVISOR})


class People:
    """The `notifications.readers.Directory` of the product. Each answer costs a fixed number of queries."""

    def everybody(self) -> QuerySet:
        return self._memberships().order_by().values("user_id")

    def of_users(self, user_ids: Collection[int]) -> list[Reader]:
        return self._readers(self._memberships().filter(user__in=list(user_ids)))

    def holding(self, keys: Collection[str]) -> list[Reader]:
        held = self._memberships().filter(_holds(keys)).order_by().values("user_id")
        # All memberships of each: a reader is told of everything that is theirs.
        wanted = set(keys)
        return [
            reader
            for reader in self._readers(self._memberships().filter(user__in=held))
            if reader.keys & wanted
        ]

    def usual_rhythm(self, roles: Collection[str]) -> Rhythm:
        return Rhythm.DAILY if DAILY & set(roles) else Rhythm.WEEKLY

    def actors_of(self, user_id: int) -> list[Actor]:
        memberships = Membership.objects.current().filter(user=user_id, user__is_active=True)
        return [Actor.of(each) for each in memberships.select_related("user", "organisation").order_by("pk")]

    def _memberships(self) -> QuerySet[Membership]:
        return Membership.objects.current().filter(role__in=READERS, user__is_active=True)

    def _readers(self, memberships: QuerySet[Membership]) -> list[Reader]:
        rows = list(memberships.select_related("user").order_by("user_id", "pk"))
        areas = _areas({row.organisation_id for row in rows if row.role == Role.ADVISOR})
        by_user: dict[int, list[Membership]] = defaultdict(list)
        for row in rows:
            by_user[row.user_id].append(row)
        return [_reader(own, areas) for own in by_user.values()]


def _reader(memberships: list[Membership], areas: dict[int, list[int]]) -> Reader:
    user = memberships[0].user
    keys = {person(user.pk)}
    for each in memberships:
        keys |= set(keys_of_place(each.role, each.organisation_id, areas[each.organisation_id]))
    roles = frozenset(each.role for each in memberships)
    return Reader(user.pk, user.email, str(user), roles, frozenset(keys))


def _areas(organisation_ids: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    through = Organisation.areas.through.objects.filter(organisation__in=list(organisation_ids))
    for organisation_id, area_id in through.order_by("pk").values_list(
        "organisation_id", "employmentarea_id"
    ):
        found[organisation_id].append(area_id)
    return found


def _holds(keys: Collection[str]) -> Q:
    """The memberships that give one of the keys: `keys_of_place` read backwards."""
    users, areas, places = set(), set(), defaultdict(set)
    condition = Q(pk__in=[])
    for key in keys:
        name, _, rest = key.partition(":")
        if key == REGION:
            condition |= Q(role=Role.REGION_OFFICER)
        elif name == "user":
            users.add(int(rest))
        elif rest.startswith("area:"):
            areas.add(int(rest.removeprefix("area:")))
        else:
            places[name].add(int(rest))
    if users:
        condition |= Q(user__in=users)
    if areas:
        condition |= Q(role=Role.ADVISOR, organisation__areas__in=areas)
    for role, organisation_ids in places.items():
        condition |= Q(role=role, organisation__in=organisation_ids)
    return condition


set_directory(People())
