"""Every demo account finds something to do."""

import pytest

from followup.demo import live_work
from followup.demo.accounts import ACCOUNTS, PASSWORD
from pathways.enums import Role
from pathways.models import Pathway, User
from pathways.pile import pile
from tests.followup.demo.situations import actor


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

    def test_the_referent_finds_a_session_moved_one_replaced_and_two_seats_at_once(self):
        icons = {item.icon for item in pile(actor(Role.REFERENT), limit=500).items}
        assert {"calendar-due", "git-merge"} <= icons
        labels = {act.label for item in pile(actor(Role.REFERENT), limit=500).items for act in item.actions}
        assert "Prescrire la session proposée" in labels

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
