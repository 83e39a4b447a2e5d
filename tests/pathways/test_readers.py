"""Who holds which audience keys: one person's keys and a key's people say the same, today and no longer."""

from datetime import date, timedelta

import pytest

from config import clock
from notifications.readers import directory
from pathways.actor import Actor
from pathways.audience import READERS, REGION, advisors_of, in_organisation, keys_of, person
from pathways.enums import OrganisationKind, Role
from pathways.models import Membership
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture
def world():
    with clock.at(TODAY):
        yield World.make()


def test_keys_of_a_person_are_those_they_act_under(world):
    everybody = {row["user_id"] for row in directory().everybody()}
    assert everybody == {world.actors[role].user_id for role in READERS}
    for reader in directory().of_users(everybody):
        (role,) = reader.roles
        assert reader.keys == set(keys_of(world.actors[Role(role)]))
        assert reader.email == world.actors[Role(role)].user.email


def test_a_key_finds_its_holders_and_nobody_else(world):
    other = World.make()
    keys = {
        Role.REFERENT: in_organisation(Role.REFERENT, world.referent.organisation_id),
        Role.DEPARTMENT_MANAGER: in_organisation(Role.DEPARTMENT_MANAGER, world.manager.organisation_id),
        Role.PROVIDER: in_organisation(Role.PROVIDER, world.provider.organisation_id),
        Role.ADVISOR: advisors_of(world.area.pk),
    }
    for role, key in keys.items():
        assert [reader.user_id for reader in directory().holding([key])] == [world.actors[role].user_id]
    officers = {each.actors[Role.REGION_OFFICER].user_id for each in (world, other)}
    assert {reader.user_id for reader in directory().holding([REGION])} == officers
    assert [reader.user_id for reader in directory().holding([person(world.manager.user_id)])] == [
        world.manager.user_id
    ]
    assert directory().holding([]) == []


def test_two_roles_of_one_person_add_up(world):
    pole = factories.organisation(OrganisationKind.INSERTION_POLE)
    second = Membership.objects.create(
        user=world.advisor.user, organisation=pole, role=Role.REFERENT, started_on=TODAY
    )
    (reader,) = directory().holding([in_organisation(Role.REFERENT, pole.pk)])
    assert reader.keys == {*keys_of(world.advisor), *keys_of(Actor.of(second))}
    assert {actor.role for actor in directory().actors_of(reader.user_id)} == {Role.ADVISOR, Role.REFERENT}


@pytest.mark.parametrize("left", ["membership", "account"])
def test_whoever_left_holds_nothing(world, left):
    user = world.referent.user
    if left == "membership":
        Membership.objects.filter(user=user).update(ended_on=TODAY)
    else:
        user.is_active = False
        user.save()
    key = in_organisation(Role.REFERENT, world.referent.organisation_id)
    assert directory().holding([key, person(user.pk)]) == []
    assert directory().of_users([user.pk]) == []
    assert directory().actors_of(user.pk) == []
    with clock.at(TODAY - timedelta(days=30)):
        assert bool(directory().of_users([user.pk])) == (left == "membership")
