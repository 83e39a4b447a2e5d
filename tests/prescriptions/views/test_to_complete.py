"""« À compléter » and the session page: who sees what, and who declared it."""

from datetime import timedelta

import pytest

from config import clock
from pathways.enums import Role
from prescriptions.models import OfferReminder, Session
from tests.pathways.reading.words import words_of
from tests.readable import sheet_rows

from .conftest import TODAY

pytestmark = pytest.mark.django_db
URL = "/sessions/a-completer/"


@pytest.fixture
def lacking(world):
    return world.session(capacity=None, known_on=TODAY - timedelta(days=20))


def test_each_provider_reads_its_own_and_the_region_all_with_who_is_late(login, world, lacking, colleague):
    own = login(Role.PROVIDER).get(URL)
    assert "nombre de places" in words_of(own)
    assert f"/sessions/{lacking.pk}/completer/" in own.content.decode()
    assert [gap.session for gap in login(colleague).get(URL).context["lines"]] == []
    page = words_of(login(Role.REGION_OFFICER).get(URL))
    assert lacking.provider.name in page
    assert "En retard" in page
    assert "pas encore relancé" in page
    OfferReminder.objects.create(session=lacking, lacking="capacity")
    assert "organisme relancé aujourd'hui" in words_of(login(Role.REGION_OFFICER).get(URL))
    assert login(Role.REFERENT).get(URL).status_code == 403


def test_filters_and_export_agree(login, world, lacking):
    Session.objects.filter(pk=world.session(capacity=None, known_on=TODAY).pk).update(title="Couvreur")
    region = login(Role.REGION_OFFICER)
    assert len(region.get(URL).context["lines"]) == 2
    late = region.get(f"{URL}?retard=on")
    assert [gap.session.pk for gap in late.context["lines"]] == [lacking.pk]
    export = region.get(f"{URL}export/?retard=on")
    head, only = sheet_rows(export)
    assert (head[1], only[1]) == ("N° Carif", lacking.carif_number)
    assert "nombre de places" in only[4]
    assert region.get(f"{URL}?organisme={lacking.provider_id}&tri=-ouverture").status_code == 200


def test_every_figure_says_who_declared_it_and_when(login, world):
    session = world.session(capacity=12, declared_at=clock.now() - timedelta(days=20))
    told = Session.objects.get(pk=session.pk)
    told.minimum, told.price, told.hours = 6, 4322, 455
    told.declared_by, told.declared_at = told.provider, clock.now() - timedelta(days=2)
    told.save()
    figures = {
        each.name: each for each in login(Role.REFERENT).get(f"/sessions/{session.pk}/").context["figures"]
    }
    capacity, minimum = figures["capacity"].told, figures["minimum"].told
    assert (capacity.by, capacity.at) == ("le fichier du Carif-Oref", session.declared_at)
    assert (capacity.confirmed_by, capacity.confirmed_at) == (told.provider.name, told.declared_at)
    assert (minimum.by, minimum.at, minimum.confirmed_at) == (told.provider.name, told.declared_at, None)
    assert (figures["recruitment"].value, figures["recruitment"].told) == ("non renseigné", None)
    page = words_of(login(Role.REFERENT).get(f"/sessions/{session.pk}/"))
    assert "9,50" in page  # 4 322 € for 455 hours, to the cent
