"""Somebody at the screen, for the tests that walk a whole path: logs in, clicks, fills, and looks at each page."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.conftest import SIZES

#: The password of `tests.factories.actor`.
PASSWORD = "mot-de-passe-long"


class Visitor:
    """A person and their browser page.

    `look()` checks the page where they are: accessible, no sideways scroll, one title, on a desk and on a phone. A page
    that the same role has looked at (the same address but for its numbers, the same title) is not looked at again, not
    even by another test of the same run. axe reads it at `sizes`: those who walk leave the phone to `test_pages_axe`.
    """

    _seen: set[tuple] = set()

    def __init__(self, page: Page, axe, fits, sizes: tuple[str, ...] = ("1280",)):
        self.page = page
        self.role = ""
        self._axe = axe
        self._fits = fits
        self._sizes = sizes

    def log_in(self, actor) -> "Visitor":
        self.page.goto("/")
        self.page.get_by_label("Adresse électronique").fill(actor.user.email)
        self.page.get_by_label("Mot de passe").fill(PASSWORD)
        self.look()
        self.page.get_by_role("button", name="Se connecter").click()
        self.role = actor.role
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Ma pile du jour")
        self.look(dark=True)
        return self

    def goto(self, path: str) -> None:
        self.page.goto(path)
        self.look()

    def follow(self, name: str | re.Pattern, *, within=None, exact: bool = False) -> None:
        """Click a link of the page (or of a part of it) and look at where it leads."""
        (within or self.page.locator("main")).get_by_role("link", name=name, exact=exact).first.click()
        self.look()

    def menu(self, name: str) -> None:
        """Open a page from the main menu."""
        self.page.get_by_role("navigation").get_by_role("link", name=name).first.click()
        self.look()

    def send(self, name: str | re.Pattern, told: str) -> None:
        """Press a button that records something, and read the message that answers."""
        self.page.locator("main").get_by_role("button", name=name).first.click()
        expect(self.page.locator("#messages")).to_contain_text(told)
        self.look()

    def fill(self, **values: str) -> None:
        """Fill fields by the names they have in the form."""
        for name, value in values.items():
            self.page.locator(f"main form [name='{name}']").last.fill(value)

    def choose(self, label: str) -> None:
        """Choose a radio button by its words."""
        self.page.get_by_role("radio", name=label).check()

    def look(self, *, dark: bool = False) -> None:
        self.page.wait_for_load_state("load")
        path = re.sub(r"\d+", "0", urlsplit(self.page.url).path)
        shape = (self.role, path, self.page.title(), self._sizes)
        if shape in self._seen:
            return
        self._seen.add(shape)
        assert self.page.locator("h1").count() == 1, f"{self.page.url}: one h1 expected"
        assert self.page.title().endswith(" · Jalons"), f"{self.page.url}: « {self.page.title()} »"
        # The phone first: the page is left as wide as the walk wants it.
        for size in ("360", "1280"):
            width, height = SIZES[size]
            self.page.set_viewport_size({"width": width, "height": height})
            self._fits(self.page)
            if size in self._sizes:
                self._axe(self.page)
        if dark:
            self.page.emulate_media(color_scheme="dark")
            self._axe(self.page)
            self.page.emulate_media(color_scheme="light")

    def timeline(self) -> list[tuple[str, str, str]]:
        """(day, what, who) of each entry of the person's history, the latest first."""
        entries = self.page.locator(".timeline > .event").all()
        return [
            (
                entry.locator(".event-date").inner_text(),
                " ".join(entry.locator(".event-title").inner_text().split()),
                entry.locator(".event-meta span").first.inner_text(),
            )
            for entry in entries
        ]
