"""EMAIL_URL, and the folder that stands for a mail server."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import send_mail

from config import env
from config.mail_folder import MailFolder

FOLDER = Path("/dossier")


@pytest.fixture(autouse=True)
def no_mail_in_the_environment(monkeypatch):
    for name in ("EMAIL_URL", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_TLS"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://relais", {"EMAIL_HOST": "relais", "EMAIL_PORT": 25, "EMAIL_USE_TLS": False}),
        (
            "smtp://moi%40ici:a%3Ab@relais?tls=1",
            {
                "EMAIL_PORT": 587,
                "EMAIL_USE_TLS": True,
                "EMAIL_HOST_USER": "moi@ici",
                "EMAIL_HOST_PASSWORD": "a:b",
            },
        ),
        ("smtps://relais", {"EMAIL_PORT": 465, "EMAIL_USE_SSL": True, "EMAIL_USE_TLS": False}),
        ("folder:///var/courriels", {"MAIL_FOLDER": Path("/var/courriels")}),
        ("folder:", {"MAIL_FOLDER": FOLDER}),
    ],
)
def test_urls(url, expected):
    found = env.mail_from_url(url, FOLDER)
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("url", ["relais:25", "smtp://", "imap://relais", "smtp://relais:port"])
def test_urls_that_mean_nothing_are_refused(url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        env.mail_from_url(url, FOLDER)


def test_what_the_environment_names(monkeypatch):
    assert env.mail_settings(FOLDER)["MAIL_FOLDER"] == FOLDER
    monkeypatch.setenv("EMAIL_HOST", "relais")
    assert env.mail_settings(FOLDER)["EMAIL_PORT"] == 25
    monkeypatch.setenv("EMAIL_URL", "console:")
    assert "console" in env.mail_settings(FOLDER)["EMAIL_BACKEND"]


def test_a_word_outside_the_list_is_refused(monkeypatch):
    assert env.word_among("MAIL_WHEN_DOUBTFUL", "resend", "hold") == "resend"
    monkeypatch.setenv("MAIL_WHEN_DOUBTFUL", "peut-être")
    with pytest.raises(ImproperlyConfigured, match="resend ou hold"):
        env.word_among("MAIL_WHEN_DOUBTFUL", "resend", "hold")


def test_the_folder_takes_a_name_once_and_whole(tmp_path):
    folder = MailFolder(tmp_path)
    assert folder.deliver("un.eml", b"premier")
    assert not folder.deliver("un.eml", b"second")
    assert (tmp_path / "new" / "un.eml").read_bytes() == b"premier"
    assert list((tmp_path / "tmp").iterdir()) == []
    assert (folder.has("un.eml"), folder.has("deux.eml")) == (True, False)


def test_other_mails_of_the_product_go_there_too(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.MAIL_FOLDER = "config.mail_folder.EmailBackend", tmp_path
    send_mail("Objet", "Texte", None, ["a@exemple.invalid"])
    assert len(list((tmp_path / "new").iterdir())) == 1
