"""The name and the Département that a pathway repeats follow the person and the cohort, whoever writes them."""

import pytest

from pathways.models import Beneficiary, Cohort, Pathway
from tests.factories import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World.make()


def copies(pathway) -> tuple:
    return Pathway.objects.values_list("sort_key", "department").get(pk=pathway.pk)


def test_a_new_pathway_has_them(world):
    pathway = world.story("Zola").pathway
    assert copies(pathway) == ("ZOLA\tCAMILLE", world.manager.organisation_id)


def test_a_new_name_moves_the_person_in_every_list(world):
    pathway = world.story("Zola").pathway
    person = Beneficiary.objects.get(pk=pathway.beneficiary_id)
    person.last_name = "Amrani"
    person.save()
    assert copies(pathway)[0] == "AMRANI\tCAMILLE"
    person.last_name = "Bellil"
    person.compute_keys()
    Beneficiary.objects.bulk_update([person], ["last_name", "sort_key"])
    assert copies(pathway)[0] == "BELLIL\tCAMILLE"


def test_another_person_or_cohort_brings_its_own(world):
    elsewhere = World.make()
    pathway = world.story("Zola").pathway
    Pathway.objects.filter(pk=pathway.pk).update(
        beneficiary=elsewhere.person("Amrani"), cohort=elsewhere.cohort
    )
    assert copies(pathway) == ("AMRANI\tCAMILLE", elsewhere.manager.organisation_id)
    Cohort.objects.filter(pk=elsewhere.cohort.pk).update(department=world.manager.organisation)
    assert copies(pathway)[1] == world.manager.organisation_id


def test_saving_a_row_read_before_overwrites_nothing(world):
    stale = world.story("Zola").pathway
    stale.sort_key, stale.department_id = "", None
    stale.save()
    assert copies(stale) == ("ZOLA\tCAMILLE", world.manager.organisation_id)
