import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import database_from_url, flag, words


def test_database_url_is_split_with_its_options():
    database = database_from_url("postgresql://anne:p%40ss@db.example:6432/jalons?sslmode=require")
    assert (database["USER"], database["PASSWORD"]) == ("anne", "p@ss")
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", "6432", "jalons")
    assert database["OPTIONS"] == {"sslmode": "require"}


def test_socket_folder_comes_as_an_option():
    assert database_from_url("postgresql://postgres@/jalons?host=/run/pg")["HOST"] == "/run/pg"


@pytest.mark.parametrize("url", ["mysql://db/jalons", "sqlite:///x", "postgresql://db/jalons?nonsense=1"])
def test_other_addresses_are_refused(url):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        database_from_url(url)


def test_flags_refuse_unknown_words(monkeypatch):
    monkeypatch.setenv("DEBUG", "peut-être")
    with pytest.raises(ImproperlyConfigured, match="DEBUG"):
        flag("DEBUG", default=False)
    monkeypatch.setenv("DEBUG", "Oui")
    assert flag("DEBUG", default=False) is True
    monkeypatch.delenv("DEBUG")
    assert flag("DEBUG", default=True) is True


def test_words_drop_blanks(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", " a.fr, ,b.fr ")
    assert words("ALLOWED_HOSTS") == ["a.fr", "b.fr"]
