"""The guard of the AIF: S exactly as formats.md, section 8; evidence frozen; the door refuses what is not proved."""

import json
from datetime import timedelta

import pytest

from config import clock
from pathways import parameters
from pathways.corrections import annul
from pathways.guards import TransitionRefused
from pathways.models import Event, Pathway
from pathways.transitions import apply
from prescriptions.aif import services
from prescriptions.aif.evidence import Evidence, Standing
from prescriptions.aif.services import Conclusion, OfferChanged
from prescriptions.models import Prescription

from .conftest import TODAY

pytestmark = pytest.mark.django_db
C, V, X = Standing.COMPATIBLE, Standing.TO_VERIFY, Standing.EXCLUDED


def found(person, wish, session):
    return next(e for e in services.examine(person, wish).considered if e.session_id == session.pk)


@pytest.mark.parametrize(
    ("changes", "standing", "told"),
    [
        ({}, C, "Ouvre dans le délai, 10 place(s) libre(s)"),
        ({"days": 60}, C, "Ouvre dans le délai"),
        ({"days": 61}, X, "après le délai de 60 jours"),
        ({"days": -30, "action": {"entry_mode": "permanent"}}, C, "Entrée possible dès aujourd'hui"),
        ({"recruitment": "closed"}, X, "Recrutement fermé"),
        ({"recruitment": "suspended"}, X, "Recrutement suspendu"),
        ({"recruitment": ""}, V, "recrutement n'est pas renseigné"),
        ({"registration_ends_on": TODAY - timedelta(days=1)}, X, "inscriptions sont closes"),
        ({"capacity": 0}, X, "complète"),
        ({"capacity": None}, V, "nombre de places"),
        ({"action": {"is_contracted": False}}, X, "pas conventionnée"),
        ({"action": {"is_contracted": None}}, V, "conventionnement"),
        ({"action": {"financers": [{"code": "10"}]}}, X, "le bénéficiaire"),
        ({"action": {"financers": [{"code": "4"}]}}, C, "Ouvre"),
        ({"action": {"financers": []}}, V, "Qui la finance"),
        ({"action": {"latitude": 43.9, "longitude": 5.4}}, X, "au-delà de 40 km"),
        ({"action": {"latitude": None, "longitude": None}}, C, "Ouvre"),  # the same bassin
        ({"action": {"latitude": None, "longitude": None}, "area": None}, V, "distance"),
        ({"level_in": "4"}, C, "Ouvre"),
        ({"level_in": "5"}, X, "Niveau demandé : bac"),
        ({"action": {"conditions": "Permis B"}}, C, "Sous réserve"),
    ],
)
def test_a_session_serves_or_says_why_not(world, person, wish, offer, changes, standing, told):
    if "area" in changes:
        changes = {key: value for key, value in changes.items() if key != "area"}
        session = offer(**changes)
        type(session).objects.filter(pk=session.pk).update(area=None)
    else:
        session = offer(**changes)
    each = found(person, wish, session)
    assert each.standing is standing, each.reasons
    assert any(told in reason for reason in each.reasons), each.reasons


def test_other_trades_cancelled_sessions_and_late_ones_are_not_considered(person, wish, offer):
    offer(rome=["J1501"])
    offer(cancelled_on=TODAY)
    offer(days=121)
    offer(days=-1)
    near = offer(rome=["A1101", "F1799"])  # the domain F17
    assert [each.session_id for each in services.examine(person, wish).considered] == [near.pk]


def test_an_earlier_refusal_excludes_and_a_live_request_serves(world, person, wish, offer):
    for kind, details, standing in (
        ("submit", {}, C),
        (
            "refuse",
            {"reason": "prerequisites", "comment": "Trop juste.", "payload": {"next_step": "upgrade"}},
            X,
        ),
    ):
        session = offer()
        request = Prescription.objects.create(
            pathway=person,
            session=session,
            prescriber=world.referent.user,
            prescriber_organisation=world.referent.organisation,
        )
        apply("submit", person.pk, world.referent, subject_id=request.pk)
        if kind != "submit":
            apply(kind, person.pk, world.provider, subject_id=request.pk, **details)
        assert found(person, wish, session).standing is standing


def test_the_window_and_the_reach_are_dated_parameters(world, person, wish, offer):
    session = offer(days=61)
    parameters.choose("aif_window", 90, TODAY, "Comité technique", world.actors["region_officer"])
    assert found(person, wish, session).standing is C


def conclude(person, wish, world, ground, *, text="", verified=None, key=None, by=None):
    seen = services.examine(person, wish).fingerprint
    return services.record(
        person, wish, Conclusion(ground, text, verified or {}, seen), by or world.advisor, key
    )


def test_nothing_serves_and_the_aif_is_granted_with_its_proof(world, person, wish, offer):
    late = offer(days=70)
    outcome = conclude(person, wish, world, "no_session")
    # Whatever becomes of the offer, the file says what it was.
    type(late).objects.filter(pk=late.pk).update(title="Autre chose", starts_on=TODAY)
    frozen = Evidence.read(json.loads(json.dumps(Event.objects.get(pk=outcome.event.pk).payload["evidence"])))
    (each,) = frozen.considered
    assert (each.title, each.standing, each.reasons[0]) == (
        "Maçon",
        X,
        f"Elle ouvre le {TODAY + timedelta(days=70):%d/%m/%Y}, après le délai de 60 jours.",
    )
    assert (frozen.day, frozen.window_days, frozen.reach_km) == (TODAY, 60, 40)
    assert Pathway.objects.get(pk=person.pk).state == "identified"
    # And it is taken back as any fact.
    annul(outcome.event.pk, world.advisor, comment="Mauvaise personne.")


def test_a_session_that_serves_refuses_the_first_ground_and_not_the_others(world, person, wish, offer):
    offer()
    with pytest.raises(TransitionRefused) as refused:
        conclude(person, wish, world, "no_session")
    assert refused.value.refusal.code == "aif_sessions_left"
    for ground in ("specific_need", "relevant_project", "exception"):
        with pytest.raises(TransitionRefused) as refused:
            conclude(person, wish, world, ground)
        assert refused.value.refusal.code == "aif_unexplained"
    assert conclude(person, wish, world, "specific_need", text="L'entreprise Colas embauche en juin.").event


def test_what_is_to_verify_is_not_empty_until_somebody_says_what_they_found(world, person, wish, offer):
    session = offer(recruitment="")
    with pytest.raises(TransitionRefused):
        conclude(person, wish, world, "no_session")
    outcome = conclude(
        person, wish, world, "no_session", verified={session.pk: "Mme Roux, AFPA : recrutement clos."}
    )
    (each,) = Evidence.read(outcome.event.payload["evidence"]).considered
    assert (each.standing, each.found) == (Standing.SET_ASIDE, "Mme Roux, AFPA : recrutement clos.")


def test_what_was_shown_must_be_what_is_found(world, person, wish, offer):
    seen = services.examine(person, wish).fingerprint
    offer()
    with pytest.raises(OfferChanged):
        services.record(person, wish, Conclusion("no_session", "", {}, seen), world.advisor)
    assert not Event.objects.filter(kind="examine_aif").exists()


def test_two_clicks_record_once(world, person, wish):
    one, two = (conclude(person, wish, world, "no_session", key="k1") for _ in range(2))
    assert (one.event.pk, two.repeated) == (two.event.pk, True)


@pytest.mark.parametrize("role", ["provider", "department_manager", "region_officer"])
def test_only_referents_and_advisors_examine(world, person, wish, role):
    with pytest.raises((TransitionRefused, Exception)) as refused:
        conclude(person, wish, world, "no_session", by=world.actors[role])
    assert "Réservé à" in str(refused.value) or "n'existe pas" in str(refused.value)
    assert not Event.objects.filter(kind="examine_aif").exists()


def test_the_evidence_of_another_day_proves_nothing(world, person, wish):
    payload = {"training": "Fromager", "evidence": services.examine(person, wish).as_payload()}
    with clock.at(TODAY + timedelta(days=1)), pytest.raises(TransitionRefused) as refused:
        apply("examine_aif", person.pk, world.advisor, reason="no_session", payload=payload)
    assert refused.value.refusal.code == "aif_unproved"


def test_the_rules_of_the_aif_warn(person, wish, offer):
    told = {note.why: note.outcome for note in services.examine(person, wish).notes}
    assert told["Le prix n'est pas renseigné."] == "to_verify"
    assert not any("AIF vient après" in why for why in told)
    assert any("15 jours au moins" in why and outcome == "eligible" for why, outcome in told.items())
