"""What a provider declares of its session, and cancelling one."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from config import clock
from notifications.models import Notice
from pathways.audience import advisors_of
from pathways.enums import Role
from pathways.models import Commune
from prescriptions.enums import PrescriptionState, Recruitment
from prescriptions.models import Meeting, Prescription, Session, TrainingAction

from .conftest import TODAY

pytestmark = pytest.mark.django_db
P = PrescriptionState


@pytest.fixture
def session(world):
    return world.session(capacity=5)


def declared(session, **changes):
    """What the form sends: the session as it is, with `changes`."""
    kept = {
        "starts_on": str(session.starts_on),
        "ends_on": str(session.ends_on),
        "capacity": session.capacity,
        "recruitment": session.recruitment,
    }
    return {name: value for name, value in (kept | changes).items() if value is not None}


def row(number, day, hour="", place="", people="", nature="information", **more):
    """One row of meetings as the form sends it."""
    told = {"nature": nature, "jour": day, "heure": hour, "lieu": place, "personnes": people, **more}
    return {f"rdv-{number}-{part}": value for part, value in told.items()} | {"rdv-lignes": number + 1}


def edit(client, session, **changes):
    return client.post(f"/sessions/{session.pk}/completer/", declared(session, **changes))


def test_a_declaration_keeps_who_when_and_what_was_before(world, login, session):
    answer = edit(
        login(Role.PROVIDER),
        session,
        capacity=8,
        minimum=4,
        recruitment=Recruitment.OPEN,
        hours=455,
        price="4 322,50",
        **row(0, "2026-02-20", "09:30", "Salle 2", 15) | row(1, "2026-02-13", nature="commission"),
    )
    assert answer.url == f"/sessions/{session.pk}/"
    kept = Session.objects.get(pk=session.pk)
    assert (kept.capacity, kept.minimum, kept.recruitment) == (8, 4, Recruitment.OPEN)
    assert (kept.hours, kept.price, kept.hourly_cost) == (455, Decimal("4322.50"), Decimal("9.50"))
    commission, meeting = kept.meetings.all()
    assert (commission.kind, commission.held_on) == ("commission", date(2026, 2, 13))
    assert (meeting.when, meeting.place, meeting.seats) == ("20/02/2026 à 9 h 30", "Salle 2", 15)
    assert (meeting.declared_by, meeting.declared_at) == (world.provider.organisation, clock.now())
    assert (kept.declared_by, kept.declared_at) == (world.provider.organisation, clock.now())
    latest, before = kept.history.all()[:2]
    assert (latest.capacity, before.capacity) == (8, 5)
    assert latest.history_user == world.provider.user


def test_a_capacity_below_the_seats_held_is_refused_with_the_reason(world, login, session):
    for name in ("Amrani", "Bellil"):
        story = world.story(name, session)
        story.tell("submit")
        story.tell("admit")
    for capacity in ("1", ""):
        answer = edit(login(Role.PROVIDER), session, capacity=capacity)
        assert answer.status_code == 422
        assert "2\xa0places sont déjà tenues" in answer.content.decode()
    assert Session.objects.get(pk=session.pk).capacity == 5
    assert edit(login(Role.PROVIDER), session, capacity="2").status_code == 302


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": "2026-01-01"}, "ends_on"),
        ({"starts_on": "31/02/2026"}, "starts_on"),
        ({"capacity": "-1"}, "capacity"),
        ({"minimum": "9"}, "minimum"),
        (
            {"registration_starts_on": "2026-02-10", "registration_ends_on": "2026-02-01"},
            "registration_ends_on",
        ),
        ({"recruitment": "maybe"}, "recruitment"),
        (row(0, "13/13/2026"), "rdv-0-jour"),
        (row(0, "2026-02-13", "quand vous voulez"), "rdv-0-heure"),
        (row(0, "", "09:30"), "rdv-0-jour"),
        (row(0, "2026-01-02"), "rdv-0-jour"),
        ({"price": "-1"}, "price"),
        ({"price": "cher"}, "price"),
    ],
)
def test_bad_input_is_told_beside_its_field_and_saves_nothing(login, session, changes, field):
    before = Session.objects.filter(pk=session.pk).values().get()
    answer = edit(login(Role.PROVIDER), session, **changes)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert Session.objects.filter(pk=session.pk).values().get() == before


def test_dates_do_not_leave_a_recorded_entry_outside(world, login):
    session = world.session(starts_on=TODAY - timedelta(days=5))
    story = world.story("Amrani", session)
    for kind in ("submit", "admit", "register"):
        story.tell(kind)
    story.tell("enter", TODAY - timedelta(days=5))
    answer = edit(login(Role.PROVIDER), session, starts_on=str(TODAY))
    assert "Une entrée est enregistrée le" in answer.content.decode()
    assert answer.status_code == 422


def shown(client, session):
    """What the form shows, ready to be sent back."""
    form = client.get(f"/sessions/{session.pk}/completer/").context["form"]
    return {name: value for name in form.fields if (value := form[name].value()) not in (None, False)}


def test_a_meeting_is_replaced_or_withdrawn_and_what_was_announced_stays_known(world, login, session):
    client = login(Role.PROVIDER)
    for day in ("2026-02-13", "2026-02-20"):
        session.meetings.create(kind="information", held_on=day, declared_by=world.provider.organisation)
    first, second = session.meetings.all()
    told = shown(client, session) | {"rdv-0-heure": "14:00", "rdv-1-retirer": "on"}
    assert client.post(f"/sessions/{session.pk}/completer/", told).status_code == 302
    (kept,) = session.meetings.all()
    assert (kept.held_on, kept.when) == (first.held_on, "13/02/2026 à 14 h")
    assert Meeting.announced.get(pk=second.pk).withdrawn_at == clock.now()
    # The same click once more changes nothing.
    assert client.post(f"/sessions/{session.pk}/completer/", told).status_code == 302
    assert list(session.meetings.all()) == [kept]


def test_a_meeting_for_which_people_are_convened_stays(world, login, session):
    session.meetings.create(kind="information", held_on="2026-02-13")
    story = world.story("Amrani", session)
    story.tell("submit")
    story.tell("convene", payload={"convened_for": "2026-02-13"})
    client = login(Role.PROVIDER)
    answer = client.post(
        f"/sessions/{session.pk}/completer/", shown(client, session) | {"rdv-0-retirer": "on"}
    )
    assert answer.status_code == 422
    assert "1\xa0personne est convoquée le 13/02/2026" in answer.content.decode()
    assert session.meetings.count() == 1


def test_a_row_more_is_asked_without_javascript_and_keeps_what_was_typed(login, session):
    client = login(Role.PROVIDER)
    told = shown(client, session) | {"capacity": "17", "rdv-0-jour": "31/02/2026", "ajouter": "1"}
    answer = client.post(f"/sessions/{session.pk}/completer/", told)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="17"' in page
    assert 'value="31/02/2026"' in page
    assert "rdv-1-jour" in page
    assert answer.context["form"]["rdv-lignes"].value() == 2
    assert Session.objects.get(pk=session.pk).capacity == 5


def test_two_people_never_overwrite_each_other_silently(world, login, session):
    session.meetings.create(kind="information", held_on="2026-02-13")
    client, url = login(Role.PROVIDER), f"/sessions/{session.pk}/completer/"
    mine, theirs = shown(client, session), shown(client, session)
    added = row(1, "2026-02-20") | {"rdv-lignes": 2}
    assert client.post(url, theirs | added | {"capacity": "8", "minimum": "4"}).status_code == 302
    answer = client.post(url, mine | {"capacity": "9"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Nombre de places : 5 → 8" in page
    assert "rendez-vous ajouté : Information collective du 20/02/2026" in page
    kept = Session.objects.get(pk=session.pk)
    assert (kept.capacity, kept.minimum) == (8, 4)
    # What I typed stays; what only they changed is theirs. Sent again, knowing: it is saved.
    form = answer.context["form"]
    again = {name: value for name in form.fields if (value := form[name].value()) not in (None, False)}
    assert (again["capacity"], again["minimum"]) == ("9", 4)
    assert client.post(url, again).status_code == 302
    kept.refresh_from_db()
    assert (kept.capacity, kept.minimum, kept.meetings.count()) == (9, 4, 2)


def test_a_place_that_no_file_told_is_asked_of_the_provider(world, login, session):
    commune = Commune.objects.create(
        insee_code="13004", name="Arles", postal_codes=["13200"], area=world.area
    )
    client = login(Role.PROVIDER)
    assert "ville" not in client.get(f"/sessions/{session.pk}/completer/").context["form"].fields
    TrainingAction.objects.update(city="")
    answer = edit(client, session, ville="Nullepart")
    assert set(answer.context["form"].errors) == {"ville"}
    assert edit(client, session, ville="13200", adresse="3 rue Haute").status_code == 302
    kept = Session.objects.select_related("action").get(pk=session.pk)
    assert (kept.action.city, kept.action.postal_code, kept.action.commune) == ("Arles", "13200", commune)
    assert (kept.area, "ARLES" in kept.search_key) == (world.area, True)


def test_the_advisors_of_the_bassin_hear_of_what_changed_and_of_no_mere_confirmation(world, login, session):
    client = login(Role.PROVIDER)
    assert edit(client, session, price="4000").status_code == 302
    assert not Notice.objects.exists()
    meeting = row(0, "2026-02-13", "09:30")
    assert edit(client, session, capacity=8, recruitment=Recruitment.OPEN, **meeting).status_code == 302
    notice = Notice.objects.get(kind="offer_changed")
    assert notice.detail.endswith(
        ": places : 5 → 8 ; recrutement : non renseigné → ouvert ; "
        "information collective du 13/02/2026 à 9 h 30 annoncée."
    )
    assert [row.key for row in notice.audiences.all()] == [advisors_of(world.area.pk)]


def test_the_dates_of_a_session_with_candidates_are_not_typed_anew(world, login, session):
    story = world.story("Amrani", session)
    story.tell("submit")
    client = login(Role.PROVIDER)
    page = client.get(f"/sessions/{session.pk}/completer/").content.decode()
    assert "reportez la session" in page
    before = session.starts_on
    assert edit(client, session, starts_on="2026-05-04").status_code == 302
    assert Session.objects.get(pk=session.pk).starts_on == before
    story.tell("withdraw")
    assert edit(client, session, starts_on="2026-04-01").status_code == 302
    assert Session.objects.get(pk=session.pk).starts_on == date(2026, 4, 1)


def test_only_the_provider_of_the_session_declares(login, session, colleague):
    url = f"/sessions/{session.pk}/completer/"
    assert login(colleague).get(url).status_code == 404
    assert login(colleague).post(url, declared(session, capacity=1)).status_code == 404
    for role in (Role.REFERENT, Role.REGION_OFFICER, Role.ADVISOR):
        assert login(role).get(url).status_code == 403


def test_cancelling_asks_says_who_is_concerned_and_tells_the_referent(world, login, session):
    story = world.story("Amrani", session)
    story.tell("submit")
    url, client = f"/sessions/{session.pk}/annuler/", login(Role.REGION_OFFICER)
    page = client.get(url).content.decode()
    assert "1\xa0candidature en cours sera close" in page
    assert "Amrani" not in page
    assert Session.objects.get(pk=session.pk).cancelled_on is None
    answer = client.post(url, {"reason": ""})
    assert answer.status_code == 422
    assert "Écrivez une phrase" in answer.content.decode()
    assert client.post(url, {"reason": "Lot résilié."}).url == f"/sessions/{session.pk}/"
    assert Prescription.objects.get(pk=story.prescription.pk).state == P.SESSION_CANCELLED
    pile = login(Role.REFERENT).get("/").content.decode()
    assert "annulée le" in pile
    assert "Trouver une autre session" in pile
    assert "Lot résilié." in login(Role.REFERENT).get(f"/dossiers/{story.pathway.pk}/").content.decode()


def test_cancelling_is_refused_to_others(login, session, colleague):
    url = f"/sessions/{session.pk}/annuler/"
    assert login(colleague).post(url, {"reason": "Non."}).status_code == 404
    assert login(Role.REFERENT).post(url, {"reason": "Non."}).status_code == 403
    assert Session.objects.get(pk=session.pk).cancelled_on is None


def test_postponing_keeps_the_length_and_says_how_many_are_told(world, login, session):
    world.story("Amrani", session).tell("submit")
    url, client = f"/sessions/{session.pk}/reporter/", login(Role.PROVIDER)
    assert "Personne ne perd sa place" in client.get(url).content.decode()
    wrong = client.post(url, {"starts_on": "31/02/2018", "reason": "Travaux en atelier."})
    assert wrong.status_code == 422
    assert "Travaux en atelier." in wrong.content.decode()
    before = Session.objects.get(pk=session.pk)
    later = before.starts_on + timedelta(days=10)
    answer = client.post(
        url, {"starts_on": f"{later:%d/%m/%Y}", "reason": "Travaux en atelier."}, follow=True
    )
    assert "1\xa0personne est prévenue" in answer.content.decode()
    assert f"devait ouvrir le {before.starts_on:%d/%m/%Y}" in answer.content.decode()
    after = Session.objects.get(pk=session.pk)
    assert after.ends_on - after.starts_on == before.ends_on - before.starts_on


def test_postponing_is_refused_to_others(login, session, colleague):
    url, asked = f"/sessions/{session.pk}/reporter/", {"starts_on": "01/01/2030", "reason": "Non."}
    assert login(colleague).post(url, asked).status_code == 404
    assert login(Role.REFERENT).post(url, asked).status_code == 403
