"""Who is compared with whom, what is kept of it, and who reads it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pathways.corrections import annul
from pathways.enums import Role
from pathways.guards import TransitionRefused
from pathways.merging import detection, dismissal
from pathways.merging.detection import find_duplicates, pairs
from pathways.merging.likeness import Strength
from pathways.models import Beneficiary, DuplicateDismissal, DuplicatePair, Event
from tests.factories import World

pytestmark = pytest.mark.django_db


def found(world) -> set[tuple[str, str, int]]:
    return {(str(pair.first), str(pair.second), pair.strength) for pair in pairs(world.manager)}


@pytest.fixture
def alike(world):
    one = world.story("Benali", first_name="Samia").pathway.beneficiary
    other = world.story("Samia", first_name="Bénali").pathway.beneficiary
    world.story("Durand", first_name="Karim")
    return one, other


def test_two_files_alike_are_found_once(world, alike):
    assert find_duplicates() == 3
    assert found(world) == {("Samia Benali", "Bénali Samia", Strength.SURE)}
    assert find_duplicates() == 0
    assert DuplicatePair.objects.count() == 1


def test_only_who_has_changed_is_compared_again(world, alike):
    find_duplicates()
    other = Beneficiary.objects.get(pk=alike[1].pk)
    other.phone = "0612345678"
    other.save()
    assert find_duplicates() == 0
    other.pe_identifier = "1234567A"
    other.save()
    assert find_duplicates() == 1
    assert found(world) == {("Samia Benali", "Bénali Samia", Strength.SURE)}


def test_a_pair_follows_what_becomes_of_the_names(world, alike):
    find_duplicates()
    one = alike[0]
    one.last_name = "Ben-Alli"
    one.save()
    find_duplicates()
    assert found(world) == {("Samia Ben-Alli", "Bénali Samia", Strength.PROBABLE)}
    one.birth_date = one.birth_date.replace(year=1950)
    one.save()
    find_duplicates()
    assert found(world) == set()


def test_rows_written_in_bulk_without_keys_are_compared_too(world):
    rows = [world.person("Petit", first_name="Éva") for _ in range(2)]
    Beneficiary.objects.filter(pk__in=[row.pk for row in rows]).update(likeness_keys=[], is_to_compare=True)
    find_duplicates()
    assert DuplicatePair.objects.count() == 1


def test_the_cost_follows_the_batch_and_not_the_pairs(world):
    for _ in range(3):
        world.story("Petit", first_name="Éva")
    with CaptureQueriesContext(connection) as few:
        find_duplicates()
    for _ in range(9):
        world.story("Petit", first_name="Éva")
    with CaptureQueriesContext(connection) as many:
        find_duplicates()
    # One more: those who were compared before are read besides.
    assert len(many) <= len(few) + 1
    assert DuplicatePair.objects.count() == 12 * 11 / 2


def test_the_search_for_sharers_goes_through_the_index(world, alike):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {detection._SHARING}", [[alike[0].pk]])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "beneficiary_likeness" in plan


def test_nobody_reads_pairs_of_people_they_do_not_both_see(world, alike):
    stranger = World.make().story("Benali", first_name="Samia")
    find_duplicates()
    assert DuplicatePair.objects.count() == 3
    assert found(world) == {("Samia Benali", "Bénali Samia", Strength.SURE)}
    assert found(stranger.world) == set()
    assert not pairs(world.actors[Role.REGION_OFFICER]).exists()


def test_a_pair_set_aside_leaves_the_list_and_comes_back(world, alike):
    find_duplicates()
    dismissal.dismiss(alike[1], alike[0], world.manager, "Deux cousines.")
    again = dismissal.dismiss(alike[0], alike[1], world.manager, "Encore.")
    assert (again.reason, again.dismissed_by) == ("Deux cousines.", world.manager.user)
    assert found(world) == set()
    assert [row.reason for row in detection.dismissals(world.manager)] == ["Deux cousines."]
    assert dismissal.take_back(alike[0], alike[1], world.manager) == 1
    assert len(found(world)) == 1
    row = DuplicateDismissal.objects.get()
    assert (row.reason, row.taken_back_by) == ("Deux cousines.", world.manager.user)
    assert row.taken_back_at is not None


def test_setting_a_pair_aside_says_why(world, alike):
    with pytest.raises(TransitionRefused) as refused:
        dismissal.dismiss(*alike, world.manager, " ")
    assert refused.value.refusal.code == "reason_missing"


def test_files_merged_are_no_longer_a_pair_and_are_one_again_once_apart(pair):
    find_duplicates()
    assert len(found(pair.world)) == 1
    pair.merge()
    assert found(pair.world) == set()
    find_duplicates()
    annul(Event.objects.merges().get().pk, pair.world.manager, comment="Non.")
    find_duplicates()
    assert len(found(pair.world)) == 1
