"""People proposed for empty seats: who may propose whom, the référent's answer, a prescription made by any way."""

import pytest

from notifications.services import detect
from pathways.enums import Role
from pathways.guards import TransitionRefused
from pathways.pile import pile
from pathways.refusals import NotVisible
from prescriptions import services
from prescriptions.models import Proposal
from prescriptions.saturation import cases, opening, proposals
from prescriptions.saturation.enums import Outcome, Stage, StepKind
from tests.factories import World

from .conftest import TODAY, at, seat, steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(world):
    """Somebody of the bassin without a session."""
    story = world.story("Amrani")
    story.prescription.delete()
    return story.pathway


@pytest.fixture
def taken(world, case):
    return cases.take(case.pk, world.advisor)


@pytest.fixture
def proposal(world, taken, person):
    (made,) = proposals.propose(taken.pk, world.advisor, [person.pk], {person.pk: ["sans session"]})
    return made


def line_of(actor):
    return next((item for item in pile(actor).items if item.icon == "user-plus"), None)


def refusal(function, *args) -> str:
    with pytest.raises(TransitionRefused) as refused:
        function(*args)
    return refused.value.refusal.code


def test_a_person_proposed_is_in_the_pile_of_the_pole_only(world, proposal, person, session):
    assert (proposal.reasons, proposal.pole) == (["sans session"], world.referent.organisation)
    line = line_of(world.referent)
    assert line.who == "Camille Amrani"
    assert f"proposé par Pôle emploi ({world.advisor.organisation}) pour Maçon" in line.why
    assert [action.label for action in line.actions] == ["Prescrire", "Écarter"]
    assert line.actions[0].url.endswith(f"/dossiers/{person.pk}/prescrire/?session={session.pk}")
    for stranger in (World.make().referent, world.provider, world.manager):
        assert line_of(stranger) is None
    assert not Proposal.objects.visible_to(world.provider)
    assert not Proposal.objects.visible_to(world.actors[Role.REGION_OFFICER])
    case = proposal.case
    case.refresh_from_db()
    assert (case.stage, case.proposed_at) == (Stage.PROPOSED, proposal.proposed_at)


def test_who_may_be_proposed_and_by_whom(world, case, person, colleague):
    assert refusal(proposals.propose, case.pk, world.advisor, [person.pk]) == "not_taken"
    cases.take(case.pk, world.advisor)
    assert refusal(proposals.propose, case.pk, colleague, [person.pk]) == "already_taken"
    with pytest.raises(NotVisible):
        proposals.propose(case.pk, world.advisor, [World.make().story("Ailleurs").pathway.pk])
    with pytest.raises(NotVisible):
        proposals.propose(case.pk, World.make().advisor, [person.pk])
    assert refusal(proposals.propose, case.pk, world.advisor, []) == "nobody_to_propose"
    asking = seat(world, case.session, "Titulaire").pathway
    assert len(proposals.propose(case.pk, world.advisor, [person.pk, asking.pk])) == 1
    assert refusal(proposals.propose, case.pk, world.advisor, [person.pk, asking.pk]) == "nobody_to_propose"


def test_set_aside_with_a_reason_once(world, proposal):
    other = World.make().referent
    assert refusal(proposals.dismiss, proposal.pk, world.referent, "") == "reason_missing"
    assert refusal(proposals.dismiss, proposal.pk, world.referent, "other", " ") == "reason_missing"
    with pytest.raises(NotVisible):
        proposals.dismiss(proposal.pk, other, "mobility")
    proposals.dismiss(proposal.pk, world.referent, "mobility", "Sans voiture.")
    assert line_of(world.referent) is None
    assert refusal(proposals.dismiss, proposal.pk, world.referent, "mobility") == "already_answered"
    (line,) = [item for item in pile(world.advisor).items if item.icon == "armchair"]
    assert "1\xa0écarté" in line.why


def test_a_prescription_made_by_any_way_answers_it(world, proposal, person, session):
    prescription = services.prescribe(person, session, world.referent)
    proposal.refresh_from_db()
    assert (proposal.outcome, proposal.prescription, proposal.answered_by) == (
        Outcome.PRESCRIBED,
        prescription,
        world.referent.user,
    )
    assert line_of(world.referent) is None


def test_a_prescription_of_another_session_answers_nothing(world, proposal, person):
    services.prescribe(person, world.session(), world.referent)
    proposal.refresh_from_db()
    assert proposal.outcome == Outcome.PENDING


def test_a_prescription_taken_back_no_longer_counts(world, proposal, person, session):
    from pathways.corrections import annul
    from pathways.models import Event

    services.prescribe(person, session, world.referent)
    annul(Event.objects.get(kind="submit", pathway=person).pk, world.referent, comment="Erreur de saisie.")
    proposal.refresh_from_db()
    assert (proposal.outcome, proposal.prescription) == (Outcome.LAPSED, None)


def test_what_is_proposed_lapses_with_the_alert(world, proposal, session):
    seat(world, session, "Une"), seat(world, session, "Deux")
    detect(["session_empty"])
    proposal.refresh_from_db()
    assert proposal.outcome == Outcome.LAPSED
    assert line_of(world.referent) is None


def test_seats_filled_thanks_to_the_alert_are_counted_on_the_opening_day(world, proposal, person, session):
    services.prescribe(person, session, world.referent)
    story = world.story("Spontanée", session)
    story.tell("submit")
    story.tell("admit", TODAY)
    from pathways.transitions import apply

    proposal.refresh_from_db()
    apply("admit", person.pk, world.provider, subject_id=proposal.prescription_id, occurred_on=TODAY)
    assert opening.count_openings() == 0
    with at(20):
        detect(["session_empty"])
        assert opening.count_openings() == 1
        assert opening.count_openings() == 0
    case = proposal.case
    case.refresh_from_db()
    assert (case.empty_at_alert, case.empty_at_opening, case.seated_thanks) == (2, 0, 1)
    assert steps(case)[-1] == StepKind.FILLED


def told(actor) -> list[tuple[str, str]]:
    """(title, detail) of the notices that the reader finds under the bell."""
    from notifications.models import Notice
    from pathways.audience import keys_of

    rows = Notice.objects.filter(audiences__key__in=keys_of(actor), ended_at=None).exclude(
        actor_id=actor.user_id
    )
    return list(rows.order_by("pk").values_list("title", "detail"))


def test_each_side_is_told_once_of_what_the_other_did(world, proposal, colleague):
    assert told(world.referent) == [
        (
            "Camille Amrani",
            f"Maçon, {world.provider.organisation} : proposé par {world.advisor.organisation}.",
        )
    ]
    assert told(world.advisor) == []
    proposals.dismiss(proposal.pk, world.referent, "mobility")
    assert told(world.advisor) == [
        ("Camille Amrani", "Maçon : écarté par le référent, le lieu est trop loin ou mal desservi.")
    ]
    assert told(colleague) == []
    assert told(world.provider) == []


def test_a_prescription_is_told_to_who_proposed_the_person(world, proposal, person, session):
    services.prescribe(person, session, world.referent)
    assert told(world.advisor) == [("Camille Amrani", "Maçon : prescrit.")]


def test_the_region_is_told_of_what_nobody_takes(world, case):
    with at(2):
        opening.escalate()
    assert told(world.actors[Role.REGION_OFFICER]) == [
        ("Maçon", f"« nouvelle » depuis le {TODAY:%d/%m/%Y}, bassin de {world.area}.")
    ]
