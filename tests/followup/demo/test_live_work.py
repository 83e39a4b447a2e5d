"""Every demo account finds something to do, whatever the day on which the demo is played."""

import io
from datetime import date

import pytest
from django.db import transaction

from config import clock
from followup.demo import live_work, play
from followup.demo.accounts import ACCOUNTS, PASSWORD
from followup.enums import EnrolmentState, ExamState
from followup.models import AttendanceMark, Enrolment
from pathways.actor import Actor
from pathways.enums import Role
from pathways.models import Membership, Pathway, User
from pathways.pile import pile
from prescriptions.enums import PrescriptionState as P
from prescriptions.models import Prescription, Session


def actor(role: Role) -> Actor:
    (account,) = (account for account in ACCOUNTS if account.role == role)
    return Actor.of(Membership.objects.get(user__email=account.email))


@pytest.mark.django_db
@pytest.mark.usefixtures("demo")
class TestAccounts:
    def test_one_for_each_role_with_the_printed_password(self):
        assert {account.role for account in ACCOUNTS} == set(Role) - {Role.SYSTEM}
        assert len(PASSWORD) > 12
        for account in ACCOUNTS:
            user = User.objects.get(email=account.email)
            assert user.check_password(PASSWORD)
            assert user.memberships.get().role == account.role

    def test_nobody_else_can_log_in(self):
        others = User.objects.exclude(email__in=[account.email for account in ACCOUNTS])
        assert others.exists()
        assert not any(user.has_usable_password() for user in others)

    @pytest.mark.parametrize(
        ("role", "categories"),
        [
            (Role.REFERENT, {"prescriptions", "sorties", "blocages", "places"}),
            (Role.PROVIDER, {"prescriptions", "formation", "places"}),
            (Role.ADVISOR, {"sorties", "places"}),
            (Role.REGION_OFFICER, {"places"}),
            (Role.DEPARTMENT_MANAGER, {"prescriptions"}),
        ],
    )
    def test_the_pile_holds_various_decisions(self, role, categories):
        found = {category.code for category, count in pile(actor(role)).counts if count}
        assert categories <= found

    def test_committee_administrator_and_protection_officer_have_no_case_data(self):
        for role in (Role.COMMITTEE_MEMBER, Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER):
            assert pile(actor(role)).total == 0
            assert not Pathway.objects.visible_to(actor(role)).exists()

    def test_somebody_is_late_and_somebody_is_not(self):
        for role in (Role.REFERENT, Role.PROVIDER):
            found = pile(actor(role))
            assert 0 < found.late < found.total

    def test_one_person_can_be_followed_through_the_three_accounts(self):
        shared = Pathway.objects.all()
        for role in (Role.REFERENT, Role.PROVIDER, Role.ADVISOR):
            shared = shared.filter(pk__in=Pathway.objects.visible_to(actor(role)).values("pk"))
        assert shared.count() >= live_work.headcount() / 2


def situations() -> dict[str, int]:
    """How many rows of the demo accounts stand in each situation that the brief of the demo names."""
    today = clock.today()
    provider, referent, advisor = actor(Role.PROVIDER), actor(Role.REFERENT), actor(Role.ADVISOR)
    requests = Prescription.objects.visible_to(provider)
    own = Prescription.objects.visible_to(referent)
    courses = Enrolment.objects.visible_to(provider)
    leavers = Enrolment.objects.visible_to(advisor).never_reached()
    coming = Session.objects.visible_to(provider).upcoming()
    running = Session.objects.get(provider=provider.organisation, starts_on=live_work.day(today, 33))
    marked = AttendanceMark.objects.filter(enrolment__session=running)
    return {
        "drafts": own.filter(state=P.DRAFT).count(),
        "refusals": own.filter(state=P.REFUSED).count(),
        "offers to accept": own.filter(state=P.OFFERED, offer_expires_on__gte=today).count(),
        "people stuck": Pathway.objects.visible_to(referent).stuck().count(),
        "requests without answer": requests.filter(state=P.SUBMITTED).count(),
        "information day passed": requests.filter(state=P.CONVENED, convened_for__lt=today).count(),
        "information day ahead": requests.filter(state=P.CONVENED, convened_for__gte=today).count(),
        "decisions to take": requests.filter(state=P.ATTENDED).count(),
        "admitted without AIS": requests.filter(state=P.ADMITTED).count(),
        "to enter": requests.filter(state=P.REGISTERED, session__starts_on__lte=today).count(),
        "waiting": requests.filter(state=P.WAITLISTED).count(),
        "trainees": courses.filter(state=EnrolmentState.ACTIVE).count(),
        "suspended": courses.filter(state=EnrolmentState.SUSPENDED).count(),
        "results awaited": courses.filter(exam_state=ExamState.AWAITED).count(),
        "ends to record": courses.filter(state=EnrolmentState.ACTIVE, session__ends_on__lte=today).count(),
        "leavers to contact": leavers.count(),
        "leavers nobody called": leavers.filter(pathway__contact_attempts=0).count(),
        "sessions with empty seats": coming.with_empty_seats().count(),
        "attendance": marked.count(),
        "last working day without attendance": not marked.filter(day=live_work.day(today, 1)).exists(),
    }


#: A Sunday in winter, the day after Easter Monday, a Friday amid the public holidays of May of a leap year.
DAYS = (date(2026, 1, 4), date(2025, 4, 22), date(2024, 5, 10))


@pytest.mark.django_db
@pytest.mark.parametrize("day", DAYS)
def test_the_work_is_there_on_any_day(day):
    with clock.at(day), transaction.atomic():
        play.play(play.fewest_people(), play.fewest_sessions(), 1, io.StringIO())
        empty = [name for name, count in situations().items() if not count]
    assert empty == []
