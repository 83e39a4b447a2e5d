"""What a played year contains, at a small size: every state, dates that make sense, nobody real."""

import re
from datetime import date
from random import Random

import pytest
from django.db.models import Count, F, Max, Q
from faker import Faker

from config import clock
from followup.demo import people
from followup.demo.organisations import luhn_key
from followup.enums import EnrolmentState, ExamState
from followup.models import AttendanceMark, Employment, Enrolment
from pathways.consistency import incoherences
from pathways.enums import OrganisationKind, PathwayState
from pathways.merging.likeness import compare
from pathways.models import Beneficiary, CohortDecision, Event, Organisation, Pathway
from prescriptions.enums import PrescriptionState
from prescriptions.models import Prescription, Session
from tests.followup.demo.conftest import PEOPLE, SESSIONS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def test_the_numbers_asked_for(demo):
    assert Pathway.objects.count() == Beneficiary.objects.count() == PEOPLE
    assert Session.objects.count() == SESSIONS
    assert Event.objects.count() == demo.facts
    assert AttendanceMark.objects.count() == demo.marks > 0


@pytest.mark.parametrize(
    ("model", "column", "states"),
    [
        (Pathway, "state", PathwayState),
        (Prescription, "state", PrescriptionState),
        (Enrolment, "state", EnrolmentState),
        (Enrolment, "exam_state", ExamState),
    ],
)
def test_every_state_of_every_lifecycle_is_somebodys(model, column, states):
    assert set(model.objects.order_by().values_list(column, flat=True)) == set(states.values)


def test_everyone_entered_by_the_rule_with_its_explanation():
    decisions = CohortDecision.objects.order_by("pk")
    assert decisions.count() == PEOPLE
    assert all(
        decision.is_eligible and all(criterion["is_met"] for criterion in decision.criteria)
        for decision in decisions
    )


def test_the_past_was_recorded_when_it_happened_or_later_and_nothing_is_ahead():
    last = Event.objects.aggregate(last=Max("recorded_at"))["last"]
    assert last <= clock.now()
    assert not Event.objects.filter(occurred_on__gt=F("recorded_at__date")).exists()
    late = Event.objects.filter(occurred_on__lt=F("recorded_at__date"))
    assert late.exists(), "nothing was backdated"
    first, end = Event.objects.order_by("recorded_at").first(), Event.objects.order_by("recorded_at").last()
    assert (end.recorded_at - first.recorded_at).days > 100


def test_ids_follow_the_clock_within_each_pathway():
    """What was stated later has a later id: stories of a file read in the order of recording."""
    seen = {}
    for pathway_id, recorded_at in Event.objects.order_by("id").values_list("pathway_id", "recorded_at"):
        assert seen.get(pathway_id, recorded_at) <= recorded_at
        seen[pathway_id] = recorded_at


def test_mistakes_were_taken_back():
    annulled = set(Event.objects.filter(annuls__isnull=False).values_list("annuls__kind", flat=True))
    assert {"drop_out", "enter"} <= annulled


def test_rows_agree_with_the_facts():
    assert list(incoherences()) == []


def test_seats_are_full_here_and_empty_there():
    coming = Session.objects.upcoming()
    assert coming.filter(seats_held=F("capacity")).exists()
    assert coming.filter(seats_held__lt=F("minimum"), seats_held__gt=0).exists()
    waiting = Q(prescriptions__state=PrescriptionState.WAITLISTED)
    full = coming.filter(seats_held=F("capacity")).annotate(waiting=Count("prescriptions", filter=waiting))
    assert any(session.waiting >= 2 for session in full)


def test_jobs_name_their_trade_contract_and_area():
    assert Employment.objects.exists()
    assert not Employment.objects.filter(Q(rome_code="") | Q(employer="")).exists()


# ---- nobody real


def test_people_cannot_be_reached_and_carry_no_social_security_number():
    for person in Beneficiary.objects.order_by("pk"):
        assert person.email.endswith("@example.org")
        assert re.fullmatch(r"063998\d{4}", person.phone)  # kept for fiction by Arcep
        assert re.fullmatch(r"\d{7}[A-Z]", person.pe_identifier)
        texts = [value for value in vars(person).values() if isinstance(value, str)]
        assert not re.search(r"\d{13}", " ".join(texts))


def test_identifiers_are_unique():
    for column in ("pe_identifier", "caf_number", "email"):
        assert Beneficiary.objects.order_by().values(column).distinct().count() == PEOPLE


def test_organisations_are_invented():
    for organisation in Organisation.objects.order_by("pk"):
        siret = organisation.siret
        assert re.fullmatch(r"00\d{12}", siret)  # no Siren begins so
        assert siret[-1] == luhn_key(siret[:-1])
        assert siret[8] == luhn_key(siret[:8])
        assert organisation.phone.startswith("046571")
    assert Organisation.objects.filter(kind=OrganisationKind.PROVIDER).count() == 12


@pytest.mark.parametrize(("digits", "key"), [("7992739871", "3"), ("1", "8"), ("0", "0")])
def test_luhn_key(digits, key):
    """The first is the algorithm's textbook example."""
    assert luhn_key(digits) == key


def test_a_demo_of_some_size_has_people_handed_in_twice():
    """What « Doublons » shows to a newcomer: three likely pairs, each explained."""
    faker, rng = Faker("fr_FR"), Random(1)
    faker.seed_instance(1)
    drawn = [
        Beneficiary(
            first_name=faker.first_name(),
            last_name=faker.last_name(),
            birth_name=faker.last_name() if rng.random() < 0.2 else "",
            birth_date=date(1970 + number % 30, 1 + number % 12, 1 + number % 28),
            pe_identifier=f"{9_000_000 + number}A",
            caf_number=f"{8_000_000 + number}",
        )
        for number in range(people.REPEATS_FROM)
    ]
    people._repeat_some(drawn)
    for again in drawn[-3:]:
        assert any(compare(again, known) is not None for known in drawn[:-3]), str(again)
