"""What the Région decides about seats, what each role reads of it, and what is refused with its remedy."""

from datetime import timedelta

import pytest
from django.urls import reverse

from config import clock
from notifications.models import Alert
from notifications.services import detect
from pathways.audience import keys_of
from pathways.enums import Role
from pathways.guards import TransitionRefused
from prescriptions import allotment, deadlines, quota_alerts
from prescriptions.models import OverbookingProposal, ReservedPublic, SeatQuota, Session
from tests.factories import FIRST_DAY, World
from tests.prescriptions.seats.kept import keep, public

pytestmark = pytest.mark.django_db
OPENING = FIRST_DAY + timedelta(days=60)
DAY = FIRST_DAY + timedelta(days=20)
SECRET = "Jeunes sortis de l'ASE"


@pytest.fixture
def world():
    return World.make()


@pytest.fixture(autouse=True)
def that_day():
    with clock.at(DAY):
        yield


@pytest.fixture
def login(world, client):
    def opened(role):
        client.force_login(world.actors[role].user)
        return client

    return opened


def held(world, session, number):
    stories = [world.story(session=session) for _ in range(number)]
    for story in stories:
        story.tell("submit")
        story.tell("admit")
    return stories


def young():
    row = public("J", max_age=25)
    ReservedPublic.objects.filter(pk=row.pk).update(name=SECRET)
    return row


def page(client, session) -> str:
    return client.get(reverse("prescriptions:session", args=[session.pk])).content.decode()


def test_the_region_keeps_seats_and_each_role_reads_its_own_words(world, login):
    session, kept = world.session(capacity=3), young()
    url = reverse("prescriptions:session_quotas", args=[session.pk])
    region = login(Role.REGION_OFFICER)
    assert f'value="{deadlines.release_day(OPENING)}"' in region.get(url).content.decode()
    data = {f"seats_{kept.pk}": "2", f"day_{kept.pk}": str(OPENING - timedelta(days=15)), "quotas": "1"}
    assert region.post(url, data).status_code == 302
    quota = SeatQuota.objects.get()
    assert (quota.seats, quota.releases_on, quota.set_by) == (
        2,
        OPENING - timedelta(days=15),
        world.actors[Role.REGION_OFFICER].user,
    )
    assert region.post(url, data).status_code == 302
    assert SeatQuota.objects.count() == 1  # what does not differ stays
    for role in (Role.REGION_OFFICER, Role.REFERENT, Role.DEPARTMENT_MANAGER):
        assert "sortis de l&#x27;ASE" in page(login(role), session)
    for role in (Role.PROVIDER, Role.ADVISOR):
        text = page(login(role), session)
        assert "réservées J" in text
        assert "ASE" not in text


def test_a_seat_kept_is_refused_to_others_with_its_remedy_and_given_to_its_public(world, login):
    session = world.session(capacity=2)
    keep(session, young(), 1, OPENING - timedelta(days=15))
    held(world, session, 1)
    outsider = world.story("Autre", session)
    outsider.tell("submit")
    with pytest.raises(TransitionRefused) as refused:
        outsider.tell("admit")
    said = refused.value.refusal
    assert said.code == "seats_reserved"
    assert str(said) == (
        "La seule place libre de la session est réservée à un autre public (place réservée J). Placez la personne sur "
        f"la liste d'attente : ce qui reste inutilisé s'ouvre à tous le {OPENING - timedelta(days=15):%d/%m/%Y}."
    )
    text = page(login(Role.PROVIDER), session)
    assert "place réservée J" in text  # the button says why it is greyed
    one = world.story("Jeune", session, birth_date=OPENING.replace(year=OPENING.year - 25))
    one.tell("submit")
    one.tell("admit", DAY)
    assert Session.objects.get(pk=session.pk).seats_held == 2


def test_the_seat_is_everybodys_on_its_day(world):
    session = world.session(capacity=1)
    keep(session, young(), 1, DAY + timedelta(days=1))
    story = world.story(session=session)
    story.tell("submit")
    with pytest.raises(TransitionRefused):
        story.tell("admit", DAY)
    story.tell("admit", DAY + timedelta(days=1))
    assert story.prescription.state == "admitted"


def test_a_correction_cannot_seat_an_outsider_on_a_kept_seat(world):
    from pathways.corrections import annul
    from pathways.models import Event

    session = world.session(capacity=1)
    (story,) = held(world, session, 1)
    story.tell("withdraw", DAY)
    keep(session, young(), 1, OPENING)
    with pytest.raises(TransitionRefused) as refused:
        annul(Event.objects.get(kind="withdraw").pk, world.manager, comment="Elle reste.")
    assert refused.value.refusal.code == "seats_reserved"


def test_more_cannot_be_kept_than_is_free(world, login):
    session, kept = world.session(capacity=2), young()
    held(world, session, 1)
    data = {f"seats_{kept.pk}": "2", f"day_{kept.pk}": str(OPENING), "quotas": "1"}
    url = reverse("prescriptions:session_quotas", args=[session.pk])
    answer = login(Role.REGION_OFFICER).post(url, data)
    assert answer.status_code == 422
    assert "Il reste 1\xa0place libre" in answer.content.decode()
    assert not SeatQuota.objects.exists()


def test_seats_given_back_early_go_to_those_who_wait(world):
    session = world.session(capacity=1)
    kept = young()
    keep(session, kept, 1, OPENING)
    allotment.set_quotas(session.pk, {}, world.actors[Role.REGION_OFFICER])
    assert Session.objects.get(pk=session.pk).seats_given_up == 1
    assert SeatQuota.objects.get().ended_at is not None


def test_overbooking_is_decided_shown_and_never_exceeded(world, login):
    session = world.session(capacity=10)
    held(world, session, 10)
    url = reverse("prescriptions:session_quotas", args=[session.pk])
    region = login(Role.REGION_OFFICER)
    for seats, reason, told in (("2", "Désistements", "va jusqu&#x27;à 1"), ("1", " ", "Il manque le motif")):
        answer = region.post(url, {"overbooking": seats, "overbooking_reason": reason})
        assert answer.status_code == 422
        assert told in answer.content.decode()
    data = {"overbooking": "1", "overbooking_reason": "Désistements fréquents", "keep": "on"}
    assert region.post(url, data).status_code == 302
    assert OverbookingProposal.objects.get().seats == 1
    for role in (Role.PROVIDER, Role.REFERENT):
        text = page(login(role), session)
        assert f"1 en surréservation décidée par la Région le {DAY:%d/%m/%Y}" in text.replace("\xa0", " ")
    held(world, session, 1)
    last = world.story(session=session)
    last.tell("submit")
    with pytest.raises(TransitionRefused) as refused:
        last.tell("admit")
    assert refused.value.refusal.code == "session_full"
    answer = login(Role.REGION_OFFICER).post(url, {"overbooking": "0", "overbooking_reason": ""})
    assert "la surréservation sert déjà" in answer.content.decode()


def test_a_lower_capacity_is_refused_where_seats_are_kept_or_overbooked(world):
    session = world.session(capacity=12)
    assert allotment.capacity_refused(session, 1) == ""
    keep(session, young(), 2, OPENING)
    assert "gardées par la Région" in allotment.capacity_refused(session, 1)
    allotment.set_overbooking(session.pk, 1, "Désistements", world.actors[Role.REGION_OFFICER])
    session.refresh_from_db()
    assert "surréservation" in allotment.capacity_refused(session, 9)
    assert allotment.capacity_refused(session, 10) == ""


def test_a_public_is_written_once_and_retired(world, login):
    region = login(Role.REGION_OFFICER)
    url = reverse("prescriptions:public_new")
    empty = region.post(url, {"letter": "a", "name": "Tout le monde"})
    assert "au moins un critère" in empty.content.decode()
    assert region.post(url, {"letter": "a", "name": SECRET, "max_age": "25"}).status_code == 302
    made = ReservedPublic.objects.get()
    assert (made.letter, made.max_age) == ("A", 25)
    assert "25 ans ou moins" in login(Role.REFERENT).get(reverse("prescriptions:publics")).content.decode()
    login(Role.REGION_OFFICER).post(reverse("prescriptions:public_retire", args=[made.pk]))
    assert ReservedPublic.objects.get().retired_on == DAY
    session, wanted = world.session(), {made.pk: allotment.Wanted(1, OPENING)}
    with pytest.raises(allotment.SeatsRefused):
        allotment.set_quotas(session.pk, wanted, world.actors[Role.REGION_OFFICER])


def test_the_provider_suspends_with_a_reason_that_the_region_reads(world, login):
    session = world.session()
    url = reverse("prescriptions:offers_suspend", args=[session.pk])
    assert login(Role.PROVIDER).post(url, {"reason": ""}).status_code == 422
    assert login(Role.PROVIDER).post(url, {"reason": "Groupe recomposé"}).status_code == 302
    assert "Groupe recomposé" in page(login(Role.REGION_OFFICER), session)
    assert login(Role.PROVIDER).post(url, {"reprendre": "1"}).status_code == 302
    assert Session.objects.get(pk=session.pk).offers_suspended_on is None


def test_an_unused_quota_is_an_alert_until_it_is_used_or_released(world):
    session, kept = world.session(capacity=3), young()
    keep(session, kept, 1, DAY + timedelta(days=quota_alerts.notice()))
    with clock.at(DAY - timedelta(days=1)):
        detect([quota_alerts.QUOTA_UNUSED.code])
        assert not Alert.objects.open().filter(kind="quota_unused").exists()
    detect([quota_alerts.QUOTA_UNUSED.code])
    alert = Alert.objects.open().get(kind="quota_unused")
    assert "1\xa0place réservée sans personne sur 1" in alert.detail
    for role in (Role.REGION_OFFICER, Role.DEPARTMENT_MANAGER):
        assert alert in Alert.objects.addressed_to(keys_of(world.actors[role]))
    (item,) = quota_alerts.unused_quota_lines(world.actors[Role.REGION_OFFICER], 5).items
    assert item.who == "Maçon"
    one = world.story("Jeune", session, birth_date=OPENING.replace(year=OPENING.year - 20))
    one.tell("submit")
    one.tell("admit", DAY)
    detect([quota_alerts.QUOTA_UNUSED.code])
    assert not Alert.objects.open().filter(kind="quota_unused").exists()
