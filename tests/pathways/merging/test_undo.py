"""Taking a merge back: each file finds its facts, prescriptions and values again, whatever came since."""

from datetime import timedelta

import pytest

from config import clock
from followup.models import Employment, Enrolment
from notifications.models import Alert
from notifications.services import detect
from pathways.consistency import incoherences
from pathways.corrections import annul, correct
from pathways.merging.joining import merge
from pathways.models import Beneficiary, Event, Pathway
from pathways.replay import replay
from pathways.transitions import apply
from prescriptions.models import Prescription
from tests.pathways.merging.conftest import WHY, day, refused, undo
from tests.pathways.merging.snapshot import snapshot

pytestmark = pytest.mark.django_db


def test_undoing_gives_both_files_back_as_they_were(pair, coherent):
    with clock.at(day(119)):
        detect()
    before = snapshot(pair.people)
    pair.merge(takes=["phone", "email", "last_name", "address", "rsa"])
    undo(pair)
    after = snapshot(pair.people)
    history = after.pop("Event")
    assert {pk: row for pk, row in history.items() if pk in before["Event"]} == before.pop("Event")
    assert [row["kind"] for row in history.values()][-2:] == ["merge", "annul"]
    # Alerts close when their cause is gone; the next detection opens them again.
    with clock.at(day(125)):
        detect()
    assert {**after, "alerts": snapshot(pair.people)["alerts"]} == before
    coherent()


def test_undoing_the_undoing_merges_again(pair, coherent):
    pair.merge(takes=["phone"])
    merged = snapshot(pair.people, events=False)
    undone = undo(pair)
    undo(pair, event=undone.event)
    assert snapshot(pair.people, events=False) == merged
    coherent()
    with clock.at(day(130)):
        annul(Event.objects.merges().get().pk, pair.world.manager, comment="Décidément non.")
    pair.refresh()
    assert (pair.kept.pathway.state, pair.other.pathway.state) == ("identified", "completed")
    assert Beneficiary.objects.get(pk=pair.people[0]).phone == "0611111111"
    coherent()


def test_what_is_recorded_after_the_merge_goes_back_where_it_belongs(pair, coherent):
    pair.merge()
    holder, world = pair.kept.pathway.pk, pair.world
    subject = pair.other.prescription.pk
    with clock.at(day(122)):
        noted = apply("note", holder, world.referent, comment="Vue au pôle.").event
        hired = apply("employ", holder, world.advisor, payload={"contract": "cdi"}).event
    complete = Event.objects.get(subject_id=subject, kind="complete")
    with clock.at(day(123)):
        taken_back = annul(hired.pk, world.advisor, comment="Pas signé.").event
        corrected = correct(complete.pk, world.provider, comment="La veille.", occurred_on=day(99)).event
    assert Enrolment.objects.get(pk=subject).exit_on == day(99)
    coherent()
    homes = dict(Event.objects.values_list("pk", "pathway_id"))
    assert homes[noted.pk] == homes[hired.pk] == homes[taken_back.pk] == holder
    assert homes[corrected.pk] == pair.other.pathway.pk
    undo(pair)
    assert pair.other.pathway.state_since == day(99)
    assert Enrolment.objects.get(pk=subject).exit_on == day(99)
    assert pair.kept.pathway.state == "identified"
    coherent()


def test_a_job_is_kept_with_the_file_that_says_it(pair, coherent):
    with clock.at(day(105)):
        apply("employ", pair.other.pathway.pk, pair.world.advisor, payload={"contract": "cdi"})
    pair.merge()
    assert Employment.objects.get().pathway_id == pair.kept.pathway.pk
    assert pair.kept.pathway.state == "employed"
    coherent()
    undo(pair)
    assert Employment.objects.get().pathway_id == pair.other.pathway.pk
    coherent()


def test_a_later_fact_that_only_the_joined_history_allows_is_named(pair):
    with clock.at(day(105)):
        apply("employ", pair.other.pathway.pk, pair.world.advisor, payload={"contract": "cdi"})
    pair.merge()
    with clock.at(day(121)):
        apply("end_job", pair.kept.pathway.pk, pair.world.advisor)
    refusal = refused(undo, pair)
    assert refusal.code == "impossible_history"
    assert "Fin de l'emploi" in refusal.sentence
    assert pair.refresh().other.pathway.merged_into_id == pair.kept.pathway.pk


def test_what_was_typed_since_is_not_undone(pair):
    pair.merge(takes=["phone", "email"])
    person = Beneficiary.objects.get(pk=pair.people[0])
    person.phone = "0633333333"
    person.save()
    undo(pair)
    person.refresh_from_db()
    assert (person.phone, person.email) == ("0633333333", "")


def test_what_was_known_in_the_past_never_changes(pair):
    known_at = [Event.objects.latest("pk").recorded_at]
    standings = [[replay(story.pathway, known_at=known_at[0]) for story in (pair.kept, pair.other)]]
    merged = pair.merge(on=120)
    known_at.append(merged.event.recorded_at + timedelta(seconds=1))
    standings.append([replay(pair.kept.pathway, known_at=known_at[1])])
    undo(pair, on=125)
    for instant, seen in zip(known_at, standings, strict=True):
        again = [replay(story.pathway, known_at=instant) for story in (pair.kept, pair.other)][: len(seen)]
        assert again == seen
    assert replay(pair.kept.pathway).state("pathway") == "identified"


def test_detection_looks_again_at_files_joined_and_taken_apart(pair):
    """Without reading everything: only what changed since the last detection."""
    about = Alert.objects.open().filter(kind="leaver_stuck")
    with clock.at(day(200)):
        detect()
        pair.merge(on=200)
        detect()
        assert set(about.values_list("subject_key", flat=True)) == {f"pathway:{pair.kept.pathway.pk}"}
        complete = Event.objects.get(subject_id=pair.other.prescription.pk, kind="complete")
        taken_back = annul(complete.pk, pair.world.provider, comment="Pas encore finie.").event
        Alert.objects.all().delete()
        detect()
        assert not about.exists()
        annul(taken_back.pk, pair.world.provider, comment="Si.")
        detect()
        assert set(about.values_list("subject_key", flat=True)) == {f"pathway:{pair.kept.pathway.pk}"}
        undo(pair, on=200)
        detect()
        assert set(about.values_list("subject_key", flat=True)) == {f"pathway:{pair.other.pathway.pk}"}


def test_a_row_that_disagrees_with_the_merges_is_named(pair):
    pair.merge()
    assert not list(incoherences())
    Beneficiary.objects.filter(pk=pair.people[1]).update(merged_into=None)
    Pathway.objects.filter(pk=pair.kept.pathway.pk).update(has_absorbed=False)
    assert [(found.check, found.row) for found in incoherences()] == [
        ("merge", f"pathways.Beneficiary {pair.people[1]}"),
        ("merge", f"pathways.Pathway {pair.kept.pathway.pk}"),
    ]


# ---- one after another


@pytest.fixture
def third(world):
    story = world.story("Benali", phone="0633333333")
    story.tell("submit", day(50))
    return story


def test_a_chain_is_undone_from_its_end(pair, third, coherent):
    """other -> kept, then kept -> third."""
    people = [*pair.people, third.pathway.beneficiary_id]
    before = snapshot(people, events=False)
    first = pair.merge(takes=["phone"]).event
    between = snapshot(people, events=False)
    with clock.at(day(121)):
        second = merge(
            third.pathway.beneficiary_id, pair.people[0], pair.world.manager, comment=WHY, takes=["phone"]
        ).event
    pair.refresh()
    assert {pair.kept.pathway.merged_into_id, pair.other.pathway.merged_into_id} == {third.pathway.pk}
    assert Prescription.objects.filter(pathway=third.pathway).count() == 3
    coherent()
    assert refused(undo, pair, event=first).code == "merged_since"
    undo(pair, event=second)
    assert snapshot(people, events=False) == between
    coherent()
    undo(pair, event=first)
    assert snapshot(people, events=False) == before
    coherent()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_files_joined_to_one_are_given_back_in_either_order(pair, third, coherent, order):
    people = [*pair.people, third.pathway.beneficiary_id]
    before = snapshot(people, events=False)
    merged = [pair.merge(takes=["phone"]).event]
    with clock.at(day(121)):
        merged.append(
            merge(pair.people[0], people[2], pair.world.manager, comment=WHY, takes=["phone"]).event
        )
    assert Beneficiary.objects.get(pk=pair.people[0]).phone == "0633333333"
    coherent()
    undo(pair, event=merged[order[0]])
    coherent()
    undo(pair, event=merged[order[1]])
    assert snapshot(people, events=False) == before
    coherent()


def test_a_fact_about_a_prescription_finds_its_way_home_through_a_chain(pair, third, coherent):
    pair.merge()
    with clock.at(day(121)):
        merge(third.pathway.beneficiary_id, pair.people[0], pair.world.manager, comment=WHY)
        stated = apply(
            "withdraw",
            third.pathway.pk,
            pair.world.referent,
            subject_id=third.prescription.pk,
            reason="personal",
        ).event
        corrected = correct(
            Event.objects.get(subject_id=pair.other.prescription.pk, kind="complete").pk,
            pair.world.provider,
            comment="La veille.",
            occurred_on=day(99),
        ).event
    assert stated.pathway_id == third.pathway.pk
    assert corrected.pathway_id == pair.other.pathway.pk
    coherent()
