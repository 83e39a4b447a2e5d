"""Merging two files by one event, and taking it back with nothing lost."""

import pytest

from config import clock
from followup.models import Enrolment
from notifications.models import Alert
from notifications.services import detect
from pathways.corrections import annul
from pathways.enums import Role
from pathways.guards import TransitionRefused
from pathways.merging.joining import merge
from pathways.models import Beneficiary, Cohort, Event, Pathway, RsaSituation
from pathways.refusals import NotVisible
from pathways.transitions import apply
from tests.factories import World
from tests.pathways.merging.conftest import WHY, day, refused, undo
from tests.pathways.merging.snapshot import snapshot

pytestmark = pytest.mark.django_db


# ---- joining


def test_one_event_joins_two_histories(pair, coherent):
    before = Event.objects.count()
    outcome = pair.merge()
    assert Event.objects.count() == before + 1
    assert (outcome.event.kind, outcome.event.pathway_id, outcome.event.comment) == (
        "merge",
        pair.kept.pathway.pk,
        WHY,
    )
    assert (pair.kept.pathway.state, pair.kept.pathway.state_since) == ("completed", day(100))
    assert pair.kept.pathway.contacted_on == day(12)
    assert set(pair.kept.pathway.prescriptions.values_list("pk", flat=True)) == {
        pair.kept.prescription.pk,
        pair.other.prescription.pk,
    }
    assert Enrolment.objects.get(pk=pair.other.prescription.pk).pathway_id == pair.kept.pathway.pk
    coherent()


def test_the_absorbed_file_stands_nowhere(pair):
    person = pair.other.pathway.beneficiary
    pair.merge()
    assert (pair.other.pathway.state, pair.other.pathway.due_on) == ("", None)
    assert pair.other.pathway.merged_into_id == pair.kept.pathway.pk
    assert Beneficiary.objects.get(pk=person.pk).merged_into_id == pair.kept.pathway.beneficiary_id
    for role in (Role.REFERENT, Role.DEPARTMENT_MANAGER, Role.ADVISOR, Role.PROVIDER):
        actor = pair.world.actors[role]
        assert pair.other.pathway not in Pathway.objects.visible_to(actor)
        assert person not in Beneficiary.objects.visible_to(actor)
    assert (
        refused_or_hidden(apply, "note", pair.other.pathway.pk, pair.world.referent, comment="?") == "hidden"
    )


def refused_or_hidden(call, *args, **kwargs) -> str:
    try:
        call(*args, **kwargs)
    except NotVisible:
        return "hidden"
    except TransitionRefused as refusal:
        return refusal.refusal.code
    return "done"


def test_the_earliest_entry_founds_the_joined_file(world, coherent):
    early = world.story("Tardif")
    early.tell("contact", day(3))
    late = Pathway.objects.create(
        beneficiary=world.person("Tardif"), cohort=world.cohort, pole=early.pathway.pole, area=world.area
    )
    with clock.at(day(8)):
        apply("identify", late.pk, world.manager)
        apply("note", late.pk, world.referent, comment="Reçue au pôle.")
        merged = merge(late.beneficiary_id, early.pathway.beneficiary_id, world.manager, comment=WHY)
    assert (merged.pathway.state, merged.pathway.state_since) == ("identified", day(0))
    assert merged.pathway.contacted_on == day(3)
    coherent()
    undo_of(merged, world)
    assert Pathway.objects.get(pk=late.pk).state_since == day(8)
    coherent()


def undo_of(merged, world):
    with clock.at(day(9)):
        annul(merged.event.pk, world.manager, comment="Non.")


def test_values_are_chosen_one_by_one_and_the_event_holds_none_of_them(pair):
    outcome = pair.merge(takes=["phone", "email", "rsa", "sex"])
    person = Beneficiary.objects.get(pk=pair.people[0])
    assert (person.phone, person.email) == ("0622222222", "samia@exemple.invalid")
    assert (person.first_name, person.pe_identifier, person.city) == ("Samia", "1234567A", "")
    assert RsaSituation.objects.get(pk=person.pk).entered_on == day(-90)
    said = str(outcome.event.payload)
    assert "06" not in said
    assert "exemple" not in said
    assert outcome.event.payload["taken"]["groups"] == ["phone", "email"]


def test_values_that_cannot_go_together_are_refused(pair):
    Beneficiary.objects.filter(pk=pair.people[0]).update(pe_registered_on=day(-10))
    Beneficiary.objects.filter(pk=pair.people[1]).update(birth_date=day(-5))
    refusal = refused(pair.merge, takes=["birth_date"])
    assert refusal.code == "values_disagree"
    assert "Pôle emploi" in refusal.sentence
    assert not Event.objects.merges().exists()


def test_pathways_of_other_cohorts_move_to_the_person(pair, coherent):
    cohort = Cohort.objects.create(
        code="AUTRE", name="Autre", department=pair.world.manager.organisation, reference_date=day(0)
    )
    moved = Pathway.objects.create(
        beneficiary_id=pair.people[1], cohort=cohort, pole_id=pair.other.pathway.pole_id, area=pair.world.area
    )
    with clock.at(day(110)):
        apply("identify", moved.pk, pair.world.manager)
    pair.merge()
    moved.refresh_from_db()
    assert (moved.beneficiary_id, moved.state) == (pair.people[0], "identified")
    coherent()
    undo(pair)
    moved.refresh_from_db()
    assert moved.beneficiary_id == pair.people[1]
    coherent()


def test_two_people_who_share_no_cohort_become_one(pair, coherent):
    cohort = Cohort.objects.create(
        code="AUTRE", name="Autre", department=pair.world.manager.organisation, reference_date=day(0)
    )
    Pathway.objects.filter(pk=pair.other.pathway.pk).update(cohort=cohort)
    before = snapshot(pair.people)
    pair.merge()
    assert pair.other.pathway.merged_into_id is None
    assert pair.other.pathway.beneficiary_id == pair.people[0]
    coherent()
    undo(pair)
    after = snapshot(pair.people)
    del before["Event"], after["Event"]
    assert after == before
    coherent()


def test_alerts_of_the_absorbed_file_close_with_it(pair):
    with clock.at(day(200)):
        detect()
        assert Alert.objects.open().filter(subject_key=f"pathway:{pair.other.pathway.pk}").exists()
    pair.merge(on=200)
    assert not Alert.objects.open().filter(subject_key=f"pathway:{pair.other.pathway.pk}").exists()
    with clock.at(day(200)):
        detect()
    assert not Alert.objects.open().filter(subject_key=f"pathway:{pair.other.pathway.pk}").exists()
    assert Alert.objects.open().filter(subject_key=f"pathway:{pair.kept.pathway.pk}").exists()


# ---- refusing


def test_a_history_that_cannot_have_happened_is_refused_with_the_fact_to_correct(pair):
    kept = pair.world.story("Benali")
    for kind, number in (("submit", 2), ("admit", 10), ("register", 40), ("enter", 61)):
        kept.tell(kind, day(number))
    pair.kept = kept
    before = snapshot(pair.people)
    refusal = refused(pair.merge)
    assert refusal.code == "impossible_history"
    assert refusal.sentence == (
        "« Entré en formation (AES) » du 07/03/2026 deviendrait impossible : parcours serait alors « En formation »."
    )
    assert snapshot(pair.people) == before


def test_two_live_requests_for_one_session_are_refused(pair):
    kept = pair.world.story("Benali", pair.other.prescription.session)
    kept.tell("submit", day(2))
    other = pair.world.story("Benali", pair.other.prescription.session)
    other.tell("submit", day(3))
    pair.kept, pair.other = kept, other
    refusal = refused(pair.merge)
    assert refusal.code == "asked_twice"
    assert "Maçon" in refusal.sentence


@pytest.mark.parametrize("role", [Role.REFERENT, Role.ADVISOR])
def test_only_the_cohort_manager_merges(pair, role):
    assert refused(pair.merge, by=pair.world.actors[role]).code == "wrong_role"


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.REGION_OFFICER])
def test_whoever_does_not_see_both_people_finds_nobody(pair, role):
    other = World.make().actors[role]
    with pytest.raises(NotVisible):
        pair.merge(by=other)


def test_the_manager_of_another_departement_finds_nobody(pair):
    with pytest.raises(NotVisible):
        pair.merge(by=World.make().manager)


def test_a_person_whom_another_departement_follows_too_is_not_merged_by_one_alone(pair):
    elsewhere = World.make()
    Pathway.objects.create(beneficiary_id=pair.people[1], cohort=elsewhere.cohort)
    assert refused(pair.merge).code == "elsewhere"


def test_the_reason_is_mandatory(pair):
    assert refused(pair.merge, comment="  ").code == "comment_missing"


def test_a_merge_does_not_pass_by_the_ordinary_door(pair):
    with clock.at(day(120)):
        refusal = refused(apply, "merge", pair.kept.pathway.pk, pair.world.manager, comment=WHY)
    assert refusal.code == "merge_page"


def test_the_same_form_twice_merges_once_and_another_is_told(pair):
    first = pair.merge(idempotency_key="k")
    again = pair.merge(idempotency_key="k")
    assert (again.event.pk, again.repeated) == (first.event.pk, True)
    assert refused(pair.merge, idempotency_key="other").code == "already_merged"
    assert refused(pair.merge, idempotency_key="other").sentence.startswith("Ces deux dossiers")
