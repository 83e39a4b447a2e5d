"""A file joined to another, read as of a day and as known on a day."""

import pytest
from django.test import Client

from pathways.models import Event
from tests.pathways.merging.conftest import day
from tests.pathways.reading.test_pages import client_of, read, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(pair) -> tuple[Client, str]:
    pair.merge(on=120)
    return client_of(pair.world.manager), f"/dossiers/{pair.kept.pathway.pk}/"


def test_as_of_a_past_day_the_joined_file_reads_whole(file):
    page = shown(read(*file, day=day(70)))
    assert "Entré en formation (AES)" in page
    assert "Refusé : Prérequis insuffisants" in page
    assert "Formation terminée" not in page


def test_as_known_before_the_merge_the_file_reads_as_it_was(file):
    page = shown(read(*file, day=day(110), known=day(110)))
    assert "Refusé : Prérequis insuffisants" in page
    assert "Entré en formation (AES)" not in page
    assert "Dossier fusionné" not in page


def test_nothing_of_a_reading_stays(file, coherent):
    read(*file, day=day(70))
    assert Event.objects.merges().count() == 1
    coherent()
