"""The login page of a demo database names its accounts, and no other page or database does."""

import pytest
from django.test import RequestFactory

from followup.demo.accounts import ACCOUNTS, PASSWORD
from followup.demo.login import demo_accounts
from pathways.models import User

pytestmark = pytest.mark.django_db


def test_accounts_are_shown_where_they_exist_on_the_login_page_alone():
    at_login, elsewhere = RequestFactory().get("/connexion/"), RequestFactory().get("/")
    assert demo_accounts(at_login) == {}
    User.objects.create_user(ACCOUNTS[0].email, PASSWORD, first_name="Camille", last_name="Ferrand")
    assert demo_accounts(at_login) == {
        "demo_accounts": [{"role": "Référent", "email": ACCOUNTS[0].email}],
        "demo_password": PASSWORD,
    }
    assert demo_accounts(elsewhere) == {}


def test_production_does_not_list_them():
    from config.settings import base

    assert not any("demo" in name for name in base.TEMPLATES[0]["OPTIONS"]["context_processors"])
