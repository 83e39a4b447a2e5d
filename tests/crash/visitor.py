"""A browser without a screen: signs in, sends the form of a fact, and may be cut off in the middle."""

import http.cookiejar
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from http.client import HTTPException

PASSWORD = "mot-de-passe-long"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Stay(urllib.request.HTTPRedirectHandler):
    """A redirection is an answer."""

    def redirect_request(self, *args):
        return None


class Visitor:
    """Signed in as `email` on a product of this machine."""

    def __init__(self, port: int, email: str):
        self.root = f"http://127.0.0.1:{port}"
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies, Stay)
        status, _ = self.send("/connexion/", {"login": email, "password": PASSWORD})
        assert status == 302, status

    def send(self, path: str, fields: dict | None = None) -> tuple[int, str]:
        """The status and the page of a GET, or of a POST with the token of its form."""
        data = None
        if fields is not None:
            _, page = self.send(path)
            data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": TOKEN.search(page)[1]}).encode()
        try:
            with self.opener.open(self.root + path, data, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def is_answered(self) -> bool:
        """Whether the reader's own first page comes without an error."""
        try:
            return self.send("/")[0] < 500
        except (OSError, HTTPException):
            return False

    def admit(self, candidate: dict, day: str, key: str) -> int:
        """Send the form « Retenir »; the status of the answer."""
        path = f"/dossiers/{candidate['pathway']}/fait/admit/?prescription={candidate['prescription']}"
        return self.send(path, {"occurred_on": day, "key": key, "comment": ""})[0]

    def admit_meanwhile(self, candidate: dict, day: str, key: str) -> threading.Thread:
        """The same in a thread; the server may die under it."""

        def work():
            with suppress(OSError, HTTPException, TypeError):  # cut off, or a page of error without a form
                self.admit(candidate, day, key)

        thread = threading.Thread(target=work)
        thread.start()
        return thread
