"""The pages of an alert: who opens them, what their buttons do, what they refuse and how they say it."""

import pytest

from pathways.enums import Role
from prescriptions.models import MinimumDecision, Proposal, Scheme
from prescriptions.saturation import cases, proposals
from prescriptions.saturation.enums import Stage
from tests.factories import World

from .conftest import OPENS, seat, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(world):
    story = world.story("Amrani")
    story.prescription.delete()
    return story.pathway


def test_taken_from_the_line_of_the_board(world, case, login):
    client = login(Role.ADVISOR)
    (row,) = client.get("/places/").context["lines"]
    (action,) = row["actions"]
    answer = client.post(action["url"], action["fields"], follow=True)
    assert answer.redirect_chain == [("/places/", 302)]
    case.refresh_from_db()
    assert case.advisor == world.advisor.user
    (row,) = answer.context["lines"]
    assert row["actions"][0]["label"] == "Candidats"


def test_the_second_to_click_is_told_who_has_it(world, case, login, colleague):
    cases.take(case.pk, colleague)
    answer = login(Role.ADVISOR).post(f"/places/alertes/{case.pk}/prendre/", follow=True)
    assert f"{colleague.user} a déjà pris cette alerte en charge" in answer.content.decode()


def test_whose_alert_it_is(world, case, login):
    elsewhere = World.make()
    for path in ("", "candidats/", "abandonner/"):
        url = f"/places/alertes/{case.pk}/{path}"
        assert login(elsewhere.advisor).get(url).status_code == 404
        assert login(Role.PROVIDER).get(url).status_code == 403
    assert login(elsewhere.advisor).post(f"/places/alertes/{case.pk}/prendre/").status_code == 404
    assert login(Role.REGION_OFFICER).get(f"/places/alertes/{case.pk}/").status_code == 200
    assert login(Role.REGION_OFFICER).post(f"/places/alertes/{case.pk}/prendre/").status_code == 403


def test_given_up_without_a_reason_is_refused_with_what_was_typed(world, case, login):
    cases.take(case.pk, world.advisor)
    url, client = f"/places/alertes/{case.pk}/abandonner/", login(Role.ADVISOR)
    for data in (
        {"comment": "Vu avec trois personnes."},
        {"reason": "nobody"},
        {"reason": "rien", "comment": "x"},
    ):
        answer = client.post(url, data)
        assert answer.status_code == 422
        assert data.get("comment", "") in answer.content.decode()
    case.refresh_from_db()
    assert case.stage == Stage.TAKEN
    client.post(url, {"reason": "nobody", "comment": "Vu avec trois personnes."})
    case.refresh_from_db()
    assert (case.stage, case.give_up_reason) == (Stage.GIVEN_UP, "nobody")
    assert "Vu avec trois personnes." in client.get(f"/places/alertes/{case.pk}/").content.decode()


def test_candidates_are_proposed_with_their_reasons(world, case, login, person):
    url, client = f"/places/alertes/{case.pk}/candidats/", login(Role.ADVISOR)
    page = client.get(url).content.decode()
    assert "Prenez d'abord l'alerte en charge" in page
    assert 'type="checkbox"' not in page
    cases.take(case.pk, world.advisor)
    assert f'value="{person.pk}"' in client.get(url).content.decode()
    assert client.post(url, {}).status_code == 422
    client.post(url, {"people": [person.pk]})
    proposal = Proposal.objects.get()
    assert "sans session" in proposal.reasons
    assert "Proposé, en attente du référent" in client.get(url).content.decode()
    stranger = World.make().story("Ailleurs").pathway
    assert client.post(url, {"people": [stranger.pk]}).status_code == 404


def test_the_region_reads_how_many_and_not_who(world, case, login, person):
    cases.take(case.pk, world.advisor)
    proposals.propose(case.pk, world.advisor, [person.pk])
    officer = login(Role.REGION_OFFICER).get(f"/places/alertes/{case.pk}/").content.decode()
    assert "1\xa0en attente du référent" in officer
    assert "Amrani" not in officer
    assert "Amrani" in login(Role.ADVISOR).get(f"/places/alertes/{case.pk}/").content.decode()


def test_a_referent_sets_aside_and_the_advisor_reads_why(world, case, login, person):
    cases.take(case.pk, world.advisor)
    (proposal,) = proposals.propose(case.pk, world.advisor, [person.pk])
    url = f"/propositions/{proposal.pk}/ecarter/"
    assert login(World.make().referent).get(url).status_code == 404
    assert login(Role.ADVISOR).get(url).status_code == 403
    client = login(Role.REFERENT)
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"reason": "other"}).status_code == 422
    assert client.post(url, {"reason": "mobility", "comment": "Sans voiture."}).status_code == 302
    told = login(Role.ADVISOR).get(f"/places/alertes/{case.pk}/").content.decode()
    assert "Le lieu est trop loin ou mal desservi : Sans voiture." in told


def test_entrusting_names_a_colleague(world, case, login, colleague):
    cases.take(case.pk, world.advisor)
    url, client = f"/places/alertes/{case.pk}/confier/", login(Role.ADVISOR)
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"colleague": World.make().advisor.user_id}).status_code == 422
    client.post(url, {"colleague": colleague.user_id})
    case.refresh_from_db()
    assert case.advisor == colleague.user


def test_the_board_keeps_what_is_asked_and_exports_it(world, case, login):
    world.session(starts_on=OPENS, capacity=0)
    client = login(Role.ADVISOR)
    assert len(client.get("/places/", {"etat": "nouvelle"}).context["lines"]) == 1
    assert not client.get("/places/", {"etat": "mes"}).context["lines"]
    assert not client.get("/places/", {"texte": "soudeur"}).context["lines"]
    assert len(client.get("/places/", {"texte": "macon marseille"}).context["lines"]) == 1
    schemes = {scheme.funder: scheme.pk for scheme in Scheme.objects.order_by("pk")}
    assert len(client.get("/places/", {"dispositif": schemes["2"]}).context["lines"]) == 1
    assert not client.get("/places/", {"dispositif": schemes["4"]}).context["lines"]
    (row,) = workbook(client.get("/places/export/", {"etat": "nouvelle"}))
    assert (row["Intitulé"], row["Alerte"], row["Places vides"]) == ("Maçon", "Nouvelle", "2")
    cases.take(case.pk, world.advisor)
    assert len(client.get("/places/", {"etat": "mes"}).context["lines"]) == 1


# ---- under the minimum


@pytest.fixture
def short(world):
    """A session under its minimum, nine days before its opening, with its alert."""
    from datetime import timedelta

    from notifications.services import detect

    from .conftest import TODAY

    session = world.session(capacity=10, minimum=4, starts_on=TODAY + timedelta(days=9))
    seat(world, session, "Seule")
    detect(["session_short"])
    return session


def open_alert(session):
    from notifications.models import Alert
    from notifications.services import detect

    detect(["session_short"])
    return Alert.objects.open().filter(kind="session_short", subject_key=f"session:{session.pk}").first()


def test_under_the_minimum_the_region_and_the_provider_decide(world, short, login):
    assert "1\xa0place tenue pour un effectif minimal de 4" in open_alert(short).detail
    url = f"/sessions/{short.pk}/effectif-minimal/"
    assert login(Role.ADVISOR).get(url).status_code == 403
    assert login(World.make().provider).get(url).status_code == 404
    client = login(Role.PROVIDER)
    assert client.post(url, {"decision": "keep"}).status_code == 422
    client.post(url, {"decision": "keep", "comment": "Trois entretiens demain."})
    decision = MinimumDecision.objects.get()
    assert (decision.held, decision.minimum, decision.organisation) == (1, 4, world.provider.organisation)
    assert open_alert(short) is None
    assert "Trois entretiens demain." in login(Role.REGION_OFFICER).get(url).content.decode()
    from prescriptions.models import Prescription

    assert Prescription.objects.filter(session=short).count() == 1


def test_maintained_until_somebody_more_leaves(world, short, login):
    from prescriptions.saturation import minimum

    minimum.decide(short.pk, world.provider, "keep", "On tient.")
    assert open_alert(short) is None
    story = world.story("Autre", short)
    story.tell("submit")
    from pathways.transitions import apply
    from prescriptions.models import Prescription

    held = Prescription.objects.get(session=short, state="admitted")
    apply("withdraw", held.pathway_id, world.referent, subject_id=held.pk, reason="personal")
    assert open_alert(short) is not None


def test_a_postponement_is_recalled_until_it_is_recorded(world, short, login):
    answer = login(Role.PROVIDER).post(
        f"/sessions/{short.pk}/effectif-minimal/", {"decision": "cancel", "comment": "Trop peu de monde."}
    )
    assert answer.url == f"/sessions/{short.pk}/annuler/"
    assert "annulation décidée" in open_alert(short).detail
    answer = login(Role.REGION_OFFICER).post(
        f"/sessions/{short.pk}/effectif-minimal/",
        {"decision": "postpone", "comment": "Trois semaines de plus."},
    )
    assert answer.url == f"/sessions/{short.pk}/reporter/"
    assert "report décidé" in open_alert(short).detail


def test_nothing_to_decide_once_enough_people_hold_a_seat(world, short):
    from pathways.guards import TransitionRefused
    from prescriptions.saturation import minimum

    for name in ("Deux", "Trois", "Quatre"):
        seat(world, short, name)
    with pytest.raises(TransitionRefused):
        minimum.decide(short.pk, world.provider, "keep", "On tient.")
    assert open_alert(short) is None
