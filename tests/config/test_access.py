"""Nobody enters without logging in; failed logins are counted; pages carry their security headers."""

import pytest
from allauth.account.adapter import get_adapter
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import NoReverseMatch, reverse

PASSWORD = "une-phrase-assez-longue"


@pytest.fixture
def user(db):
    return get_user_model().objects.create_user("anne@example.fr", PASSWORD)


def log_in(client: Client, password: str):
    return client.post(reverse("account_login"), {"login": "anne@example.fr", "password": password})


def test_anonymous_visitor_is_sent_to_the_login_page(db):
    response = Client().get("/")
    assert response.status_code == 302
    assert response.url == "/connexion/?next=/"


def test_login_page_opens_to_anybody_with_strict_headers(db):
    response = Client().get("/connexion/")
    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


def test_right_password_enters_and_logging_out_needs_a_post(user):
    client = Client()
    assert log_in(client, PASSWORD).status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)
    client.get("/deconnexion/")
    assert "_auth_user_id" in client.session
    client.post("/deconnexion/")
    assert "_auth_user_id" not in client.session


def test_login_without_csrf_token_is_refused(user):
    assert log_in(Client(enforce_csrf_checks=True), PASSWORD).status_code == 403


def test_sixth_failure_locks_even_the_right_password_out(user, settings):
    settings.AXES_ENABLED = True
    client = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        response = log_in(client, "faux")
    assert response.status_code == 429
    assert log_in(client, PASSWORD).status_code == 429
    assert "_auth_user_id" not in client.session


def test_nobody_opens_an_account_alone(db):
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    assert get_adapter().is_open_for_signup(None) is False
