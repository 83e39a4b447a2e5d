"""Rules about HTML forms."""

from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser

import pytest
from django.test import Client


class FormWithoutToken(AssertionError):
    """A page offers a POST form that the server would refuse."""


class _PostForms(HTMLParser):
    """Collects the actions of POST forms that hold no CSRF token."""

    def __init__(self):
        super().__init__()
        self.refused: list[str] = []
        self._open: str | None = None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form" and (given.get("method") or "").lower() == "post":
            self._open = given.get("action") or "(this page)"
        elif tag == "input" and given.get("name") == "csrfmiddlewaretoken" and given.get("value"):
            self._open = None

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        if tag == "form" and self._open is not None:
            self.refused.append(self._open)
            self._open = None


def forms_without_token(html: str) -> list[str]:
    """Actions of the POST forms in `html` that carry no CSRF token."""
    parser = _PostForms()
    parser.feed(html)
    parser.close()
    return parser.refused


@contextmanager
def post_forms_carry_a_token() -> Iterator[None]:
    """Look at every HTML answer that a test client receives."""
    original = Client.request

    def request(client, **kwargs):
        response = original(client, **kwargs)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            refused = forms_without_token(response.content.decode(response.charset or "utf-8"))
            if refused:
                path = kwargs.get("PATH_INFO", "?")
                raise FormWithoutToken(f"{path}: POST form without csrfmiddlewaretoken: {', '.join(refused)}")
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request", request)
        yield
